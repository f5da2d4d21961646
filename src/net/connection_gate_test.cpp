#include "net/connection_gate.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace payweir::net {
namespace {
using boost::asio::ip::make_address;

TEST(ConnectionGate, CapsEachPeerAndAll) {
  ConnectionGate gate(3, 2);
  std::vector<ConnectionGate::Pass> passes;
  const auto enter = [&](const char* peer) {
    auto pass = gate.admit(make_address(peer));
    if (pass) passes.push_back(std::move(*pass));
    return pass.has_value();
  };
  EXPECT_TRUE(enter("10.0.0.1"));
  EXPECT_TRUE(enter("10.0.0.1"));
  EXPECT_FALSE(enter("10.0.0.1"));
  EXPECT_TRUE(enter("10.0.0.2"));
  EXPECT_FALSE(enter("10.0.0.3"));
  EXPECT_EQ(gate.connections(), 3u);
  passes.clear();
  EXPECT_EQ(gate.connections(), 0u);
  EXPECT_TRUE(enter("10.0.0.3"));
}

TEST(ConnectionGate, CountsAnIPv6NetworkAsOnePeer) {
  ConnectionGate gate(10, 1);
  const auto pass = gate.admit(make_address("2001:db8:0:1::1"));
  EXPECT_FALSE(gate.admit(make_address("2001:db8:0:1:ffff::2")));
  EXPECT_TRUE(gate.admit(make_address("2001:db8:0:2::1")));
}

}  // namespace
}  // namespace payweir::net
