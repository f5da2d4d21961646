#pragma once
// What waits for a person, and the routes on which one settles it.
#include <span>

#include "api/route.hpp"

namespace payweir::api::native {

[[nodiscard]] std::span<const Route> operator_routes();

}  // namespace payweir::api::native
