#include "api/client_address.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace payweir::api {
namespace {

const std::vector<AddressRange> kProxies = {*AddressRange::parse("10.0.0.0/8"), *AddressRange::parse("::1")};

std::string seen(std::string peer, std::initializer_list<std::string_view> forwarded) {
  http::Request request;
  request.peer_address = std::move(peer);
  for (const std::string_view each : forwarded)
    request.headers.add("X-Forwarded-For", each);
  return client_address(request, kProxies);
}

TEST(ClientAddress, K16_WhatAnybodyWritesIntoTheHeaderIsNotBelieved) {
  EXPECT_EQ(seen("198.51.100.9", {"203.0.113.7"}), "198.51.100.9");
  // Behind our proxy: it adds whom it saw on the right, whatever stood there before.
  EXPECT_EQ(seen("10.0.0.1", {"203.0.113.7, 198.51.100.9"}), "198.51.100.9");
  EXPECT_EQ(seen("10.0.0.1", {"10.0.0.2, 198.51.100.9"}), "198.51.100.9");
  http::Request request;
  request.peer_address = "10.0.0.1";
  request.headers.set("X-Forwarded-For", "203.0.113.7");
  EXPECT_EQ(client_address(request, {}), "10.0.0.1");  // no proxy is trusted
}

TEST(ClientAddress, IsWhoStandsBeforeTheLastTrustedProxy) {
  EXPECT_EQ(seen("10.0.0.1", {"203.0.113.7"}), "203.0.113.7");
  EXPECT_EQ(seen("10.0.0.1", {"203.0.113.7 ,\t10.9.9.9"}), "203.0.113.7");
  EXPECT_EQ(seen("10.0.0.1", {"203.0.113.7", "10.9.9.9"}), "203.0.113.7");
  EXPECT_EQ(seen("::1", {"2001:db8::7"}), "2001:db8::7");
  EXPECT_EQ(seen("10.0.0.1", {"10.0.0.3, 10.0.0.2"}), "10.0.0.3");
  EXPECT_EQ(seen("10.0.0.1", {}), "10.0.0.1");
}

TEST(ClientAddress, AWordThatIsNoAddressEndsTheWay) {
  EXPECT_EQ(seen("10.0.0.1", {"203.0.113.7, unknown"}), "10.0.0.1");
  EXPECT_EQ(seen("10.0.0.1", {"203.0.113.7, 10.0.0.0/8"}), "10.0.0.1");
  EXPECT_EQ(seen("10.0.0.1", {"203.0.113.7, unknown, 10.0.0.2"}), "10.0.0.2");
}

}  // namespace
}  // namespace payweir::api
