#pragma once
// Routing algorithms: Hyperswitch's /routing.
#include <span>

#include "api/route.hpp"

namespace payweir::api::native {

[[nodiscard]] std::span<const Route> routing_routes();

}  // namespace payweir::api::native
