#include "flows/routing/stored_counts.hpp"

namespace payweir::flows {
namespace {

constexpr char kFormat = 1;

void pack(std::uint64_t number, std::string& out) {
  for (; number >= 0x80; number >>= 7)
    out += static_cast<char>(0x80 | (number & 0x7f));
  out += static_cast<char>(number);
}

// None when the text ends too early or the number is more than `max`.
std::optional<std::uint64_t> unpack(std::string_view& text, std::uint64_t max) {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 63 && !text.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    number |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return number <= max ? std::optional(number) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<StoredCounts> unpack_one(std::string_view& text) {
  const auto account = unpack(text, INT64_MAX), method = unpack(text, UINT8_MAX),
             network = unpack(text, UINT8_MAX), currency = unpack(text, 999);
  const auto approved = unpack(text, UINT32_MAX), declined = unpack(text, UINT32_MAX),
             failed = unpack(text, UINT32_MAX);
  if (!account || !method || !network || !currency || !approved || !declined || !failed) return std::nullopt;
  return StoredCounts{static_cast<std::int64_t>(*account),
                      static_cast<std::uint8_t>(*method),
                      static_cast<std::uint8_t>(*network),
                      static_cast<std::int32_t>(*currency),
                      {static_cast<std::uint32_t>(*approved), static_cast<std::uint32_t>(*declined),
                       static_cast<std::uint32_t>(*failed)}};
}

}  // namespace

std::string pack_counts(const std::vector<StoredCounts>& all) {
  std::string text(1, kFormat);
  for (const StoredCounts& each : all) {
    pack(static_cast<std::uint64_t>(each.account_key), text);
    pack(each.method, text);
    pack(each.network, text);
    pack(static_cast<std::uint64_t>(each.currency), text);
    for (const std::uint32_t number :
         {each.counts.approved, each.counts.declined, each.counts.technical_failures})
      pack(number, text);
  }
  return text;
}

std::optional<std::vector<StoredCounts>> unpack_counts(std::string_view text) {
  if (text.empty() || text.front() != kFormat) return std::nullopt;
  text.remove_prefix(1);
  std::vector<StoredCounts> all;
  while (!text.empty()) {
    const std::optional<StoredCounts> one = unpack_one(text);
    if (!one) return std::nullopt;
    all.push_back(*one);
  }
  return all;
}

}  // namespace payweir::flows
