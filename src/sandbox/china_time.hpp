#pragma once
// Times as the gateways of China write them: China Standard Time, UTC+8 the whole year.
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace payweir::sandbox {

// "2026-11-22 12:20:07"
[[nodiscard]] std::string format_china(Instant t);
// "2026-11-22T12:20:07+08:00"
[[nodiscard]] std::string format_china_rfc3339(Instant t);
// "20261122"
[[nodiscard]] std::string china_day(Instant t);
// The midnight with which a day "2026-11-22" begins. Error: invalid_value.
[[nodiscard]] Result<Instant> parse_china_day(std::string_view text);
// "2026-11-22 12:20" or "2026-11-22 12:20:07". Error: invalid_value.
[[nodiscard]] Result<Instant> parse_china(std::string_view text);
// The midnight before `t`.
[[nodiscard]] Instant china_midnight(Instant t);

}  // namespace payweir::sandbox
