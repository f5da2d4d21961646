#pragma once
// Instant and Duration: UTC milliseconds and millisecond spans. Only the edges format them. Nothing
// here reads a clock; that is ports/clock.hpp.
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace payweir {

struct Duration {
  std::int64_t ms = 0;
  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return {a.ms + b.ms}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {a.ms - b.ms}; }
  friend constexpr Duration operator*(Duration a, std::int64_t n) { return {a.ms * n}; }
};

constexpr Duration milliseconds(std::int64_t n) {
  return {n};
}
constexpr Duration seconds(std::int64_t n) {
  return {n * 1000};
}
constexpr Duration minutes(std::int64_t n) {
  return {n * 60'000};
}
constexpr Duration hours(std::int64_t n) {
  return {n * 3'600'000};
}
constexpr Duration days(std::int64_t n) {
  return {n * 86'400'000};
}

struct Instant {
  std::int64_t ms = 0;  // since 1970-01-01T00:00:00Z
  friend constexpr auto operator<=>(Instant, Instant) = default;
  friend constexpr Instant operator+(Instant t, Duration d) { return {t.ms + d.ms}; }
  friend constexpr Instant operator-(Instant t, Duration d) { return {t.ms - d.ms}; }
  friend constexpr Duration operator-(Instant a, Instant b) { return {a.ms - b.ms}; }
};

// "2026-11-22T04:20:07.123Z"
[[nodiscard]] std::string format_iso8601(Instant t);
// Accepts "YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)" and nothing else; years 1970 to 9999.
[[nodiscard]] Result<Instant> parse_iso8601(std::string_view text);
// "Sun, 22 Nov 2026 04:20:07 GMT", the one form that is written today (RFC 9110, 5.6.7); the day's name is
// not read.
[[nodiscard]] Result<Instant> parse_http_date(std::string_view text);

}  // namespace payweir
