#pragma once
// The days that China's gateways make statements of: by Beijing's clock, and in the morning after.
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace payweir::wire {

// When "2026-11-22" begins. Error: invalid_value, when it is no day, or has not begun yet.
[[nodiscard]] Result<Instant> begin_of_day(std::string_view day, Instant now);

// Whether a statement that is not there yet may still come: both gateways promise it for ten in the morning.
[[nodiscard]] bool may_still_come(Instant day, Instant now);

}  // namespace payweir::wire
