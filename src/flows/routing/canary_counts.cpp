#include "flows/routing/canary_counts.hpp"

namespace payweir::flows {
namespace {

std::size_t first_place(std::int64_t run) {
  return (static_cast<std::uint64_t>(run) * 0x9E3779B97F4A7C15U >> 32) % CanaryCounts::kRunsMax;
}

}  // namespace

void CanaryCounts::count(std::int64_t run, CanaryArm arm, bool is_approved) {
  std::size_t place = first_place(run);
  for (std::size_t tried = 0; tried < kRunsMax; ++tried, place = (place + 1) % kRunsMax) {
    Slot& slot = slots_[place];
    std::int64_t owner = slot.run.load();
    if (owner == 0 && slot.run.compare_exchange_strong(owner, run)) owner = run;
    if (owner != run) continue;
    Side& side = slot.sides[static_cast<std::size_t>(arm)];
    (is_approved ? side.approved : side.refused).fetch_add(1, std::memory_order_relaxed);
    return;
  }
}

routing::CanarySide CanaryCounts::side(std::int64_t run, CanaryArm arm) const {
  std::size_t place = first_place(run);
  for (std::size_t tried = 0; tried < kRunsMax; ++tried, place = (place + 1) % kRunsMax) {
    const Slot& slot = slots_[place];
    const std::int64_t owner = slot.run.load();
    if (owner == 0) break;
    if (owner != run) continue;
    const Side& side = slot.sides[static_cast<std::size_t>(arm)];
    const std::int64_t approved = side.approved.load(std::memory_order_relaxed);
    return {approved, approved + side.refused.load(std::memory_order_relaxed)};
  }
  return {};
}

}  // namespace payweir::flows
