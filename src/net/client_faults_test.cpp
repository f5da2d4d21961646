// What gateways and merchants' endpoints may do to the client, and how sure it is of what happened: faults
// A03, A12, A13, H06, I03, I09.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <semaphore>
#include <thread>

#include "net/client_testkit.hpp"

namespace payweir::net {
namespace {
using testkit::answer;
using testkit::answering;
using testkit::answering_once;
using testkit::Caller;
using testkit::expect_error;
using testkit::RawPeer;
using testkit::ScriptedServer;

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
               Code::send_window_passed, Certainty::not_sent);
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

// A gateway that keeps every request waiting until it is told to answer one.
struct SlowGateway {
  std::counting_semaphore<100> may_answer{0};
  ScriptedServer server{[this](RawPeer& peer) {
    while (!peer.receive_until("{}").empty()) {
      may_answer.acquire();
      if (!peer.send(answer("ok"))) break;
    }
  }};
};

using Pending = std::future<Result<http::Response>>;

Pending begin_call(Caller& caller, const std::string& origin) {
  http::Request request{.method = http::Method::post, .target = "/charge", .origin = origin, .body = "{}"};
  return boost::asio::co_spawn(caller.pool().executor(0),
                               caller->send(std::move(request), {.timeout = seconds(5)}),
                               boost::asio::use_future);
}

Task<std::size_t> waiting_of(HttpClientPool& client) {
  co_return client.waiting();
}

void await_waiting(Caller& caller, std::size_t count) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (testkit::await_on(caller.pool(), waiting_of(*caller.operator->())) != count) {
    ASSERT_LT(std::chrono::steady_clock::now(), until);
    std::this_thread::yield();
  }
}

TEST(Faults, H06_WithoutAFreeConnectionACallWaitsAndIsThenNotSent) {
  SlowGateway gateway;
  Caller caller({.connections_per_origin_max = 1, .connection_wait = milliseconds(20)});
  Pending first = begin_call(caller, gateway.server.origin());
  expect_error(begin_call(caller, gateway.server.origin()).get(), Code::too_many_connections,
               Certainty::not_sent);
  ScriptedServer other = answering(answer("ok"));
  EXPECT_TRUE(caller.call(other.origin()).has_value()) << "another host's are its own";
  gateway.may_answer.release(2);
  EXPECT_TRUE(first.get().has_value());
  EXPECT_TRUE(caller.call(gateway.server.origin()).has_value()) << "there is one again";
  EXPECT_EQ(gateway.server.connections(), 1);
}

TEST(Faults, H06_CallsThatWaitGetTheConnectionInTheirOrder) {
  SlowGateway gateway;
  Caller caller({.connections_per_origin_max = 1, .connection_wait = seconds(5)});
  std::vector<Pending> calls;
  for (std::size_t i = 0; i < 5; ++i) {
    calls.push_back(begin_call(caller, gateway.server.origin()));
    await_waiting(caller, i);
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    gateway.may_answer.release();
    EXPECT_TRUE(calls[i].get().has_value());
    for (std::size_t later = i + 1; later < calls.size(); ++later)
      EXPECT_EQ(calls[later].wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  }
  EXPECT_EQ(gateway.server.connections(), 1);
}

TEST(Faults, H06_OnlySoManyCallsWait) {
  SlowGateway gateway;
  Caller caller(
      {.connections_per_origin_max = 1, .connection_wait = seconds(5), .waiting_per_origin_max = 1});
  Pending first = begin_call(caller, gateway.server.origin());
  Pending second = begin_call(caller, gateway.server.origin());
  await_waiting(caller, 1);
  expect_error(caller.call(gateway.server.origin()), Code::too_many_connections, Certainty::not_sent);
  gateway.may_answer.release(2);
  EXPECT_TRUE(first.get().has_value());
  EXPECT_TRUE(second.get().has_value());
}

TEST(Faults, H06_ACallThatIsCancelledWhileItWaitsHoldsUpNobody) {
  SlowGateway gateway;
  Caller caller({.connections_per_origin_max = 1, .connection_wait = seconds(5)});
  Pending first = begin_call(caller, gateway.server.origin());
  boost::asio::cancellation_signal signal;
  std::promise<Result<http::Response>> cancelled;
  http::Request request{
      .method = http::Method::post, .target = "/", .origin = gateway.server.origin(), .body = "{}"};
  boost::asio::co_spawn(caller.pool().executor(0), caller->send(std::move(request), {}),
                        boost::asio::bind_cancellation_slot(
                            signal.slot(), [&](std::exception_ptr, Result<http::Response> result) {
                              cancelled.set_value(std::move(result));
                            }));
  await_waiting(caller, 1);
  Pending third = begin_call(caller, gateway.server.origin());
  await_waiting(caller, 2);
  boost::asio::post(caller.pool().executor(0),
                    [&] { signal.emit(boost::asio::cancellation_type::terminal); });
  expect_error(cancelled.get_future().get(), Code::cancelled, Certainty::not_sent);
  gateway.may_answer.release(2);
  EXPECT_TRUE(first.get().has_value());
  EXPECT_TRUE(third.get().has_value());
}

// A connection that breaks gives its place to the next call all the same; what is still waiting when the
// client goes away is let go of.
TEST(Faults, H06_APlaceIsGivenOnWhateverBecameOfItsConnection) {
  std::counting_semaphore<10> may_break{0};
  ScriptedServer server([&may_break](RawPeer& peer) {
    peer.receive_until("{}");
    may_break.acquire();  // and closes without a word
  });
  Pending left, waits;
  {
    Caller caller({.connections_per_origin_max = 1, .connection_wait = seconds(5)});
    Pending first = begin_call(caller, server.origin());
    Pending second = begin_call(caller, server.origin());
    await_waiting(caller, 1);
    left = begin_call(caller, server.origin());
    await_waiting(caller, 2);
    may_break.release();
    expect_error(first.get(), Code::connection_lost, Certainty::unknown);
    may_break.release();
    expect_error(second.get(), Code::connection_lost, Certainty::unknown);
    await_waiting(caller, 0);
    waits = begin_call(caller, server.origin());
    await_waiting(caller, 1);
  }
  may_break.release();
}

}  // namespace
}  // namespace payweir::net
