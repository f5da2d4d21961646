#pragma once
// What each connector can do, as the build knows it.
#include <span>

#include "api/route.hpp"

namespace payweir::api::native {

[[nodiscard]] std::span<const Route> feature_matrix_routes();

}  // namespace payweir::api::native
