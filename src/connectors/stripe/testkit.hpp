#pragma once
// Requests and answers for the tests of the Stripe connector.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_writer.hpp"
#include "connectors/connector.hpp"

namespace payweir::stripe {

inline constexpr std::string_view kOperationReference = "opn_00000000000000000000000001";

inline Money usd(std::int64_t minor) {
  return {minor, Currency::parse("USD").value()};
}

inline ConnectorCredentials test_credentials() {
  ConnectorCredentials credentials;
  credentials.auth_type = "HeaderKey";
  credentials.set("api_key", Secret("sk_test_key"));
  return credentials;
}

inline ConnectorRequest test_request(OperationKind kind) {
  ConnectorRequest request;
  request.kind = kind;
  request.operation_reference = kOperationReference;
  request.payment_reference = "pay_1";
  request.amount = usd(6540);
  request.payment_amount = usd(6540);
  if (kind == OperationKind::authorise)
    request.card = Card{Secret("4242424242424242"), Secret("123"), 10, 2030, "Joe Doe"};
  else
    request.connector_payment_id = "pi_1";
  return request;
}

// A payment intent as Stripe answers it; what a test is about is set before text().
struct TestIntent {
  std::string id = "pi_1";
  std::string status = "succeeded";
  std::string currency = "usd";
  std::string operation_reference{kOperationReference};
  std::int64_t amount = 6540;
  std::int64_t amount_received = 6540;
  std::int64_t amount_capturable = 0;
  std::string last_payment_error;  // JSON
  std::string next_action;         // JSON
  std::string latest_charge;       // JSON

  [[nodiscard]] std::string text() const {
    json::Writer out;
    out.begin_object().field("object", "payment_intent").field("id", id).field("status", status);
    out.field("amount", amount).field("amount_received", amount_received);
    out.field("amount_capturable", amount_capturable).field("currency", currency);
    out.key("metadata").begin_object().field("payweir_operation", operation_reference).end_object();
    out.raw_field("last_payment_error", last_payment_error).raw_field("next_action", next_action);
    out.raw_field("latest_charge", latest_charge).end_object();
    return std::move(out).take();
  }
};

struct TestRefund {
  std::string id = "re_1";
  std::string status = "succeeded";
  std::string currency = "usd";
  std::string payment_intent = R"("pi_1")";  // JSON
  std::string operation_reference{kOperationReference};
  std::int64_t amount = 6540;
  std::string failure_reason;

  [[nodiscard]] std::string text() const {
    json::Writer out;
    out.begin_object().field("object", "refund").field("id", id).field("status", status);
    out.field("amount", amount).field("currency", currency).raw_field("payment_intent", payment_intent);
    out.key("metadata").begin_object().field("payweir_operation", operation_reference).end_object();
    out.text_or_null("failure_reason", failure_reason).end_object();
    return std::move(out).take();
  }
};

}  // namespace payweir::stripe
