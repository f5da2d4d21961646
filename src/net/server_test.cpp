#include "net/server.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <latch>
#include <optional>
#include <stdexcept>
#include <vector>

#include "net/spawn.hpp"
#include "net/system_ports.hpp"
#include "net/testkit.hpp"

namespace payweir::net {
namespace {
using testkit::RawPeer;

// Answers with what it was asked; "/slow" after 100 ms, "/large" with 16 MiB, "/boom" with an exception.
Task<http::Response> echo(http::Request request) {
  SystemClock clock;
  if (request.target == "/boom") throw std::runtime_error("handler bug");
  if (request.target == "/slow") co_await clock.sleep(milliseconds(100));
  http::Response response{.status = 200};
  response.headers.set("Content-Type", "text/plain");
  if (request.target == "/large") request.body = std::string(16 << 20, 'x');
  response.body = std::string(http::to_string(request.method)) + " " + request.target + " " +
                  request.peer_address + " [" + request.body + "]";
  co_return response;
}

class RunningServer {
 public:
  explicit RunningServer(ServerLimits limits = {}, std::string address = "127.0.0.1:0") {
    limits.tick = milliseconds(5);
    server_ = std::move(*Server::listen(pool_, {.address = std::move(address), .limits = limits},
                                        [](std::size_t) { return Handler(echo); }));
    pool_.start();
  }
  ~RunningServer() {
    pool_.stop();
    pool_.join();
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  Server* operator->() { return server_.get(); }
  IoPool& pool() { return pool_; }
  // What the server says to `bytes` before it closes.
  std::string ask(std::string_view bytes) {
    RawPeer peer(server_->port());
    peer.send(bytes);
    return peer.receive_all();
  }

 private:
  IoPool pool_{2};
  std::unique_ptr<Server> server_;
};

constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kGetAndClose = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

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
    return Server::listen(server.pool(), {.address = address}, [](std::size_t) { return Handler(echo); })
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

TEST(Faults, J01_SlowHeadIsCutOff) {
  RunningServer server({.head_timeout = milliseconds(50)});
  RawPeer peer(server->port());
  peer.send("GET / HTTP/1.1\r\nX-");
  EXPECT_TRUE(peer.receive_all().starts_with("HTTP/1.1 408 "));
}

TEST(Faults, J01_SilentConnectionIsClosed) {
  RunningServer server({.head_timeout = milliseconds(50)});
  EXPECT_EQ(RawPeer(server->port()).receive_all(), "");
}

TEST(Faults, J01_SlowBodyIsCutOff) {
  RunningServer server({.body_grace = milliseconds(50)});
  RawPeer peer(server->port());
  peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx");
  EXPECT_TRUE(peer.receive_all().starts_with("HTTP/1.1 408 "));
}

TEST(Faults, J01_AReaderThatReadsNothingIsCutOff) {
  RunningServer server({.body_grace = milliseconds(50), .body_bytes_per_second_min = 64 << 20});
  RawPeer peer(server->port());
  const int small = 4096;
  ::setsockopt(peer.descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  peer.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  while (server->counters().requests == 0 || server->connections() != 0)
    std::this_thread::yield();
}

TEST(Faults, J01_ConnectionsOfAPeerAreCapped) {
  RunningServer server({.connections_per_peer_max = 2});
  RawPeer first(server->port()), second(server->port());
  first.send(kGet);
  second.send(kGet);
  EXPECT_TRUE(first.receive_until("]").ends_with("[]"));
  EXPECT_TRUE(second.receive_until("]").ends_with("[]"));
  EXPECT_EQ(server.ask(kGetAndClose), "");
  EXPECT_EQ(server->counters().shed, 1u);
  first.close();
  while (server->connections() != 1)
    std::this_thread::yield();
  EXPECT_TRUE(server.ask(kGetAndClose).ends_with("[]"));
}

TEST(Faults, J02_OversizedBodyIsRefusedUnread) {
  RunningServer server({.body_bytes_max = 1000});
  const std::string answer =
      server.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000\r\n\r\nabc");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
  EXPECT_TRUE(answer.contains(R"("code":"IR_06")"));
  EXPECT_TRUE(
      server.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n").starts_with("HTTP/1.1 413 "));
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(Faults, J02_EndlessChunkedBodyIsRefusedWithFlatMemory) {
  RunningServer server({.body_bytes_max = 100'000});
  server.ask(kGetAndClose);
  const std::size_t before = resident_bytes();
  for (int round = 0; round < 20; ++round) {
    RawPeer peer(server->port());
    peer.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "1000\r\n" + std::string(4096, 'x') + "\r\n";
    for (int i = 0; i < 10'000 && peer.send(chunk); ++i) {
    }
  }
  // 20 times 40 MB were offered. The allowance is the sanitizer's own quarantine.
  EXPECT_LT(resident_bytes(), before + (64 << 20));
  EXPECT_EQ(server->counters().refused, 20u);
}

TEST(Faults, J02_OversizedHeadIsRefused) {
  RunningServer server;
  const std::string answer = server.ask("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20000, 'x'));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 431 ")) << answer;
}

TEST(Faults, J06_SmuggledRequestIsNeverServed) {
  RunningServer server;
  const std::string answer = server.ask(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
      "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
  EXPECT_TRUE(answer.contains("Connection: close\r\n"));
  EXPECT_FALSE(answer.contains("smuggled"));
  EXPECT_TRUE(server.ask("GET / HTTP/1.1\nHost: a\n\n").starts_with("HTTP/1.1 400 "));
  EXPECT_EQ(server->counters().requests, 0u);
}

TEST(Faults, H14_RunningOutOfDescriptorsShedsAndRecovers) {
  RunningServer server;
  ASSERT_TRUE(server.ask(kGetAndClose).ends_with("[]"));
  // The peer's own socket exists before the limit falls to what is in use.
  const int peer = ::socket(AF_INET, SOCK_STREAM, 0);
  const int next = ::dup(peer);
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &old), 0);
  const rlimit low{.rlim_cur = static_cast<rlim_t>(next), .rlim_max = old.rlim_max};
  ::close(next);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  sockaddr_in address{
      .sin_family = AF_INET, .sin_port = htons(server->port()), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  ASSERT_EQ(::connect(peer, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  {
    RawPeer shed(peer);
    EXPECT_EQ(shed.receive_all(), "");  // closed, not left hanging
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &old), 0);
  }
  EXPECT_EQ(server->counters().shed, 1u);
  EXPECT_TRUE(server.ask(kGetAndClose).ends_with("[]"));
}

}  // namespace
}  // namespace payweir::net
