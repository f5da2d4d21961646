#include "domain/routing/retry_budget.hpp"

#include <gtest/gtest.h>

namespace payweir::routing {
namespace {

int take_all(RetryBudget& budget) {
  int taken = 0;
  while (taken < 100'000 && budget.take_retry())
    ++taken;
  return taken;
}

TEST(RetryBudget, BeginsWithTen) {
  RetryBudget budget;
  EXPECT_EQ(budget.retries_left(), 10);
  EXPECT_EQ(take_all(budget), 10);
  EXPECT_EQ(budget.retries_left(), 0);
}

TEST(RetryBudget, EarnsOneWithTenFirstAttempts) {
  RetryBudget budget;
  take_all(budget);
  for (int i = 0; i < 9; ++i)
    budget.count_first_attempt();
  EXPECT_FALSE(budget.take_retry());
  budget.count_first_attempt();
  EXPECT_TRUE(budget.take_retry());
  EXPECT_FALSE(budget.take_retry());
}

TEST(RetryBudget, SavesUpAHundredAtMost) {
  RetryBudget budget;
  for (int i = 0; i < 100'000; ++i)
    budget.count_first_attempt();
  EXPECT_EQ(take_all(budget), 100);
}

TEST(RetryBudget, KeepsAGatewaysLoadBelowElevenTenths) {
  RetryBudget budget;
  int retries = 0;
  constexpr int kFirst = 10'000;
  for (int i = 0; i < kFirst; ++i) {  // each of them fails, and wants three more tries
    budget.count_first_attempt();
    for (int again = 0; again < 3; ++again)
      if (budget.take_retry()) ++retries;
  }
  EXPECT_EQ(retries, 10 + kFirst / 10);
}

}  // namespace
}  // namespace payweir::routing
