#pragma once
// Retry rules: what a gateway's word about a payment that came to nothing means here: whether another gateway
// may be asked, whether the payer should be authenticated first, and how the API names it. Every connector
// brings rules of its own; stored ones come before them.
//
// A rule advises. Two gates stand before every rule: a decline that is meant for good is never tried again,
// and what may have charged never moves on.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/outcome.hpp"
#include "domain/payment.hpp"
#include "domain/routing/standardised_code.hpp"

namespace payweir::routing {

// The numbers are stored.
enum class RetryDecision : std::uint8_t { do_default = 1, retry = 2 };
[[nodiscard]] std::string_view to_string(RetryDecision decision);

struct RetryRule {
  std::string connector;       // "stripe"
  std::string flow, sub_flow;  // "Payment", "Authorize"
  std::string code, message;   // the gateway's; an empty message stands for any
  std::string status;          // "failure"; shown, and not acted upon
  std::string router_error;    // "" when there is none, as all texts below
  RetryDecision decision = RetryDecision::do_default;
  bool step_up_possible = false;            // trying again with 3-D Secure may help
  bool clear_pan_possible = false;          // shown only: there are no network tokens
  bool alternate_network_possible = false;  // shown only: there is no choice of networks
  std::string unified_code, unified_message;
  std::string error_category, standardised_code;
  std::string description, user_guidance_message;
  friend bool operator==(const RetryRule&, const RetryRule&) = default;
};

// One line of a connector's own table.
struct BuiltInRetryRule {
  std::string_view code;  // the decline code where the gateway gives one, else its error code
  RetryDecision decision;
  StandardisedCode means;
  bool step_up_possible = false;
};
[[nodiscard]] RetryRule to_rule(std::string_view connector, const BuiltInRetryRule& line);

// How rules call what is asked of a gateway.
struct RetryFlow {
  std::string_view flow, sub_flow;
};
[[nodiscard]] RetryFlow retry_flow(OperationKind kind);

// Immutable once made, and shared by threads.
class RetryRules {
 public:
  // `built_in` outlives this. They hold for all flows.
  explicit RetryRules(std::vector<RetryRule> stored, std::span<const RetryRule> built_in = {});

  // The rule for what a gateway said: of this very message, else of the decline code that the message ends
  // with, else of its sentence, else of any message. Stored rules come before built-in ones; a refund without
  // rules of its own has those of an authorisation. null: none. Lives as long as this.
  [[nodiscard]] const RetryRule* find(std::string_view connector, std::string_view flow,
                                      std::string_view sub_flow, std::string_view code,
                                      std::string_view message) const;
  [[nodiscard]] const RetryRule* find(std::string_view connector, OperationKind kind,
                                      const GatewayError& error) const;

 private:
  [[nodiscard]] const RetryRule* find_stored(std::string_view connector, RetryFlow flow,
                                             std::string_view code, std::string_view message) const;

  std::vector<RetryRule> stored_;  // in the order of what names them
  std::span<const RetryRule> built_in_;
};

// What may follow a payment's call that came to nothing.
enum class Retry : std::uint8_t {
  no,
  next_account,  // as it is, at another gateway account
  step_up,       // with 3-D Secure
};
// Whether 3-D Secure can still be asked for: not when this attempt had it, nor of a wallet.
enum class StepUp : std::uint8_t { available, unavailable };

// `rule`: the one for this outcome, null when there is none. Where 3-D Secure may help it comes first.
[[nodiscard]] Retry may_retry(const Outcome& outcome, const RetryRule* rule,
                              StepUp step_up = StepUp::available);

}  // namespace payweir::routing
