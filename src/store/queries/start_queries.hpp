#pragma once
// What a process reads when it starts.
#include <cstdint>

#include "store/store.hpp"

namespace payweir::store {

// The largest key of any table, 0 in an empty store: KeySequence goes on behind it.
[[nodiscard]] Task<Result<std::int64_t>> find_largest_key(Store& store);

}  // namespace payweir::store
