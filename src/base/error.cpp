#include "base/error.hpp"

namespace payweir {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::malformed_json: return "malformed_json";
    case Code::json_too_deep: return "json_too_deep";
    case Code::json_too_many_keys: return "json_too_many_keys";
    case Code::json_duplicate_key: return "json_duplicate_key";
    case Code::missing_field: return "missing_field";
    case Code::wrong_type: return "wrong_type";
    case Code::invalid_value: return "invalid_value";
    case Code::overflow: return "overflow";
    case Code::currency_mismatch: return "currency_mismatch";
    case Code::unknown_currency: return "unknown_currency";
    case Code::invalid_card_number: return "invalid_card_number";
    case Code::invalid_card: return "invalid_card";
    case Code::decrypt_failed: return "decrypt_failed";
    case Code::signature_mismatch: return "signature_mismatch";
    case Code::crypto_unavailable: return "crypto_unavailable";
    case Code::illegal_transition: return "illegal_transition";
    case Code::amount_exceeds_authorized: return "amount_exceeds_authorized";
    case Code::amount_exceeds_captured: return "amount_exceeds_captured";
    case Code::payment_method_missing: return "payment_method_missing";
    case Code::capture_method_not_supported: return "capture_method_not_supported";
    case Code::store_busy: return "store_busy";
    case Code::store_full: return "store_full";
    case Code::store_unavailable: return "store_unavailable";
    case Code::store_newer_schema: return "store_newer_schema";
    case Code::store_locked: return "store_locked";
    case Code::store_corrupt: return "store_corrupt";
    case Code::connect_failed: return "connect_failed";
    case Code::connection_lost: return "connection_lost";
    case Code::timeout: return "timeout";
    case Code::malformed_http: return "malformed_http";
    case Code::response_too_large: return "response_too_large";
    case Code::address_not_allowed: return "address_not_allowed";
    case Code::tls_failed: return "tls_failed";
    case Code::cancelled: return "cancelled";
    case Code::listen_failed: return "listen_failed";
    case Code::too_many_connections: return "too_many_connections";
    case Code::send_window_passed: return "send_window_passed";
    case Code::unauthorized: return "unauthorized";
    case Code::forbidden: return "forbidden";
    case Code::not_found: return "not_found";
    case Code::duplicate_resource: return "duplicate_resource";
    case Code::idempotency_key_reused: return "idempotency_key_reused";
    case Code::idempotency_in_progress: return "idempotency_in_progress";
    case Code::idempotency_key_required: return "idempotency_key_required";
    case Code::rate_limited: return "rate_limited";
    case Code::overloaded: return "overloaded";
    case Code::no_connector_account: return "no_connector_account";
    case Code::client_secret_mismatch: return "client_secret_mismatch";
    case Code::client_secret_missing: return "client_secret_missing";
    case Code::payload_too_large: return "payload_too_large";
    case Code::unsupported_media_type: return "unsupported_media_type";
    case Code::method_not_allowed: return "method_not_allowed";
    case Code::route_not_found: return "route_not_found";
    case Code::under_review: return "under_review";
    case Code::no_route: return "no_route";
    case Code::internal: return "internal";
    case Code::connector_answer_malformed: return "connector_answer_malformed";
    case Code::connector_credentials_invalid: return "connector_credentials_invalid";
    case Code::gateway_unclear: return "gateway_unclear";
    case Code::connector_unknown: return "connector_unknown";
    case Code::webhook_signature_mismatch: return "signature_mismatch";
    case Code::webhook_malformed_header: return "malformed_header";
    case Code::webhook_missing_header: return "missing_header";
    case Code::webhook_no_v1_signature: return "no_v1_signature";
    case Code::webhook_timestamp_out_of_tolerance: return "timestamp_out_of_tolerance";
    case Code::webhook_missing_signature: return "missing_signature";
    case Code::webhook_unknown_serial: return "unknown_serial";
    case Code::webhook_unsupported_algorithm: return "unsupported_algorithm";
    case Code::webhook_sign_type_not_allowed: return "sign_type_not_allowed";
    case Code::webhook_app_id_mismatch: return "app_id_mismatch";
    case Code::webhook_amount_mismatch: return "amount_mismatch";
    case Code::webhook_decrypt_failed: return "decrypt_failed";
    case Code::statement_malformed: return "statement_malformed";
    case Code::statement_truncated: return "statement_truncated";
    case Code::statement_mismatch: return "statement_mismatch";
    case Code::statement_too_large: return "statement_too_large";
    case Code::configuration_invalid: return "configuration_invalid";
  }
  return "internal";
}

}  // namespace payweir
