#include "sandbox/stripe/object_id.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

namespace payweir::sandbox::stripe {
namespace {

TEST(ObjectIds, AreReadBackAsTheyWereWritten) {
  ASSERT_TRUE(rc::check([](std::uint32_t intent, std::uint64_t salt, std::uint16_t ordinal) {
    const std::string text = format_id("pi_", {intent, salt, ordinal});
    const auto read = parse_id("pi_", text);
    RC_ASSERT(text.size() == 27u);
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->intent == intent && read->salt == salt && read->ordinal == ordinal);
  }));
}

TEST(ObjectIds, RefuseWhatTheyDidNotWrite) {
  const std::string good = format_id("pi_", {7, 8, 0});
  for (const std::string& text :
       std::vector<std::string>{std::string(), std::string("pi_"), good.substr(1), good + "0",
                                "ch_" + good.substr(3), "pi_1" + good.substr(4),
                                "pi_3zzzzzzzzz" + good.substr(13), good.substr(0, 20) + "-" + good.substr(21),
                                "pi_3000000007zzzzzzzzzzz000", "pi_300000000700000000008zzz"})
    EXPECT_FALSE(parse_id("pi_", text).has_value()) << text;
}

}  // namespace
}  // namespace payweir::sandbox::stripe
