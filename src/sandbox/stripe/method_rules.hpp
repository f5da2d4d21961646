#pragma once
// What Stripe asks of a request that pays with a method other than a card: where it is refused without.
#include <optional>

#include "sandbox/stripe/call.hpp"

namespace payweir::sandbox::stripe {

// For an intent that this call confirms with payment_method_data; `intent` has its terms already.
[[nodiscard]] std::optional<Problem> check_method_data(const Call& call, const Intent& intent);

// POST /v1/customers. Nothing of it is kept: what belongs to a customer names its id.
[[nodiscard]] Answer create_customer(Call& call);

}  // namespace payweir::sandbox::stripe
