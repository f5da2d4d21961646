#pragma once
// The merchant's side of payment links; the payer's is a route of the payment page.
#include <span>

#include "api/route.hpp"

namespace payweir::api::native {

[[nodiscard]] std::span<const Route> payment_link_routes();

}  // namespace payweir::api::native
