// What a client may do to the server, and what it does about it: faults J01, J02, J06, H14.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "net/server_testkit.hpp"

namespace payweir::net {
namespace {
using testkit::kGet;
using testkit::kGetAndClose;
using testkit::RawPeer;
using testkit::RunningServer;

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
