#pragma once
// Times as the gateways of China write them: eight hours ahead of UTC, mostly without saying so.
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace payweir::wire {

// "2026-11-22 12:00:00"
[[nodiscard]] std::string china_time(Instant time);
// "2026-11-22T12:00:00+08:00"
[[nodiscard]] std::string china_time_rfc3339(Instant time);
// The inverse of china_time(). Error: invalid_value.
[[nodiscard]] Result<Instant> parse_china_time(std::string_view text);

}  // namespace payweir::wire
