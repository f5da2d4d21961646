#pragma once
// Retry rules: Hyperswitch's /gsm, its "gateway status map".
#include <span>

#include "api/route.hpp"

namespace payweir::api::native {

[[nodiscard]] std::span<const Route> gsm_routes();

}  // namespace payweir::api::native
