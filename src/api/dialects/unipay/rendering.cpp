#include "api/dialects/unipay/rendering.hpp"

#include "api/dialects/orders.hpp"
#include "api/errors.hpp"
#include "api/payer_links.hpp"
#include "base/check.hpp"
#include "base/json_writer.hpp"

namespace payweir::api::dialects::unipay {
namespace {

struct HowToPay {
  std::string payment_url, qr_code, extra_data_json = "{}";
};

HowToPay how_to_pay(const flows::PaymentView& view, std::string_view public_url) {
  HowToPay how;
  if (view.payment.state == PaymentState::requires_payment_method)
    how.payment_url = payment_page_url(view, public_url);
  if (view.payment.state != PaymentState::requires_customer_action || !view.attempt) return how;
  const NextAction& next = view.attempt->next_action;
  switch (next.kind) {
    case NextActionKind::redirect: how.payment_url = gateway_page_url(view, public_url); break;
    case NextActionKind::qr_code: how.qr_code = next.data; break;
    case NextActionKind::sdk: how.extra_data_json = next.data; break;
    case NextActionKind::bank_transfer:  // no channel of this dialect
    case NextActionKind::none: break;
  }
  return how;
}

std::string in_envelope(std::string_view data_json) {
  json::Writer out(data_json.size() + 64);
  out.begin_object().field("code", 0).field("message", "success").raw_field("data", data_json).end_object();
  return std::move(out).take();
}

http::Response render(const Error& error, Otherwise otherwise) {
  const ErrorCode code = code_of(error, otherwise);
  json::Writer out(256);
  out.begin_object().field("code", code.code).field("message", message_of(error)).end_object();
  http::Response response = render_error(error);  // its headers say when to come again
  response.status = code.status;
  response.body = std::move(out).take();
  return response;
}

}  // namespace

std::string_view status_of(PaymentState state) {
  switch (state) {
    case PaymentState::requires_payment_method:
    case PaymentState::requires_confirmation:
    case PaymentState::requires_customer_action: return "pending";
    case PaymentState::processing:
    case PaymentState::requires_capture:
    case PaymentState::conflicted:
    case PaymentState::requires_merchant_action: return "processing";
    case PaymentState::succeeded:
    case PaymentState::partially_captured: return "success";
    case PaymentState::failed: return "failed";
    case PaymentState::cancelled:
    case PaymentState::expired: return "closed";
  }
  return "processing";
}

std::string Rendering::payment(const flows::PaymentView& view) const {
  const HowToPay how = how_to_pay(view, public_url_);
  json::Writer out;
  out.begin_object().field("order_no", to_text(view.payment.id)).field("payment_url", how.payment_url);
  out.field("payment_id", view.payment_id).field("qr_code", how.qr_code);
  out.raw_field("extra_data", how.extra_data_json).end_object();
  return in_envelope(out.view());
}

std::string Rendering::refund(const flows::RefundView&) const {
  check(false, "go-uni-pay has no refunds");
  return {};
}

std::string render_order(const flows::PaymentView& view) {
  const flows::PaymentDetails& details = *view.details;
  const Result<json::Document> metadata = json::parse(details.metadata_json);
  const json::Value kept = metadata ? metadata->root() : json::Value();
  const std::optional<Instant> paid = paid_at(view);
  json::Writer out(1024);
  out.begin_object().field("id", view.payment.id.key).field("order_no", to_text(view.payment.id));
  out.field("user_id", view.payment.merchant_no).field("provider", channel_of(view));
  out.field("config_id", view.account ? view.account->row.id.key : 0);
  out.field("out_trade_no", view.payment_id);
  out.field("trade_no", view.attempt ? view.attempt->connector_payment_id : "");
  out.field("subject", details.description).field("body", kept["body"].text());
  out.raw_field("amount", format_major(view.payment.amount));
  out.field("currency", view.payment.amount.currency.code());
  out.field("status", status_of(view.payment.state)).field("notify_url", kept["notify_url"].text());
  out.field("return_url", details.return_url).field("client_ip", flows::payer_address(details));
  out.raw_field("extra_data", kept["extra_params"].is(json::Kind::object) ? kept["extra_params"].dump() : "");
  out.text_or_null("payment_time", paid ? format_iso8601(*paid) : "");
  out.field("created_at", format_iso8601(view.payment.created_at));
  out.field("updated_at", format_iso8601(view.payment.modified_at)).end_object();
  return in_envelope(out.view());
}

ErrorCode code_of(const Error& error, Otherwise otherwise) {
  const int status = describe(error.code).status;
  if (otherwise == Otherwise::notify_failed)
    return error.code == Code::not_found ? ErrorCode{2006, 400} : ErrorCode{2002, status};
  switch (error.code) {
    case Code::unauthorized: return {1002, 401};
    case Code::forbidden: return {1003, 403};
    case Code::rate_limited: return {1006, 429};
    case Code::not_found: return {error.field == "payment_id" ? 2007 : 1004, 400};
    case Code::duplicate_resource:
    case Code::idempotency_key_reused:
    case Code::idempotency_in_progress: return {1005, 400};
    case Code::connector_unknown: return {2005, 400};
    case Code::no_connector_account: return {2006, 400};
    case Code::illegal_transition: return {2008, 400};
    case Code::invalid_value:
    case Code::wrong_type:
    case Code::overflow:
      if (error.field == "amount") return {2009, 400};
      return {1001, 400};
    default: break;
  }
  if (status == 413 || status == 405) return {1001, status};
  if (status < 500) return {1001, 400};
  if (status == 500) return {1000, 500};
  return {static_cast<int>(otherwise), status};
}

http::Response render_create_error(const Error& error) {
  return render(error, Otherwise::create_failed);
}

http::Response render_query_error(const Error& error) {
  return render(error, Otherwise::query_failed);
}

http::Response render_notify_error(const Error& error) {
  return render(error, Otherwise::notify_failed);
}

}  // namespace payweir::api::dialects::unipay
