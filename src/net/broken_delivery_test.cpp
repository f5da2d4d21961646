#include "net/broken_delivery.hpp"

#include <gtest/gtest.h>

#include "net/server_testkit.hpp"

namespace payweir::net {
namespace {
using Kind = BrokenDelivery::Kind;
using testkit::kGet;
using testkit::RawPeer;

Handler break_with(Kind kind) {
  return [kind](http::Request) -> Task<http::Response> {
    throw BrokenDelivery{kind, {.status = 200, .headers = {}, .body = "0123456789"}};
  };
}

// A server all of whose answers break.
struct BrokenServer {
  explicit BrokenServer(Kind kind) {
    auto listening =
        Server::listen(pool, {.address = "127.0.0.1:0"}, [kind](std::size_t) { return break_with(kind); });
    server = std::move(listening).value();
    pool.start();
  }
  ~BrokenServer() {
    pool.stop();
    pool.join();
  }
  IoPool pool{1};
  std::unique_ptr<Server> server;
};

TEST(BrokenDelivery, ClosedSaysNothing) {
  BrokenServer broken(Kind::closed);
  RawPeer peer(broken.server->port());
  peer.send(kGet);
  EXPECT_EQ(peer.receive_all(), "");
}

TEST(BrokenDelivery, TruncatedPromisesMoreThanItSends) {
  BrokenServer broken(Kind::truncated);
  RawPeer peer(broken.server->port());
  peer.send(kGet);
  const std::string all = peer.receive_all();
  EXPECT_TRUE(all.contains("Content-Length: 10\r\n"));
  EXPECT_TRUE(all.ends_with("\r\n\r\n01234")) << all;
}

TEST(BrokenDelivery, DribbleSendsTheBodyByteByByte) {
  BrokenServer broken(Kind::dribble);
  RawPeer peer(broken.server->port());
  peer.send(kGet);
  EXPECT_TRUE(peer.receive_until("\r\n\r\n").ends_with("\r\n\r\n"));
  EXPECT_EQ(peer.receive(), "0");
}

TEST(BrokenDelivery, SilenceEndsWhenTheClientLeaves) {
  BrokenServer broken(Kind::silent);
  RawPeer peer(broken.server->port());
  peer.send(kGet);
  while (broken.server->counters().requests == 0)
    std::this_thread::yield();
  EXPECT_EQ(broken.server->connections(), 1u);
  peer.close();
  broken.server->drain();
  EXPECT_TRUE(broken.server->wait_until_drained(seconds(5)));
}

}  // namespace
}  // namespace payweir::net
