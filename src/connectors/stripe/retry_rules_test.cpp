#include "connectors/stripe/retry_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "connectors/stripe/status_map.hpp"

namespace payweir::stripe {
namespace {

const routing::BuiltInRetryRule* find(std::string_view code) {
  const auto found = std::ranges::find(kRetryRules, code, &routing::BuiltInRetryRule::code);
  return found == std::end(kRetryRules) ? nullptr : &*found;
}

TEST(StripeRetryRules, NameEveryDeclineOfTheStatusMap) {
  for (const DeclineRow& row : declines()) {
    const routing::BuiltInRetryRule* rule = find(row.theirs);
    ASSERT_TRUE(rule) << row.theirs;
    // Who knows the reason knows that a later try needs another day, or another payer: that is no other
    // gateway.
    if (rule->decision == routing::RetryDecision::retry)
      EXPECT_EQ(row.retry, RetryClass::retry_later) << row.theirs;
    if (is_hard(row.reason)) EXPECT_FALSE(rule->step_up_possible) << row.theirs;
  }
}

// F09: what the issuer means for good is no other gateway's either; written out a second time.
TEST(Faults, F09_TheRulesForStripeRetryNoHardDecline) {
  for (const char* const code :
       {"stolen_card", "lost_card", "pickup_card", "restricted_card", "fraudulent", "highest_risk_level",
        "merchant_blacklist", "do_not_try_again", "revocation_of_authorization",
        "revocation_of_all_authorizations", "stop_payment_order", "invalid_account", "security_violation",
        "transaction_not_allowed", "card_declined"})
    EXPECT_EQ(find(code)->decision, routing::RetryDecision::do_default) << code;
}

TEST(StripeRetryRules, StepUpWhereTheIssuerAsksForTheCardholder) {
  for (const routing::BuiltInRetryRule& rule : kRetryRules)
    if (rule.step_up_possible)
      EXPECT_TRUE(rule.means == Means::authentication_required ||
                  rule.means == Means::incorrect_authentication_code)
          << rule.code;
  EXPECT_TRUE(find("authentication_required")->step_up_possible);
  EXPECT_TRUE(find("approve_with_id")->step_up_possible);
}

}  // namespace
}  // namespace payweir::stripe
