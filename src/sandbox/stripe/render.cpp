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

constexpr std::string_view kNoBillingDetails =
    R"({"address":{"city":null,"country":null,"line1":null,"line2":null,"postal_code":null,"state":null},"email":null,"name":null,"phone":null})";

// Members that are the same in every object, appended as they are: what raw() writes inside an object
// is a run of members.
constexpr std::string_view kConstantIntentMembers =
    R"("amount_details":{"tip":{}},"application":null,"application_fee_amount":null)";
constexpr std::string_view kConstantIntentTail =
    R"("on_behalf_of":null,"processing":null,"review":null,"source":null,"transfer_data":null,"transfer_group":null)";
constexpr std::string_view kConstantChargeMembers =
    R"("application":null,"application_fee":null,"application_fee_amount":null)";
constexpr std::string_view kConstantChargeTail =
    R"("on_behalf_of":null,"order":null,"radar_options":{},"receipt_number":null,"receipt_url":null,"review":null,"shipping":null,"source":null,"source_transfer":null,"transfer_data":null,"transfer_group":null)";

ObjectId id_of(const Intent& intent, std::size_t ordinal) {
  return {intent.number, intent.salt, static_cast<std::uint16_t>(ordinal)};
}

// Fees as Stripe's list price in the US: 2.9 % and 30 minor units, half up.
std::int64_t fee_of(std::int64_t amount) {
  return (amount * 29 + 500) / 1000 + 30;
}

Check check_of(bool given, bool fails) {
  if (!given) return Check::unavailable;
  return fails ? Check::fail : Check::pass;
}

std::string four_digits(std::uint16_t last4) {
  const std::string digits = std::to_string(last4);
  return std::string(4 - digits.size(), '0') + digits;
}

void write_pairs(json::Writer& out, std::string_view name, const PackedPairs& pairs) {
  out.key(name).begin_object();
  pairs.for_each([&](std::string_view key, std::string_view value) { out.field(key, value); });
  out.end_object();
}

void write_card_checks(json::Writer& out, const Method& method) {
  const CardBehaviour& card = behaviour(method.behaviour);
  const bool wrong_cvc = card.fails_cvc_check || card.decline == Decline::incorrect_cvc;
  out.key("checks").begin_object();
  out.text_or_null("address_line1_check", to_string(check_of(method.has_line1, card.fails_line1_check)));
  out.text_or_null("address_postal_code_check",
                   to_string(check_of(method.has_postal_code, card.fails_postal_code_check)));
  out.text_or_null("cvc_check", to_string(check_of(method.has_cvc, wrong_cvc))).end_object();
}

void write_card_basics(json::Writer& out, const Method& method) {
  out.field("brand", to_string(method.brand));
  write_card_checks(out, method);
  out.field("country", "US").field("exp_month", method.exp_month).field("exp_year", method.exp_year);
  out.null_field("fingerprint").field("funding", "credit").field("last4", four_digits(method.last4));
}

void write_three_d_secure(json::Writer& out, const Charge& charge) {
  if (charge.authentication == Authentication::none) {
    out.null_field("three_d_secure");
    return;
  }
  const bool failed = charge.failure == Decline::authentication_failed;
  out.key("three_d_secure").begin_object();
  out.field("authentication_flow",
            charge.authentication == Authentication::challenge ? "challenge" : "frictionless");
  out.field("result", failed ? "failed" : "authenticated");
  out.text_or_null("result_reason", failed ? "rejected" : "").field("version", "2.2.0").end_object();
}

// The scheme's id of this charge: fifteen digits, made from what the charge is known by.
std::string network_transaction_id(const Intent& intent, std::size_t ordinal) {
  Draws draws(intent.salt + ordinal);
  return std::to_string(100'000'000'000'000 + draws.below(900'000'000'000'000));
}

void write_payment_method_details(json::Writer& out, const Intent& intent, const Charge& charge,
                                  std::size_t ordinal) {
  const std::string_view type = to_string(charge.method.type);
  out.key("payment_method_details").begin_object().key(type).begin_object();
  if (charge.method.type == MethodType::card) {
    write_card_basics(out, charge.method);
    out.null_field("installments").null_field("mandate").field("network", to_string(charge.method.brand));
    out.null_field("network_token").field("network_transaction_id", network_transaction_id(intent, ordinal));
    write_three_d_secure(out, charge);
    out.null_field("wallet");
  }
  out.end_object().field("type", type).end_object();
}

void write_outcome(json::Writer& out, const Charge& charge) {
  const bool blocked = charge.failure == Decline::fraudulent;
  out.key("outcome").begin_object();
  if (charge.paid()) {
    out.raw(
        R"("network_status":"approved_by_network","reason":null,"risk_level":"normal","risk_score":20,"seller_message":"Payment complete.","type":"authorized")");
  } else {
    out.field("network_status", blocked ? "not_sent_to_network" : "declined_by_network");
    out.text_or_null("reason", words(charge.failure).decline_code);
    out.field("risk_level", blocked ? "highest" : "normal").field("risk_score", blocked ? 92 : 20);
    out.field("seller_message", blocked ? "Stripe blocked this payment as too risky."
                                        : "The bank did not return any further details with this decline.");
    out.field("type", blocked ? "blocked" : "issuer_declined");
  }
  out.end_object();
}

void write_balance_transaction(json::Writer& out, const Intent& intent, const Charge& charge,
                               std::size_t ordinal) {
  const std::int64_t fee = fee_of(charge.captured);
  out.begin_object()
      .field("id", format_id("txn_", id_of(intent, ordinal)))
      .field("object", "balance_transaction");
  out.field("amount", charge.captured).field("available_on", charge.created_ms / 1000 + 2 * 86'400);
  out.field("created", charge.created_ms / 1000).field("currency", lower_code(intent.currency));
  out.null_field("description").null_field("exchange_rate").field("fee", fee);
  out.key("fee_details").begin_array().begin_object().field("amount", fee).null_field("application");
  out.field("currency", lower_code(intent.currency)).field("description", "Stripe processing fees");
  out.field("type", "stripe_fee").end_object().end_array().field("net", charge.captured - fee);
  out.field("reporting_category", "charge").field("source", charge_id(intent, ordinal));
  out.field("status", "pending").field("type", "charge").end_object();
}

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

void Renderer::write_charge(json::Writer& out, const Intent& intent, std::size_t ordinal,
                            std::uint8_t expand) const {
  const Charge& charge = intent.charges[ordinal - 1];
  const bool settled = charge.captured > 0;
  out.begin_object().field("id", charge_id(intent, ordinal)).field("object", "charge");
  out.field("amount", charge.amount).field("amount_captured", charge.captured);
  out.field("amount_refunded", charge.refunded).raw(kConstantChargeMembers).key("balance_transaction");
  if (settled && (expand & kExpandBalanceTransaction)) {
    write_balance_transaction(out, intent, charge, ordinal);
  } else if (settled) {
    out.string(format_id("txn_", id_of(intent, ordinal)));
  } else {
    out.null();
  }
  out.raw_field("billing_details", kNoBillingDetails).null_field("calculated_statement_descriptor");
  out.field("captured", settled).field("created", charge.created_ms / 1000);
  out.field("currency", lower_code(intent.currency)).text_or_null("customer", intent.texts.get("customer"));
  out.text_or_null("description", intent.texts.get("description")).field("disputed", false);
  out.null_field("failure_balance_transaction");
  out.text_or_null("failure_code", words(charge.failure).code);
  out.text_or_null("failure_message", words(charge.failure).message).raw_field("fraud_details", "{}");
  out.null_field("invoice").field("livemode", false);
  write_pairs(out, "metadata", intent.metadata);
  write_outcome(out, charge);
  out.field("paid", charge.paid()).key("payment_intent");
  if (expand & kExpandPaymentIntent) {
    write_intent(out, intent, kExpandNothing);
  } else {
    out.string(intent_id(intent));
  }
  out.field("payment_method", method_id(intent, charge.method));
  write_payment_method_details(out, intent, charge, ordinal);
  out.text_or_null("receipt_email", intent.texts.get("receipt_email"));
  out.field("refunded", settled && charge.refunded == charge.captured);
  out.text_or_null("statement_descriptor", intent.texts.get("statement_descriptor"));
  out.text_or_null("statement_descriptor_suffix", intent.texts.get("statement_descriptor_suffix"));
  out.field("status", charge.paid() ? "succeeded" : "failed").raw(kConstantChargeTail).end_object();
}

void Renderer::write_refund(json::Writer& out, const Intent& intent, std::size_t ordinal,
                            std::uint8_t expand) const {
  const Refund& refund = intent.refunds[ordinal - 1];
  out.begin_object().field("id", refund_id(intent, ordinal)).field("object", "refund");
  out.field("amount", refund.amount).null_field("balance_transaction").key("charge");
  if (expand & kExpandCharge) {
    write_charge(out, intent, refund.charge, kExpandNothing);
  } else {
    out.string(charge_id(intent, refund.charge));
  }
  out.field("created", refund.created_ms / 1000).field("currency", lower_code(intent.currency));
  if (refund.status == RefundStatus::failed) out.field("failure_reason", "expired_or_canceled_card");
  write_pairs(out, "metadata", refund.metadata);
  out.key("payment_intent");
  if (expand & kExpandPaymentIntent) {
    write_intent(out, intent, kExpandNothing);
  } else {
    out.string(intent_id(intent));
  }
  out.text_or_null("reason", refund.texts.get("reason")).null_field("receipt_number");
  out.null_field("source_transfer_reversal").field("status", to_string(refund.status));
  out.null_field("transfer_reversal").end_object();
}

void Renderer::write_payment_method(json::Writer& out, const Intent& intent, const Method& method) const {
  const std::string_view type = to_string(method.type);
  out.begin_object().field("id", method_id(intent, method)).field("object", "payment_method");
  out.raw_field("billing_details", kNoBillingDetails).key(type).begin_object();
  if (method.type == MethodType::card) {
    write_card_basics(out, method);
    out.null_field("generated_from").key("networks").begin_object().key("available").begin_array();
    out.string(to_string(method.brand)).end_array().null_field("preferred").end_object();
    out.raw_field("three_d_secure_usage", R"({"supported":true})").null_field("wallet");
  }
  out.end_object().field("created", intent.created_ms / 1000);
  out.text_or_null("customer", intent.texts.get("customer")).field("livemode", false);
  out.raw_field("metadata", "{}").field("type", type).end_object();
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

std::string Renderer::charge(const Intent& intent, std::size_t ordinal, std::uint8_t expand) const {
  json::Writer out(2048);
  write_charge(out, intent, ordinal, expand);
  return std::move(out).take();
}

std::string Renderer::refund(const Intent& intent, std::size_t ordinal, std::uint8_t expand) const {
  json::Writer out(768);
  write_refund(out, intent, ordinal, expand);
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
