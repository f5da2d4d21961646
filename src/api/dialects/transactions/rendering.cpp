#include "api/dialects/transactions/rendering.hpp"

#include "api/dialects/channels.hpp"
#include "api/dialects/orders.hpp"
#include "api/dialects/transactions/metadata.hpp"
#include "api/payer_links.hpp"
#include "base/form.hpp"
#include "base/json_writer.hpp"
#include "crypto/encoding.hpp"

namespace payweir::api::dialects::transactions {
namespace {

std::string_view paid_status(const Payment& payment) {
  if (payment.refunded_minor == 0) return "PAID_SUCCESS";
  return payment.refunded_minor < payment.captured_minor ? "REFUND_PARTIAL" : "REFUND_FULL";
}

std::string major(std::int64_t minor, Currency currency) {
  return format_major({minor, currency});
}

// How the payer pays, while there is something to pay.
void write_prepay_info(json::Writer& out, const flows::PaymentView& view, std::string_view public_url) {
  if (view.payment.state == PaymentState::requires_payment_method) {
    out.key("prepay_info").begin_object().field("type", "page");
    out.field("payment_url", payment_page_url(view, public_url)).end_object();
    return;
  }
  const bool waits = view.payment.state == PaymentState::requires_customer_action && view.attempt;
  switch (waits ? view.attempt->next_action.kind : NextActionKind::none) {
    case NextActionKind::redirect:
      out.key("prepay_info").begin_object().field("type", "redirect");
      out.field("payment_url", gateway_page_url(view, public_url)).end_object();
      return;
    case NextActionKind::qr_code:
      out.key("prepay_info").begin_object().field("type", "qr_code");
      out.field("code_url", view.attempt->next_action.data).end_object();
      return;
    case NextActionKind::sdk:
      out.key("prepay_info").begin_object().field("type", "sdk");
      out.raw_field("sdk_params", view.attempt->next_action.data).end_object();
      return;
    case NextActionKind::bank_transfer:  // no channel of this dialect
    case NextActionKind::none: out.null_field("prepay_info"); return;
  }
}

void write_transaction(json::Writer& out, const flows::PaymentView& view, std::string_view public_url) {
  const Payment& payment = view.payment;
  const Currency currency = payment.amount.currency;
  const flows::PaymentDetails& details = *view.details;
  const OrderMetadata metadata = take_order_type(details.metadata_json);
  const std::optional<Instant> paid = paid_at(view);
  out.begin_object().field("transaction_id", to_text(payment.id));
  out.field("business_order_id", view.payment_id);
  out.text_or_null("business_order_type", metadata.order_type);
  out.text_or_null("user_id", details.customer_id);
  out.text_or_null("channel", channel_of(view));
  out.text_or_null("channel_transaction_id", view.attempt ? view.attempt->connector_payment_id : "");
  out.field("status", status_of(payment, view.attempt));
  out.field("amount_requested", format_major(payment.amount));
  out.field("amount_paid", major(payment.captured_minor, currency));
  out.field("amount_refunded", major(payment.refunded_minor, currency)).field("currency", currency.code());
  out.text_or_null("description", details.description).text_or_null("return_url", details.return_url);
  out.raw_field("metadata", metadata.rest_json);
  write_prepay_info(out, view, public_url);
  out.text_or_null("error_code", view.attempt ? view.attempt->error.code : "");
  out.text_or_null("error_message", view.attempt ? view.attempt->error.message : "");
  out.field("created_at", format_iso8601(payment.created_at));
  out.field("updated_at", format_iso8601(payment.modified_at));
  out.text_or_null("paid_at", paid ? format_iso8601(*paid) : "");
  out.field("expired_at", format_iso8601(payment.expires_at));
}

// There and back it goes only when it is text.
std::string as_text(const std::string& callback) {
  const bool is_text = form::percent_decode(form::percent_encode(callback)).has_value();
  return is_text ? callback : "base64:" + crypto::to_base64(callback);
}

}  // namespace

std::string_view status_of(const Payment& payment, const std::optional<Attempt>& attempt) {
  switch (payment.state) {
    case PaymentState::requires_confirmation: return "PENDING_CREATE";
    case PaymentState::processing:
      return attempt && attempt->state == AttemptState::dispatching ? "PENDING_CREATE" : "PENDING_PAYMENT";
    case PaymentState::requires_payment_method:
    case PaymentState::requires_customer_action:
    case PaymentState::requires_capture:
    case PaymentState::conflicted:
    case PaymentState::requires_merchant_action: return "PENDING_PAYMENT";
    case PaymentState::succeeded:
    case PaymentState::partially_captured: return paid_status(payment);
    case PaymentState::failed: return "PAID_FAILED";
    case PaymentState::cancelled:
    case PaymentState::expired: return "CLOSED";
  }
  return "PENDING_PAYMENT";
}

std::string_view status_of(const Refund& refund) {
  switch (refund.state) {
    case RefundState::pending: return refund.connector_refund_id.empty() ? "PENDING" : "PROCESSING";
    case RefundState::requires_merchant_action: return "PROCESSING";
    case RefundState::succeeded: return "SUCCESS";
    case RefundState::failed: return "FAILED";
  }
  return "PROCESSING";
}

std::string Rendering::payment(const flows::PaymentView& view) const {
  json::Writer out(1536);
  write_transaction(out, view, public_url_);
  out.end_object();
  return std::move(out).take();
}

std::string Rendering::payment(const flows::PaymentView& view, const std::string& callback) const {
  json::Writer out(2048 + callback.size());
  write_transaction(out, view, public_url_);
  out.text_or_null("callback_raw_data", as_text(callback)).end_object();
  return std::move(out).take();
}

std::string Rendering::refund(const flows::RefundView& view) const {
  const Refund& refund = view.refund;
  json::Writer out(768);
  out.begin_object().field("refund_transaction_id", to_text(refund.id));
  out.field("business_refund_id", view.refund_id).field("business_order_id", view.payment_id);
  out.field("status", status_of(refund)).field("refund_amount", format_major(refund.amount));
  out.field("currency", refund.amount.currency.code()).text_or_null("reason", view.reason);
  out.text_or_null("channel", view.account ? channel_name_of(view.account->row.connector) : "");
  out.text_or_null("channel_refund_id", refund.connector_refund_id);
  out.text_or_null("error_code", refund.error.code).text_or_null("error_message", refund.error.message);
  out.field("created_at", format_iso8601(refund.created_at));
  out.field("updated_at", format_iso8601(refund.modified_at)).end_object();
  return std::move(out).take();
}

}  // namespace payweir::api::dialects::transactions
