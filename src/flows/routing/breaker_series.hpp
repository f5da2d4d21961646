#pragma once
// The breakers that /metrics shows, with the names of their accounts: the open ones first, as many as it has
// room for.
#include <vector>

#include "flows/context.hpp"

namespace payweir::flows {

// Errors: those of the store.
[[nodiscard]] Task<Result<std::vector<BreakerSeries>>> list_breaker_series(Context& context);

}  // namespace payweir::flows
