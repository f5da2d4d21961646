#include "flows/routing/retry_rules.hpp"

#include <gtest/gtest.h>

#include "flows/routing/error_meaning.hpp"
#include "flows/testkit.hpp"

namespace payweir::flows {
namespace {

using testkit::World;

class PlainRuleRendering final : public RetryRuleRendering {
 public:
  std::string rule(const routing::RetryRule& rule) const override {
    return "{\"unified_code\":\"" + rule.unified_code + "\"}";
  }
  std::string deleted(const RetryRuleName& name) const override { return "{\"code\":\"" + name.code + "\"}"; }
};
const PlainRuleRendering kRendering;

ChangeRetryRule rule_of(std::string message, std::string unified_code) {
  ChangeRetryRule rule;
  rule.name = {"stripe", "Payment", "Authorize", "card_declined", std::move(message)};
  rule.status = "failure";
  rule.decision = routing::RetryDecision::retry;
  rule.unified_code = std::move(unified_code);
  rule.unified_message = "ours";
  return rule;
}

struct Rules : World {
  Result<Answer> create(ChangeRetryRule rule, Key key = std::nullopt) {
    return run(create_retry_rule(context(), admin(), std::move(key), std::move(rule), kRendering));
  }
  // The unified code of a decline by this decline code, as this thread's context sees it.
  std::string code_of(Context& of_thread, const std::string& decline_code) {
    outcome::Declined no;
    no.error = {"card_declined", "message - No., decline_code - " + decline_code};
    Outcome outcome = std::move(no);
    run(explain(of_thread, "stripe", OperationKind::authorise, outcome));
    Attempt attempt;
    attempt.state = AttemptState::declined;
    attempt.error = std::get<outcome::Declined>(outcome).error;
    return meaning_of(attempt).unified_code;
  }
};

TEST(RetryRulesFlow, AStoredRuleCountsAtOnceOnEveryThread) {
  Rules rules;
  EXPECT_EQ(rules.code_of(rules.other_context(), "issuer_not_available"), "UE_3000") << "built in";
  ASSERT_TRUE(rules.create(rule_of("", "X_1")));
  EXPECT_EQ(rules.code_of(rules.other_context(), "issuer_not_available"), "X_1");
  ASSERT_TRUE(rules.create(rule_of("issuer_not_available", "X_2")));
  EXPECT_EQ(rules.code_of(rules.other_context(), "issuer_not_available"), "X_2");
  EXPECT_EQ(rules.code_of(rules.other_context(), "do_not_honor"), "X_1");

  ChangeRetryRule change;
  change.name = rule_of("", "").name;
  change.unified_code = "X_3";
  const auto changed =
      rules.run(update_retry_rule(rules.context(), rules.admin(), std::nullopt, change, kRendering));
  ASSERT_TRUE(changed) << changed.error().detail;
  EXPECT_EQ(rules.code_of(rules.other_context(), "do_not_honor"), "X_3");
  const auto kept = rules.run(retrieve_retry_rule(rules.context(), rules.admin(), change.name));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->decision, routing::RetryDecision::retry) << "what is not given stays";

  ASSERT_TRUE(
      rules.run(delete_retry_rule(rules.context(), rules.admin(), std::nullopt, change.name, kRendering)));
  EXPECT_EQ(rules.code_of(rules.other_context(), "do_not_honor"), "UE_1000");
  rules.restart();
  EXPECT_EQ(rules.code_of(rules.context(), "issuer_not_available"), "X_2") << "stored";
}

TEST(RetryRulesFlow, OneOfAName) {
  Rules rules;
  ASSERT_TRUE(rules.create(rule_of("", "X_1")));
  const auto again = rules.create(rule_of("", "X_2"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::duplicate_resource);
  EXPECT_EQ(rules.code_of(rules.context(), "do_not_honor"), "X_1");
  ChangeRetryRule unknown = rule_of("", "X_1");
  unknown.name.connector = "strpe";
  const auto refused = rules.create(unknown);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "connector");
}

TEST(RetryRulesFlow, ARepeatedRequestIsAnsweredAsTheFirst) {
  Rules rules;
  const Key create = rules.request_key(rules.admin(), "create"),
            remove = rules.request_key(rules.admin(), "delete");
  ASSERT_TRUE(rules.create(rule_of("", "X_1"), create));
  const auto again = rules.create(rule_of("", "X_1"), create);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_TRUE(again->replayed);
  for (const bool replayed : {false, true}) {
    const auto gone = rules.run(
        delete_retry_rule(rules.context(), rules.admin(), remove, rule_of("", "").name, kRendering));
    ASSERT_TRUE(gone) << gone.error().detail;
    EXPECT_EQ(gone->replayed, replayed);
  }
}

TEST(RetryRulesFlow, BelongToTheAdministrator) {
  Rules rules;
  rules.create_merchant("shop");
  const Principal shop = rules.merchant("shop");
  const RetryRuleName name = rule_of("", "").name;
  const auto made =
      rules.run(create_retry_rule(rules.context(), shop, std::nullopt, rule_of("", "X_1"), kRendering));
  const auto seen = rules.run(retrieve_retry_rule(rules.context(), shop, name));
  const auto changed =
      rules.run(update_retry_rule(rules.context(), shop, std::nullopt, rule_of("", "X_1"), kRendering));
  const auto gone = rules.run(delete_retry_rule(rules.context(), shop, std::nullopt, name, kRendering));
  ASSERT_FALSE(made || seen || changed || gone);
  for (const Error& error : {made.error(), seen.error(), changed.error(), gone.error()})
    EXPECT_EQ(error.code, Code::forbidden);
}

TEST(ErrorMeaning, OfADeclineWithoutARuleIsToldFromItsReason) {
  Attempt attempt;
  attempt.state = AttemptState::declined;
  attempt.decline_reason = DeclineReason::insufficient_funds;
  EXPECT_EQ(meaning_of(attempt).standardised_code, "insufficient_funds");
  attempt.state = AttemptState::failed;
  EXPECT_EQ(meaning_of(attempt).unified_code, "UE_9000");
  attempt.error.code = "not_sent";
  EXPECT_EQ(meaning_of(attempt).unified_code, "UE_3000");
  EXPECT_EQ(meaning_of(Refund{}).unified_message, "Something went wrong");
}

}  // namespace
}  // namespace payweir::flows
