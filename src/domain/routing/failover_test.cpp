#include "domain/routing/failover.hpp"

#include <gtest/gtest.h>

namespace payweir::routing {
namespace {

const Outcome kNotReached = outcome::NotSent{"connection refused"};
const Outcome kSoft = outcome::Declined{.retry = RetryClass::retry_later};
const Outcome kBadRequest = outcome::Rejected{{"parameter_invalid", ""}, outcome::Rejected::Cause::request};

Outcome limited(std::int64_t retry_after_s) {
  return outcome::Rejected{{"rate_limit", ""}, outcome::Rejected::Cause::rate_limit, seconds(retry_after_s)};
}

struct Case {
  const char* what;
  Outcome outcome;
  Retry retry;
  Tried tried;
  Next expected;
};

TEST(NextTry, FollowsTheOutcomeAndWhatIsLeftToTry) {
  const Case cases[] = {
      {"another account", kSoft, Retry::next_account, {1, true, true}, Next::other_account},
      {"a decline is not asked for again here", kSoft, Retry::next_account, {1, false, true}, Next::end},
      {"not reached: another account first",
       kNotReached,
       Retry::next_account,
       {1, true, false},
       Next::other_account},
      {"not reached: else the same again",
       kNotReached,
       Retry::next_account,
       {1, false, false},
       Next::same_account},
      {"limited: another account first",
       limited(1),
       Retry::next_account,
       {1, true, false},
       Next::other_account},
      {"limited: waits for a moment", limited(1), Retry::next_account, {1, false, false}, Next::same_account},
      {"limited: not for long", limited(3), Retry::next_account, {1, false, false}, Next::end},
      {"a bad request stays bad here", kBadRequest, Retry::next_account, {1, false, false}, Next::end},
      {"the rules forbid it", kSoft, Retry::no, {1, true, true}, Next::end},
      {"three attempts were made", kSoft, Retry::next_account, {3, true, true}, Next::end},
      {"the payer is asked", kSoft, Retry::step_up, {1, true, true}, Next::step_up},
      {"the payer was asked", kSoft, Retry::step_up, {2, true, false}, Next::end},
  };
  for (const Case& each : cases)
    EXPECT_EQ(next_try(FailoverPolicy{}, each.outcome, each.retry, each.tried), each.expected) << each.what;
}

TEST(Backoff, DrawsFromADoublingSpanThatEnds) {
  const FailoverPolicy policy;
  const std::int64_t bounds[] = {100, 200, 400, 800, 800, 800};
  for (std::int32_t n = 1; n <= 6; ++n) {
    const std::int64_t bound = bounds[n - 1];
    EXPECT_EQ(backoff(policy, n, 0, {}).ms, 0);
    EXPECT_EQ(backoff(policy, n, static_cast<std::uint64_t>(bound), {}).ms, bound);
    EXPECT_EQ(backoff(policy, n, static_cast<std::uint64_t>(bound) + 1, {}).ms, 0) << "beyond the span";
  }
  EXPECT_EQ(backoff(policy, 1'000'000, 800, {}).ms, 800);
}

TEST(Backoff, ComesAfterWhatTheGatewayAskedFor) {
  EXPECT_EQ(backoff(FailoverPolicy{}, 1, 40, seconds(1)).ms, 1040);
  EXPECT_EQ(backoff(FailoverPolicy{}, 1, 0, seconds(60)).ms, FailoverPolicy{}.wait_max.ms);
}

}  // namespace
}  // namespace payweir::routing
