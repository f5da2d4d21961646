#include "domain/routing/retry_rules.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

namespace payweir::routing {
namespace {

constexpr BuiltInRetryRule kLines[] = {
    {"card_declined", RetryDecision::do_default, StandardisedCode::do_not_honor},
    {"do_not_honor", RetryDecision::retry, StandardisedCode::do_not_honor},
    {"approve_with_id", RetryDecision::retry, StandardisedCode::authentication_required, true},
    {"NOT_ENOUGH", RetryDecision::do_default, StandardisedCode::insufficient_funds},
};

std::vector<RetryRule> built_in() {
  std::vector<RetryRule> rules;
  for (const BuiltInRetryRule& line : kLines)
    rules.push_back(to_rule("acme", line));
  return rules;
}

RetryRule stored(std::string message, std::string name, std::string flow = "Payment",
                 std::string sub_flow = "Authorize") {
  RetryRule rule;
  rule.connector = "acme";
  rule.flow = std::move(flow);
  rule.sub_flow = std::move(sub_flow);
  rule.code = "card_declined";
  rule.message = std::move(message);
  rule.description = std::move(name);
  return rule;
}

constexpr std::string_view kDeclined = "message - Your card was declined., decline_code - do_not_honor";

std::string found(const RetryRules& rules, OperationKind kind, std::string code, std::string message) {
  const RetryRule* rule = rules.find("acme", kind, {std::move(code), std::move(message), ""});
  return rule ? rule->description : "none";
}

TEST(RetryRules, TheMostExactStoredOneComesFirst) {
  const std::string whole(kDeclined);
  std::vector<RetryRule> all;
  for (const auto& [message, name] :
       std::initializer_list<std::pair<std::string, std::string>>{{"", "any"},
                                                                  {"Your card was declined.", "sentence"},
                                                                  {"do_not_honor", "code"},
                                                                  {whole, "whole"}}) {
    all.push_back(stored(message, name));
    const RetryRules rules(all, {});
    EXPECT_EQ(found(rules, OperationKind::authorise, "card_declined", whole), name);
    EXPECT_EQ(found(rules, OperationKind::authorise, "card_declined", "something else"), "any");
  }
}

TEST(RetryRules, StoredOnesComeBeforeBuiltInOnes) {
  const std::vector<RetryRule> own = built_in();
  const std::string whole(kDeclined);
  EXPECT_EQ(RetryRules({}, own).find("acme", OperationKind::authorise, {"card_declined", whole, ""}),
            &own[1]);
  EXPECT_EQ(found(RetryRules({stored("", "ours")}, own), OperationKind::authorise, "card_declined", whole),
            "ours");
}

TEST(RetryRules, BuiltInOnesGoByTheDeclineCodeThenByTheCode) {
  const std::vector<RetryRule> own = built_in();
  const RetryRules rules({}, own);
  const auto find = [&](std::string code, std::string message) {
    return rules.find("acme", OperationKind::capture, {std::move(code), std::move(message), ""});
  };
  EXPECT_EQ(find("card_declined", "message - No., decline_code - one_of_tomorrow"), &own[0]);
  EXPECT_EQ(find("card_declined", "No."), &own[0]);
  EXPECT_EQ(find("NOTENOUGH", ""), &own[3]) << "underscores do not matter";
  EXPECT_EQ(find("NOT_ENOUGH_", ""), &own[3]);
  EXPECT_EQ(find("NOT_ENOUG", ""), nullptr);
  EXPECT_EQ(find("", ""), nullptr);
  EXPECT_EQ(rules.find("other", OperationKind::capture, {"card_declined", "", ""}), nullptr);
}

TEST(RetryRules, AFlowHasRulesOfItsOwnAndARefundFallsBack) {
  const RetryRules rules({stored("", "payment"), stored("", "capture", "Payment", "Capture")}, {});
  EXPECT_EQ(found(rules, OperationKind::authorise, "card_declined", ""), "payment");
  EXPECT_EQ(found(rules, OperationKind::capture, "card_declined", ""), "capture");
  EXPECT_EQ(found(rules, OperationKind::void_authorisation, "card_declined", ""), "none");
  EXPECT_EQ(found(rules, OperationKind::refund, "card_declined", ""), "payment");
  const RetryRules with_refund({stored("", "payment"), stored("", "refund", "refund_flow", "sub_flow")}, {});
  EXPECT_EQ(found(with_refund, OperationKind::refund, "card_declined", ""), "refund");
}

TEST(RetryRules, AMessageThatOnlyLooksComposedIsTakenWhole) {
  const RetryRules rules({stored("x", "part")}, {});
  for (const char* const message :
       {", decline_code - x", "message, decline_code - x", "message - decline_code - x"})
    EXPECT_EQ(found(rules, OperationKind::authorise, "card_declined", message), "none") << message;
}

TEST(StandardisedCode, EveryOneIsInItsPlaceWithItsWords) {
  for (std::size_t i = 0; i < kStandardisedCodeCount; ++i) {
    const StandardisedCodeInfo& info = info_of(static_cast<StandardisedCode>(i));
    EXPECT_TRUE(is_standardised_code(info.word));
    EXPECT_FALSE(info.description.empty() || info.guidance.empty()) << info.word;
  }
  for (std::size_t i = 0; i < kErrorCategoryCount; ++i)
    EXPECT_TRUE(is_error_category(to_string(static_cast<ErrorCategory>(i))));
  EXPECT_FALSE(is_standardised_code("") || is_standardised_code("Do_Not_Honor") || is_error_category(""));
}

// ── Whether an outcome moves on ───────────────────────────────────────────────────────────────────

constexpr auto kLastReason = static_cast<int>(DeclineReason::stop_payment);

outcome::Declined declined(DeclineReason reason, RetryClass retry) {
  outcome::Declined no;
  no.reason = reason;
  no.retry = retry;
  return no;
}

RetryRule rule_of(RetryDecision decision, bool step_up_possible) {
  RetryRule rule;
  rule.decision = decision;
  rule.step_up_possible = step_up_possible;
  return rule;
}

// F09: whatever a rule says.
TEST(Faults, F09_NoRuleSoftensAHardDecline) {
  int hard = 0;
  for (int i = 0; i <= kLastReason; ++i) {
    const auto reason = static_cast<DeclineReason>(i);
    if (!is_hard(reason)) continue;
    ++hard;
    for (const RetryClass retry :
         {RetryClass::do_not_retry, RetryClass::retry_later, RetryClass::needs_customer})
      for (const RetryDecision decision : {RetryDecision::do_default, RetryDecision::retry})
        for (const bool step_up : {false, true}) {
          const RetryRule rule = rule_of(decision, step_up);
          EXPECT_EQ(may_retry(declined(reason, retry), &rule), Retry::no) << to_string(reason);
          EXPECT_EQ(may_retry(declined(reason, retry), nullptr), Retry::no) << to_string(reason);
        }
  }
  EXPECT_EQ(hard, 5);
  for (const DeclineReason reason :
       {DeclineReason::lost_or_stolen, DeclineReason::suspected_fraud, DeclineReason::restricted,
        DeclineReason::invalid_account, DeclineReason::stop_payment})
    EXPECT_TRUE(is_hard(reason)) << to_string(reason);
}

TEST(MayRetry, OfASofterDeclineTheRuleDecides) {
  for (int i = 0; i <= kLastReason; ++i) {
    const auto reason = static_cast<DeclineReason>(i);
    if (is_hard(reason)) continue;
    for (const RetryClass retry :
         {RetryClass::do_not_retry, RetryClass::retry_later, RetryClass::needs_customer}) {
      const Outcome no = declined(reason, retry);
      const Retry alone = retry == RetryClass::retry_later ? Retry::next_account : Retry::no;
      EXPECT_EQ(may_retry(no, nullptr), alone) << to_string(reason) << ' ' << to_string(retry);
      const RetryRule forbids = rule_of(RetryDecision::do_default, false);
      const RetryRule allows = rule_of(RetryDecision::retry, false);
      EXPECT_EQ(may_retry(no, &forbids), Retry::no) << to_string(reason) << ' ' << to_string(retry);
      EXPECT_EQ(may_retry(no, &allows), Retry::next_account) << to_string(reason) << ' ' << to_string(retry);
      const RetryRule steps_up = rule_of(RetryDecision::do_default, true);
      const RetryRule both = rule_of(RetryDecision::retry, true);
      EXPECT_EQ(may_retry(no, &steps_up), Retry::step_up) << to_string(reason);
      EXPECT_EQ(may_retry(no, &both), Retry::step_up) << to_string(reason);
      EXPECT_EQ(may_retry(no, &steps_up, StepUp::unavailable), Retry::no) << to_string(reason);
      EXPECT_EQ(may_retry(no, &both, StepUp::unavailable), Retry::next_account) << to_string(reason);
    }
  }
}

TEST(MayRetry, WhatWasNotExecutedMovesOnUnlessARuleForbids) {
  using Cause = outcome::Rejected::Cause;
  const RetryRule forbids = rule_of(RetryDecision::do_default, true);
  const RetryRule allows = rule_of(RetryDecision::retry, true);
  const std::array<Outcome, 4> all = {outcome::NotSent{}, outcome::Rejected{{}, Cause::request},
                                      outcome::Rejected{{}, Cause::credentials},
                                      outcome::Rejected{{}, Cause::rate_limit}};
  for (const Outcome& outcome : all) {
    EXPECT_EQ(may_retry(outcome, nullptr), Retry::next_account);
    EXPECT_EQ(may_retry(outcome, &allows), Retry::next_account) << "3-D Secure helps against declines only";
    EXPECT_EQ(may_retry(outcome, &forbids), Retry::no);
  }
}

// F01: an unknown outcome stays where it is, and so does what was accepted.
TEST(Faults, F01_NoRuleMovesWhatMayHaveCharged) {
  for (const RetryDecision decision : {RetryDecision::do_default, RetryDecision::retry}) {
    const RetryRule rule = rule_of(decision, true);
    for (const RetryRule* each : {&rule, static_cast<const RetryRule*>(nullptr)}) {
      EXPECT_EQ(may_retry(outcome::Unknown{}, each), Retry::no);
      EXPECT_EQ(may_retry(outcome::Unknown{"", "", true}, each), Retry::no);
      for (int as = 0; as <= static_cast<int>(AcceptedAs::refunded); ++as)
        EXPECT_EQ(may_retry(outcome::Accepted{.as = static_cast<AcceptedAs>(as)}, each), Retry::no);
    }
  }
}

}  // namespace
}  // namespace payweir::routing
