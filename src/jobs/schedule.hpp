#pragma once
// When things are tried again. Pure arithmetic; the clock is an argument.
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace payweir::jobs {

// After an error of ours (a store that does not answer): 1 s, 2 s, 4 s …, at most 5 minutes.
// `failures_in_a_row` counts from 1.
[[nodiscard]] Duration backoff(std::int64_t failures_in_a_row);

// Webhooks are tried at once, then 1 m, 2 m, 5 m, 10 m, 30 m, 2 h, 6 h and 15 h after the try before.
inline constexpr std::int64_t kDeliveryTriesMax = 9;
// When a delivery that failed `tries` times (at least 1) is tried next; nothing: it is given up on.
[[nodiscard]] std::optional<Instant> next_delivery(Instant failed_at, std::int64_t tries);

// The wait that a Retry-After field asks for (RFC 9110, 10.2.3: seconds or an HTTP date), between 0 and
// 24 h. Nothing when it says neither.
[[nodiscard]] std::optional<Duration> parse_retry_after(std::string_view field, Instant now);

// Keys of idempotent requests, and the answers given under them, are kept this long.
inline constexpr Duration kClaimLifetime = days(30);

}  // namespace payweir::jobs
