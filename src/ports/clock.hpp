#pragma once
// Time as a port. wall() dates things; suspended() measures spans (it counts time in which the machine
// slept, so that a paused sender sees that its send_by has passed) and never goes back.
#include "base/time.hpp"
#include "ports/task.hpp"

namespace payweir {

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant wall() const = 0;
  // Milliseconds since an arbitrary start; CLOCK_BOOTTIME.
  [[nodiscard]] virtual Duration suspended() const = 0;
  // Microseconds of the same kind, for latency metrics.
  [[nodiscard]] virtual std::int64_t suspended_us() const = 0;
  // Ends early, without an exception, when the awaiting coroutine is cancelled.
  [[nodiscard]] virtual Task<void> sleep(Duration span) = 0;
};

}  // namespace payweir
