#pragma once
// What the jobs look for and count, over all merchants.
#include <cstdint>
#include <optional>
#include <vector>

#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::store {

struct DueDelivery {
  std::int64_t key = 0;
  std::int64_t profile_key = 0;
};
// Longest due first; without those of the profiles to pass over, of which the first kPassedOverMax count.
inline constexpr std::size_t kPassedOverMax = 32;
[[nodiscard]] Task<Result<std::vector<DueDelivery>>> list_due_delivery_keys(
    Store& store, Instant now, std::vector<std::int64_t> passed_over_profiles, std::size_t limit);

struct DeliveryOfEvent {
  DeliveryRow delivery;
  EventId event_id;
};
[[nodiscard]] Task<Result<std::optional<DeliveryOfEvent>>> find_delivery_of_event(Store& store,
                                                                                  std::int64_t key);

// Keys, up to `last_key`, of operations that were recorded and never heard of since: state dispatching. When
// they are of an earlier life of the process, nobody is sending them.
[[nodiscard]] Task<Result<std::vector<std::int64_t>>> list_dispatching_operations(Store& store,
                                                                                  std::int64_t last_key,
                                                                                  std::size_t limit);

// Costs as much as there are such rows.
struct WorkCounts {
  std::int64_t operations_open = 0;
  std::int64_t inbox_pending = 0;
  std::int64_t inbox_orphans = 0;
  std::int64_t late_charges = 0;   // came late, and are to be given back
  std::int64_t with_operator = 0;  // payments and refunds that wait for a person
};
[[nodiscard]] Task<Result<WorkCounts>> count_work(Store& store);

}  // namespace payweir::store
