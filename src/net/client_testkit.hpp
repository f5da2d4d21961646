#pragma once
// For tests of the client: one on a thread of its own, and gateways that answer what they are told.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "net/client.hpp"
#include "net/system_ports.hpp"
#include "net/testkit.hpp"

namespace payweir::net::testkit {

// A clock whose suspended() a test sets; everything else is real.
class SettableClock final : public Clock {
 public:
  std::atomic<std::int64_t> suspended_ms{1000};
  [[nodiscard]] Instant wall() const override { return real_.wall(); }
  [[nodiscard]] Duration suspended() const override { return milliseconds(suspended_ms); }
  [[nodiscard]] std::int64_t suspended_us() const override { return suspended_ms * 1000; }
  [[nodiscard]] Task<void> sleep(Duration span) override { return real_.sleep(span); }

 private:
  SystemClock real_;
};

class Caller {
 public:
  explicit Caller(ClientConfig config = {}) {
    config.tick = milliseconds(5);
    client_ = std::move(*HttpClientPool::create(pool_.executor(0), clock, std::move(config)));
    pool_.start();
  }
  ~Caller() {
    pool_.stop();
    pool_.join();
  }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  Result<http::Response> call(const std::string& origin, CallOptions options = {.timeout = seconds(5)},
                              std::string body = "{}") {
    http::Request request{
        .method = http::Method::post, .target = "/charge", .origin = origin, .body = std::move(body)};
    return await_on(pool_, client_->send(std::move(request), options));
  }
  HttpClientPool* operator->() { return client_.get(); }
  IoPool& pool() { return pool_; }

  SettableClock clock;

 private:
  IoPool pool_{1};
  std::unique_ptr<HttpClientPool> client_;
};

inline std::string answer(std::string_view body, std::string_view fields = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(fields) +
         "\r\n" + std::string(body);
}

// Answers each request of each connection with `bytes`.
inline ScriptedServer answering(std::string bytes) {
  return ScriptedServer([bytes = std::move(bytes)](RawPeer& peer) {
    while (!peer.receive_until("{}").empty())
      if (!peer.send(bytes)) break;
  });
}
// Answers one request and closes.
inline ScriptedServer answering_once(std::string bytes) {
  return ScriptedServer([bytes = std::move(bytes)](RawPeer& peer) {
    peer.receive_until("{}");
    peer.send(bytes);
  });
}

inline void expect_error(const Result<http::Response>& result, Code code, Certainty certainty) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(code_name(result.error().code), code_name(code)) << result.error().detail;
  EXPECT_EQ(result.error().certainty, certainty) << result.error().detail;
}

}  // namespace payweir::net::testkit
