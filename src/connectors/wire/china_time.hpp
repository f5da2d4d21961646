#pragma once
// Times of the gateways of China: "2026-01-15 10:00:00", eight hours ahead of UTC, without saying so.
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace payweir::wire {

// Error: invalid_value.
[[nodiscard]] Result<Instant> parse_china_time(std::string_view text);

}  // namespace payweir::wire
