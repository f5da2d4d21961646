#include "base/address_range.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace payweir {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

constexpr std::size_t kMappedBits = 96;  // of ::ffff:0:0/96, where IPv4 is

std::optional<Bytes> parse_v6(const std::string& text) {
  Bytes bytes{};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return std::nullopt;
  return bytes;
}

std::optional<Bytes> parse_address(std::string_view text) {
  if (text.contains('\0')) return std::nullopt;
  if (text.contains(':')) return parse_v6(std::string(text));
  std::array<std::uint8_t, 4> v4{};
  if (::inet_pton(AF_INET, std::string(text).c_str(), v4.data()) != 1) return std::nullopt;
  Bytes bytes{};
  bytes[10] = bytes[11] = 0xff;
  std::ranges::copy(v4, bytes.begin() + 12);
  return bytes;
}

bool is_v4(const Bytes& bytes) {
  return std::ranges::all_of(std::span(bytes).first(10), [](std::uint8_t byte) { return byte == 0; }) &&
         bytes[10] == 0xff && bytes[11] == 0xff;
}

// Whether a bit behind the first `bits` is set.
bool has_bits_behind(const Bytes& bytes, std::size_t bits) {
  for (std::size_t i = bits; i < 128; ++i)
    if ((bytes[i / 8] >> (7 - i % 8) & 1) != 0) return true;
  return false;
}

}  // namespace

Result<AddressRange> AddressRange::parse(std::string_view text) {
  const auto refuse = [text](std::string_view why) {
    return fail(Code::invalid_value, "", "\"" + std::string(text.substr(0, 64)) + "\" " + std::string(why));
  };
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const std::optional<Bytes> bytes = parse_address(address);
  if (!bytes) return refuse("is no IPv4 or IPv6 address");
  AddressRange range;
  range.first_ = *bytes;
  if (slash == std::string_view::npos) return range;
  const std::string_view digits = text.substr(slash + 1);
  const std::size_t offset = address.contains(':') ? 0 : kMappedBits;
  std::size_t bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc{} || end != digits.data() + digits.size() || bits > 128 - offset)
    return refuse(offset == 0 ? "has no prefix of 0 to 128 bits" : "has no prefix of 0 to 32 bits");
  range.prefix_bits_ = bits + offset;
  if (has_bits_behind(range.first_, range.prefix_bits_)) return refuse("has bits behind its prefix");
  return range;
}

bool AddressRange::contains(std::string_view address) const {
  const std::optional<Bytes> bytes = parse_address(address);
  // All of IPv6 does not hold IPv4, although that is written within it.
  if (!bytes || is_v4(*bytes) != (prefix_bits_ >= kMappedBits && is_v4(first_))) return false;
  for (std::size_t i = 0; i < prefix_bits_; ++i)
    if (((*bytes)[i / 8] ^ first_[i / 8]) >> (7 - i % 8) & 1) return false;
  return true;
}

bool contains(std::span<const AddressRange> ranges, std::string_view address) {
  return std::ranges::any_of(ranges, [&](const AddressRange& range) { return range.contains(address); });
}

}  // namespace payweir
