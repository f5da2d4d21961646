#include "net/address_policy.hpp"

#include <gtest/gtest.h>

namespace payweir::net {
namespace {
using boost::asio::ip::make_address;

TEST(Faults, I09_AddressesThatAreNotPublicAreRecognised) {
  for (const char* address : {
           "0.0.0.0",
           "0.255.255.255",
           "10.0.0.1",
           "10.255.255.255",
           "100.64.0.0",
           "100.127.255.255",
           "127.0.0.1",
           "127.255.255.254",
           "169.254.0.1",
           "169.254.169.254",
           "172.16.0.1",
           "172.31.255.255",
           "192.0.0.1",
           "192.0.2.1",
           "192.88.99.1",
           "192.168.0.1",
           "192.168.255.255",
           "198.18.0.1",
           "198.19.255.255",
           "198.51.100.7",
           "203.0.113.9",
           "224.0.0.1",
           "239.255.255.255",
           "240.0.0.1",
           "255.255.255.255",
           "::",
           "::1",
           "::ffff:10.0.0.1",
           "::ffff:8.8.8.8",
           "::127.0.0.1",
           "64:ff9b::7f00:1",
           "64:ff9b:1::1",
           "100::1",
           "2001::1",
           "2001:0:53aa:64c::1",
           "2001:1ff::1",
           "2001:db8::1",
           "2002:7f00:1::1",
           "2002:c0a8:101::1",
           "3fff::1",
           "3fff:fff::1",
           "fc00::1",
           "fd00:ec2::254",
           "fe80::1",
           "fec0::1",
           "ff02::1",
       })
    EXPECT_FALSE(is_public(make_address(address))) << address;
}

TEST(AddressPolicy, PublicAddressesAreRecognised) {
  for (const char* address : {"1.1.1.1",           "8.8.8.8",
                              "9.255.255.255",     "11.0.0.0",
                              "100.63.255.255",    "100.128.0.0",
                              "126.255.255.255",   "128.0.0.1",
                              "169.253.255.255",   "169.255.0.0",
                              "172.15.255.255",    "172.32.0.0",
                              "192.167.255.255",   "192.169.0.0",
                              "198.17.255.255",    "198.20.0.0",
                              "223.255.255.255",   "2606:4700:4700::1111",
                              "2001:200::1",       "2001:4860:4860::8888",
                              "2a00:1450:4001::1", "3ffe::1"})
    EXPECT_TRUE(is_public(make_address(address))) << address;
}

Result<void> check(const char* url, const WebhookReach& reach = {}) {
  return check_origin(*parse_origin(url), reach);
}

TEST(Faults, I09_SchemePortAndLiteralAreChecked) {
  EXPECT_TRUE(check("https://example.com"));
  EXPECT_TRUE(check("https://example.com:8443"));
  EXPECT_TRUE(check("https://8.8.8.8"));
  for (const char* url :
       {"http://example.com", "https://example.com:22", "https://example.com:80", "https://127.0.0.1",
        "https://[::1]", "https://[::ffff:10.0.0.1]", "https://169.254.169.254"}) {
    const auto checked = check(url);
    ASSERT_FALSE(checked) << url;
    EXPECT_EQ(checked.error().code, Code::address_not_allowed);
  }
}

TEST(AddressPolicy, AnOperatorMayWidenIt) {
  EXPECT_TRUE(check("http://example.com", {.allow_http = true, .ports = {80}}));
  EXPECT_TRUE(check("http://127.0.0.1:9000", {.allow_private = true, .allow_http = true, .ports = {}}));
}

TEST(AddressPolicy, OneBadAddressRefusesAll) {
  EXPECT_TRUE(check_addresses({make_address("8.8.8.8"), make_address("2606:4700::1")}, {}));
  EXPECT_FALSE(check_addresses({make_address("8.8.8.8"), make_address("10.0.0.1")}, {}));
}

}  // namespace
}  // namespace payweir::net
