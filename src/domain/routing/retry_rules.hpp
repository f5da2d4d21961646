#pragma once
// Retry rules: what a gateway's word about a payment that came to nothing means here: whether another gateway
// may be asked, whether the payer should be authenticated first, and how the API names it. There are built-in
// rules for every connector; stored ones come before them. Immutable once made, and shared by threads.
//
// A rule advises. Two gates stand before every rule: a decline that the issuer means for good is never tried
// again, and what may have charged never moves on.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/outcome.hpp"
#include "domain/payment.hpp"

namespace payweir::routing {

// The numbers are stored.
enum class RetryDecision : std::uint8_t { do_default = 1, retry = 2 };
[[nodiscard]] std::string_view to_string(RetryDecision decision);
[[nodiscard]] std::optional<RetryDecision> parse_retry_decision(std::string_view word);

struct RetryRule {
  std::string connector;       // "stripe"
  std::string flow, sub_flow;  // "Payment", "Authorize"
  std::string code, message;   // the gateway's; an empty message stands for any
  std::string status;          // "failure"; shown, and not acted upon
  std::string router_error;    // "" when there is none, as all below
  RetryDecision decision = RetryDecision::do_default;
  bool step_up_possible = false;            // trying again with 3-D Secure may help
  bool clear_pan_possible = false;          // kept and shown: there are no network tokens here yet
  bool alternate_network_possible = false;  // kept and shown: no debit routing either
  std::string unified_code, unified_message;
  std::string error_category, standardised_code;  // words of the lists below
  std::string description, user_guidance_message;
  friend bool operator==(const RetryRule&, const RetryRule&) = default;
};

[[nodiscard]] bool is_error_category(std::string_view word);
[[nodiscard]] bool is_standardised_code(std::string_view word);

// How rules call what is asked of a gateway.
struct RetryFlow {
  std::string_view flow, sub_flow;
};
[[nodiscard]] RetryFlow retry_flow(OperationKind kind);

class RetryRules {
 public:
  explicit RetryRules(std::vector<RetryRule> stored);

  // The rule for what a gateway said: that of this very message first, then that of the decline code or the
  // sentence in it, then that of any message. Stored ones before built-in ones, which hold for all sub-flows;
  // for a refund without a rule of its own, those of an authorisation. null: none. Lives as long as this.
  [[nodiscard]] const RetryRule* find(std::string_view connector, std::string_view flow,
                                      std::string_view sub_flow, std::string_view code,
                                      std::string_view message) const;
  [[nodiscard]] const RetryRule* find(std::string_view connector, OperationKind kind,
                                      const GatewayError& error) const;

 private:
  std::vector<RetryRule> stored_;  // in the order of what names them
};

// Of built-in rules, connector by connector.
[[nodiscard]] const std::vector<RetryRule>& built_in_retry_rules();

// What may follow an outcome of an attempt's first call.
enum class Retry : std::uint8_t {
  no,
  next_account,  // at another gateway account, as it is
  step_up,       // with 3-D Secure
};
// Whether 3-D Secure can still be asked for: not when this attempt had it, or when it is no card.
enum class StepUp : std::uint8_t { available, unavailable };

// `rule`: the one for this outcome, null when there is none. Whatever it says: never after a decline that is
// meant for good (is_hard), and never when the gateway may have charged.
[[nodiscard]] Retry may_retry(const Outcome& outcome, const RetryRule* rule,
                              StepUp step_up = StepUp::available);

// Declines that no rule softens: asking again would be refused, and costs the merchant its standing with the
// card schemes.
[[nodiscard]] bool is_hard(DeclineReason reason);

}  // namespace payweir::routing
