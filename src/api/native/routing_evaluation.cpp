#include "api/native/routing_evaluation.hpp"

#include "api/binding.hpp"
#include "base/json_writer.hpp"
#include "domain/routing/algorithm_json.hpp"

namespace payweir::api::native {
namespace {

using routing::Key;

// Where a word of the parameters stands in a payment's details.
constexpr std::pair<Key, std::string flows::PaymentDetails::*> kInDetails[] = {
    {Key::setup_future_usage, &flows::PaymentDetails::setup_future_usage},
    {Key::business_country, &flows::PaymentDetails::business_country},
    {Key::business_label, &flows::PaymentDetails::business_label},
    {Key::card_type, &flows::PaymentDetails::payment_method_type},
};

void set_wallet(flows::EvaluateRouting& command, std::string_view word) {
  const std::string plain = routing::canonical(Key::wallet, word);
  if (plain == "alipay") command.method = PaymentMethod::ali_pay_qr;
  if (plain == "wechatpay") command.method = PaymentMethod::we_chat_pay_qr;
  if (const std::optional<PaymentMethod> exact = parse_wallet(word)) command.method = *exact;
}

// What is paid with neither a card nor a wallet of ours has no account.
void settle_method(flows::EvaluateRouting& command, bool is_card) {
  if (!is_card && command.method == PaymentMethod::card) command.method = PaymentMethod::none;
}

// {"type": "enum_variant" or "str_value", "value": "…"} as a word of this key.
std::string word_of(Fields& parameters, std::string_view name, Key key) {
  Fields parameter = parameters.object(name);
  std::string word = parameter.required_text("value");
  if (!word.empty() && !routing::is_word_of(key, word))
    parameter.report(Code::invalid_value, "value", "\"" + word + "\" is no " + std::string(name));
  return word;
}

void set_word(flows::EvaluateRouting& command, Fields& parameters, std::string_view name, Key key) {
  const std::string word = word_of(parameters, name, key);
  flows::PaymentDetails& details = command.details;
  for (const auto& [of, member] : kInDetails)
    if (of == key) details.*member = word;
  const std::string plain = routing::canonical(key, word);
  if (key == Key::wallet) set_wallet(command, word);
  if (key == Key::card_network) details.card.network = word;
  if (key == Key::card_bin) details.card.bin = word;
  if (key == Key::extended_card_bin) command.first_digits = word;
  if (key == Key::authentication_type && plain == "threeds")
    command.authentication_type = AuthenticationType::three_ds;
  if (key == Key::capture_method && plain == "manual") command.capture_method = CaptureMethod::manual;
  if (key == Key::billing_country) {
    json::Writer billing;
    billing.begin_object().key("address").begin_object().field("country", word).end_object().end_object();
    details.billing_json = std::move(billing).take();
  }
}

void bind_parameters(Fields& parameters, flows::EvaluateRouting& command) {
  constexpr std::size_t kParametersMax = 64;
  command.amount.minor = parameters.object("amount").required_integer("value", kAmountRange);
  command.amount.currency = parameters.object("currency").required_currency("value");
  for (const std::string& name : parameters.names(kParametersMax)) {
    if (name == "payment_method_type") {
      const std::string word = parameters.object(name).required_text("value");
      set_wallet(command, word);
      if (routing::is_word_of(Key::card_type, word)) command.details.payment_method_type = word;
      continue;
    }
    const routing::KeyInfo* info = routing::find_key(name);
    if (!info || info->is_of_account || info->key == Key::amount || info->key == Key::currency) continue;
    if (info->key == Key::metadata) {
      Fields entry = parameters.object(name).object("value");
      const std::string key = entry.required_text("key"), value = entry.required_text("value");
      json::Writer metadata;
      metadata.begin_object().field(key, value).end_object();
      command.details.metadata_json = std::move(metadata).take();
      continue;
    }
    set_word(command, parameters, name, info->key);
  }
  const std::string family = parameters.object("payment_method").text("value");
  if (!family.empty()) settle_method(command, routing::canonical(Key::payment_method, family) == "card");
}

// [{"gateway_name": "stripe", "gateway_id": "mca_…"}]
std::vector<routing::Choice> bind_gateways(const json::Value& array, Fields& fields) {
  std::vector<routing::Choice> gateways;
  for (json::Value each = array.first(); each.present(); each = each.next()) {
    if (!each["gateway_name"].is(json::Kind::string) || gateways.size() == routing::kChoicesMax) {
      fields.report(Code::invalid_value, "fallback_output",
                    "at most 64 of {\"gateway_name\", \"gateway_id\"} are expected");
      break;
    }
    gateways.push_back({std::string(each["gateway_name"].text()), std::string(each["gateway_id"].text())});
  }
  return gateways;
}

void write_choices(json::Writer& out, std::span<const routing::Choice> choices, std::string_view connector,
                   std::string_view account) {
  out.begin_array();
  for (const routing::Choice& choice : choices)
    out.begin_object()
        .field(connector, choice.connector)
        .text_or_null(account, choice.merchant_connector_id)
        .end_object();
  out.end_array();
}

std::string render_evaluation(std::string_view status, std::span<const routing::Choice> choices,
                              std::string_view explanation) {
  json::Writer out;
  out.begin_object().field("status", status);
  out.key("output").begin_object().field("type", "priority").key("connectors");
  write_choices(out, choices, "gateway_name", "gateway_id");
  out.end_object().key("evaluated_output");
  write_choices(out, choices.first(1), "connector", "merchant_connector_id");
  out.key("eligible_connectors");
  write_choices(out, choices, "connector", "merchant_connector_id");
  out.field("explanation", explanation).end_object();
  return std::move(out).take();
}

std::string text_of(const routing::Choice& choice) {
  return choice.connector + ":" + choice.merchant_connector_id;
}

}  // namespace

Result<RuleEvaluation> bind_rule_evaluation(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  RuleEvaluation evaluation;
  evaluation.command.profile_id = fields.required_text("created_by", 64);
  evaluation.command.payment_id = fields.text("payment_id", 64);
  if (!fields.has("parameters")) fields.report(Code::missing_field, "parameters", "");
  Fields parameters = fields.object("parameters");
  bind_parameters(parameters, evaluation.command);
  const json::Value fallback = body["fallback_output"];
  if (!fallback.empty() && !fallback.is(json::Kind::array))
    fields.report(Code::wrong_type, "fallback_output", "an array is expected");
  evaluation.fallback = bind_gateways(fallback, fields);
  return bound(std::move(evaluation), problem);
}

std::string render_rule_evaluation(const flows::RoutingVerdict& verdict) {
  return render_evaluation("success", verdict.accounts, verdict.explanation);
}

std::string render_fallback(const std::vector<routing::Choice>& fallback) {
  return render_evaluation("fallback", fallback, "no connector account can take this payment");
}

Result<flows::EvaluateRouting> bind_gateway_decision(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::EvaluateRouting command;
  command.profile_id = fields.required_text("merchantId", 64);
  if (!fields.has("paymentInfo")) fields.report(Code::missing_field, "paymentInfo", "");
  Fields payment = fields.object("paymentInfo");
  command.payment_id = payment.required_text("paymentId", 64);
  command.amount.minor = payment.required_integer("amount", kAmountRange);
  command.amount.currency = payment.required_currency("currency");
  const std::string family = payment.required_text("paymentMethod"), type = payment.text("paymentMethodType");
  if (family == "wallet") set_wallet(command, type);
  settle_method(command, family == "card");
  if (routing::is_word_of(Key::card_type, type)) command.details.payment_method_type = type;
  constexpr std::size_t kBinDigits = 6, kExtendedBinDigits = 8;
  const std::string digits = payment.text("cardIsin", kExtendedBinDigits);
  command.details.card.bin = digits.substr(0, kBinDigits);
  if (digits.size() == kExtendedBinDigits) command.first_digits = digits;
  for (const std::string& gateway : fields.texts("eligibleGatewayList", routing::kChoicesMax)) {
    const std::size_t colon = gateway.find(':');
    command.among.push_back(
        {gateway.substr(0, colon), colon == std::string::npos ? "" : gateway.substr(colon + 1)});
  }
  if (fields.word("rankingAlgorithm", {"SR_BASED_ROUTING", "PL_BASED_ROUTING"}) == "SR_BASED_ROUTING")
    command.details.routing_json = R"({"type":"dynamic","data":{}})";
  command.sets_back = fields.boolean("eliminationEnabled").value_or(true);
  return bound(std::move(command), problem);
}

std::string render_gateway_decision(const flows::RoutingVerdict& verdict) {
  json::Writer out;
  out.begin_object().field("decided_gateway", text_of(verdict.accounts.front()));
  out.key("gateway_priority_map").begin_object();
  for (std::size_t index = 0; index < verdict.accounts.size(); ++index) {
    constexpr double kAll = routing::kAll;
    const bool is_known = index < verdict.standings.size();
    const std::int32_t rate = is_known ? verdict.standings[index].estimate.rate_ppm : routing::kAll;
    out.key(text_of(verdict.accounts[index])).real(rate / kAll);
  }
  out.end_object();
  out.field("routing_approach", verdict.by == "request" || verdict.by == "dynamic" ? "SR_SELECTION_V3_ROUTING"
                                : verdict.by == "default"                          ? "DEFAULT"
                                                                                   : "PRIORITY_LOGIC");
  out.field("explanation", verdict.explanation).end_object();
  return std::move(out).take();
}

}  // namespace payweir::api::native
