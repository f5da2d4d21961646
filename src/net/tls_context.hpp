#pragma once
// How the client speaks TLS: 1.2 or later, the peer verified, and no way to switch that off.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <string>

#include "base/result.hpp"
#include "net/origin.hpp"

namespace payweir::net {

using TlsStream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

// `ca_file` is PEM; "" takes the system's authorities. Error: configuration_invalid.
[[nodiscard]] Result<boost::asio::ssl::context> make_tls_client_context(const std::string& ca_file);
// Binds the verification to the origin's host, and asks for that host by name (SNI). False: out of memory.
[[nodiscard]] bool expect_host(TlsStream& stream, const Origin& origin);

}  // namespace payweir::net
