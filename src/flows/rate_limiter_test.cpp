#include "flows/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace payweir::flows {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

int taken(TokenBuckets& buckets, std::string_view name, std::int64_t now_us, int tries) {
  int count = 0;
  for (int i = 0; i < tries; ++i)
    count += buckets.take(name, now_us) ? 1 : 0;
  return count;
}

TEST(TokenBuckets, GivesABurstAndThenARate) {
  TokenBuckets buckets(10, kSecond, 100);
  EXPECT_EQ(taken(buckets, "a", kSecond, 50), 10);
  EXPECT_EQ(taken(buckets, "a", kSecond + kSecond / 2, 50), 5);
  EXPECT_EQ(taken(buckets, "a", 100 * kSecond, 50), 10) << "a bucket never holds more than one burst";
}

TEST(TokenBuckets, KeepsNamesApart) {
  TokenBuckets buckets(2, kSecond, 100);
  EXPECT_EQ(taken(buckets, "a", kSecond, 5), 2);
  EXPECT_EQ(taken(buckets, "b", kSecond, 5), 2);
}

TEST(TokenBuckets, LooksWithoutTaking) {
  TokenBuckets buckets(1, kSecond, 100);
  EXPECT_TRUE(buckets.has_token("a", kSecond));
  EXPECT_TRUE(buckets.has_token("a", kSecond));
  EXPECT_TRUE(buckets.take("a", kSecond));
  EXPECT_FALSE(buckets.has_token("a", kSecond));
}

TEST(TokenBuckets, ForgetsTheOneNotUsedForLongest) {
  TokenBuckets buckets(1, kSecond, 2);
  EXPECT_TRUE(buckets.take("a", kSecond));
  EXPECT_TRUE(buckets.take("b", kSecond));
  EXPECT_FALSE(buckets.take("a", kSecond));  // now b is the oldest
  EXPECT_TRUE(buckets.take("c", kSecond));
  EXPECT_EQ(buckets.size(), 2u);
  EXPECT_FALSE(buckets.take("a", kSecond)) << "a was in use and had to stay";
  EXPECT_TRUE(buckets.take("b", kSecond)) << "b made room and begins anew";
}

TEST(TokenBuckets, TakesMemoryForNoMoreThanItsBound) {
  TokenBuckets buckets(5, kSecond, 100);
  for (int i = 0; i < 100'000; ++i)
    static_cast<void>(buckets.take("address " + std::to_string(i), kSecond));
  EXPECT_EQ(buckets.size(), 100u);
}

TEST(RateLimiter, GivesEachIoThreadItsShare) {
  Settings settings;
  settings.rate_limit_per_key = 100;
  settings.io_thread_count = 4;
  RateLimiter limiter(settings);
  int admitted = 0;
  for (int i = 0; i < 100; ++i)
    admitted += limiter.admit_key("k", kSecond) ? 1 : 0;
  EXPECT_EQ(admitted, 25);
}

TEST(RateLimiter, CountsFailuresByThemselves) {
  Settings settings;
  settings.failed_auth_per_address_per_minute = 3;
  RateLimiter limiter(settings);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(limiter.has_failed_too_often("x", kSecond));
    limiter.count_failure("x", kSecond);
  }
  EXPECT_TRUE(limiter.has_failed_too_often("x", kSecond));
  EXPECT_FALSE(limiter.has_failed_too_often("y", kSecond));
  EXPECT_TRUE(limiter.admit_address("x", kSecond));
  EXPECT_FALSE(limiter.has_failed_too_often("x", 61 * kSecond));
}

TEST(RateLimiter, GivesEachIoThreadAllOfAPaymentsLimit) {
  Settings settings;
  settings.page_requests_per_payment_per_minute = 60;
  settings.io_thread_count = 4;
  RateLimiter limiter(settings);
  int admitted = 0;
  for (int i = 0; i < 100; ++i)
    admitted += limiter.admit_payer(1, kSecond) ? 1 : 0;
  EXPECT_EQ(admitted, 60);
  EXPECT_TRUE(limiter.admit_payer(2, kSecond));
}

TEST(RateLimiter, LetsAPageThatPollsAskTheGatewayNowAndThen) {
  const Settings settings;
  RateLimiter limiter(settings);
  EXPECT_TRUE(limiter.admit_poll(1, kSecond));
  EXPECT_TRUE(limiter.admit_poll(2, kSecond));
  EXPECT_FALSE(limiter.admit_poll(1, 3 * kSecond));
  EXPECT_TRUE(limiter.admit_poll(1, 4 * kSecond));
  EXPECT_FALSE(limiter.admit_poll(1, 6 * kSecond));
}

}  // namespace
}  // namespace payweir::flows
