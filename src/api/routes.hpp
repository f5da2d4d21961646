#pragma once
// Every operation that the switch serves.
#include <vector>

#include "api/route.hpp"

namespace payweir::api {

[[nodiscard]] std::vector<Route> all_routes();

}  // namespace payweir::api
