#include "store/queries/start_queries.hpp"

#include <utility>

#include "store/queries/typed_select.hpp"

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
                                "SELECT max(key) FROM manual_settlement UNION ALL "
                                "SELECT max(key) FROM gateway_statistics UNION ALL "
                                "SELECT max(key) FROM routing_algorithm UNION ALL "
                                "SELECT max(key) FROM retry_rule) AS tables"};

constexpr Query kFindInstance{"find_instance", kSql<InstanceRow, "SELECT {} FROM instance WHERE key = 1">};

// Each in the words of a partial index.
constexpr Query kListOpenOperations{"list_open_operations",
                                    "SELECT key FROM operation WHERE state <> 3 AND key > $1 AND key <= $2"
                                    " ORDER BY key LIMIT $3"};
constexpr Query kListHeldPaymentsOf{"list_held_payments_of",
                                    "SELECT key FROM payment WHERE state = 5 AND key > $1 AND key <= $2"
                                    " ORDER BY key LIMIT $3"};
constexpr Query kListUnsentPayments{
    "list_unsent_payments",
    "SELECT key FROM payment WHERE state < 5 AND state <> 3 AND attempt_count = 0"
    " AND key > $1 AND key <= $2 ORDER BY key LIMIT $3"};

}  // namespace

Task<Result<std::optional<InstanceRow>>> find_instance(Store& store) {
  return select_row<InstanceRow>(store, kFindInstance, {});
}

Task<Result<std::vector<std::int64_t>>> list_open_operations(Store& store, KeysAfter range) {
  return select_keys(store, kListOpenOperations, parameters_of(range.after, range.last, kReviewStep),
                     kReviewStep);
}

Task<Result<std::vector<std::int64_t>>> list_held_payments_of(Store& store, KeysAfter range) {
  return select_keys(store, kListHeldPaymentsOf, parameters_of(range.after, range.last, kReviewStep),
                     kReviewStep);
}

Task<Result<std::vector<std::int64_t>>> list_unsent_payments(Store& store, KeysAfter range) {
  return select_keys(store, kListUnsentPayments, parameters_of(range.after, range.last, kReviewStep),
                     kReviewStep);
}

Task<Result<std::int64_t>> find_largest_key(Store& store) {
  auto found = co_await store.select(kFindLargestKey, {}, 1);
  if (!found) co_return fail(std::move(found.error()));
  std::int64_t key = 0;
  from_value(found->at(0).at(0), key);
  co_return key;
}

}  // namespace payweir::store
