#pragma once
// The one error type of the switch. `code` decides the reaction, `certainty` says whether money may
// have moved, `field` names the request field at fault, `detail` is for people and holds no card data,
// no key and no text of an outside party that could hold either.
#include <cstdint>
#include <string>
#include <string_view>

namespace payweir {

// Numbers are stable and never reused; each room owns a hundred.
enum class Code : std::uint16_t {
  // base, 100
  malformed_json = 100,
  json_too_deep = 101,
  json_too_many_keys = 102,
  json_duplicate_key = 103,
  missing_field = 104,
  wrong_type = 105,
  invalid_value = 106,
  overflow = 107,
  currency_mismatch = 108,
  unknown_currency = 109,
  invalid_card_number = 110,
  invalid_card = 111,  // detail is the whole sentence for the client
  // crypto, 200
  decrypt_failed = 200,
  signature_mismatch = 201,
  crypto_unavailable = 202,
  // domain, 300
  illegal_transition = 300,
  amount_exceeds_authorized = 301,
  amount_exceeds_captured = 302,
  payment_method_missing = 303,
  capture_method_not_supported = 304,
  // store, 400
  store_busy = 400,
  store_full = 401,
  store_unavailable = 402,
  store_newer_schema = 403,
  store_locked = 404,
  store_corrupt = 405,
  // net, 500
  connect_failed = 500,
  connection_lost = 501,
  timeout = 502,
  malformed_http = 503,
  response_too_large = 504,
  address_not_allowed = 505,
  tls_failed = 506,
  cancelled = 507,
  listen_failed = 508,
  too_many_connections = 509,  // of ours: none was free, nor became so in time
  send_window_passed = 510,    // the request was ready too late to be sent
  // flows, 600
  unauthorized = 600,
  forbidden = 601,
  not_found = 602,
  duplicate_resource = 603,
  idempotency_key_reused = 604,
  idempotency_in_progress = 605,
  idempotency_key_required = 606,
  rate_limited = 607,
  overloaded = 608,
  no_connector_account = 609,
  client_secret_mismatch = 610,
  client_secret_missing = 611,
  payload_too_large = 612,
  unsupported_media_type = 613,
  method_not_allowed = 614,
  route_not_found = 615,
  under_review = 616,  // a restored database: nothing is sent until all that was open has been asked about
  no_route = 617,      // no gateway that could take it is to be reached
  internal = 699,
  // connectors, 700
  connector_answer_malformed = 700,
  connector_credentials_invalid = 701,
  connector_unknown = 702,
  gateway_unclear = 703,
  webhook_signature_mismatch = 710,
  webhook_malformed_header = 711,
  webhook_missing_header = 712,
  webhook_no_v1_signature = 713,
  webhook_timestamp_out_of_tolerance = 714,
  webhook_missing_signature = 715,
  webhook_unknown_serial = 716,
  webhook_unsupported_algorithm = 717,
  webhook_sign_type_not_allowed = 718,
  webhook_app_id_mismatch = 719,
  webhook_amount_mismatch = 720,
  webhook_decrypt_failed = 721,
  statement_malformed = 730,
  statement_truncated = 731,
  statement_mismatch = 732,  // its own totals or the announced hash say something else
  statement_too_large = 733,
  // app, 800
  configuration_invalid = 800,
};

// What is known of money when an error is returned from a call that leaves the process.
enum class Certainty : std::uint8_t {
  not_sent,  // nothing left this process: a retry is free
  unknown,   // money may have moved: ask first, never send again blindly
};

struct Error {
  Code code = Code::internal;
  std::string field;   // dotted path into the request, "" when no single field is at fault
  std::string detail;  // one sentence for people
  Certainty certainty = Certainty::not_sent;
};

[[nodiscard]] std::string_view code_name(Code code);

}  // namespace payweir
