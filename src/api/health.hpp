#pragma once
// Whether this process lives, whether it can take payments, and its metrics. No key: for the machine that
// looks after it, and nothing here is about a merchant.
#include <span>

#include "api/route.hpp"

namespace payweir::api {

[[nodiscard]] std::span<const Route> health_routes();

}  // namespace payweir::api
