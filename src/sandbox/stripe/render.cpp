#include "sandbox/stripe/render.hpp"

#include <utility>

#include "sandbox/draws.hpp"
#include "sandbox/stripe/problem.hpp"

namespace payweir::sandbox::stripe {
namespace {

// A 1×1 PNG: where a real gateway shows a QR code.
constexpr std::string_view kPixel =
    "data:image/"
    "png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Er"
    "kJggg==";

// Members that are the same in every object, appended as they are: what raw() writes inside an object
// is a run of members.
constexpr std::string_view kConstantIntentMembers =
    R"("amount_details":{"tip":{}},"application":null,"application_fee_amount":null)";
constexpr std::string_view kConstantIntentTail =
    R"("on_behalf_of":null,"processing":null,"review":null,"source":null,"transfer_data":null,"transfer_group":null)";
}  // namespace

std::uint8_t read_expand(const Params& params) {
  std::uint8_t expand = kExpandNothing;
  params.for_each_in("expand", [&](std::string_view path) {
    if (path.starts_with("data.")) path.remove_prefix(5);
    if (path.starts_with("latest_charge")) expand |= kExpandLatestCharge;
    if (path.ends_with("balance_transaction")) expand |= kExpandBalanceTransaction;
    if (path == "payment_method") expand |= kExpandPaymentMethod;
    if (path.starts_with("charge")) expand |= kExpandCharge;
    if (path == "payment_intent") expand |= kExpandPaymentIntent;
  });
  return expand;
}

ObjectId id_of(const Intent& intent, std::size_t ordinal) {
  return {intent.number, intent.salt, static_cast<std::uint16_t>(ordinal)};
}

std::string intent_id(const Intent& intent) {
  return format_id("pi_", id_of(intent, 0));
}
std::string charge_id(const Intent& intent, std::size_t ordinal) {
  return format_id("ch_", id_of(intent, ordinal));
}
std::string refund_id(const Intent& intent, std::size_t ordinal) {
  return format_id("re_", id_of(intent, ordinal));
}
std::string method_id(const Intent& intent, const Method& method) {
  return format_id("pm_", id_of(intent, method.ordinal));
}

std::string lower_code(Currency currency) {
  std::string code(currency.code());
  for (char& c : code)
    c = static_cast<char>(c - 'A' + 'a');
  return code;
}

void write_pairs(json::Writer& out, std::string_view name, const PackedPairs& pairs) {
  out.key(name).begin_object();
  pairs.for_each([&](std::string_view key, std::string_view value) { out.field(key, value); });
  out.end_object();
}

void Renderer::write_intent(json::Writer& out, const Intent& intent, std::uint8_t expand) const {
  const std::string id = intent_id(intent);
  out.begin_object().field("id", id).field("object", "payment_intent").field("amount", intent.amount);
  out.field("amount_capturable", intent.capturable()).raw(kConstantIntentMembers);
  out.field("amount_received", intent.received()).null_field("automatic_payment_methods");
  out.key("canceled_at");
  intent.canceled_ms > 0 ? out.integer(intent.canceled_ms / 1000) : out.null();
  out.text_or_null("cancellation_reason", intent.texts.get("cancellation_reason"));
  out.field("capture_method", intent.manual_capture ? "manual" : "automatic");
  out.field("client_secret", id + "_secret_" + Draws(intent.salt).token(25));
  out.field("confirmation_method", "automatic").field("created", intent.created_ms / 1000);
  out.field("currency", lower_code(intent.currency)).text_or_null("customer", intent.texts.get("customer"));
  out.text_or_null("description", intent.texts.get("description")).null_field("invoice");
  write_last_error(out, intent);
  out.key("latest_charge");
  if (intent.charges.empty()) {
    out.null();
  } else if (expand & kExpandLatestCharge) {
    write_charge(out, intent, intent.charges.size(), expand & kExpandBalanceTransaction);
  } else {
    out.string(charge_id(intent, intent.charges.size()));
  }
  out.field("livemode", false);
  write_pairs(out, "metadata", intent.metadata);
  write_next_action(out, intent);
  out.key("payment_method");
  if (intent.method.type == MethodType::none) {
    out.null();
  } else if (expand & kExpandPaymentMethod) {
    write_payment_method(out, intent, intent.method);
  } else {
    out.string(method_id(intent, intent.method));
  }
  out.raw_field("payment_method_options", intent.asks_three_ds
                                              ? R"({"card":{"request_three_d_secure":"any"}})"
                                              : R"({"card":{"request_three_d_secure":"automatic"}})");
  out.key("payment_method_types").begin_array().string(to_string(intent.offered)).end_array();
  out.text_or_null("receipt_email", intent.texts.get("receipt_email"));
  out.text_or_null("setup_future_usage", intent.texts.get("setup_future_usage")).null_field("shipping");
  out.text_or_null("statement_descriptor", intent.texts.get("statement_descriptor"));
  out.text_or_null("statement_descriptor_suffix", intent.texts.get("statement_descriptor_suffix"));
  out.field("status", to_string(intent.status)).raw(kConstantIntentTail).end_object();
}

void Renderer::write_last_error(json::Writer& out, const Intent& intent) const {
  if (intent.last_error == Decline::none) {
    out.null_field("last_payment_error");
    return;
  }
  const DeclineWords& why = words(intent.last_error);
  out.key("last_payment_error").begin_object();
  if (!intent.charges.empty()) out.field("charge", charge_id(intent, intent.charges.size()));
  out.field("code", why.code);
  if (!why.decline_code.empty()) out.field("decline_code", why.decline_code);
  out.field("message", why.message);
  if (!why.param.empty()) out.field("param", why.param);
  if (const Charge* charge = intent.latest_charge()) {
    out.key("payment_method");
    write_payment_method(out, intent, charge->method);
  }
  out.field("type",
            intent.last_error == Decline::authentication_failed ? "invalid_request_error" : "card_error");
  out.end_object();
}

std::string Renderer::challenge_url(const Intent& intent) const {
  return public_url + "/3ds/" + intent_id(intent);
}

void Renderer::write_next_action(json::Writer& out, const Intent& intent) const {
  if (intent.status != IntentStatus::requires_action) {
    out.null_field("next_action");
    return;
  }
  const std::string url = challenge_url(intent);
  const std::string_view return_url = intent.texts.get("return_url");
  out.key("next_action").begin_object();
  switch (intent.method.type) {
    case MethodType::alipay:
      out.key("alipay_handle_redirect").begin_object().null_field("native_data").null_field("native_url");
      out.text_or_null("return_url", return_url).field("url", url).end_object();
      out.field("type", "alipay_handle_redirect");
      break;
    case MethodType::wechat_pay:
      out.key("wechat_pay_display_qr_code").begin_object();
      out.field("data", "weixin://wxpay/bizpayurl?pr=" + Draws(intent.salt).token(9));
      out.field("hosted_instructions_url", url).field("image_data_url", kPixel);
      out.field("image_url_png", url).field("image_url_svg", url).end_object();
      out.field("type", "wechat_pay_display_qr_code");
      break;
    case MethodType::customer_balance:
      out.key("display_bank_transfer_instructions").begin_object();
      out.field("amount_remaining", intent.amount).field("currency", lower_code(intent.currency));
      out.raw_field(
          "financial_addresses",
          R"([{"aba":{"account_number":"11119987600453127","bank_name":"US Test Bank","routing_number":"999999999"},"supported_networks":["ach","us_domestic_wire"],"type":"aba"}])");
      out.field("hosted_instructions_url", url).field("reference", Draws(intent.salt).token(12));
      out.field("type", "us_bank_transfer").end_object().field("type", "display_bank_transfer_instructions");
      break;
    case MethodType::us_bank_account:
      out.key("verify_with_microdeposits").begin_object();
      out.field("arrival_date", intent.created_ms / 1000 + 2 * 86'400).field("hosted_verification_url", url);
      out.field("microdeposit_type", "amounts").end_object().field("type", "verify_with_microdeposits");
      break;
    case MethodType::none:
    case MethodType::card:
    case MethodType::klarna:
    case MethodType::afterpay_clearpay:
    case MethodType::affirm:
    case MethodType::ideal:
    case MethodType::eps:
    case MethodType::giropay:
    case MethodType::bancontact:
    case MethodType::p24:
    case MethodType::sofort:
    case MethodType::sepa_debit:
      // Without an address to come back to, Stripe leaves the challenge to its own script.
      if (return_url.empty()) {
        out.field("type", "use_stripe_sdk").key("use_stripe_sdk").begin_object();
        out.field("stripe_js", url).field("type", "three_d_secure_redirect").end_object();
        break;
      }
      out.key("redirect_to_url")
          .begin_object()
          .field("return_url", return_url)
          .field("url", url)
          .end_object();
      out.field("type", "redirect_to_url");
      break;
  }
  out.end_object();
}

std::string Renderer::intent(const Intent& intent, std::uint8_t expand) const {
  json::Writer out(expand & kExpandLatestCharge ? 4096 : 2048);
  write_intent(out, intent, expand);
  return std::move(out).take();
}

std::string Renderer::declined(const Intent& intent, std::uint8_t expand) const {
  const DeclineWords& why = words(intent.last_error);
  const Problem problem{.status = 402,
                        .type = "card_error",
                        .code = why.code,
                        .message = std::string(why.message),
                        .param = std::string(why.param)};
  json::Writer method;
  write_payment_method(method, intent, intent.charges.back().method);
  return render(problem, {.decline_code = why.decline_code,
                          .charge = charge_id(intent, intent.charges.size()),
                          .payment_intent_json = this->intent(intent, expand),
                          .payment_method_json = method.view()});
}

}  // namespace payweir::sandbox::stripe
