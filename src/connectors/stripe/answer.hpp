#pragma once
// The pieces of Stripe's JSON that several answers share.
#include <string>
#include <string_view>

#include "base/json_reader.hpp"
#include "connectors/connector.hpp"

namespace payweir::stripe {

// A list of 100 refunds, each with its charge expanded, stays below this.
inline constexpr json::Limits kAnswerLimits{.depth_max = 32, .keys_max = 50'000};

// An object's id, whether Stripe sent the id alone or expanded the object. "" when there is none.
[[nodiscard]] std::string_view id_of(const json::Value& reference);

// An `error` or `last_payment_error` object. Views into the document.
struct StripeError {
  std::string_view type, code, decline_code, message;
};
[[nodiscard]] StripeError read_error_object(const json::Value& error);

// As the API shows it: "message - Your card has insufficient funds., decline_code - insufficient_funds",
// or the message alone. Holds no key of the account and no run of digits long enough for a card number.
[[nodiscard]] GatewayError describe_error(const StripeError& error, const ConnectorCredentials& credentials);

// From a payment intent whose latest_charge was expanded, or from its last_payment_error.
[[nodiscard]] CardChecks read_card_checks(const json::Value& intent);

}  // namespace payweir::stripe
