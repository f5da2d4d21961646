#pragma once
// The payment page, and the calls that it makes. A payer is known by the payment's client_secret alone.
#include <span>

#include "api/route.hpp"

namespace payweir::api::pages {

[[nodiscard]] std::span<const Route> checkout_routes();

}  // namespace payweir::api::pages
