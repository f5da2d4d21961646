#pragma once
// AddressRange: the IPv4 or IPv6 addresses that begin alike, "203.0.113.0/24", or a single one. Nothing is
// looked up: names are no addresses.
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.hpp"

namespace payweir {

class AddressRange {
 public:
  // "203.0.113.7", "203.0.113.0/24", "2001:db8::/32". Error: invalid_value, which quotes the text: no
  // address, no prefix of it, or bits behind the prefix, which are somebody's mistake.
  [[nodiscard]] static Result<AddressRange> parse(std::string_view text);
  // False for what is no address. An IPv4 address that is written as IPv6 (::ffff:203.0.113.7) is the same.
  [[nodiscard]] bool contains(std::string_view address) const;

  friend bool operator==(const AddressRange&, const AddressRange&) = default;

 private:
  std::array<std::uint8_t, 16> first_{};  // IPv4 as ::ffff:…
  std::size_t prefix_bits_ = 128;
};

[[nodiscard]] bool contains(std::span<const AddressRange> ranges, std::string_view address);

}  // namespace payweir
