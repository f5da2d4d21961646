#pragma once
// What routing would do with a payment that nobody makes: by the same code, with what is known at this
// moment. Nothing is stored or sent.
#include <optional>
#include <string>
#include <vector>

#include "flows/payments.hpp"
#include "flows/routing/route_payment.hpp"

namespace payweir::flows {

struct EvaluateRouting {
  std::string profile_id;  // "" for the merchant's default one
  std::string payment_id;  // draws shares as this payment would; "" for some other
  Money amount;
  PaymentMethod method = PaymentMethod::card;
  CaptureMethod capture_method = CaptureMethod::automatic;
  AuthenticationType authentication_type = AuthenticationType::no_three_ds;
  PaymentDetails details;
  std::string first_digits;  // of a card, as many as are known
  // Only these, if any are given.
  std::vector<routing::Choice> among;
  bool sets_back = true;
};

struct RoutingVerdict {
  std::vector<routing::Choice> accounts;     // best first, never empty
  std::vector<routing::Standing> standings;  // of each; none when nothing is known
  std::string by;                            // what decided: routing::AlgorithmKind's name, "default", …
  std::string explanation;                   // in words
};

// Errors: unauthorized, not_found, no_connector_account, capture_method_not_supported, store_*.
[[nodiscard]] Task<Result<RoutingVerdict>> evaluate_routing(Context& context, Principal principal,
                                                            EvaluateRouting command);

}  // namespace payweir::flows
