#include "connectors/wire/decimal_amount.hpp"

namespace payweir::wire {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::unexpected<Error> not_an_amount() {
  return fail(Code::invalid_value, "", "not an amount");
}

}  // namespace

Result<std::int64_t> parse_decimal(std::string_view text, int decimals, Sign sign) {
  const bool negative = sign == Sign::allowed && text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() || (point != std::string_view::npos && fraction.empty())) return not_an_amount();

  std::int64_t value = 0;
  // Built below zero, where there is room for one more than above.
  const auto append = [&](char digit) {
    return !__builtin_mul_overflow(value, 10, &value) && !__builtin_sub_overflow(value, digit - '0', &value);
  };
  const auto overflowing = [] { return fail(Code::overflow, "", "an amount beyond 64 bits"); };
  for (const char c : whole) {
    if (!is_digit(c)) return not_an_amount();
    if (!append(c)) return overflowing();
  }
  for (std::size_t i = 0; i < fraction.size(); ++i) {
    if (!is_digit(fraction[i])) return not_an_amount();
    if (i < static_cast<std::size_t>(decimals)) {
      if (!append(fraction[i])) return overflowing();
    } else if (fraction[i] != '0') {
      return fail(Code::invalid_value, "", "an amount with too many decimals");
    }
  }
  for (std::size_t i = fraction.size(); i < static_cast<std::size_t>(decimals); ++i)
    if (!append('0')) return overflowing();
  if (!negative && __builtin_sub_overflow(std::int64_t{0}, value, &value)) return overflowing();
  return value;
}

Result<std::int64_t> fen_from_yuan(std::string_view yuan, Sign sign) {
  return parse_decimal(yuan, 2, sign);
}

std::string yuan_from_fen(std::int64_t fen) {
  const std::uint64_t size = fen < 0 ? ~static_cast<std::uint64_t>(fen) + 1 : static_cast<std::uint64_t>(fen);
  std::string text = fen < 0 ? "-" : "";
  text += std::to_string(size / 100);
  text += '.';
  text += static_cast<char>('0' + size / 10 % 10);
  text += static_cast<char>('0' + size % 10);
  return text;
}

std::int64_t fen_from_hundred_thousandths(std::int64_t hundred_thousandths) {
  const std::int64_t fen = hundred_thousandths / 1000;
  const std::int64_t rest = hundred_thousandths % 1000;  // signed as the whole
  if (rest >= 500) return fen + 1;
  if (rest <= -500) return fen - 1;
  return fen;
}

}  // namespace payweir::wire
