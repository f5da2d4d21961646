#include "connectors/wechatpay/retry_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "connectors/wechatpay/status_map.hpp"

namespace payweir::wechatpay {
namespace {

const routing::BuiltInRetryRule* find(std::string_view code) {
  const auto found = std::ranges::find_if(kRetryRules, [&](const routing::BuiltInRetryRule& rule) {
    std::string word(rule.code);
    std::erase(word, '_');
    return word == code;
  });
  return found == std::end(kRetryRules) ? nullptr : &*found;
}

// A no has a rule; what may have charged needs none.
TEST(WechatPayRetryRules, NameEveryNoOfTheStatusMap) {
  for (const ErrorRow& row : errors()) {
    const bool is_no = row.ours == Refusal::declined || row.ours == Refusal::rejected ||
                       row.ours == Refusal::credentials || row.ours == Refusal::rate_limited;
    const routing::BuiltInRetryRule* rule = find(row.theirs);
    if (is_no) ASSERT_TRUE(rule) << row.theirs;
    if (row.ours != Refusal::declined) continue;
    if (row.retry != RetryClass::retry_later)
      EXPECT_EQ(rule->decision, routing::RetryDecision::do_default) << row.theirs;
  }
}

// Nobody but the payer's own wallet could authenticate its payer.
TEST(WechatPayRetryRules, NeverStepUp) {
  for (const routing::BuiltInRetryRule& rule : kRetryRules)
    EXPECT_FALSE(rule.step_up_possible) << rule.code;
}

}  // namespace
}  // namespace payweir::wechatpay
