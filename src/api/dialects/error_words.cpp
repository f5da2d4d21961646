#include "api/dialects/error_words.hpp"

#include "api/errors.hpp"
#include "base/json_writer.hpp"

namespace payweir::api::dialects {
namespace {

bool is_amount(std::string_view field) {
  return field == "amount" || field == "amount_requested" || field == "refund_amount";
}

}  // namespace

ErrorWord word_of(const Error& error) {
  const int status = describe(error.code).status;
  switch (error.code) {
    case Code::missing_field: return {"PARAMETER_MISSING", 400};
    case Code::invalid_value:
    case Code::wrong_type:
    case Code::overflow: return {is_amount(error.field) ? "AMOUNT_INVALID" : "PARAMETER_INVALID", 400};
    case Code::unknown_currency: return {"PARAMETER_INVALID", 400};
    case Code::unauthorized: return {"UNAUTHORIZED", 401};
    case Code::forbidden: return {"FORBIDDEN", 403};
    case Code::not_found:
      if (error.field == "payment_id") return {"TRANSACTION_NOT_FOUND", 404};
      if (error.field == "refund_id") return {"REFUND_NOT_FOUND", 404};
      return {"CHANNEL_UNKNOWN", 404};  // of a callback's address
    case Code::duplicate_resource: return {"ORDER_ID_CONFLICT", 409};
    case Code::idempotency_key_reused:
    case Code::idempotency_in_progress: return {"IDEMPOTENCY_KEY_CONFLICT", status};
    case Code::illegal_transition: return {"STATUS_NOT_ALLOWED", 409};
    case Code::amount_exceeds_captured: return {"REFUND_AMOUNT_EXCEEDED", 409};
    case Code::connector_unknown: return {"CHANNEL_UNKNOWN", 400};
    case Code::no_connector_account: return {"CHANNEL_NOT_CONFIGURED", 400};
    case Code::rate_limited: return {"TOO_MANY_REQUESTS", 429};
    default: break;
  }
  if (status < 500) return {"REQUEST_INVALID", status};
  return {status == 500 ? "INTERNAL_ERROR" : "SERVICE_UNAVAILABLE", status};
}

http::Response render_error_word(const Error& error) {
  const ErrorWord word = word_of(error);
  json::Writer out(256);
  out.begin_object().field("code", word.word).field("message", message_of(error));
  // What is missing is named in the path, and by its native name in the error.
  out.text_or_null("field", error.code == Code::not_found ? "" : error.field).end_object();
  http::Response response = render_error(error);  // its headers say when to come again
  response.status = word.status;
  response.body = std::move(out).take();
  return response;
}

}  // namespace payweir::api::dialects
