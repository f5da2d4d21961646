#include "domain/routing/breaker.hpp"

#include <algorithm>
#include <limits>

#include "base/check.hpp"

namespace payweir::routing {

std::string_view to_string(BreakerState state) {
  switch (state) {
    case BreakerState::closed: return "closed";
    case BreakerState::half_open: return "half_open";
    case BreakerState::open: return "open";
  }
  return "closed";
}

Passage Breaker::try_pass(const BreakerPolicy& policy, std::int64_t now_us) {
  if (is_closed_) return Passage::allowed;
  if (is_refusing(now_us)) return Passage::refused;
  probe_until_us_ = now_us + policy.probe_lease_us;
  return Passage::probe;
}

bool Breaker::is_refusing(std::int64_t now_us) const {
  return refuses_for_us(now_us) > 0;
}

std::int64_t Breaker::refuses_for_us(std::int64_t now_us) const {
  if (is_closed_) return 0;
  return std::max<std::int64_t>(std::max(open_until_us_, probe_until_us_) - now_us, 0);
}

void Breaker::conclude(const BreakerPolicy& policy, Passage passage, GatewayWord word, std::int64_t now_us) {
  check(passage != Passage::refused, "a call that was refused cannot end");
  if (is_closed_) {
    // Also of a probe whose lease ended, when others have closed it meanwhile: a call like any other.
    count(word, now_us);
    if (must_open(policy, now_us)) open(policy.open_us, now_us);
    return;
  }
  // A probe of before the last opening is as stale as an ordinary call.
  if (passage != Passage::probe || now_us < open_until_us_) return;
  probe_until_us_ = 0;
  switch (word) {
    case GatewayWord::untold: break;
    case GatewayWord::failed: open(std::min(open_for_us_ * 2, policy.open_us_max), now_us); break;
    case GatewayWord::answered:
      if (++successes_ >= policy.successes_to_close) close();
      break;
  }
}

BreakerState Breaker::state(std::int64_t now_us) const {
  if (is_closed_) return BreakerState::closed;
  return now_us < open_until_us_ ? BreakerState::open : BreakerState::half_open;
}

void Breaker::count(GatewayWord word, std::int64_t now_us) {
  if (word == GatewayWord::untold) return;
  const std::int64_t second = now_us / kSlotUs;
  Slot& slot = slots_[static_cast<std::size_t>(second) % kSlotCount];
  if (slot.second != second) slot = {.second = second};
  const bool has_failed = word == GatewayWord::failed;
  if (slot.calls < std::numeric_limits<std::int32_t>::max()) {
    ++slot.calls;
    if (has_failed) ++slot.failures;
  }
  failures_in_row_ = has_failed ? failures_in_row_ + 1 : 0;
}

bool Breaker::must_open(const BreakerPolicy& policy, std::int64_t now_us) const {
  if (policy.failures_in_row == 0) return false;
  if (failures_in_row_ >= policy.failures_in_row) return true;
  const std::int64_t oldest = now_us / kSlotUs - static_cast<std::int64_t>(kSlotCount);
  std::int64_t calls = 0, failures = 0;
  for (const Slot& slot : slots_) {
    if (slot.second <= oldest) continue;
    calls += slot.calls;
    failures += slot.failures;
  }
  return calls >= policy.window_calls_min && failures * 2 >= calls;
}

void Breaker::open(std::int64_t for_us, std::int64_t now_us) {
  is_closed_ = false;
  open_for_us_ = for_us;
  open_until_us_ = now_us + for_us;
  probe_until_us_ = 0;
  successes_ = 0;
}

void Breaker::close() {
  *this = Breaker();
}

}  // namespace payweir::routing
