#pragma once
// Reads of routing algorithms.
#include <cstdint>
#include <optional>
#include <vector>

#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::store {

// Of one profile of a merchant, or of all (0), newest first.
[[nodiscard]] Task<Result<std::vector<RoutingAlgorithmRow>>> list_routing_algorithms(
    Store& store, std::int64_t merchant_no, std::int64_t profile_key, std::size_t limit, std::size_t offset);
// The active ones of a merchant, one a profile at most, and the running canaries, of which that is true, too.
[[nodiscard]] Task<Result<std::vector<RoutingAlgorithmRow>>> list_active_routing_algorithms(
    Store& store, std::int64_t merchant_no);
[[nodiscard]] Task<Result<std::optional<RoutingAlgorithmRow>>> find_routing_algorithm(
    Store& store, std::int64_t merchant_no, std::int64_t key);
// Of all merchants.
[[nodiscard]] Task<Result<std::vector<RoutingAlgorithmRow>>> list_running_canaries(Store& store);
[[nodiscard]] Task<Result<std::int64_t>> count_routing_algorithms(Store& store, std::int64_t merchant_no);

}  // namespace payweir::store
