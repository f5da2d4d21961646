#include "store/queries/start_queries.hpp"

#include <utility>

namespace payweir::store {
namespace {

// Every table whose rows draw a key of their own; the others share one of these.
constexpr Query kFindLargestKey{"find_largest_key",
                                "SELECT max(largest) FROM ("
                                "SELECT max(key) AS largest FROM merchant UNION ALL "
                                "SELECT max(key) FROM profile UNION ALL "
                                "SELECT max(key) FROM api_key UNION ALL "
                                "SELECT max(key) FROM connector_account UNION ALL "
                                "SELECT max(key) FROM payment UNION ALL "
                                "SELECT max(key) FROM attempt UNION ALL "
                                "SELECT max(key) FROM operation UNION ALL "
                                "SELECT max(key) FROM refund UNION ALL "
                                "SELECT max(key) FROM alias UNION ALL "
                                "SELECT max(key) FROM idempotency UNION ALL "
                                "SELECT max(key) FROM outbox UNION ALL "
                                "SELECT max(key) FROM inbox UNION ALL "
                                "SELECT max(key) FROM manual_settlement) AS tables"};

}  // namespace

Task<Result<std::int64_t>> find_largest_key(Store& store) {
  auto found = co_await store.select(kFindLargestKey, {}, 1);
  if (!found) co_return fail(std::move(found.error()));
  std::int64_t key = 0;
  from_value(found->at(0).at(0), key);
  co_return key;
}

}  // namespace payweir::store
