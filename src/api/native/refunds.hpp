#pragma once
// The operations of a refund: bind, call one flow, render.
#include <span>

#include "api/route.hpp"

namespace payweir::api::native {

[[nodiscard]] std::span<const Route> refund_routes();

}  // namespace payweir::api::native
