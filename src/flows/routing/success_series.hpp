#pragma once
// What share of their payments of the last 24 hours accounts approved, for /metrics: of those with the most
// payments, as many as it has room for. As stored: up to ten seconds old, and of whole windows of ten
// minutes.
#include <vector>

#include "flows/context.hpp"

namespace payweir::flows {

// Errors: those of the store.
[[nodiscard]] Task<Result<std::vector<SuccessSeries>>> list_success_series(Context& context);

}  // namespace payweir::flows
