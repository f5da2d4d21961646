#include "net/address_policy.hpp"

#include <algorithm>
#include <array>

namespace payweir::net {
namespace {
namespace ip = boost::asio::ip;

struct RangeV4 {
  std::uint32_t first;
  int prefix_bits;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// IANA IPv4 Special-Purpose Address Registry, and multicast.
constexpr std::array kNotPublicV4{
    RangeV4{v4(0, 0, 0, 0), 8},        // this network
    RangeV4{v4(10, 0, 0, 0), 8},       // private
    RangeV4{v4(100, 64, 0, 0), 10},    // carrier-grade NAT
    RangeV4{v4(127, 0, 0, 0), 8},      // loopback
    RangeV4{v4(169, 254, 0, 0), 16},   // link-local, and the clouds' metadata
    RangeV4{v4(172, 16, 0, 0), 12},    // private
    RangeV4{v4(192, 0, 0, 0), 24},     // protocol assignments
    RangeV4{v4(192, 0, 2, 0), 24},     // documentation
    RangeV4{v4(192, 88, 99, 0), 24},   // 6to4 relays
    RangeV4{v4(192, 168, 0, 0), 16},   // private
    RangeV4{v4(198, 18, 0, 0), 15},    // benchmarking
    RangeV4{v4(198, 51, 100, 0), 24},  // documentation
    RangeV4{v4(203, 0, 113, 0), 24},   // documentation
    RangeV4{v4(224, 0, 0, 0), 4},      // multicast
    RangeV4{v4(240, 0, 0, 0), 4},      // reserved, and broadcast
};

bool is_public_v4(const ip::address_v4& address) {
  const std::uint32_t bits = address.to_uint();
  return std::ranges::none_of(kNotPublicV4, [bits](const RangeV4& range) {
    return (bits ^ range.first) >> (32 - range.prefix_bits) == 0;
  });
}

// Of IPv6 only 2000::/3 is handed out: loopback, unspecified, mapped and NAT64 forms, unique local,
// link-local and multicast all lie outside. These lie inside.
bool is_public_v6(const ip::address_v6& address) {
  const ip::address_v6::bytes_type bytes = address.to_bytes();
  const std::uint32_t bits = v4(bytes[0], bytes[1], bytes[2], bytes[3]);
  const bool global_unicast = bits >> 29 == 0b001;
  const bool protocol_assignment = bits >> 9 == 0x20010000 >> 9;  // 2001::/23: Teredo, ORCHID …
  const bool documentation = bits == 0x20010db8 || bits >> 12 == 0x3fff0000 >> 12;
  const bool six_to_four = bits >> 16 == 0x2002;  // carries an IPv4 address, and is deprecated
  return global_unicast && !protocol_assignment && !documentation && !six_to_four;
}

std::unexpected<Error> refuse(const char* why) {
  return fail(Code::address_not_allowed, "url", why);
}

}  // namespace

bool is_public(const ip::address& address) {
  return address.is_v4() ? is_public_v4(address.to_v4()) : is_public_v6(address.to_v6());
}

Result<void> check_origin(const Origin& origin, const WebhookReach& reach) {
  if (origin.scheme != Origin::Scheme::https && !reach.allow_http) return refuse("The URL must be https.");
  if (!reach.ports.empty() && std::ranges::find(reach.ports, origin.port) == reach.ports.end())
    return refuse("The URL's port is not allowed.");
  if (origin.literal) return check_addresses({*origin.literal}, reach);
  return {};
}

Result<void> check_addresses(const std::vector<ip::address>& addresses, const WebhookReach& reach) {
  if (!reach.allow_private && !std::ranges::all_of(addresses, is_public))
    return refuse("The URL leads to an address that is not public.");
  return {};
}

}  // namespace payweir::net
