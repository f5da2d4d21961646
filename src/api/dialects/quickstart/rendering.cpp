#include "api/dialects/quickstart/rendering.hpp"

#include "api/dialects/orders.hpp"
#include "api/payer_links.hpp"
#include "base/json_writer.hpp"

namespace payweir::api::dialects::quickstart {
namespace {

std::string_view paid_status(const Payment& payment) {
  if (payment.refunded_minor == 0) return "SUCCESS";
  return payment.refunded_minor < payment.captured_minor ? "PARTIALLY_REFUNDED" : "REFUNDED";
}

}  // namespace

std::string_view status_of(const Payment& payment) {
  switch (payment.state) {
    case PaymentState::requires_payment_method:
    case PaymentState::requires_confirmation:
    case PaymentState::requires_customer_action: return "PENDING";
    case PaymentState::processing:
    case PaymentState::requires_capture:
    case PaymentState::conflicted:
    case PaymentState::requires_merchant_action: return "PROCESSING";
    case PaymentState::succeeded:
    case PaymentState::partially_captured: return paid_status(payment);
    case PaymentState::failed: return "FAILED";
    case PaymentState::cancelled:
    case PaymentState::expired: return "CLOSED";
  }
  return "PROCESSING";
}

std::string_view status_of(RefundState state) {
  switch (state) {
    case RefundState::pending:
    case RefundState::requires_merchant_action: return "PROCESSING";
    case RefundState::succeeded: return "SUCCESS";
    case RefundState::failed: return "FAILED";
  }
  return "PROCESSING";
}

std::string Rendering::payment(const flows::PaymentView& view) const {
  json::Writer out(512);
  out.begin_object().field("orderId", view.payment_id);
  out.field("paymentUrl", payment_page_url(view, public_url_)).field("status", status_of(view.payment));
  out.raw_field("amount", format_major(view.payment.amount));
  out.field("currency", view.payment.amount.currency.code());
  out.field("expiresAt", format_iso8601(view.payment.expires_at)).end_object();
  return std::move(out).take();
}

std::string Rendering::refund(const flows::RefundView& view) const {
  json::Writer out(512);
  out.begin_object().field("refundId", view.refund_id).field("orderId", view.payment_id);
  out.field("status", status_of(view.refund.state));
  out.raw_field("amount", format_major(view.refund.amount));
  out.field("currency", view.refund.amount.currency.code()).text_or_null("reason", view.reason);
  out.text_or_null("error", view.refund.error.message).end_object();
  return std::move(out).take();
}

std::string render_status(const flows::PaymentView& view) {
  const Payment& payment = view.payment;
  const Currency currency = payment.amount.currency;
  const std::optional<Instant> paid = paid_at(view);
  json::Writer out(512);
  out.begin_object().field("orderId", view.payment_id).field("status", status_of(payment));
  out.raw_field("amount", format_major(payment.amount));
  out.raw_field("paidAmount", format_major({payment.captured_minor, currency}));
  out.raw_field("refundedAmount", format_major({payment.refunded_minor, currency}));
  out.field("currency", currency.code()).text_or_null("channel", channel_of(view));
  out.text_or_null("transactionId", view.attempt ? view.attempt->connector_payment_id : "");
  out.text_or_null("error", view.attempt ? view.attempt->error.message : "");
  out.field("createdAt", format_iso8601(payment.created_at));
  out.text_or_null("paidAt", paid ? format_iso8601(*paid) : "").end_object();
  return std::move(out).take();
}

}  // namespace payweir::api::dialects::quickstart
