#include "store/queries/event_queries.hpp"

#include <algorithm>
#include <utility>

#include "store/queries/typed_select.hpp"

namespace payweir::store {
namespace {

constexpr Query kFindEvent{
    "find_event", kSql<OutboxRow, "SELECT {} FROM outbox WHERE key = $1 AND salt = $2 AND merchant_no = $3">};

// $5 is a set of types, bit n for type n; 0 in any filter is "any".
constexpr Query kListEvents{"list_events",
                            kSql<OutboxRow,
                                 "SELECT {} FROM outbox WHERE key > $1 AND key < $2 AND merchant_no = $3"
                                 " AND ($4 = 0 OR profile_key = $4)"
                                 " AND ($5 = 0 OR ($5 >> type & 1) = 1)"
                                 " ORDER BY key DESC LIMIT $6 OFFSET $7">};

// The same for one payment, whose index finds its few events at once.
constexpr Query kListEventsOfPayment{
    "list_events_of_payment", kSql<OutboxRow,
                                   "SELECT {} FROM outbox WHERE key > $1 AND key < $2 AND merchant_no = $3"
                                   " AND ($4 = 0 OR profile_key = $4)"
                                   " AND ($5 = 0 OR ($5 >> type & 1) = 1)"
                                   " AND aggregate_key = $6"
                                   " ORDER BY key DESC LIMIT $7 OFFSET $8">};

constexpr Query kFindDelivery{"find_delivery", kSql<DeliveryRow, "SELECT {} FROM delivery WHERE key = $1">};

constexpr Query kListDeadDeliveries{"list_dead_deliveries",
                                    kSql<DeliveryRow,
                                         "SELECT {} FROM delivery WHERE state = 3 AND merchant_no = $1"
                                         " AND key > $2 AND key < $3 ORDER BY key DESC LIMIT $4 OFFSET $5">};

// Each half counts a partial index.
constexpr Query kCountDeliveries{"count_deliveries",
                                 "SELECT (SELECT count(*) FROM delivery WHERE state = 1),"
                                 " (SELECT count(*) FROM delivery WHERE state = 3)"};

std::int64_t set_of(const std::vector<EventType>& types) {
  std::int64_t set = 0;
  for (const EventType type : types)
    set |= std::int64_t{1} << std::to_underlying(type);
  return set;
}

}  // namespace

Task<Result<std::optional<OutboxRow>>> find_event(Store& store, std::int64_t merchant_no, EventId id) {
  return select_row<OutboxRow>(store, kFindEvent, parameters_of(id.key, id.salt, merchant_no));
}

Task<Result<std::vector<OutboxRow>>> list_events(Store& store, EventFilter filter) {
  const KeyRange range = key_range_of(filter);
  const std::size_t limit = std::min(filter.limit, kPageLimitMax);
  const std::int64_t types = set_of(filter.types);
  if (filter.payment_key != 0) {
    return select_rows<OutboxRow>(
        store, kListEventsOfPayment,
        parameters_of(range.above, range.below, filter.merchant_no, filter.profile_key, types,
                      filter.payment_key, limit, filter.offset),
        limit);
  }
  return select_rows<OutboxRow>(store, kListEvents,
                                parameters_of(range.above, range.below, filter.merchant_no,
                                              filter.profile_key, types, limit, filter.offset),
                                limit);
}

Task<Result<std::optional<DeliveryRow>>> find_delivery(Store& store, std::int64_t key) {
  return select_row<DeliveryRow>(store, kFindDelivery, parameters_of(key));
}

Task<Result<std::vector<DeliveryRow>>> list_dead_deliveries(Store& store, std::int64_t merchant_no,
                                                            Page page) {
  const KeyRange range = key_range_of(page);
  const std::size_t limit = std::min(page.limit, kPageLimitMax);
  return select_rows<DeliveryRow>(store, kListDeadDeliveries,
                                  parameters_of(merchant_no, range.above, range.below, limit, page.offset),
                                  limit);
}

Task<Result<DeliveryCounts>> count_deliveries(Store& store) {
  auto found = co_await store.select(kCountDeliveries, {}, 1);
  if (!found) co_return fail(std::move(found.error()));
  DeliveryCounts counts;
  from_value(found->at(0).at(0), counts.pending);
  from_value(found->at(0).at(1), counts.dead);
  co_return counts;
}

}  // namespace payweir::store
