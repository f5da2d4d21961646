#include "jobs/schedule.hpp"

#include <gtest/gtest.h>

#include <array>

namespace payweir::jobs {
namespace {

constexpr Instant kNow{784'111'777'000};  // Sun, 06 Nov 1994 08:49:37 GMT

TEST(Schedule, BackoffDoublesUpToFiveMinutes) {
  EXPECT_EQ(backoff(1), seconds(1));
  EXPECT_EQ(backoff(2), seconds(2));
  EXPECT_EQ(backoff(9), seconds(256));
  EXPECT_EQ(backoff(10), minutes(5));
  EXPECT_EQ(backoff(1'000'000'000'000), minutes(5));
  EXPECT_EQ(backoff(0), seconds(1));
}

TEST(Faults, I08_DeliveriesFollowTheScheduleAndEnd) {
  const std::array waits = {minutes(1),  minutes(2), minutes(5), minutes(10),
                            minutes(30), hours(2),   hours(6),   hours(15)};
  Instant t = kNow;
  for (std::size_t i = 0; i < waits.size(); ++i) {
    const std::optional<Instant> next = next_delivery(t, static_cast<std::int64_t>(i) + 1);
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(*next - t, waits[i]) << i;
    t = *next;
  }
  EXPECT_FALSE(next_delivery(t, kDeliveryTriesMax).has_value());
}

TEST(RetryAfter, ReadsSecondsAndDates) {
  EXPECT_EQ(parse_retry_after("120", kNow), seconds(120));
  EXPECT_EQ(parse_retry_after("0", kNow), Duration{});
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", kNow), minutes(1));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:48:37 GMT", kNow), Duration{});  // over already
}

TEST(RetryAfter, IsBoundedToADay) {
  EXPECT_EQ(parse_retry_after("86401", kNow), hours(24));
  EXPECT_EQ(parse_retry_after("99999999999999999999999999", kNow), hours(24));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 2094 08:49:37 GMT", kNow), hours(24));
}

TEST(RetryAfter, IgnoresWhatItCannotRead) {
  for (const char* field : {"", "soon", "-5", "12 s", "Sun, 06 Nox 1994 08:49:37 GMT",
                            "Sun, 99 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"})
    EXPECT_FALSE(parse_retry_after(field, kNow).has_value()) << field;
}

}  // namespace
}  // namespace payweir::jobs
