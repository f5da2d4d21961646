#pragma once
// {address:{line1,…}, phone:{number,country_code}, email}, as billing, shipping and the payment method's
// billing have it.
#include <string>

#include "api/binding.hpp"

namespace payweir::api::native {

// As compact JSON with the known members that were given, and nothing else; "" when it was not given.
[[nodiscard]] std::string bind_contact(Fields fields);

}  // namespace payweir::api::native
