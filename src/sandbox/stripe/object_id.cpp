#include "sandbox/stripe/object_id.hpp"

#include <limits>

namespace payweir::sandbox::stripe {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kIntentWidth = 9, kSaltWidth = 11, kOrdinalWidth = 3;

void append_base62(std::string& out, std::uint64_t value, std::size_t width) {
  char digits[kSaltWidth];
  for (std::size_t i = width; i-- > 0; value /= 62)
    digits[i] = kDigits[value % 62];
  out.append(digits, width);
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  if (c >= 'a' && c <= 'z') return c - 'a' + 36;
  return -1;
}

std::optional<std::uint64_t> read_base62(std::string_view text, std::uint64_t max) {
  std::uint64_t value = 0;
  for (const char c : text) {
    const int digit = digit_value(c);
    if (digit < 0) return std::nullopt;
    const auto next = static_cast<std::uint64_t>(digit);
    if (value > (max - next) / 62) return std::nullopt;
    value = value * 62 + next;
  }
  return value;
}

}  // namespace

std::string format_id(std::string_view prefix, const ObjectId& id) {
  std::string out;
  out.reserve(prefix.size() + 1 + kIntentWidth + kSaltWidth + kOrdinalWidth);
  out += prefix;
  out += '3';
  append_base62(out, id.intent, kIntentWidth);
  append_base62(out, id.salt, kSaltWidth);
  append_base62(out, id.ordinal, kOrdinalWidth);
  return out;
}

std::optional<ObjectId> parse_id(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  if (text.size() != 1 + kIntentWidth + kSaltWidth + kOrdinalWidth || text.front() != '3')
    return std::nullopt;
  text.remove_prefix(1);
  const auto intent = read_base62(text.substr(0, kIntentWidth), std::numeric_limits<std::uint32_t>::max());
  const auto salt =
      read_base62(text.substr(kIntentWidth, kSaltWidth), std::numeric_limits<std::uint64_t>::max());
  const auto ordinal =
      read_base62(text.substr(kIntentWidth + kSaltWidth), std::numeric_limits<std::uint16_t>::max());
  if (!intent || !salt || !ordinal) return std::nullopt;
  return ObjectId{static_cast<std::uint32_t>(*intent), *salt, static_cast<std::uint16_t>(*ordinal)};
}

}  // namespace payweir::sandbox::stripe
