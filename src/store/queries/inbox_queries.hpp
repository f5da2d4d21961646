#pragma once
// Reads of stored callbacks.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::store {

[[nodiscard]] Task<Result<std::optional<InboxRow>>> find_inbox(Store& store, std::int64_t key);
// To be worked off, longest due first.
[[nodiscard]] Task<Result<std::vector<InboxRow>>> list_due_inbox(Store& store, Instant now,
                                                                 std::size_t limit);
// About nothing that we know, received since `from` and due to be looked at again; oldest first.
[[nodiscard]] Task<Result<std::vector<InboxRow>>> list_due_orphans(Store& store, Instant from, Instant now,
                                                                   std::size_t limit);

// The newest of a payment's callbacks, as it came.
[[nodiscard]] Task<Result<std::optional<CallbackBodyRow>>> find_newest_callback_body(
    Store& store, std::int64_t payment_key);

}  // namespace payweir::store
