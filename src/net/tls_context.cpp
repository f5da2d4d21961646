#include "net/tls_context.hpp"

#include <boost/asio/ssl/host_name_verification.hpp>
#include <openssl/ssl.h>

namespace payweir::net {
namespace ssl = boost::asio::ssl;

Result<ssl::context> make_tls_client_context(const std::string& ca_file) {
  ssl::context context(ssl::context::tls_client);
  boost::system::error_code ec;
  if (ca_file.empty())
    context.set_default_verify_paths(ec);
  else
    context.load_verify_file(ca_file, ec);
  if (ec) return fail(Code::configuration_invalid, "ca_file", "The certificate authorities cannot be read.");
  context.set_verify_mode(ssl::verify_peer);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  return context;
}

bool expect_host(TlsStream& stream, const Origin& origin) {
  boost::system::error_code ec;
  stream.set_verify_callback(ssl::host_name_verification(origin.host), ec);
  if (ec) return false;
  // RFC 6066 §3: no SNI for addresses.
  return origin.literal || SSL_set_tlsext_host_name(stream.native_handle(), origin.host.c_str()) == 1;
}

}  // namespace payweir::net
