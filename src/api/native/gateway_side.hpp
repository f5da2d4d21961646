#pragma once
// What is called without a key of ours: a payer's browser on its way to the gateway's page and back, and
// the gateway's callbacks.
#include <span>

#include "api/route.hpp"

namespace payweir::api::native {

[[nodiscard]] std::span<const Route> gateway_side_routes();

}  // namespace payweir::api::native
