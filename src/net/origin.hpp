#pragma once
// The origin of a URL, "https://api.stripe.com" or "http://[::1]:9000", taken apart strictly: what readers
// of URLs understand differently is refused (I09).
#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace payweir::net {

struct Origin {
  enum class Scheme : std::uint8_t { http, https } scheme = Scheme::https;
  std::string host;  // lower case; an IPv6 address without its brackets
  std::uint16_t port = 443;
  std::optional<boost::asio::ip::address> literal;  // when the host is an address
  std::string authority;                            // what the Host field says
};

// Nothing but scheme, host and port: no userinfo, path, or blank; no host outside ASCII (an IDN comes as
// its A-label); no IPv4 address but four plain decimal numbers. Error: invalid_value.
[[nodiscard]] Result<Origin> parse_origin(std::string_view text);

}  // namespace payweir::net
