#pragma once
// Reads of gateway statistics.
#include <cstdint>
#include <vector>

#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::store {

// Behind `after`, oldest first.
[[nodiscard]] Task<Result<std::vector<GatewayStatisticsRow>>> list_gateway_statistics(Store& store,
                                                                                      std::int64_t after,
                                                                                      std::size_t limit);
// Keys before `before`, oldest first.
[[nodiscard]] Task<Result<std::vector<std::int64_t>>> list_gateway_statistics_before(Store& store,
                                                                                     std::int64_t before,
                                                                                     std::size_t limit);

}  // namespace payweir::store
