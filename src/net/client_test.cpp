#include "net/client.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <vector>

#include "net/server.hpp"
#include "net/system_ports.hpp"
#include "net/testkit.hpp"

namespace payweir::net {
namespace {
using testkit::await_on;
using testkit::RawPeer;
using testkit::ScriptedServer;

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

std::string answer(std::string_view body, std::string_view fields = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(fields) +
         "\r\n" + std::string(body);
}

// Answers each request of each connection with `bytes`.
ScriptedServer answering(std::string bytes) {
  return ScriptedServer([bytes = std::move(bytes)](RawPeer& peer) {
    while (!peer.receive_until("{}").empty())
      if (!peer.send(bytes)) break;
  });
}
// Answers one request and closes.
ScriptedServer answering_once(std::string bytes) {
  return ScriptedServer([bytes = std::move(bytes)](RawPeer& peer) {
    peer.receive_until("{}");
    peer.send(bytes);
  });
}

void expect_error(const Result<http::Response>& result, Code code, Certainty certainty) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(code_name(result.error().code), code_name(code)) << result.error().detail;
  EXPECT_EQ(result.error().certainty, certainty) << result.error().detail;
}

TEST(Client, SendsARequestAndReadsTheAnswer) {
  std::string seen;
  ScriptedServer server([&seen](RawPeer& peer) {
    seen = peer.receive_until("{}");
    peer.send(answer("hello", "X-Request-Id: 7\r\n"));
  });
  Caller caller;
  const auto result = caller.call(server.origin());
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(result->body, "hello");
  EXPECT_EQ(result->headers.get("x-request-id"), "7");
  EXPECT_EQ(seen, "POST /charge HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                      "\r\nContent-Length: 2\r\n\r\n{}");
}

TEST(Client, ReadsEveryFraming) {
  for (const char* bytes :
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nabcde", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde"}) {
    ScriptedServer server = answering_once(bytes);
    Caller caller;
    const auto result = caller.call(server.origin());
    ASSERT_TRUE(result.has_value()) << bytes << result.error().detail;
    EXPECT_EQ(result->body, "abcde");
  }
}

TEST(Client, ReusesAConnection) {
  ScriptedServer server = answering(answer("ok"));
  Caller caller;
  for (int i = 0; i < 1000; ++i)
    ASSERT_TRUE(caller.call(server.origin()).has_value());
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(caller->connects(), 1u);
}

TEST(Client, ClosesWhatMayNotBeReused) {
  ScriptedServer server = answering(answer("ok", "Connection: close\r\n"));
  Caller caller;
  ASSERT_TRUE(caller.call(server.origin()).has_value());
  EXPECT_EQ(caller->connections(), 0u);
}

TEST(Client, ClosesIdleConnectionsInTime) {
  ScriptedServer server = answering(answer("ok"));
  Caller caller({.idle_timeout = milliseconds(20)});
  ASSERT_TRUE(caller.call(server.origin()).has_value());
  EXPECT_EQ(caller->idle_connections(), 1u);
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  std::size_t left = 1;
  while (left != 0 && std::chrono::steady_clock::now() < give_up) {
    std::promise<std::size_t> seen;
    boost::asio::post(caller.pool().executor(0), [&] { seen.set_value(caller->connections()); });
    left = seen.get_future().get();
  }
  EXPECT_EQ(left, 0u);
}

TEST(Client, DoesNotUseAConnectionThatThePeerClosed) {
  ScriptedServer server = answering_once(answer("ok"));
  Caller caller;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(caller.call(server.origin()).has_value()) << i;
    // The script has closed when the next connection can be accepted; its FIN came before that.
    RawPeer next(server.port());
    next.send("{}");
    next.receive_all();
  }
  EXPECT_EQ(caller->connects(), 20u);
}

TEST(Client, CapsItsConnections) {
  ScriptedServer one = answering(answer("ok")), two = answering(answer("ok"));
  Caller caller({.connections_max = 1});
  ASSERT_TRUE(caller.call(one.origin()).has_value());
  ASSERT_TRUE(caller.call(two.origin()).has_value());  // the idle one made room
  EXPECT_EQ(caller->connections(), 1u);
  Caller none({.connections_max = 0});
  expect_error(none.call(one.origin()), Code::connect_failed, Certainty::not_sent);
}

TEST(Client, RefusesWhatIsNoRequest) {
  Caller caller;
  expect_error(caller.call("http://a@b"), Code::invalid_value, Certainty::not_sent);
  const auto send = [&caller](std::string target, std::string name) {
    http::Request request{.target = std::move(target), .origin = "http://127.0.0.1:1"};
    request.headers.set(name, "value");
    return await_on(caller.pool(), caller->send(std::move(request), {}));
  };
  expect_error(send("/a b", "x"), Code::invalid_value, Certainty::not_sent);
  expect_error(send("/a\r\nX: y", "x"), Code::invalid_value, Certainty::not_sent);
  expect_error(send("a", "x"), Code::invalid_value, Certainty::not_sent);
  expect_error(send("/", "x y"), Code::invalid_value, Certainty::not_sent);
}

TEST(Client, ACancelledCallSaysWhatItKnows) {
  std::promise<void> received;
  ScriptedServer server([&received](RawPeer& peer) {
    peer.receive_until("{}");
    received.set_value();
    peer.receive_all();
  });
  Caller caller;
  boost::asio::cancellation_signal signal;
  std::promise<Result<http::Response>> outcome;
  http::Request request{.method = http::Method::post, .target = "/", .origin = server.origin(), .body = "{}"};
  boost::asio::co_spawn(caller.pool().executor(0), caller->send(std::move(request), {}),
                        boost::asio::bind_cancellation_slot(
                            signal.slot(), [&](std::exception_ptr, Result<http::Response> result) {
                              outcome.set_value(std::move(result));
                            }));
  received.get_future().get();
  boost::asio::post(caller.pool().executor(0),
                    [&] { signal.emit(boost::asio::cancellation_type::terminal); });
  expect_error(outcome.get_future().get(), Code::cancelled, Certainty::unknown);
}

Task<http::Response> echo_body(http::Request request) {
  http::Response response{.body = std::move(request.body)};
  co_return response;
}

TEST(Client, ServesTheSwitchsOwnServer) {
  IoPool pool(2);
  auto server =
      Server::listen(pool, {.address = "127.0.0.1:0"}, [](std::size_t) { return Handler(echo_body); });
  pool.start();
  {
    Caller caller;
    const std::string origin = "http://127.0.0.1:" + std::to_string((*server)->port());
    for (const std::size_t size : {0u, 1u, 5000u, 900'000u}) {
      const std::string body(size, 'x');
      const auto result = caller.call(origin, {.timeout = seconds(5)}, body);
      ASSERT_TRUE(result.has_value()) << result.error().detail;
      EXPECT_EQ(result->body, body);
    }
    EXPECT_EQ(caller->connects(), 1u);
  }
  pool.stop();
  pool.join();
}

TEST(Faults, A03_RefusedConnectionIsNotSent) {
  std::uint16_t port = 0;
  {
    port = answering("").port();
  }  // nobody listens there any more
  Caller caller;
  expect_error(caller.call("http://127.0.0.1:" + std::to_string(port)), Code::connect_failed,
               Certainty::not_sent);
}

TEST(Faults, A03_NameFailureIsNotSent) {
  Caller caller;
  expect_error(caller.call("http://no-such-host.invalid"), Code::connect_failed, Certainty::not_sent);
}

TEST(Faults, A03_PassedSendByIsNotSent) {
  std::promise<std::string> received;
  ScriptedServer server([&received](RawPeer& peer) { received.set_value(peer.receive_all()); });
  Caller caller;
  caller.clock.suspended_ms = 5001;
  expect_error(caller.call(server.origin(), {.timeout = seconds(5), .send_by = milliseconds(5000)}),
               Code::timeout, Certainty::not_sent);
  EXPECT_EQ(received.get_future().get(), "");  // it connected, and sent not one byte
}

TEST(Faults, A03_ConnectDeadlineIsNotSent) {
  // With its backlog full, a listener answers no SYN.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(listener, generic, length) + ::listen(listener, 0), 0);
  ASSERT_EQ(::getsockname(listener, generic, &length), 0);
  const std::uint16_t port = ntohs(address.sin_port);
  const RawPeer fills_it(port);
  Caller caller;
  expect_error(caller.call("http://127.0.0.1:" + std::to_string(port), {.timeout = milliseconds(50)}),
               Code::timeout, Certainty::not_sent);
  ::close(listener);
}

TEST(Faults, A12_DribblingGatewayHitsTheTotalDeadline) {
  ScriptedServer server([](RawPeer& peer) {
    peer.receive_until("{}");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (peer.send("x"))
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  Caller caller;
  const auto began = std::chrono::steady_clock::now();
  expect_error(caller.call(server.origin(), {.timeout = milliseconds(100)}), Code::timeout,
               Certainty::unknown);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(3));
}

TEST(Faults, A12_SilentGatewayHitsTheTotalDeadline) {
  ScriptedServer server([](RawPeer& peer) { peer.receive_all(); });
  Caller caller;
  expect_error(caller.call(server.origin(), {.timeout = milliseconds(50)}), Code::timeout,
               Certainty::unknown);
}

TEST(Faults, A13_TwoAnswersToOneRequestAreUnknown) {
  ScriptedServer server = answering(answer("yes") + answer("no"));
  Caller caller;
  expect_error(caller.call(server.origin()), Code::malformed_http, Certainty::unknown);
  EXPECT_EQ(caller->connections(), 0u);
}

TEST(Faults, A13_AnAnswerNobodyAskedForClosesTheConnection) {
  std::promise<void> second_sent;
  std::atomic<bool> first = true;
  ScriptedServer server([&](RawPeer& peer) {
    peer.receive_until("{}");
    peer.send(answer("asked for"));
    if (!first.exchange(false)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    peer.send(answer("not asked for"));
    second_sent.set_value();
    peer.receive_all();
  });
  Caller caller;
  ASSERT_TRUE(caller.call(server.origin()).has_value());
  second_sent.get_future().get();
  const auto result = caller.call(server.origin());
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->body, "asked for");
  EXPECT_EQ(caller->connects(), 2u);
}

TEST(Faults, A13_BrokenAnswersAreUnknown) {
  struct Broken {
    const char* bytes;
    Code code;
  };
  for (const Broken& broken : {
           Broken{"", Code::connection_lost},
           Broken{"HTTP/1.1 200", Code::connection_lost},
           Broken{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", Code::connection_lost},
           Broken{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", Code::connection_lost},
           Broken{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Code::malformed_http},
           Broken{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", Code::malformed_http},
           Broken{"HTTP/1.1 101 Switching Protocols\r\n\r\n", Code::malformed_http},
           Broken{"not http at all\r\n\r\n", Code::malformed_http},
       }) {
    ScriptedServer server = answering_once(broken.bytes);
    Caller caller;
    expect_error(caller.call(server.origin()), broken.code, Certainty::unknown);
  }
}

TEST(Client, RefusesAnswersAboveTheLimit) {
  const std::string large(2000, 'x');
  for (const std::string& bytes :
       {answer(large), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + large,
        "HTTP/1.1 200 OK\r\n\r\n" + large}) {
    ScriptedServer server = answering_once(bytes);
    Caller caller;
    expect_error(caller.call(server.origin(), {.timeout = seconds(5), .response_bytes_max = 1999}),
                 Code::response_too_large, Certainty::unknown);
  }
}

TEST(Faults, I03_RedirectIsReturnedNotFollowed) {
  ScriptedServer inside = answering(answer("secret"));
  ScriptedServer server =
      answering("HTTP/1.1 302 Found\r\nLocation: " + inside.origin() + "/\r\nContent-Length: 0\r\n\r\n");
  Caller caller;
  const auto result = caller.call(server.origin());
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->status, 302);
  EXPECT_EQ(inside.connections(), 0);
}

Task<Result<Addresses>> give(Addresses addresses) {
  co_return addresses;
}

constexpr CallOptions kPublicOnly{.timeout = seconds(5), .reach = CallOptions::Reach::public_only};

TEST(Faults, I09_PrivateAddressesAreNotCalled) {
  ScriptedServer inside = answering(answer("secret"));
  const std::string port = std::to_string(inside.port());
  Caller caller({.webhook_reach = {.allow_http = true, .ports = {}}});
  for (const std::string& host : {"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "169.254.169.254"})
    expect_error(caller.call("http://" + host + ":" + port, kPublicOnly), Code::address_not_allowed,
                 Certainty::not_sent);
  EXPECT_EQ(inside.connections(), 0);
}

TEST(Faults, I09_AConnectionOfAGatewayIsNoWayAroundTheCheck) {
  ScriptedServer inside = answering(answer("secret"));
  Caller caller({.webhook_reach = {.allow_http = true, .ports = {}}});
  ASSERT_TRUE(caller.call(inside.origin()).has_value());
  expect_error(caller.call(inside.origin(), kPublicOnly), Code::address_not_allowed, Certainty::not_sent);
}

TEST(Faults, I09_EveryResolvedAddressIsCheckedAndTheNameIsResolvedOnce) {
  ScriptedServer inside = answering(answer("secret"));
  std::atomic<int> lookups = 0;
  // A rebinding name server: a public address first, an inner one at every later look.
  const auto rebind = [&lookups](std::string, std::chrono::steady_clock::time_point) {
    const char* const first = lookups++ == 0 ? "8.8.8.8" : "127.0.0.1";
    return give(Addresses{boost::asio::ip::make_address(first), boost::asio::ip::make_address("127.0.0.1")});
  };
  Caller caller({.webhook_reach = {.allow_http = true, .ports = {}}, .resolve = rebind});
  expect_error(caller.call("http://rebind.example:" + std::to_string(inside.port()), kPublicOnly),
               Code::address_not_allowed, Certainty::not_sent);
  EXPECT_EQ(lookups, 1);
  EXPECT_EQ(inside.connections(), 0);
}

TEST(Faults, I09_WebhooksNeedHttpsAndAnAllowedPort) {
  Caller caller;
  expect_error(caller.call("http://example.com", kPublicOnly), Code::address_not_allowed,
               Certainty::not_sent);
  expect_error(caller.call("https://example.com:22", kPublicOnly), Code::address_not_allowed,
               Certainty::not_sent);
}

}  // namespace
}  // namespace payweir::net
