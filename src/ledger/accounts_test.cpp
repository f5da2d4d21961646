#include "ledger/accounts.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <vector>

namespace payweir::ledger {
namespace {

const Currency kUsd = *Currency::parse("USD");
const Currency kJpy = *Currency::parse("JPY");

TEST(LedgerAccounts, ACaptureIsOwedByTheGatewayAndToTheMerchant) {
  const auto balances = balances_of(std::vector{capture_posting({6540, kUsd})});
  ASSERT_TRUE(balances.has_value());
  EXPECT_EQ(*balances, (std::vector<Balance>{{AccountKind::gateway_clearing, {6540, kUsd}},
                                             {AccountKind::merchant_payable, {-6540, kUsd}}}));
}

TEST(LedgerAccounts, ARefundOfAllLeavesNothing) {
  const auto balances = balances_of(std::vector{capture_posting({6540, kUsd}), refund_posting({6540, kUsd})});
  ASSERT_TRUE(balances.has_value());
  for (const Balance& balance : *balances)
    EXPECT_EQ(balance.amount.minor, 0);
}

// Nobody's sale: it waits for the payer, and giving it back clears it.
TEST(LedgerAccounts, WhatWasChargedLateIsOwedToNobodyButThePayer) {
  const Posting late = late_capture_posting({6540, kUsd});
  const auto balances = balances_of(std::vector{late});
  ASSERT_TRUE(balances.has_value());
  EXPECT_EQ(*balances, (std::vector<Balance>{{AccountKind::gateway_clearing, {6540, kUsd}},
                                             {AccountKind::suspense, {-6540, kUsd}}}));
  const auto returned = balances_of(std::vector{late, reverse(late)});
  ASSERT_TRUE(returned.has_value());
  for (const Balance& balance : *returned)
    EXPECT_EQ(balance.amount.minor, 0);
}

TEST(LedgerAccounts, HaveNames) {
  EXPECT_EQ(to_string(AccountKind::gateway_clearing), "gateway_clearing");
  EXPECT_EQ(to_string(AccountKind::merchant_payable), "merchant_payable");
  EXPECT_EQ(to_string(AccountKind::fees), "fees");
  EXPECT_EQ(to_string(AccountKind::suspense), "suspense");
}

TEST(LedgerAccounts, CurrenciesDoNotMix) {
  const auto balances = balances_of(std::vector{capture_posting({1, kUsd}), refund_posting({1, kJpy})});
  ASSERT_TRUE(balances.has_value());
  EXPECT_EQ(balances->size(), 4u);
  EXPECT_TRUE(is_balanced(*balances));
}

TEST(LedgerAccounts, AMissingHalfIsFound) {
  const std::vector<Balance> halves{{AccountKind::gateway_clearing, {5, kUsd}},
                                    {AccountKind::merchant_payable, {-5, kJpy}}};
  EXPECT_FALSE(is_balanced(halves));
}

TEST(LedgerAccounts, ABalanceOutOfRangeIsAnError) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const auto balances = balances_of(std::vector{capture_posting({most, kUsd}), capture_posting({1, kUsd})});
  ASSERT_FALSE(balances.has_value());
  EXPECT_EQ(balances.error().code, Code::overflow);
}

RC_GTEST_PROP(LedgerAccounts, AnySetOfPostingsIsBalancedAndTakesBackToZero, ()) {
  const auto amounts =
      *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(1, kAmountMax));
  std::vector<Posting> postings;
  for (const std::int64_t amount : amounts) {
    const Posting capture = capture_posting({amount, amount % 2 == 0 ? kUsd : kJpy});
    postings.push_back(amount % 3 == 0 ? reverse(capture) : capture);
  }
  const auto balances = balances_of(postings);
  RC_ASSERT(balances.has_value());
  RC_ASSERT(is_balanced(*balances));

  const std::size_t count = postings.size();
  for (std::size_t i = 0; i < count; ++i)
    postings.push_back(reverse(postings[i]));
  const auto undone = balances_of(postings);
  RC_ASSERT(undone.has_value());
  for (const Balance& balance : *undone)
    RC_ASSERT(balance.amount.minor == 0);
}

}  // namespace
}  // namespace payweir::ledger
