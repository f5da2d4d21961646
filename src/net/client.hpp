#pragma once
// The HTTP/1.1 client: keeps connections of each origin open and reuses them. Plain TCP or TLS 1.2 and
// later, with the peer's chain and host name always verified. Follows no redirect, decodes no compression,
// sends no request twice once a byte of it was written.
//
// Certainty: not_sent when not one byte of the request was written to the socket; unknown afterwards.
//
// One object an io thread, used on that thread only; destroyed after IoPool::join().
#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <string>

#include "net/address_policy.hpp"
#include "net/resolver.hpp"
#include "ports/clock.hpp"
#include "ports/http_client.hpp"

namespace payweir::net {

struct ClientConfig {
  std::string ca_file;  // PEM; "" takes the system's authorities
  WebhookReach webhook_reach;
  std::size_t connections_max = 8192;  // of this object; more: too_many_connections, not_sent
  // To one origin at once. A call beyond waits for one of them, first come, first served, and ends
  // too_many_connections, not_sent, when none became free in time, or when too many are waiting already. A
  // call holds its connection from connecting to the end of the answer, and waits for nothing else meanwhile.
  std::size_t connections_per_origin_max = 512;
  Duration connection_wait = seconds(1);
  std::size_t waiting_per_origin_max = 1024;
  std::size_t idle_per_origin_max = 1024;  // more are closed after their answer
  Duration idle_timeout = seconds(25);     // below what servers commonly keep
  Duration connect_timeout = seconds(5);   // for each address tried, TLS included
  Duration tick = milliseconds(20);        // how late a timeout may be
  Resolve resolve = resolve_by_system;
};

class HttpClientPool final : public HttpClient {
 public:
  // `executor` is the io thread's. Error: configuration_invalid, when `ca_file` cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<HttpClientPool>> create(boost::asio::any_io_executor executor,
                                                                      const Clock& clock,
                                                                      ClientConfig config);
  ~HttpClientPool() override;

  // Codes: invalid_value (the origin or target is no URL), address_not_allowed, connect_failed, tls_failed,
  // timeout, send_window_passed, too_many_connections, cancelled, connection_lost, malformed_http,
  // response_too_large.
  [[nodiscard]] Task<Result<http::Response>> send(http::Request request, CallOptions options) override;

  // Besides: what the sink says. A connection whose body was not taken to its end is closed.
  [[nodiscard]] Task<Result<http::Response>> download(http::Request request, CallOptions options,
                                                      BodySink& sink) override;

  void distrust(std::string_view origin) override;

  [[nodiscard]] std::size_t connections() const;
  [[nodiscard]] std::size_t idle_connections() const;
  // Calls that wait for a connection.
  [[nodiscard]] std::size_t waiting() const;
  // How often a connection was opened; the rest of the calls reused one.
  [[nodiscard]] std::uint64_t connects() const;

 private:
  class Pool;
  Task<Result<http::Response>> call(http::Request request, CallOptions options, BodySink* sink);
  explicit HttpClientPool(std::unique_ptr<Pool> pool);
  std::unique_ptr<Pool> pool_;
};

}  // namespace payweir::net
