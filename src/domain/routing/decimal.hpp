#pragma once
// Shares as people write them, "0.9" or "98.5", as whole numbers.
#include <cstdint>
#include <optional>
#include <string_view>

namespace payweir::routing {

// Of a decimal without sign or exponent, `units` for each whole, a power of ten: "0.9" by a million is
// 900'000. None for what is none, has more places than `units` tells apart, or is above `max` units.
// Requires: max <= 10^15.
[[nodiscard]] std::optional<std::int64_t> scaled_decimal(std::string_view text, std::int64_t units,
                                                         std::int64_t max);

}  // namespace payweir::routing
