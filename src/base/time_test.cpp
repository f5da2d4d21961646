#include "base/time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace payweir {
namespace {

constexpr Instant kLast{253'402'300'799'999};  // 9999-12-31T23:59:59.999Z

TEST(Time, FormatsUtcWithMilliseconds) {
  EXPECT_EQ(format_iso8601({0}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_iso8601({1'795'321'207'123}), "2026-11-22T04:20:07.123Z");
  EXPECT_EQ(format_iso8601(kLast), "9999-12-31T23:59:59.999Z");
}

TEST(Time, ReadsOffsetsAndFractions) {
  const std::pair<const char*, std::int64_t> rows[] = {
      {"2026-11-22T04:20:07.123Z", 1'795'321'207'123},
      {"2026-11-22T04:20:07Z", 1'795'321'207'000},
      {"2026-11-22T12:20:07+08:00", 1'795'321'207'000},
      {"2026-11-21T20:50:07.5-07:30", 1'795'321'207'500},
      {"2026-11-22T04:20:07.123456789Z", 1'795'321'207'123},
      {"2024-02-29T00:00:00Z", 1'709'164'800'000},
      {"2000-02-29T00:00:00Z", 951'782'400'000},
  };
  for (const auto& [text, ms] : rows)
    EXPECT_EQ(parse_iso8601(text).value().ms, ms) << text;
}

// J13, for times: what is not exactly one instant is refused.
TEST(Faults, J13_TimesAtAndBeyondTheExtremesAreRefusedOrExact) {
  for (const char* const text : {"",
                                 "2026",
                                 "2026/11-22T04:20:07Z",
                                 "2026-11/22T04:20:07Z",
                                 "2026-11-2xT04:20:07Z",
                                 "2026-11-22Tx4:20:07Z",
                                 "2026-11-22T04.20:07Z",
                                 "2026-11-22T04:2",
                                 "2026-11-22T04:20.07Z",
                                 "2026-11-22T04:20:7Z",
                                 "2026-11-22T04:20:07.5",
                                 "2026-11-22T04:20:07.5/",
                                 "2026-11-22T04:20:07x08:00",
                                 "2026-11-22T04:20:07+x8:00",
                                 "2026-11-22T04:20:07+08.00",
                                 "2026-11-22T04:20:07+08:0",
                                 "2026--22T04:20:07Z",
                                 "2026-11-T04:20:07Z",
                                 "2026-11-22T:20:07Z",
                                 "2026-11-22T04::07Z",
                                 "2026-11-22T04:20:Z",
                                 "2026-11-22T04:20:07+:00",
                                 "2026-11-22T04:20:07+08:",
                                 "2026-11-22",
                                 "2026-11-22T04:20:07",
                                 "2026-11-22 04:20:07Z",
                                 "2026-11-22t04:20:07z",
                                 "2026-11-22T04:20Z",
                                 "2026-11-22T24:00:00Z",
                                 "2026-11-22T04:60:00Z",
                                 "2026-11-22T04:20:60Z",
                                 "2026-13-01T00:00:00Z",
                                 "2026-00-01T00:00:00Z",
                                 "2026-02-29T00:00:00Z",
                                 "1900-02-29T00:00:00Z",
                                 "2026-04-31T00:00:00Z",
                                 "2026-11-22T04:20:07.Z",
                                 "2026-11-22T04:20:07.1234567890Z",
                                 "2026-11-22T04:20:07+8:00",
                                 "2026-11-22T04:20:07+24:00",
                                 "2026-11-22T04:20:07+08:60",
                                 "2026-11-22T04:20:07Z ",
                                 " 2026-11-22T04:20:07Z",
                                 "1969-12-31T23:59:59Z",
                                 "0000-01-01T00:00:00Z",
                                 "12026-11-22T04:20:07Z",
                                 "-2026-11-22T04:20:07Z",
                                 "2026-1-22T04:20:07Z",
                                 "+026-11-22T04:20:07Z",
                                 "2026-11-22T04:20:07+08:00Z"}) {
    const auto parsed = parse_iso8601(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Code::invalid_value) << text;
  }
  EXPECT_EQ(parse_iso8601("9999-12-31T23:59:59.999Z").value(), kLast);
}

TEST(Time, EveryMillisecondMakesTheRoundTrip) {
  EXPECT_TRUE(rc::check("format then parse is the identity", [] {
    const Instant t{*rc::gen::inRange<std::int64_t>(0, kLast.ms + 1)};
    RC_ASSERT(parse_iso8601(format_iso8601(t)).value() == t);
  }));
}

TEST(Time, SpansAddUp) {
  const Instant t{1000};
  EXPECT_EQ(t + minutes(1) - seconds(60), t);
  EXPECT_EQ((t + hours(24)) - t, days(1));
  EXPECT_EQ(seconds(5) * 12, minutes(1));
  EXPECT_LT(t, t + milliseconds(1));
}

TEST(HttpDate, ReadsTheOneFormThatIsWritten) {
  EXPECT_EQ(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT").value().ms, 0);
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").value(),
            parse_iso8601("1994-11-06T08:49:37Z").value());
  EXPECT_EQ(parse_http_date("Thu, 29 Feb 2024 23:59:59 GMT").value(),
            parse_iso8601("2024-02-29T23:59:59Z").value());
  for (const char* const bad : {"",
                                "Sunday, 06-Nov-94 08:49:37 GMT",
                                "Sun Nov  6 08:49:37 1994",
                                "Sun, 06 Nov 1994 08:49:37 UTC",
                                "Sun, 31 Feb 1994 08:49:37 GMT",
                                "Sun, 00 Nov 1994 08:49:37 GMT",
                                "Sun, 06 nov 1994 08:49:37 GMT",
                                "Sun, 06 anF 1994 08:49:37 GMT",
                                "Sun, 06 Nov 1994 24:00:00 GMT",
                                "Sun, 06 Nov 1994 08:60:37 GMT",
                                "Sun, 06 Nov 1969 08:49:37 GMT",
                                "Sun, 06 Nov 1994 08:49:61 GMT",
                                "Sun, 6  Nov 1994 08:49:37 GMT",
                                "Sun, 06-Nov 1994 08:49:37 GMT",
                                "Sun, 06 Nov-1994 08:49:37 GMT",
                                "Sun, 06 Nov 1994-08:49:37 GMT",
                                "Sun, 06 Nov 1994 08-49:37 GMT",
                                "Sun, 06 Nov 1994 08:49-37 GMT",
                                "Sun; 06 Nov 1994 08:49:37 GMT",
                                "Sun, xx Nov 1994 08:49:37 GMT",
                                "Sun, 06 Nov xxxx 08:49:37 GMT",
                                "Sun, 06 Nov 1994 xx:49:37 GMT",
                                "Sun, 06 Nov 1994 08:xx:37 GMT",
                                "Sun, 06 Nov 1994 08:49:xx GMT"})
    EXPECT_FALSE(parse_http_date(bad).has_value()) << bad;
}

}  // namespace
}  // namespace payweir
