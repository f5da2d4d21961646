#pragma once
// What a process reads when it starts.
#include <cstdint>
#include <optional>
#include <vector>

#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::store {

// The largest key of any table, 0 in an empty store: KeySequence goes on behind it.
[[nodiscard]] Task<Result<std::int64_t>> find_largest_key(Store& store);

// Nothing in a database that no switch has served yet.
[[nodiscard]] Task<Result<std::optional<InstanceRow>>> find_instance(Store& store);

// What a review goes through; keys of what earlier lives made (key <= last), oldest first.
inline constexpr std::size_t kReviewStep = 10'000;
struct KeysAfter {
  std::int64_t after = 0, last = 0;
};
[[nodiscard]] Task<Result<std::vector<std::int64_t>>> list_open_operations(Store& store, KeysAfter range);
[[nodiscard]] Task<Result<std::vector<std::int64_t>>> list_held_payments_of(Store& store, KeysAfter range);
// Made, and never sent anywhere.
[[nodiscard]] Task<Result<std::vector<std::int64_t>>> list_unsent_payments(Store& store, KeysAfter range);

}  // namespace payweir::store
