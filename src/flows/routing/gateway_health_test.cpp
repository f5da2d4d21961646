#include "flows/routing/gateway_health.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace payweir::flows {
namespace {

using routing::BreakerState;
using Dispatch = GatewayHealth::Dispatch;
using Word = GatewayHealth::Word;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kAccount = 7;
constexpr auto kAuthorise = OperationKind::authorise;

struct Subject {
  GatewayHealth health{HealthPolicy{}};
  std::int64_t now_us = 1'000 * kSecond;

  void fail_in_row(std::int64_t account = kAccount, OperationKind kind = kAuthorise) {
    for (int i = 0; i < 5; ++i)
      health.concluded(account, kind, Dispatch::allowed, Word::failed, now_us);
  }
  Dispatch dispatch(std::int64_t account = kAccount, OperationKind kind = kAuthorise) {
    return health.try_dispatch(account, kind, now_us);
  }
};

TEST(GatewayHealth, GuardsAnAccountAndAKindOfOperationForThemselves) {
  Subject subject;
  subject.fail_in_row();
  EXPECT_EQ(subject.dispatch(), Dispatch::refused);
  EXPECT_TRUE(subject.health.is_refusing(kAccount, kAuthorise, subject.now_us));
  EXPECT_EQ(subject.dispatch(8), Dispatch::allowed);
  EXPECT_EQ(subject.dispatch(kAccount, OperationKind::refund), Dispatch::allowed);
  subject.fail_in_row(kAccount, OperationKind::refund);
  EXPECT_EQ(subject.dispatch(kAccount, OperationKind::refund), Dispatch::refused);
  EXPECT_EQ(subject.dispatch(kAccount, OperationKind::capture), Dispatch::allowed);
}

TEST(Faults, F05_AnOpenBreakerNeverRefusesWhatSettlesPaymentsUnderWay) {
  Subject subject;
  for (const OperationKind kind : {OperationKind::void_authorisation, OperationKind::reversal}) {
    subject.fail_in_row();
    for (int i = 0; i < 100; ++i)
      subject.health.concluded(kAccount, kind, Dispatch::allowed, Word::failed, subject.now_us);
    EXPECT_EQ(subject.dispatch(kAccount, kind), Dispatch::allowed);
    EXPECT_FALSE(subject.health.is_refusing(kAccount, kind, subject.now_us));
    EXPECT_EQ(subject.health.retry_after(kAccount, kind, subject.now_us), Duration{});
  }
}

TEST(GatewayHealth, SaysHowLongToWait) {
  Subject subject;
  EXPECT_EQ(subject.health.retry_after(kAccount, kAuthorise, subject.now_us), Duration{});
  subject.fail_in_row();
  EXPECT_EQ(subject.health.retry_after(kAccount, kAuthorise, subject.now_us), seconds(5));
  EXPECT_EQ(subject.health.retry_after(kAccount, kAuthorise, subject.now_us + 5 * kSecond - 1),
            milliseconds(1));
  subject.now_us += 5 * kSecond;
  EXPECT_EQ(subject.health.retry_after(kAccount, kAuthorise, subject.now_us), Duration{});
  ASSERT_EQ(subject.dispatch(), Dispatch::probe);
  EXPECT_EQ(subject.health.retry_after(kAccount, kAuthorise, subject.now_us), seconds(1));
}

TEST(GatewayHealth, CountsTransitionsAndReportsWhatHasOpened) {
  Subject subject;
  subject.health.concluded(8, kAuthorise, Dispatch::allowed, Word::answered, subject.now_us);
  EXPECT_TRUE(subject.health.report(subject.now_us).empty());
  subject.fail_in_row();
  EXPECT_EQ(subject.health.transitions_to(BreakerState::open), 1u);
  subject.now_us += 5 * kSecond;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(subject.dispatch(), Dispatch::probe);
    EXPECT_EQ(subject.health.report(subject.now_us).at(0).state, BreakerState::half_open);
    subject.health.concluded(kAccount, kAuthorise, Dispatch::probe, Word::answered, subject.now_us);
  }
  EXPECT_EQ(subject.health.transitions_to(BreakerState::half_open), 1u);
  EXPECT_EQ(subject.health.transitions_to(BreakerState::closed), 1u);
  const auto report = subject.health.report(subject.now_us);
  ASSERT_EQ(report.size(), 1u);
  EXPECT_EQ(report[0].account_key, kAccount);
  EXPECT_EQ(report[0].kind, kAuthorise);
  EXPECT_EQ(report[0].state, BreakerState::closed);
}

TEST(GatewayHealth, ForgetsAnAccountThatIsNotUsedForAnHour) {
  Subject subject;
  subject.fail_in_row();
  for (int i = 0; i < 10; ++i)
    EXPECT_TRUE(subject.health.take_retry(kAccount));
  EXPECT_FALSE(subject.health.take_retry(kAccount));
  subject.now_us += 3'600 * kSecond;
  EXPECT_TRUE(subject.health.report(subject.now_us).empty());
  EXPECT_EQ(subject.dispatch(), Dispatch::allowed);
  subject.health.concluded(kAccount, kAuthorise, Dispatch::allowed, Word::failed, subject.now_us);
  EXPECT_EQ(subject.dispatch(), Dispatch::allowed);
  EXPECT_TRUE(subject.health.take_retry(kAccount));
}

TEST(GatewayHealth, IsBounded) {
  GatewayHealth health({.accounts_max = 160});
  for (std::int64_t account = 0; account < 10'000; ++account)
    health.concluded(account, kAuthorise, Dispatch::allowed, Word::answered, kSecond);
  EXPECT_LE(health.account_count(), 160u);
  EXPECT_GE(health.account_count(), 100u);
}

TEST(GatewayHealth, LimitsTheRetriesOfAnAccount) {
  Subject subject;
  for (int i = 0; i < 10; ++i)
    EXPECT_TRUE(subject.health.take_retry(kAccount));
  EXPECT_FALSE(subject.health.take_retry(kAccount));
  EXPECT_EQ(subject.health.retries_refused(), 1u);
  EXPECT_TRUE(subject.health.take_retry(8));
  for (int i = 0; i < 10; ++i)
    subject.health.count_first_attempt(kAccount);
  EXPECT_TRUE(subject.health.take_retry(kAccount));
  EXPECT_FALSE(subject.health.take_retry(kAccount));
}

TEST(Faults, F05_NoCallButOneProbeHoweverManyThreadsAsk) {
  Subject subject;
  subject.fail_in_row();
  subject.now_us += 5 * kSecond;
  std::atomic<int> probes{0}, refusals{0};
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread)
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) {
          const Dispatch dispatch = subject.dispatch();
          if (dispatch == Dispatch::probe) ++probes;
          if (dispatch == Dispatch::refused) ++refusals;
        }
      });
  }
  EXPECT_EQ(probes, 1);
  EXPECT_EQ(refusals, 3'999);
}

TEST(GatewayHealth, KnowsFailuresFromAnswers) {
  using Cause = outcome::Rejected::Cause;
  const auto rejected = [](Cause cause) { return word_of(outcome::Rejected{{}, cause}); };
  EXPECT_EQ(word_of(outcome::Accepted{}), Word::answered);
  EXPECT_EQ(word_of(outcome::Declined{}), Word::answered);
  EXPECT_EQ(rejected(Cause::request), Word::answered);
  EXPECT_EQ(rejected(Cause::credentials), Word::failed);
  EXPECT_EQ(rejected(Cause::rate_limit), Word::failed);
  EXPECT_EQ(word_of(outcome::NotSent{"connect_failed: refused"}), Word::failed);
  EXPECT_EQ(word_of(outcome::NotSent{"send_window_passed: too late", true}), Word::untold);
  EXPECT_EQ(word_of(outcome::Unknown{"timeout", "", false, false}), Word::failed);
  EXPECT_EQ(word_of(outcome::Unknown{"another amount", "", true, false}), Word::answered);
}

}  // namespace
}  // namespace payweir::flows
