#pragma once
// Retry rules, as an administrator changes them: what a gateway's word means, for all merchants. They count
// for every outcome that comes after, at once on all threads.
#include <optional>
#include <string>

#include "domain/routing/retry_rules.hpp"
#include "flows/payments.hpp"

namespace payweir::flows {

// Limits of a rule's texts, in bytes.
inline constexpr std::size_t kRetryWordMax = 64;        // connector, flow, sub_flow, status, router_error
inline constexpr std::size_t kRetryCodeMax = 255;       // code, unified_code
inline constexpr std::size_t kRetryMessageMax = 1'024;  // message and all other texts for people

// What a rule is known by.
struct RetryRuleName {
  std::string connector, flow, sub_flow, code, message;
};

// What is not given stays as it is, or is empty in a new rule.
struct ChangeRetryRule {
  RetryRuleName name;
  std::optional<std::string> status, router_error, unified_code, unified_message, error_category,
      standardised_code, description, user_guidance_message;
  std::optional<routing::RetryDecision> decision;
  std::optional<bool> step_up_possible, clear_pan_possible, alternate_network_possible;
};

// How a rule becomes bytes, and that one is gone; for the answers that are stored.
class RetryRuleRendering {
 public:
  virtual ~RetryRuleRendering() = default;
  [[nodiscard]] virtual std::string rule(const routing::RetryRule& rule) const = 0;
  [[nodiscard]] virtual std::string deleted(const RetryRuleName& name) const = 0;
};

// Errors of all: forbidden, not_found, store_*. Of creation also: duplicate_resource; invalid_value (field
// connector: there is none of that name; code: there are kRetryRulesMax rules already).
[[nodiscard]] Task<Result<Answer>> create_retry_rule(Context& context, Principal principal, Key key,
                                                     ChangeRetryRule command,
                                                     const RetryRuleRendering& rendering);
// Stored ones only.
[[nodiscard]] Task<Result<routing::RetryRule>> retrieve_retry_rule(Context& context, Principal principal,
                                                                   RetryRuleName name);
[[nodiscard]] Task<Result<Answer>> update_retry_rule(Context& context, Principal principal, Key key,
                                                     ChangeRetryRule command,
                                                     const RetryRuleRendering& rendering);
[[nodiscard]] Task<Result<Answer>> delete_retry_rule(Context& context, Principal principal, Key key,
                                                     RetryRuleName name, const RetryRuleRendering& rendering);

}  // namespace payweir::flows
