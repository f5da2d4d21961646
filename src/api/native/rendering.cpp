#include "api/native/rendering.hpp"

#include <array>
#include <utility>

#include "api/payer_links.hpp"
#include "api/qr_code.hpp"
#include "base/json_writer.hpp"
#include "flows/routing/error_meaning.hpp"
#include "flows/routing/route_payment.hpp"

namespace payweir::api::native {
namespace {

// The names that card networks have in flows and at gateways, and upstream's CardNetwork.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kNetworks = {{
    {"visa", "Visa"},
    {"mastercard", "Mastercard"},
    {"amex", "AmericanExpress"},
    {"discover", "Discover"},
    {"diners", "DinersClub"},
    {"jcb", "JCB"},
    {"unionpay", "UnionPay"},
    {"cartes_bancaires", "CartesBancaires"},
    {"interac", "Interac"},
    {"maestro", "Maestro"},
}};

std::string_view network_name(std::string_view network) {
  for (const auto& [ours, name] : kNetworks)
    if (network == ours) return name;
  return "";
}

void text_if_given(json::Writer& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out.field(name, value);
}

void raw_if_given(json::Writer& out, std::string_view name, std::string_view json) {
  if (!json.empty()) out.raw_field(name, json);
}

std::string two_digits(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

void write_checks(json::Writer& out, const std::optional<Attempt>& attempt) {
  const bool checked =
      attempt && !(attempt->checks.cvc_check.empty() && attempt->checks.address_line1_check.empty() &&
                   attempt->checks.address_postal_code_check.empty());
  if (!checked) {
    out.null_field("payment_checks");
    return;
  }
  out.key("payment_checks").begin_object();
  out.text_or_null("address_line1_check", attempt->checks.address_line1_check);
  out.text_or_null("address_postal_code_check", attempt->checks.address_postal_code_check);
  out.text_or_null("cvc_check", attempt->checks.cvc_check);
  out.end_object();
}

// What of a method that is neither a card nor a wallet may be shown, as upstream shows each family.
void write_local_method(json::Writer& out, PaymentMethod method, const flows::PaymentDetails& details) {
  const std::string_view family = family_of(method);
  out.key(family).begin_object();
  if (family == "pay_later") out.null_field("klarna_sdk");
  if (family == "bank_redirect") out.text_or_null("bank_name", details.bank);
  if (family == "bank_transfer" || family == "bank_debit") out.key(type_of(method)).begin_object();
  if (family == "bank_debit")
    out.text_or_null(method == PaymentMethod::sepa_bank_debit ? "iban" : "account_number",
                     details.account_last4.empty() ? "" : "****" + details.account_last4);
  if (family == "bank_transfer" || family == "bank_debit") out.end_object();
  out.end_object();
}

void write_payment_method_data(json::Writer& out, const flows::PaymentView& view) {
  const flows::CardSummary& card = view.details->card;
  const std::string& wallet = view.details->wallet;
  const std::optional<PaymentMethod> local = parse_local_method(view.details->local_method);
  if (card.empty() && wallet.empty() && !local && view.details->payment_method_billing_json.empty()) {
    out.null_field("payment_method_data");
    return;
  }
  out.key("payment_method_data").begin_object();
  if (!wallet.empty()) out.key("wallet").begin_object().key(wallet).begin_object().end_object().end_object();
  if (local) write_local_method(out, *local, *view.details);
  if (!card.empty()) {
    std::string_view network = network_name(card.network);
    if (view.attempt && !view.attempt->checks.network.empty())
      network = network_name(view.attempt->checks.network);
    out.key("card").begin_object();
    out.field("last4", card.last4);
    out.text_or_null("card_network", network);
    out.text_or_null("card_isin", card.bin);
    out.field("card_exp_month", two_digits(card.expiry_month));
    out.field("card_exp_year", std::to_string(card.expiry_year));
    out.text_or_null("card_holder_name", card.holder_name);
    write_checks(out, view.attempt);
    out.end_object();
  }
  out.raw_field("billing", view.details->payment_method_billing_json);
  out.end_object();
}

void write_customer(json::Writer& out, const flows::PaymentDetails& details) {
  text_if_given(out, "email", details.email);
  text_if_given(out, "name", details.name);
  text_if_given(out, "phone", details.phone);
  if (details.customer_id.empty()) return;
  out.key("customer").begin_object().field("id", details.customer_id);
  text_if_given(out, "name", details.name);
  text_if_given(out, "email", details.email);
  text_if_given(out, "phone", details.phone);
  text_if_given(out, "phone_country_code", details.phone_country_code);
  out.end_object();
}

void write_unified(json::Writer& out, const flows::ErrorMeaning& meaning) {
  out.field("unified_code", meaning.unified_code).field("unified_message", meaning.unified_message);
}

// By the retry rule for it: of an attempt that shows an error.
void write_meaning(json::Writer& out, const Attempt& attempt) {
  if (attempt.error.code.empty() && attempt.state != AttemptState::declined) return;
  const flows::ErrorMeaning meaning = flows::meaning_of(attempt);
  write_unified(out, meaning);
  out.key("error_details").begin_object().key("unified_details").begin_object();
  out.field("category", meaning.unified_code).field("message", meaning.unified_message);
  out.text_or_null("standardised_code", meaning.standardised_code);
  out.text_or_null("description", meaning.description);
  out.text_or_null("user_guidance_message", meaning.user_guidance_message).end_object();
  out.key("connector_details").begin_object();
  out.text_or_null("code", attempt.error.code);
  out.text_or_null("message", attempt.error.message).end_object().end_object();
}

void write_error(json::Writer& out, const flows::PaymentView& view) {
  if (!view.attempt) {
    out.null_field("error_code").null_field("error_message");
    return;
  }
  const Attempt& attempt = *view.attempt;
  out.text_or_null("error_code", attempt.error.code);
  out.text_or_null("error_message", attempt.error.message);
  if (attempt.state == AttemptState::declined)
    out.field("manual_retry_allowed", attempt.retry_class != RetryClass::do_not_retry);
  write_meaning(out, attempt);
}

void write_next_action(json::Writer& out, const flows::PaymentView& view, std::string_view public_url) {
  const bool waits = view.attempt && view.attempt->state == AttemptState::needs_action;
  const NextActionKind kind = waits ? view.attempt->next_action.kind : NextActionKind::none;
  switch (kind) {
    case NextActionKind::none: out.null_field("next_action"); return;
    case NextActionKind::redirect:
      out.key("next_action").begin_object().field("type", "redirect_to_url");
      out.field("redirect_to_url", gateway_page_url(view, public_url)).end_object();
      return;
    case NextActionKind::qr_code: {
      const std::string& says = view.attempt->next_action.data;
      out.key("next_action").begin_object().field("type", "qr_code_information");
      out.field("image_data_url", qr_code_data_url(says));
      out.field("display_to_timestamp", flows::code_valid_until(view).ms);
      out.field("qr_code_url", says).end_object();
      return;
    }
    case NextActionKind::sdk:
      out.key("next_action").begin_object().field("type", "invoke_sdk_client");
      out.raw_field("next_action_data", view.attempt->next_action.data).end_object();
      return;
    case NextActionKind::bank_transfer:
      out.key("next_action").begin_object().field("type", "display_bank_transfer_information");
      out.raw_field("bank_transfer_steps_and_charges_details", view.attempt->next_action.data).end_object();
      return;
  }
}

std::string payment_link_id(const flows::PaymentView& view) {
  return to_text(PaymentLinkId{view.payment.id.key, view.payment.id.salt});
}

std::string payment_link(const flows::PaymentView& view, std::string_view public_url) {
  return std::string(public_url) + "/payment_link/" + view.merchant->row.merchant_id + '/' + view.payment_id +
         "?token=" + view.link_token;
}

// Upstream's secure link is for pages that show it in a frame, which the payment page forbids: there is none.
void write_payment_link(json::Writer& out, const flows::PaymentView& view, std::string_view public_url) {
  if (view.link_token.empty()) return;
  out.key("payment_link").begin_object().field("link", payment_link(view, public_url));
  out.null_field("secure_link").field("payment_link_id", payment_link_id(view)).end_object();
}

void write_refund(json::Writer& out, const flows::RefundView& view) {
  out.begin_object();
  out.field("refund_id", view.refund_id).field("payment_id", view.payment_id);
  out.field("amount", view.refund.amount.minor).field("currency", view.refund.amount.currency.code());
  out.field("status", to_string(view.refund.state));
  out.text_or_null("reason", view.reason);
  out.raw_field("metadata", view.metadata_json);
  out.text_or_null("error_code", view.refund.error.code);
  out.text_or_null("error_message", view.refund.error.message);
  if (!view.refund.error.code.empty()) write_unified(out, flows::meaning_of(view.refund));
  out.field("created_at", format_iso8601(view.refund.created_at));
  out.field("updated_at", format_iso8601(view.refund.modified_at));
  out.text_or_null("connector", view.account ? view.account->row.connector : "");
  out.text_or_null("merchant_connector_id", view.account ? to_text(view.account->row.id) : "");
  out.text_or_null("profile_id", view.profile ? to_text(view.profile->row.id) : "");
  out.text_or_null("connector_refund_id", view.refund.connector_refund_id);
  out.end_object();
}

void write_attempt(json::Writer& out, const flows::PaymentView& view, std::string_view public_url) {
  out.text_or_null("connector", view.account ? view.account->row.connector : "");
  out.text_or_null("merchant_connector_id", view.account ? to_text(view.account->row.id) : "");
  out.text_or_null("connector_transaction_id", view.attempt ? view.attempt->connector_payment_id : "");
  if (view.attempt) text_if_given(out, "network_transaction_id", view.attempt->checks.network_transaction_id);
  out.field("attempt_count", view.payment.attempt_count);
  text_if_given(out, "routing_reason", flows::route_in_words(view.details->routed_by_json));
  write_error(out, view);
  write_next_action(out, view, public_url);
}

// In upstream's words; what all attempts of a payment have in common is the payment's to show.
void write_attempts(json::Writer& out, const flows::PaymentView& view) {
  out.key("attempts").begin_array();
  for (const flows::AttemptView& each : view.attempts) {
    const Attempt& attempt = each.attempt;
    out.begin_object().field("attempt_id", to_text(attempt.id)).field("status", to_string(attempt.state));
    out.field("amount", attempt.amount.minor).field("currency", attempt.amount.currency.code());
    out.text_or_null("connector", each.account ? each.account->row.connector : "");
    out.text_or_null("merchant_connector_id", each.account ? to_text(each.account->row.id) : "");
    out.text_or_null("connector_transaction_id", attempt.connector_payment_id);
    out.field("payment_method", family_of(attempt.method));
    out.text_or_null("error_code", attempt.error.code);
    out.text_or_null("error_message", attempt.error.message);
    write_meaning(out, attempt);
    out.field("created_at", format_iso8601(attempt.created_at));
    out.field("modified_at", format_iso8601(attempt.modified_at)).end_object();
  }
  out.end_array();
}

void write_details(json::Writer& out, const flows::PaymentDetails& details) {
  write_customer(out, details);
  out.text_or_null("description", details.description);
  out.raw_field("metadata", details.metadata_json);
  out.raw_field("billing", details.billing_json);
  raw_if_given(out, "shipping", details.shipping_json);
  raw_if_given(out, "order_details", details.order_details_json);
  raw_if_given(out, "browser_info", details.browser_info_json);
  text_if_given(out, "return_url", details.return_url);
  text_if_given(out, "statement_descriptor_name", details.statement_descriptor_name);
  text_if_given(out, "statement_descriptor_suffix", details.statement_descriptor_suffix);
  text_if_given(out, "setup_future_usage", details.setup_future_usage);
  if (details.has_off_session) out.field("off_session", details.off_session);
  text_if_given(out, "business_country", details.business_country);
  text_if_given(out, "business_label", details.business_label);
  text_if_given(out, "cancellation_reason", details.cancellation_reason);
}

}  // namespace

std::string Rendering::payment(const flows::PaymentView& view) const {
  const Payment& payment = view.payment;
  json::Writer out(2048);
  out.begin_object();
  out.field("payment_id", view.payment_id);
  out.field("merchant_id", view.merchant->row.merchant_id);
  out.text_or_null("profile_id", view.profile ? to_text(view.profile->row.id) : "");
  out.field("status", to_string(payment.state));
  out.field("amount", payment.amount.minor).field("net_amount", payment.amount.minor);
  out.field("amount_capturable", payment.capturable_minor()).field("amount_received", payment.captured_minor);
  out.field("currency", payment.amount.currency.code());
  out.field("client_secret", view.client_secret);
  out.field("capture_method", to_string(payment.capture_method));
  out.field("authentication_type", to_string(payment.authentication_type));
  out.field("created", format_iso8601(payment.created_at));
  out.field("updated", format_iso8601(payment.modified_at));
  out.field("expires_on", format_iso8601(payment.expires_at));
  write_attempt(out, view, public_url_);
  out.text_or_null("payment_method", view.details->payment_method);
  text_if_given(out, "payment_method_type", view.details->payment_method_type);
  write_payment_method_data(out, view);
  out.text_or_null("customer_id", view.details->customer_id);
  write_details(out, *view.details);
  write_payment_link(out, view, public_url_);
  if (view.refunds_loaded) {
    out.key("refunds").begin_array();
    for (const flows::RefundView& each : view.refunds)
      write_refund(out, each);
    out.end_array();
  }
  if (view.attempts_loaded) write_attempts(out, view);
  out.end_object();
  return std::move(out).take();
}

std::string Rendering::refund(const flows::RefundView& view) const {
  json::Writer out(768);
  write_refund(out, view);
  return std::move(out).take();
}

std::string render_payment_link(const flows::PaymentView& view, std::string_view public_url, Instant now) {
  const Payment& payment = view.payment;
  const std::string& merchant_id = view.merchant->row.merchant_id;
  json::Writer out(1024);
  out.begin_object().field("payment_link_id", payment_link_id(view)).field("merchant_id", merchant_id);
  out.field("processor_merchant_id", merchant_id).field("link_to_pay", payment_link(view, public_url));
  out.field("amount", payment.amount.minor).field("created_at", format_iso8601(payment.created_at));
  out.field("expiry", format_iso8601(payment.expires_at));
  out.text_or_null("description", view.details->description);
  out.field("status", now < payment.expires_at ? "active" : "expired");
  out.field("currency", payment.amount.currency.code()).null_field("secure_link").end_object();
  return std::move(out).take();
}

std::string render_list(std::string_view count_name, std::span<const std::string> elements) {
  json::Writer out(256 + elements.size() * 1536);
  out.begin_object().field(count_name, static_cast<std::int64_t>(elements.size()));
  out.key("data").begin_array();
  for (const std::string& element : elements)
    out.raw(element);
  out.end_array().end_object();
  return std::move(out).take();
}

}  // namespace payweir::api::native
