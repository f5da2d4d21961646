#pragma once
// Reads how a request wants to pay: payment_method_data[…] or the id of a method that is known.
#include <optional>

#include "sandbox/stripe/call.hpp"

namespace payweir::sandbox::stripe {

struct GivenMethod {
  Method method;        // ordinal 0: new to the intent
  bool reused = false;  // its id was given: the payer set it up before
};

// nullopt when the request names none. `current` is the intent it is for, when there is one already.
[[nodiscard]] Parsed<std::optional<GivenMethod>> read_payment_method(Call& call, const Intent* current);

}  // namespace payweir::sandbox::stripe
