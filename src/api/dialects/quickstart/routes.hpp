#pragma once
// The quickstart page's API.
#include <span>

#include "api/route.hpp"

namespace payweir::api::dialects::quickstart {

[[nodiscard]] std::span<const Route> routes();

}  // namespace payweir::api::dialects::quickstart
