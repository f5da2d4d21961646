#include "connectors/stripe/status_map.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace payweir::stripe {
namespace {

// Written out a second time, so that a slip in the table is seen here.
TEST(StripeStatusMap, WalksEveryPaymentIntentStatus) {
  const std::map<std::string_view, AcceptedAs> expected = {
      {"requires_payment_method", AcceptedAs::needs_action},
      {"requires_confirmation", AcceptedAs::needs_action},
      {"requires_action", AcceptedAs::needs_action},
      {"processing", AcceptedAs::pending},
      {"requires_capture", AcceptedAs::authorised},
      {"succeeded", AcceptedAs::captured},
      {"canceled", AcceptedAs::voided},
  };
  EXPECT_EQ(payment_intent_statuses().size(), expected.size());
  for (const StatusRow& row : payment_intent_statuses()) {
    ASSERT_TRUE(expected.contains(row.theirs)) << row.theirs;
    EXPECT_EQ(row.ours, expected.at(row.theirs)) << row.theirs;
    EXPECT_EQ(map_payment_intent_status(row.theirs), row.ours) << row.theirs;
  }
}

TEST(StripeStatusMap, WalksEveryRefundStatus) {
  const std::map<std::string_view, RefundOutcome> expected = {
      {"pending", RefundOutcome::pending},    {"requires_action", RefundOutcome::pending},
      {"succeeded", RefundOutcome::refunded}, {"failed", RefundOutcome::failed},
      {"canceled", RefundOutcome::failed},
  };
  EXPECT_EQ(refund_statuses().size(), expected.size());
  for (const RefundStatusRow& row : refund_statuses()) {
    ASSERT_TRUE(expected.contains(row.theirs)) << row.theirs;
    EXPECT_EQ(row.ours, expected.at(row.theirs)) << row.theirs;
    EXPECT_EQ(map_refund_status(row.theirs), row.ours) << row.theirs;
  }
}

TEST(StripeStatusMap, AnUnknownStatusIsPending) {
  for (const char* const theirs : {"", "requires_moonlight", "Succeeded", "succeeded "}) {
    EXPECT_EQ(map_payment_intent_status(theirs), AcceptedAs::pending) << theirs;
    EXPECT_EQ(map_refund_status(theirs), RefundOutcome::pending) << theirs;
  }
}

TEST(StripeStatusMap, WalksEveryDecline) {
  std::map<std::string_view, int> seen;
  std::map<RetryClass, int> classes;
  for (const DeclineRow& row : declines()) {
    EXPECT_EQ(++seen[row.theirs], 1) << row.theirs << " stands twice";
    ++classes[row.retry];
    // As a decline code under the general code, and as a code of its own.
    for (const Decline& decline : {map_decline("card_declined", row.theirs), map_decline(row.theirs, "")}) {
      EXPECT_EQ(decline.reason, row.reason) << row.theirs;
      EXPECT_EQ(decline.retry, row.retry) << row.theirs;
    }
  }
  EXPECT_EQ(classes.size(), 3u);
}

// One of each kind, by hand: the ones that failover decides about most often.
TEST(StripeStatusMap, KnowsWhoCanDoSomethingAboutADecline) {
  EXPECT_EQ(map_decline("card_declined", "insufficient_funds").retry, RetryClass::retry_later);
  EXPECT_EQ(map_decline("card_declined", "insufficient_funds").reason, DeclineReason::insufficient_funds);
  EXPECT_EQ(map_decline("expired_card", "").retry, RetryClass::needs_customer);
  EXPECT_EQ(map_decline("expired_card", "").reason, DeclineReason::card_expired);
  EXPECT_EQ(map_decline("card_declined", "stolen_card").reason, DeclineReason::lost_or_stolen);
}

// F09: a hard decline is neither retried nor taken to another gateway, and neither is one that we do
// not know.
TEST(Faults, F09_HardDeclinesAreNotRetried) {
  for (const char* const code : {"stolen_card", "lost_card", "pickup_card", "fraudulent", "do_not_try_again",
                                 "merchant_blacklist", "revocation_of_authorization", "a_code_of_tomorrow"})
    EXPECT_EQ(map_decline("card_declined", code).retry, RetryClass::do_not_retry) << code;
  EXPECT_EQ(map_decline("", "").retry, RetryClass::do_not_retry);
}

}  // namespace
}  // namespace payweir::stripe
