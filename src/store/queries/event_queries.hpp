#pragma once
// Reads of events (the outbox) and of their deliveries to merchants' endpoints.
#include <cstdint>
#include <optional>
#include <vector>

#include "store/queries/page.hpp"
#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::store {

// The salt must match too.
[[nodiscard]] Task<Result<std::optional<OutboxRow>>> find_event(Store& store, std::int64_t merchant_no,
                                                                EventId id);

struct EventFilter : Page {
  std::int64_t merchant_no = 0;
  std::int64_t profile_key = 0;  // 0: any
  std::int64_t payment_key = 0;  // 0: any; includes the events of its refunds
  std::vector<EventType> types;  // empty: any
};
[[nodiscard]] Task<Result<std::vector<OutboxRow>>> list_events(Store& store, EventFilter filter);

// By the event's key.
[[nodiscard]] Task<Result<std::optional<DeliveryRow>>> find_delivery(Store& store, std::int64_t key);
// Given up on, of one merchant, newest first.
[[nodiscard]] Task<Result<std::vector<DeliveryRow>>> list_dead_deliveries(Store& store,
                                                                          std::int64_t merchant_no,
                                                                          Page page);

struct DeliveryCounts {
  std::int64_t pending = 0;
  std::int64_t dead = 0;
};
// Of all merchants; costs as much as there are such rows.
[[nodiscard]] Task<Result<DeliveryCounts>> count_deliveries(Store& store);

}  // namespace payweir::store
