#include "api/errors.hpp"

#include <gtest/gtest.h>

#include <set>

#include "api/testkit.hpp"

namespace payweir::api {
namespace {

using testkit::error_member;

// Every Code of base/error.hpp, found by its name.
std::vector<Code> all_codes() {
  std::vector<Code> codes;
  for (std::uint16_t number = 100; number < 1000; ++number) {
    const auto code = static_cast<Code>(number);
    if (code == Code::internal || code_name(code) != code_name(Code::internal)) codes.push_back(code);
  }
  return codes;
}

http::Response render(Code code, std::string field = "", std::string detail = "") {
  return render_error(Error{code, std::move(field), std::move(detail), Certainty::not_sent});
}

TEST(ErrorCatalogue, HasAnEntryForEveryCode) {
  ASSERT_GT(all_codes().size(), 50u);
  for (const Code code : all_codes()) {
    const ErrorEntry entry = describe(code);
    SCOPED_TRACE(std::string(code_name(code)));
    EXPECT_TRUE(entry.status >= 400 && entry.status < 600);
    EXPECT_FALSE(entry.message.empty());
    EXPECT_TRUE(entry.code.starts_with("IR_") || entry.code.starts_with("HE_") ||
                entry.code.starts_with("WE_"));
    EXPECT_EQ(entry.type, entry.status >= 500 || entry.code == "HE_00" ? "api" : "invalid_request");
    EXPECT_EQ(entry.says == Says::entry || entry.status < 500, true) << "shows text of ours to a stranger";
  }
}

TEST(ErrorCatalogue, RendersHyperswitchsShape) {
  const http::Response response = render(Code::route_not_found);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.get("content-type"), "application/json");
  EXPECT_EQ(response.body,
            R"({"error":{"type":"invalid_request","message":"Unrecognized request URL","code":"IR_02"}})");
}

TEST(ErrorCatalogue, WhatTheDecoderRefusesHasErrorTypeInThePlaceOfType) {
  for (const Code code : {Code::malformed_json, Code::json_too_deep, Code::json_too_many_keys,
                          Code::json_duplicate_key, Code::wrong_type, Code::invalid_card_number}) {
    const http::Response response = render(code, "amount", "a whole number is expected");
    SCOPED_TRACE(std::string(code_name(code)));
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(error_member(response, "error_type"), "invalid_request");
    EXPECT_EQ(error_member(response, "type"), "");
    EXPECT_EQ(error_member(response, "code"), "IR_06");
  }
}

TEST(ErrorCatalogue, NamesTheFieldOnce) {
  EXPECT_EQ(error_member(render(Code::invalid_value, "amount", "a whole number is expected"), "message"),
            "amount: a whole number is expected");
  EXPECT_EQ(error_member(render(Code::invalid_value, "amount", "amount must be at least 1"), "message"),
            "amount must be at least 1");
  EXPECT_EQ(error_member(render(Code::missing_field, "amount"), "message"), "Missing required param: amount");
  EXPECT_EQ(error_member(render(Code::overflow, "amount"), "message"), "The amount is out of range: amount");
}

TEST(ErrorCatalogue, KeepsUpstreamsSentences) {
  struct Row {
    Code code;
    std::string field, detail;
    int status;
    std::string public_code, message;
  };
  const Row rows[] = {
      {Code::unauthorized, "", "no such key", 401, "IR_01", "API key not provided or invalid API key used"},
      {Code::method_not_allowed, "", "GET", 405, "IR_03", "The HTTP method is not applicable for this API"},
      {Code::amount_exceeds_captured, "amount", "x", 400, "IR_13",
       "The refund amount exceeds the amount captured"},
      {Code::illegal_transition, "status",
       "You cannot confirm this payment because it has status requires_customer_action", 400, "IR_16",
       "You cannot confirm this payment because it has status requires_customer_action"},
      {Code::illegal_transition, "status",
       "This Payment could not be captured because it has a payment.status of succeeded. The expected state "
       "is "
       "requires_capture",
       400, "IR_14",
       "This Payment could not be captured because it has a payment.status of succeeded. The expected state "
       "is "
       "requires_capture"},
      {Code::invalid_card, "payment_method_data.card.card_exp_month", "Invalid Expiry Month", 400, "IR_16",
       "Invalid Expiry Month"},
      {Code::not_found, "payment_id", "", 404, "HE_02", "Payment does not exist in our records"},
      {Code::not_found, "refund_id", "", 404, "HE_02", "Refund does not exist in our records."},
      {Code::duplicate_resource, "payment_id",
       "The payment with the specified payment_id already exists in our records", 400, "HE_01",
       "The payment with the specified payment_id already exists in our records"},
      {Code::client_secret_missing, "client_secret", "", 400, "IR_08", "client_secret was not provided"},
  };
  for (const Row& row : rows) {
    const http::Response response = render(row.code, row.field, row.detail);
    SCOPED_TRACE(row.message);
    EXPECT_EQ(response.status, row.status);
    EXPECT_EQ(error_member(response, "type"), "invalid_request");
    EXPECT_EQ(error_member(response, "code"), row.public_code);
    EXPECT_EQ(error_member(response, "message"), row.message);
  }
}

TEST(ErrorCatalogue, SaysWhenToTryAgain) {
  for (const Code code : {Code::store_busy, Code::store_full, Code::store_unavailable, Code::overloaded}) {
    EXPECT_EQ(render(code).status, 503);
    EXPECT_NE(render(code).headers.get("retry-after"), "");
  }
  EXPECT_EQ(render(Code::rate_limited).status, 429);
  EXPECT_EQ(render(Code::rate_limited).headers.get("retry-after"), "1");
  EXPECT_EQ(render(Code::idempotency_in_progress).status, 409);
  EXPECT_EQ(render(Code::idempotency_in_progress).headers.get("retry-after"), "1");
  EXPECT_FALSE(render(Code::missing_field, "amount").headers.has("retry-after"));
}

TEST(ErrorCatalogue, AReusedKeyIsSaidByName) {
  const http::Response response = render(Code::idempotency_key_reused);
  EXPECT_EQ(response.status, 422);
  EXPECT_TRUE(error_member(response, "message").contains("idempotency_key_reused"));
}

TEST(ErrorCatalogue, SaysNothingOfWhatIsOurs) {
  for (const Code code : {Code::internal, Code::store_corrupt, Code::decrypt_failed, Code::store_unavailable})
    EXPECT_FALSE(render(code, "table", "SELECT secret FROM disk").body.contains("secret"));
}

}  // namespace
}  // namespace payweir::api
