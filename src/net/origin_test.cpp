#include "net/origin.hpp"

#include <gtest/gtest.h>

namespace payweir::net {
namespace {

TEST(Origin, ReadsSchemeHostAndPort) {
  const auto origin = parse_origin("https://API.Stripe.com");
  ASSERT_TRUE(origin);
  EXPECT_EQ(origin->scheme, Origin::Scheme::https);
  EXPECT_EQ(origin->host, "api.stripe.com");
  EXPECT_EQ(origin->port, 443);
  EXPECT_EQ(origin->authority, "api.stripe.com");
  EXPECT_FALSE(origin->literal);
}

TEST(Origin, ReadsAddresses) {
  const auto v4 = parse_origin("http://127.0.0.1:9000");
  ASSERT_TRUE(v4 && v4->literal);
  EXPECT_EQ(v4->authority, "127.0.0.1:9000");
  const auto v6 = parse_origin("http://[0:0::1]:80");
  ASSERT_TRUE(v6 && v6->literal);
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->authority, "[::1]");
}

TEST(Faults, I09_OddUrlsAreRefused) {
  for (const char* url : {
           "http://a@b",
           "https://user:pw@example.com",
           "https://example.com@127.0.0.1",  // userinfo
           "http://2130706433",
           "http://0x7f000001",
           "http://0x7f.1",
           "http://017700000001",
           "http://0177.0.0.1",
           "http://127.1",
           "http://127.0.0.01",
           "http://1.2.3.4.5",
           "http://256.0.0.1",
           "http://127.0.0.1.",
           "http://a.0x1",  // odd IPv4
           "http://[::1",
           "http://::1",
           "http://[::1]x",
           "http://[fe80::1%25eth0]",
           "http://[::g]",
           "https://ex\xc3\xa4mple.com",
           "https://\xef\xbc\x91.1.1.1",
           "https://%31.1.1.1",  // IDN, full width, escaped
           "https://example.com:0",
           "https://example.com:65536",
           "https://example.com:",
           "https://example.com:+1",
           "https://example.com:080",
           "https://example.com:443:443",
           "https://",
           "https://.",
           "https://a..b",
           "https://.a",
           "https://a.",
           "https://a b",
           "https://a\tb",
           "https://a\\b",
           "https://a/",
           "https://a/path",
           "https://a?q",
           "https://a#f",
           "https:/a",
           "//a",
           "a",
           "",
           "ftp://a",
           "file:///etc/passwd",
           "HTTPS://a",
           "https://a\r\nHost: b",
       })
    EXPECT_FALSE(parse_origin(url)) << url;
}

}  // namespace
}  // namespace payweir::net
