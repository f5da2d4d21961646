#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>

#include "net/client.hpp"
#include "net/system_ports.hpp"
#include "net/testkit.hpp"

namespace payweir::net {
namespace {
using testkit::await_on;
using testkit::RawPeer;
using testkit::ScriptedServer;

template <class T, void (*release)(T*)>
struct Releaser {
  void operator()(T* object) const { release(object); }
};
using Certificate = std::unique_ptr<X509, Releaser<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Releaser<EVP_PKEY, EVP_PKEY_free>>;

// A certificate for `host` that is its own authority.
Certificate self_signed(EVP_PKEY* key, const std::string& host, long ends_in_s) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -7200);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), ends_in_s);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  const auto* const text = reinterpret_cast<const unsigned char*>("Payweir test");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  const std::pair<int, std::string> extensions[] = {{NID_basic_constraints, "critical,CA:TRUE"},
                                                    {NID_subject_alt_name, host}};
  for (const auto& [nid, value] : extensions) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    X509_add_ext(certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

// A TLS server on loopback, and the file of the authority that vouches for it.
class TlsServer {
 public:
  // `alternative_name` is like "DNS:localhost" or "IP:127.0.0.1".
  explicit TlsServer(const std::string& alternative_name, int version_max = TLS1_3_VERSION,
                     long ends_in_s = 3600)
      : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free),
        key_(EVP_EC_gen("P-256")),
        certificate_(self_signed(key_.get(), alternative_name, ends_in_s)),
        ca_file_(::testing::TempDir() + "payweir_ca_" +
                 std::to_string(reinterpret_cast<std::uintptr_t>(this)) + ".pem"),
        server_([this](RawPeer& peer) { serve(peer); }) {
    SSL_CTX_use_certificate(context_.get(), certificate_.get());
    SSL_CTX_use_PrivateKey(context_.get(), key_.get());
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), version_max);
    std::FILE* const file = std::fopen(ca_file_.c_str(), "w");
    PEM_write_X509(file, certificate_.get());
    std::fclose(file);
  }
  ~TlsServer() { std::remove(ca_file_.c_str()); }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  [[nodiscard]] const std::string& ca_file() const { return ca_file_; }
  [[nodiscard]] std::string origin(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(server_.port());
  }
  [[nodiscard]] int connections() const { return server_.connections(); }

  std::atomic<int> requests{0};
  std::atomic<bool> truncates{false};  // answers without a length and closes without close_notify

 private:
  void serve(RawPeer& peer) {
    const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context_.get()), SSL_free);
    SSL_set_fd(tls.get(), peer.descriptor());
    if (SSL_accept(tls.get()) != 1) return;
    char bytes[4096];
    while (SSL_read(tls.get(), bytes, sizeof bytes) > 0) {
      ++requests;
      const std::string answer =
          truncates ? "HTTP/1.1 200 OK\r\n\r\nhel" : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
      SSL_write(tls.get(), answer.data(), static_cast<int>(answer.size()));
      if (truncates) return;
    }
  }

  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  const Key key_;
  const Certificate certificate_;
  const std::string ca_file_;
  ScriptedServer server_;
};

struct Outcome {
  Result<http::Response> last;
  std::uint64_t connects;
};

Outcome call(const std::string& origin, const std::string& ca_file, int times = 1) {
  SystemClock clock;
  IoPool pool(1);
  const auto client = std::move(*HttpClientPool::create(pool.executor(0), clock, {.ca_file = ca_file}));
  pool.start();
  Result<http::Response> last;
  for (int i = 0; i < times; ++i) {
    http::Request request{.method = http::Method::post, .target = "/", .origin = origin, .body = "{}"};
    last = await_on(pool, client->send(std::move(request), {.timeout = seconds(5)}));
  }
  const std::uint64_t connects = client->connects();
  pool.stop();
  pool.join();
  return {std::move(last), connects};
}

TEST(ClientTls, CallsAHostThatItsAuthorityVouchesFor) {
  TlsServer server("DNS:localhost");
  const Outcome outcome = call(server.origin("localhost"), server.ca_file(), 5);
  ASSERT_TRUE(outcome.last.has_value()) << outcome.last.error().detail;
  EXPECT_EQ(outcome.last->body, "hello");
  EXPECT_EQ(server.requests, 5);
  EXPECT_EQ(outcome.connects, 1u);
}

TEST(ClientTls, CallsAnAddressThatItsAuthorityVouchesFor) {
  TlsServer server("IP:127.0.0.1", TLS1_2_VERSION);
  const Outcome outcome = call(server.origin("127.0.0.1"), server.ca_file());
  EXPECT_TRUE(outcome.last.has_value());
}

TEST(ClientTls, TakesATruncatedAnswerForNoAnswer) {
  TlsServer server("DNS:localhost");
  server.truncates = true;
  const Outcome outcome = call(server.origin("localhost"), server.ca_file());
  ASSERT_FALSE(outcome.last.has_value());
  EXPECT_EQ(outcome.last.error().code, Code::connection_lost);
  EXPECT_EQ(outcome.last.error().certainty, Certainty::unknown);
}

TEST(ClientTls, RefusesAnUnreadableAuthorityFile) {
  SystemClock clock;
  IoPool pool(1);
  const auto created = HttpClientPool::create(pool.executor(0), clock, {.ca_file = "/no/such/file"});
  ASSERT_FALSE(created.has_value());
  EXPECT_EQ(created.error().code, Code::configuration_invalid);
}

void expect_tls_failed(const Outcome& outcome, const TlsServer& server) {
  ASSERT_FALSE(outcome.last.has_value());
  EXPECT_EQ(outcome.last.error().code, Code::tls_failed) << outcome.last.error().detail;
  EXPECT_EQ(outcome.last.error().certainty, Certainty::not_sent);
  EXPECT_EQ(server.requests, 0);
}

TEST(Faults, A03_UnknownAuthorityIsNotSent) {
  TlsServer server("DNS:localhost");
  expect_tls_failed(call(server.origin("localhost"), ""), server);
}

TEST(Faults, A03_WrongHostNameIsNotSent) {
  TlsServer server("DNS:example.com");
  expect_tls_failed(call(server.origin("localhost"), server.ca_file()), server);
  expect_tls_failed(call(server.origin("127.0.0.1"), server.ca_file()), server);
}

TEST(Faults, H16_AnExpiredCertificateIsNotSentToAndIsTold) {
  TlsServer server("DNS:localhost", TLS1_3_VERSION, -60);
  const Outcome outcome = call(server.origin("localhost"), server.ca_file());
  expect_tls_failed(outcome, server);
  EXPECT_TRUE(outcome.last.error().detail.contains("has expired")) << outcome.last.error().detail;
}

TEST(Faults, A03_OldTlsIsNotSent) {
  TlsServer server("DNS:localhost", TLS1_1_VERSION);
  expect_tls_failed(call(server.origin("localhost"), server.ca_file()), server);
}

TEST(Faults, A03_PeerWithoutTlsIsNotSent) {
  ScriptedServer server([](RawPeer& peer) {
    peer.receive();
    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  const Outcome outcome = call("https://127.0.0.1:" + std::to_string(server.port()), "");
  ASSERT_FALSE(outcome.last.has_value());
  EXPECT_EQ(outcome.last.error().code, Code::tls_failed);
  EXPECT_EQ(outcome.last.error().certainty, Certainty::not_sent);
}

}  // namespace
}  // namespace payweir::net
