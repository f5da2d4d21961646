#include "net/server.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "net/server_testkit.hpp"
#include "net/spawn.hpp"

namespace payweir::net {
namespace {
using testkit::kGet;
using testkit::kGetAndClose;
using testkit::RawPeer;
using testkit::RunningServer;

TEST(Server, AnswersAndCloses) {
  RunningServer server;
  EXPECT_EQ(server.ask(kGetAndClose),
            "HTTP/1.1 200 OK\r\nContent-Length: 19\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n"
            "GET /x 127.0.0.1 []");
}

TEST(Server, ListensOnIPv6) {
  RunningServer server({}, "[::1]:0");
  EXPECT_NE(server->port(), 0);
}

TEST(Server, RefusesBadAndTakenAddresses) {
  RunningServer server;
  const auto listen = [&server](const std::string& address) {
    return Server::listen(server.pool(), {.address = address},
                          [](std::size_t) { return Handler(testkit::echo); })
        .error()
        .code;
  };
  EXPECT_EQ(listen("localhost"), Code::invalid_value);
  EXPECT_EQ(listen("127.0.0.1:99999"), Code::invalid_value);
  EXPECT_EQ(listen("127.0.0.1:"), Code::invalid_value);
  EXPECT_EQ(listen("127.0.0.1:" + std::to_string(server->port())), Code::listen_failed);
}

TEST(Server, KeepsAConnectionForManyRequests) {
  RunningServer server;
  RawPeer peer(server->port());
  for (int i = 0; i < 1000; ++i) {
    peer.send("POST /n HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n" + std::to_string(1000 + i));
    ASSERT_TRUE(peer.receive_until("]").ends_with("[" + std::to_string(1000 + i) + "]"));
  }
  EXPECT_EQ(server->counters().accepted, 1u);
  EXPECT_EQ(server->counters().requests, 1000u);
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  RunningServer server;
  const std::string all = server.ask(
      "GET /slow HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
      "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto first = all.find("/slow"), second = all.find("/2 127.0.0.1 [hi]"), third = all.find("/3");
  EXPECT_TRUE(first < second && second < third && third != std::string::npos) << all;
}

TEST(Server, ServesManyConnectionsAtOnce) {
  RunningServer server;
  std::vector<std::unique_ptr<RawPeer>> peers;
  for (int i = 0; i < 50; ++i)
    peers.push_back(std::make_unique<RawPeer>(server->port()));
  for (const auto& peer : peers)
    peer->send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  for (const auto& peer : peers)
    EXPECT_TRUE(peer->receive_until("]").ends_with("[]"));
  EXPECT_EQ(server->connections(), 50u);
}

TEST(Server, ReadsABodyInPieces) {
  RunningServer server;
  RawPeer peer(server->port());
  peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  const std::string body(50000, 'x');
  peer.send(body);
  peer.send(body);
  const std::string answer = peer.receive_until("]");
  EXPECT_TRUE(answer.ends_with("[" + body + body + "]"));
}

TEST(Server, ReadsAChunkedBody) {
  RunningServer server;
  RawPeer peer(server->port());
  peer.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab");
  peer.send("c\r\n0\r\n\r\n");
  EXPECT_TRUE(peer.receive_until("]").ends_with("[abc]"));
  peer.send(kGetAndClose);
  EXPECT_TRUE(peer.receive_all().ends_with("[]"));
}

TEST(Server, ContinuesWhenAsked) {
  RunningServer server;
  RawPeer peer(server->port());
  peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(peer.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.send("hi");
  EXPECT_TRUE(peer.receive_until("]").ends_with("[hi]"));
}

TEST(Server, AnswersHeadWithoutABody) {
  RunningServer server;
  const std::string answer = server.ask("HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.contains("Content-Length: 20\r\n"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST(Server, TurnsAHandlersExceptionIntoA500) {
  set_failure_sink([](std::string_view, std::string_view) {});
  RunningServer server;
  const std::uint64_t before = failure_count();
  const std::string answer = server.ask("GET /boom HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
  EXPECT_FALSE(answer.contains("handler bug"));
  EXPECT_EQ(failure_count(), before + 1);
}

TEST(Server, ClosesIdleConnections) {
  RunningServer server({.idle_timeout = milliseconds(30)});
  RawPeer peer(server->port());
  peer.send(kGet);
  EXPECT_TRUE(peer.receive_until("]").ends_with("[]"));
  EXPECT_EQ(peer.receive_all(), "");
}

TEST(Server, DrainsWithoutLosingARequest) {
  RunningServer server;
  RawPeer idle(server->port()), busy(server->port());
  idle.send(kGet);
  idle.receive_until("]");
  busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  while (server->counters().requests < 2)
    std::this_thread::yield();
  EXPECT_FALSE(server->drained());
  server->drain();
  EXPECT_EQ(idle.receive_all(), "");
  const std::string answer = busy.receive_all();
  EXPECT_TRUE(answer.contains("Connection: close\r\n"));
  EXPECT_TRUE(answer.ends_with("[]"));
  EXPECT_TRUE(server->wait_until_drained(seconds(5)));
  EXPECT_TRUE(server->drained());
  const int late = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{
      .sin_family = AF_INET, .sin_port = htons(server->port()), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  EXPECT_NE(::connect(late, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(late);
}

}  // namespace
}  // namespace payweir::net
