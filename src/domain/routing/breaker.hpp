#pragma once
// Breaker: whether a gateway is to be left alone, for one account and kind of operation. It counts technical
// failures only: a decline is an answer. Pure: it is told the time, in microseconds of a clock that never
// goes back. Not for several threads at once; flows/routing/gateway_health.hpp is.
//
//   closed ─ failures in a row, or too large a share of the last calls ─▶ open ─ its time is over ─▶ half
//   open
//     ▲                                                                     ▲                          │
//     │                                                                     └──────── a probe fails ───┤
//     └──────────────────────── enough probes succeed, one after another ──────────────────────────────┘
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace payweir::routing {

struct BreakerPolicy {
  // Opens at so many failures without an answer between them; 0: never opens.
  std::int64_t failures_in_row = 5;
  // Or when half of the calls of the last ten seconds failed, of so many calls at least.
  std::int64_t window_calls_min = 20;
  // How long it stays open: first, and at most; each failed probe doubles it.
  std::int64_t open_us = 5'000'000;
  std::int64_t open_us_max = 60'000'000;
  // So many probes that succeed, one at a time and without a failure between them, close it.
  std::int64_t successes_to_close = 3;
  // A probe that is not concluded by then is lost (its process was paused, its request cancelled), and
  // another may go.
  std::int64_t probe_lease_us = 60'000'000;
};

// The numbers are those of the metric payweir_breaker_state.
enum class BreakerState : std::uint8_t { closed = 0, half_open = 1, open = 2 };
inline constexpr std::size_t kBreakerStateCount = 3;
[[nodiscard]] std::string_view to_string(BreakerState state);

// What a call is to the breaker that let it go, or did not.
enum class Passage : std::uint8_t {
  allowed,  // like any other
  probe,    // the one that tells whether the gateway is back; holds the only place until it is concluded
  refused,
};

// What a call said about the gateway.
enum class GatewayWord : std::uint8_t {
  answered,
  failed,  // technically: no connection, no answer, an error of the gateway's own, no access
  untold,  // nothing was learnt: not sent for a reason of ours
};

class Breaker {
 public:
  // Takes the place of a probe where only a probe may go. A probe ends with conclude(), or with its lease.
  [[nodiscard]] Passage try_pass(const BreakerPolicy& policy, std::int64_t now_us);
  // Whether try_pass() would refuse; takes no place.
  [[nodiscard]] bool is_refusing(std::int64_t now_us) const;
  // How long it refuses at least, 0 when it does not: until the next probe may go, or until the lease of the
  // present one ends.
  [[nodiscard]] std::int64_t refuses_for_us(std::int64_t now_us) const;
  // A call's end; `passage` is what try_pass() said of it, never `refused`. A call that went before the
  // breaker opened says nothing any more: only probes close it.
  void conclude(const BreakerPolicy& policy, Passage passage, GatewayWord word, std::int64_t now_us);

  // Once its time is over an open one is half open, though no probe has gone yet.
  [[nodiscard]] BreakerState state(std::int64_t now_us) const;

 private:
  // The last ten seconds, a second a slot.
  static constexpr std::int64_t kSlotUs = 1'000'000;
  static constexpr std::size_t kSlotCount = 10;
  struct Slot {
    std::int64_t second = -1;  // of the clock: what an older one holds is of no account
    std::int32_t calls = 0;
    std::int32_t failures = 0;
  };

  void count(GatewayWord word, std::int64_t now_us);
  [[nodiscard]] bool must_open(const BreakerPolicy& policy, std::int64_t now_us) const;
  void open(std::int64_t for_us, std::int64_t now_us);
  void close();

  bool is_closed_ = true;
  std::int64_t failures_in_row_ = 0;
  std::array<Slot, kSlotCount> slots_{};
  // Of one that is not closed:
  std::int64_t open_for_us_ = 0;     // how long it was opened for, the last time
  std::int64_t open_until_us_ = 0;   // from then on probes may go
  std::int64_t probe_until_us_ = 0;  // the end of a probe's lease; 0: there is no probe
  std::int64_t successes_ = 0;       // of probes, since it was opened
};

}  // namespace payweir::routing
