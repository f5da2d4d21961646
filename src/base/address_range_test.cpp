#include "base/address_range.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace payweir {
namespace {

TEST(AddressRange, HoldsTheAddressesThatBeginAlike) {
  struct Case {
    std::string_view range, address;
    bool is_in;
  };
  constexpr Case kCases[] = {
      {"203.0.113.7", "203.0.113.7", true},
      {"203.0.113.7", "203.0.113.6", false},
      {"203.0.113.0/24", "203.0.113.255", true},
      {"203.0.113.0/24", "203.0.112.255", false},
      {"203.0.113.64/26", "203.0.113.127", true},
      {"203.0.113.64/26", "203.0.113.128", false},
      {"0.0.0.0/0", "198.51.100.1", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"::/0", "2001:db8::1", true},
      {"::/0", "198.51.100.1", false},
      {"2001:db8::/33", "2001:db8:7fff::1", true},
      {"2001:db8::/33", "2001:db8:8000::1", false},
      {"2001:db8::1", "2001:0DB8:0:0::1", true},
      {"203.0.113.0/24", "::ffff:203.0.113.9", true},
      {"::ffff:203.0.113.0/120", "203.0.113.9", true},
      {"203.0.113.0/24", "", false},
      {"203.0.113.0/24", "gateway.test", false},
      {"203.0.113.0/24", "203.0.113.7 ", false},
  };
  for (const Case& each : kCases)
    EXPECT_EQ(AddressRange::parse(each.range)->contains(each.address), each.is_in)
        << each.range << " and " << each.address;
}

TEST(AddressRange, RefusesWhatIsNoneAndQuotesIt) {
  for (const std::string_view text :
       {"", "gateway.test", "203.0.113", "203.0.113.256", "203.0.113.07", "203.0.113.0/33", "203.0.113.0/",
        "203.0.113.0/-1", "203.0.113.0/24/8", "203.0.113.7/24", "2001:db8::1/32", "2001:db8::/129", "[::1]",
        " 203.0.113.7", "203.0.113.7:443", "::/ 0"}) {
    const Result<AddressRange> range = AddressRange::parse(text);
    ASSERT_FALSE(range) << text;
    EXPECT_EQ(range.error().code, Code::invalid_value);
    EXPECT_TRUE(range.error().detail.contains("\"" + std::string(text) + "\"")) << range.error().detail;
  }
}

TEST(AddressRange, OneOfSeveralIsEnough) {
  const std::vector<AddressRange> ranges = {*AddressRange::parse("203.0.113.7"),
                                            *AddressRange::parse("2001:db8::/32")};
  EXPECT_TRUE(contains(ranges, "2001:db8::5"));
  EXPECT_FALSE(contains(ranges, "203.0.113.8"));
  EXPECT_FALSE(contains({}, "203.0.113.8"));
}

}  // namespace
}  // namespace payweir
