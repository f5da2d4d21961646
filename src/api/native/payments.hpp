#pragma once
// The operations of a payment: bind, call one flow, render.
#include <span>

#include "api/route.hpp"

namespace payweir::api::native {

[[nodiscard]] std::span<const Route> payment_routes();

}  // namespace payweir::api::native
