// Charges, refunds and payment methods; intents are in render.cpp.
#include <utility>

#include "sandbox/draws.hpp"
#include "sandbox/stripe/render.hpp"

namespace payweir::sandbox::stripe {
namespace {

constexpr std::string_view kNoBillingDetails =
    R"({"address":{"city":null,"country":null,"line1":null,"line2":null,"postal_code":null,"state":null},"email":null,"name":null,"phone":null})";

// Members that are the same in every object, appended as they are: what raw() writes inside an object
// is a run of members.
constexpr std::string_view kConstantChargeMembers =
    R"("application":null,"application_fee":null,"application_fee_amount":null)";
constexpr std::string_view kConstantChargeTail =
    R"("on_behalf_of":null,"order":null,"radar_options":{},"receipt_number":null,"receipt_url":null,"review":null,"shipping":null,"source":null,"source_transfer":null,"transfer_data":null,"transfer_group":null)";

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

}  // namespace payweir::sandbox::stripe
