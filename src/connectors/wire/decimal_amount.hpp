#pragma once
// Decimal amounts of the gateways of China, exact in whole units: "12.34" yuan is 1234 fen.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace payweir::wire {

enum class Sign : std::uint8_t { refused, allowed };

// The decimal times 10^decimals. Digits beyond `decimals` must be zeros. Refuses blanks, "+", separators of
// thousands, exponents, "5." and ".5". Errors: invalid_value, overflow.
[[nodiscard]] Result<std::int64_t> parse_decimal(std::string_view text, int decimals, Sign sign);

// "12.34" -> 1234
[[nodiscard]] Result<std::int64_t> fen_from_yuan(std::string_view yuan, Sign sign = Sign::refused);
// 1234 -> "12.34", -5 -> "-0.05"
[[nodiscard]] std::string yuan_from_fen(std::int64_t fen);

// Hundred-thousandths of a yuan to fen, half away from zero.
[[nodiscard]] std::int64_t fen_from_hundred_thousandths(std::int64_t hundred_thousandths);

}  // namespace payweir::wire
