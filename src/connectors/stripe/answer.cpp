#include "connectors/stripe/answer.hpp"

#include "connectors/wire/mask.hpp"

namespace payweir::stripe {
namespace {

// The shortest card number has 12 digits; Stripe's texts quote no number that long that is not secret.
constexpr std::size_t kSecretDigits = 12;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

void mask_digit_runs(std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_digit(text[end]))
      ++end;
    if (end - at >= kSecretDigits) text.replace(at, end - at, end - at, '*');
    at = end + 1;
  }
}

}  // namespace

std::string_view id_of(const json::Value& reference) {
  return reference.is(json::Kind::object) ? reference["id"].text() : reference.text();
}

StripeError read_error_object(const json::Value& error) {
  return {error["type"].text(), error["code"].text(), error["decline_code"].text(), error["message"].text()};
}

GatewayError describe_error(const StripeError& error, const ConnectorCredentials& credentials) {
  GatewayError described;
  described.code = error.code.empty() ? error.type : error.code;
  if (error.decline_code.empty())
    described.message = error.message;
  else
    described.message.append("message - ")
        .append(error.message)
        .append(", decline_code - ")
        .append(error.decline_code);
  wire::mask(described.message, credentials.field("api_key").reveal());
  mask_digit_runs(described.message);
  return described;
}

CardChecks read_card_checks(const json::Value& intent) {
  json::Value card = intent["latest_charge"]["payment_method_details"]["card"];
  if (card.empty()) card = intent["last_payment_error"]["payment_method"]["card"];
  const json::Value checks = card["checks"];
  CardChecks read;
  read.cvc_check = checks["cvc_check"].text();
  read.address_line1_check = checks["address_line1_check"].text();
  read.address_postal_code_check = checks["address_postal_code_check"].text();
  read.network = card["network"].text();
  if (read.network.empty()) read.network = card["brand"].text();
  read.network_transaction_id = card["network_transaction_id"].text();
  return read;
}

}  // namespace payweir::stripe
