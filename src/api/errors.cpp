#include "api/errors.hpp"

#include <array>
#include <utility>

#include "base/json_writer.hpp"

namespace payweir::api {
namespace {

constexpr std::string_view kInvalidRequest = "invalid_request";

constexpr ErrorEntry invalid(int status, std::string_view code, std::string_view message, Says says) {
  return {.status = status, .type = kInvalidRequest, .code = code, .message = message, .says = says};
}

constexpr ErrorEntry undecodable(std::string_view message, Says says) {
  return {.status = 400,
          .type = kInvalidRequest,
          .code = "IR_06",
          .message = message,
          .says = says,
          .shape = Shape::error_type};
}

// Nothing happened, and the same request may well succeed later.
constexpr ErrorEntry unavailable(int status, std::string_view message, int retry_after_s) {
  return {
      .status = status, .type = "api", .code = "HE_00", .message = message, .retry_after_s = retry_after_s};
}

constexpr ErrorEntry kInternal{
    .status = 500, .type = "api", .code = "HE_00", .message = "Something went wrong"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kResources = {{
    {"payment_id", "Payment does not exist in our records"},
    {"payment_link_id", "Payment Link does not exist in our records"},
    {"routing_algorithm_id", "Routing algorithm does not exist in our records"},
    {"refund_id", "Refund does not exist in our records."},  // with a full stop, as upstream has it
    {"merchant_id", "Merchant account does not exist in our records"},
    {"merchant_connector_id", "Merchant connector account does not exist in our records"},
    {"profile_id", "Business profile does not exist in our records"},
    {"key_id", "API Key does not exist in our records"},
    {"event_id", "Event does not exist in our records"},
    {"gsm", "GSM with given key does not exist in our records"},
}};

// Upstream has two sentences for a payment in the wrong state, each with its own code.
constexpr std::string_view kUnexpectedState = "This Payment could not be";

std::string_view sentence_for_resource(const Error& error) {
  for (const auto& [field, sentence] : kResources)
    if (error.field == field) return sentence;
  return "Resource ID does not exist in our records";
}

}  // namespace

ErrorEntry describe(Code code) {
  switch (code) {
    case Code::malformed_json: return undecodable("The body is not valid JSON", Says::field_and_detail);
    case Code::json_too_deep: return undecodable("The JSON is nested too deep", Says::field_and_detail);
    case Code::json_too_many_keys:
      return undecodable("The JSON has too many members", Says::field_and_detail);
    case Code::json_duplicate_key: return undecodable("The JSON has a key twice", Says::field_and_detail);
    case Code::wrong_type: return undecodable("Invalid type", Says::field_and_detail);
    case Code::invalid_card_number: return undecodable("Invalid card number", Says::field_and_detail);
    case Code::invalid_card: return invalid(400, "IR_16", "Invalid card data", Says::detail);
    case Code::missing_field: return invalid(400, "IR_04", "Missing required param", Says::entry_and_field);
    case Code::invalid_value: return invalid(400, "IR_07", "Invalid value provided", Says::field_and_detail);
    case Code::unknown_currency:
      return invalid(400, "IR_07", "Invalid value provided", Says::field_and_detail);
    case Code::overflow: return invalid(422, "IR_06", "The amount is out of range", Says::field_and_detail);
    case Code::currency_mismatch:
      return invalid(400, "IR_28", "The currencies differ", Says::field_and_detail);

    case Code::illegal_transition:
      return invalid(400, "IR_16", "The payment's status does not allow this", Says::detail);
    case Code::amount_exceeds_authorized:
      return invalid(400, "IR_06", "amount_to_capture is greater than amount", Says::field_and_detail);
    case Code::amount_exceeds_captured:
      return invalid(400, "IR_13", "The refund amount exceeds the amount captured", Says::entry);
    case Code::payment_method_missing:
      return invalid(400, "IR_04", "Missing required param: payment_method_data", Says::entry);
    case Code::capture_method_not_supported:
      return invalid(400, "IR_19", "The capture method is not supported", Says::field_and_detail);

    case Code::unauthorized:
      return invalid(401, "IR_01", "API key not provided or invalid API key used", Says::entry);
    case Code::forbidden:
      return invalid(403, "IR_22", "Access forbidden. Not authorized to access this resource", Says::entry);
    case Code::not_found:
      return invalid(404, "HE_02", "Resource ID does not exist in our records", Says::resource);
    case Code::duplicate_resource:
      return invalid(400, "HE_01", "It already exists in our records", Says::detail);
    case Code::idempotency_key_reused:
      return invalid(422, "IR_38",
                     "idempotency_key_reused: this Idempotency-Key was sent before with another request",
                     Says::entry);
    case Code::under_review:
      return unavailable(503, "The database was restored and is under review; try again later", 10);
    case Code::no_route:
      return unavailable(503, "No gateway that could take this payment is to be reached at present", 5);
    case Code::idempotency_in_progress:
      return unavailable(409, "The first request with this Idempotency-Key is still running", 1);
    case Code::idempotency_key_required:
      return invalid(400, "IR_04", "Missing required param: Idempotency-Key", Says::entry);
    case Code::no_connector_account:
      return invalid(400, "IR_39",
                     "No eligible connector was found for the current payment method configuration",
                     Says::detail);
    case Code::client_secret_missing:
      return invalid(400, "IR_08", "client_secret was not provided", Says::entry);
    case Code::client_secret_mismatch:
      return invalid(
          400, "IR_09",
          "The client_secret provided does not match the client_secret associated with the Payment",
          Says::entry);
    case Code::payload_too_large: return invalid(413, "IR_06", "The body is too large", Says::entry);
    case Code::unsupported_media_type:
      return invalid(415, "IR_06", "Content-Type must be application/json", Says::entry);
    case Code::method_not_allowed:
      return invalid(405, "IR_03", "The HTTP method is not applicable for this API", Says::entry);
    case Code::route_not_found: return invalid(404, "IR_02", "Unrecognized request URL", Says::entry);
    case Code::rate_limited: return unavailable(429, "Too many requests. Please try again later.", 1);
    case Code::overloaded: return unavailable(503, "Resource is busy. Please try again later.", 1);
    case Code::store_busy: return unavailable(503, "Resource is busy. Please try again later.", 1);
    case Code::store_full:
    case Code::store_unavailable:
      return unavailable(503, "Nothing can be stored at present. Please try again later.", 5);

    case Code::connector_credentials_invalid:
      return invalid(400, "IR_07", "Invalid value provided: connector_account_details",
                     Says::field_and_detail);
    case Code::gateway_unclear:
      return {.status = 424,
              .type = "api",
              .code = "HE_00",
              .message = "The gateway gave no clear answer",
              .says = Says::detail};
    case Code::connector_unknown:
      return invalid(400, "IR_07", "Invalid value provided: connector_name", Says::field_and_detail);
    case Code::webhook_signature_mismatch:
    case Code::webhook_no_v1_signature:
    case Code::webhook_timestamp_out_of_tolerance:
    case Code::webhook_missing_signature:
    case Code::webhook_unknown_serial:
    case Code::webhook_unsupported_algorithm:
    case Code::webhook_sign_type_not_allowed:
    case Code::webhook_app_id_mismatch:
    case Code::webhook_amount_mismatch:
    case Code::webhook_decrypt_failed:
      return invalid(401, "WE_01", "Webhook authentication failed", Says::entry);
    case Code::webhook_malformed_header:
    case Code::webhook_missing_header:
      return invalid(400, "WE_02", "The webhook's signature header is missing or malformed", Says::entry);

    // What follows is settled inside the switch. Should one reach a client, it is a fault of ours.
    case Code::decrypt_failed:
    case Code::signature_mismatch:
    case Code::crypto_unavailable:
    case Code::store_newer_schema:
    case Code::store_locked:
    case Code::store_corrupt:
    case Code::connect_failed:
    case Code::connection_lost:
    case Code::timeout:
    case Code::malformed_http:
    case Code::response_too_large:
    case Code::address_not_allowed:
    case Code::tls_failed:
    case Code::cancelled:
    case Code::listen_failed:
    case Code::too_many_connections:
    case Code::send_window_passed:
    case Code::connector_answer_malformed:
    case Code::statement_malformed:
    case Code::statement_truncated:
    case Code::statement_mismatch:
    case Code::statement_too_large:
    case Code::configuration_invalid:
    case Code::internal: return kInternal;
  }
  return kInternal;
}

std::string message_of(const Error& error) {
  const ErrorEntry entry = describe(error.code);
  switch (entry.says) {
    case Says::entry: break;
    case Says::detail: return error.detail.empty() ? std::string(entry.message) : error.detail;
    case Says::entry_and_field:
      return std::string(entry.message) + ": " + (error.field.empty() ? "unknown" : error.field);
    case Says::field_and_detail: {
      const std::string& detail = error.detail;
      if (detail.empty()) return std::string(entry.message) + (error.field.empty() ? "" : ": " + error.field);
      return error.field.empty() || detail.contains(error.field) ? detail : error.field + ": " + detail;
    }
    case Says::resource: return std::string(sentence_for_resource(error));
  }
  return std::string(entry.message);
}

http::Response render_error(const Error& error) {
  const ErrorEntry entry = describe(error.code);
  std::string_view code = entry.code;
  if (error.code == Code::illegal_transition && error.detail.starts_with(kUnexpectedState)) code = "IR_14";

  json::Writer out(256);
  out.begin_object().key("error").begin_object();
  out.field(entry.shape == Shape::type ? "type" : "error_type", entry.type);
  out.field("message", message_of(error)).field("code", code);
  out.end_object().end_object();

  http::Response response;
  response.status = entry.status;
  response.headers.set("content-type", "application/json");
  if (entry.retry_after_s > 0) response.headers.set("retry-after", std::to_string(entry.retry_after_s));
  if (error.code == Code::method_not_allowed) response.headers.set("allow", error.detail);
  response.body = std::move(out).take();
  return response;
}

}  // namespace payweir::api
