#include "store/queries/job_queries.hpp"

#include <algorithm>

#include "store/queries/typed_select.hpp"

namespace payweir::store {
namespace {

static_assert(kPassedOverMax == 32, "the query below names so many profiles");
constexpr Query kListDueDeliveryKeys{
    "list_due_delivery_keys",
    "SELECT key, profile_key FROM delivery WHERE state = 1 AND due_at <= $1 AND profile_key NOT IN"
    " ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,"
    " $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) ORDER BY due_at LIMIT $34"};

constexpr Query kFindDeliveryOfEvent{
    "find_delivery_of_event", kSql<DeliveryRow,
                                   "SELECT {}, (SELECT salt FROM outbox WHERE outbox.key = delivery.key)"
                                   " FROM delivery WHERE key = $1">};

// `state <> 3` names the partial index of operations under way.
constexpr Query kListDispatchingOperations{
    "list_dispatching_operations",
    "SELECT key FROM operation WHERE state <> 3 AND state = 1 AND key <= $1 ORDER BY ask_at LIMIT $2"};

// Each counts a partial index.
constexpr Query kCountWork{"count_work",
                           "SELECT (SELECT count(*) FROM operation WHERE state <> 3),"
                           " (SELECT count(*) FROM inbox WHERE state = 1),"
                           " (SELECT count(*) FROM inbox WHERE state = 3),"
                           " (SELECT count(*) FROM payment WHERE state > 10)"
                           " + (SELECT count(*) FROM refund WHERE state = 4),"
                           " (SELECT count(*) FROM attempt WHERE state = 12)"};

}  // namespace

Task<Result<std::vector<DueDelivery>>> list_due_delivery_keys(Store& store, Instant now,
                                                              std::vector<std::int64_t> passed_over_profiles,
                                                              std::size_t limit) {
  passed_over_profiles.resize(kPassedOverMax);  // no profile has the key 0
  std::vector<Value> parameters = parameters_of(now);
  for (const std::int64_t profile_key : passed_over_profiles)
    parameters.push_back(to_value(profile_key));
  parameters.push_back(to_value(limit));
  auto found = co_await store.select(kListDueDeliveryKeys, std::move(parameters), limit);
  if (!found) co_return fail(std::move(found.error()));
  std::vector<DueDelivery> due(found->size());
  for (std::size_t i = 0; i < due.size(); ++i) {
    from_value((*found)[i].at(0), due[i].key);
    from_value((*found)[i].at(1), due[i].profile_key);
  }
  co_return due;
}

Task<Result<std::optional<DeliveryOfEvent>>> find_delivery_of_event(Store& store, std::int64_t key) {
  std::vector<Value> parameters = parameters_of(key);
  auto found = co_await store.select(kFindDeliveryOfEvent, std::move(parameters), 1);
  if (!found) co_return fail(std::move(found.error()));
  if (found->empty()) co_return std::nullopt;
  DeliveryOfEvent both{from_values<DeliveryRow>(found->front()), {key, 0}};
  from_value(found->front().back(), both.event_id.salt);
  co_return both;
}

Task<Result<std::vector<std::int64_t>>> list_dispatching_operations(Store& store, std::int64_t last_key,
                                                                    std::size_t limit) {
  return select_keys(store, kListDispatchingOperations, parameters_of(last_key, limit), limit);
}

Task<Result<WorkCounts>> count_work(Store& store) {
  auto found = co_await store.select(kCountWork, {}, 1);
  if (!found) co_return fail(std::move(found.error()));
  WorkCounts counts;
  from_value(found->at(0).at(0), counts.operations_open);
  from_value(found->at(0).at(1), counts.inbox_pending);
  from_value(found->at(0).at(2), counts.inbox_orphans);
  from_value(found->at(0).at(3), counts.with_operator);
  from_value(found->at(0).at(4), counts.late_charges);
  co_return counts;
}

}  // namespace payweir::store
