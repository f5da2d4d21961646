#pragma once
// The address of whoever sent a request: the connection's, unless that is a proxy of our own, whose word in
// X-Forwarded-For counts. What anybody else writes there does not.
#include <span>
#include <string>

#include "base/address_range.hpp"
#include "base/http.hpp"

namespace payweir::api {

// From the right, the first address that is no trusted proxy's; the last trusted one where the header ends,
// or says what is no address.
[[nodiscard]] std::string client_address(const http::Request& request,
                                         std::span<const AddressRange> trusted_proxies);

}  // namespace payweir::api
