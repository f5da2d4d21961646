#pragma once
// Whom the switch may call when a merchant chose the address (I09, server-side request forgery). Pure. The
// order that makes it safe is the client's: check the origin, resolve once, check every address, connect to
// a checked address and to no other, follow no redirect.
#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <vector>

#include "net/origin.hpp"

namespace payweir::net {

// What an operator allows for addresses that merchants choose. The defaults are for production.
struct WebhookReach {
  bool allow_private = false;  // addresses that are not public: for tests and closed networks
  bool allow_http = false;
  std::vector<std::uint16_t> ports{443, 8443};  // none: every port
};

// An address of the public Internet: in none of IANA's special-purpose ranges (read 2026-11), no
// multicast, and no form that carries an IPv4 address inside an IPv6 one.
[[nodiscard]] bool is_public(const boost::asio::ip::address& address);

// Error of both: address_not_allowed.
[[nodiscard]] Result<void> check_origin(const Origin& origin, const WebhookReach& reach);
// One bad address among good ones refuses all: the name's owner is not to be trusted.
[[nodiscard]] Result<void> check_addresses(const std::vector<boost::asio::ip::address>& addresses,
                                           const WebhookReach& reach);

}  // namespace payweir::net
