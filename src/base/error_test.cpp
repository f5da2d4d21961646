#include "base/error.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace payweir {
namespace {

// Both are seen outside: a name in answers and logs, a number in what is stored.
const std::map<int, std::string> kCodes = {
    {100, "malformed_json"},
    {101, "json_too_deep"},
    {102, "json_too_many_keys"},
    {103, "json_duplicate_key"},
    {104, "missing_field"},
    {105, "wrong_type"},
    {106, "invalid_value"},
    {107, "overflow"},
    {108, "currency_mismatch"},
    {109, "unknown_currency"},
    {110, "invalid_card_number"},
    {111, "invalid_card"},
    {200, "decrypt_failed"},
    {201, "signature_mismatch"},
    {202, "crypto_unavailable"},
    {300, "illegal_transition"},
    {301, "amount_exceeds_authorized"},
    {302, "amount_exceeds_captured"},
    {303, "payment_method_missing"},
    {304, "capture_method_not_supported"},
    {400, "store_busy"},
    {401, "store_full"},
    {402, "store_unavailable"},
    {403, "store_newer_schema"},
    {404, "store_locked"},
    {405, "store_corrupt"},
    {500, "connect_failed"},
    {501, "connection_lost"},
    {502, "timeout"},
    {503, "malformed_http"},
    {504, "response_too_large"},
    {505, "address_not_allowed"},
    {506, "tls_failed"},
    {507, "cancelled"},
    {508, "listen_failed"},
    {509, "too_many_connections"},
    {510, "send_window_passed"},
    {600, "unauthorized"},
    {601, "forbidden"},
    {602, "not_found"},
    {603, "duplicate_resource"},
    {604, "idempotency_key_reused"},
    {605, "idempotency_in_progress"},
    {606, "idempotency_key_required"},
    {607, "rate_limited"},
    {608, "overloaded"},
    {609, "no_connector_account"},
    {610, "client_secret_mismatch"},
    {611, "client_secret_missing"},
    {612, "payload_too_large"},
    {613, "unsupported_media_type"},
    {614, "method_not_allowed"},
    {615, "route_not_found"},
    {616, "under_review"},
    {617, "no_route"},
    {699, "internal"},
    {700, "connector_answer_malformed"},
    {701, "connector_credentials_invalid"},
    {702, "connector_unknown"},
    {703, "gateway_unclear"},
    {710, "signature_mismatch"},
    {711, "malformed_header"},
    {712, "missing_header"},
    {713, "no_v1_signature"},
    {714, "timestamp_out_of_tolerance"},
    {715, "missing_signature"},
    {716, "unknown_serial"},
    {717, "unsupported_algorithm"},
    {718, "sign_type_not_allowed"},
    {719, "app_id_mismatch"},
    {720, "amount_mismatch"},
    {721, "decrypt_failed"},
    {730, "statement_malformed"},
    {731, "statement_truncated"},
    {732, "statement_mismatch"},
    {733, "statement_too_large"},
    {800, "configuration_invalid"},
};

TEST(Codes, KeepTheirNumbersAndNames) {
  for (const auto& [number, name] : kCodes)
    EXPECT_EQ(code_name(static_cast<Code>(number)), name) << number;
}

TEST(Codes, OfNumbersThatNobodyGaveAreInternal) {
  for (int number = 0; number < 1000; ++number)
    if (!kCodes.contains(number)) EXPECT_EQ(code_name(static_cast<Code>(number)), "internal") << number;
}

}  // namespace
}  // namespace payweir
