#include "net/client.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <future>

#include "net/client_testkit.hpp"
#include "net/server.hpp"

namespace payweir::net {
namespace {
using testkit::answer;
using testkit::answering;
using testkit::answering_once;
using testkit::await_on;
using testkit::Caller;
using testkit::expect_error;
using testkit::RawPeer;
using testkit::ScriptedServer;

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

Task<bool> distrust(Caller& caller, std::string origin) {
  caller->distrust(origin);
  co_return true;
}

TEST(Client, UsesNoConnectionOfAnOriginThatIsNotTrusted) {
  ScriptedServer server = answering(answer("ok")), other = answering(answer("ok"));
  Caller caller;
  ASSERT_TRUE(caller.call(server.origin()).has_value());
  ASSERT_TRUE(caller.call(other.origin()).has_value());
  EXPECT_TRUE(await_on(caller.pool(), distrust(caller, server.origin())));
  EXPECT_TRUE(await_on(caller.pool(), distrust(caller, "http://nobody.example")));
  EXPECT_EQ(caller->connections(), 1u);  // the other's
  ASSERT_TRUE(caller.call(server.origin()).has_value());
  ASSERT_TRUE(caller.call(other.origin()).has_value());
  EXPECT_EQ(caller->connects(), 3u);
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
  expect_error(none.call(one.origin()), Code::too_many_connections, Certainty::not_sent);
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

}  // namespace
}  // namespace payweir::net
