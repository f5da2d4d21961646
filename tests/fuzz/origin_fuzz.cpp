// Origins of URLs that a merchant chose (I09): what is accepted means the same when written and read again,
// and a host that any reader of addresses would take for one is known as one.
#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "net/address_policy.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace payweir;
  using namespace payweir::net;
  const auto origin = parse_origin({reinterpret_cast<const char*>(data), size});
  if (!origin) return 0;
  check(std::ranges::all_of(origin->authority,
                            [](char c) { return c > ' ' && c < 0x7f && c != '@' && c != '/'; }),
        "an authority with more than a host and port");
  const bool https = origin->scheme == Origin::Scheme::https;
  const auto again = parse_origin((https ? "https://" : "http://") + origin->authority);
  check(again && again->host == origin->host && again->port == origin->port &&
            again->literal == origin->literal,
        "an origin that reads differently when written");
  // The C library's lenient reading: "127.1", "0x7f000001", "2130706433".
  in_addr lenient{};
  if (::inet_aton(origin->host.c_str(), &lenient) != 0)
    check(origin->literal.has_value(), "an address in disguise");
  return 0;
}
