#pragma once
// The common payment service's API.
#include <span>

#include "api/route.hpp"

namespace payweir::api::dialects::transactions {

[[nodiscard]] std::span<const Route> routes();

}  // namespace payweir::api::dialects::transactions
