#pragma once
// What the switch cannot decide waits for a person: the list of it, and a person's word on one operation.
// Every word is kept with its author; above a limit a second person must say the same before it counts.
#include <optional>
#include <string>
#include <vector>

#include "flows/payments.hpp"

namespace payweir::flows {

struct UnresolvedView {
  Operation operation;
  std::string merchant_id, payment_id;
  std::string refund_id;  // "" when it is about the payment itself
  PaymentState payment_state = PaymentState::conflicted;
  std::string connector, merchant_connector_id;
  std::string connector_payment_id;  // the gateway's, "" when it was never told
  std::string reason;
  Instant since;
  std::optional<store::ManualSettlementRow> proposal;
};

struct SettleManually {
  std::string operation_id;
  std::optional<AcceptedAs> executed_as;  // unset: it was not executed
  std::int64_t amount_minor = 0;          // captured only
  std::string note;                       // why; 1 to 500 characters
};

struct SettlementView {
  store::ManualSettlementRow settlement;
  std::string operation_id, merchant_id, payment_id, refund_id;
  PaymentState payment_state = PaymentState::conflicted;
};

// How a settlement becomes bytes.
class SettlementRendering {
 public:
  virtual ~SettlementRendering() = default;
  [[nodiscard]] virtual std::string settlement(const SettlementView& view) const = 0;
};

// Longest waiting first; at most `limit` of payments and as many of refunds. Error: forbidden.
[[nodiscard]] Task<Result<std::vector<UnresolvedView>>> list_unresolved(Context& context, Principal principal,
                                                                        std::size_t limit);

// Settles, or proposes to, or agrees with another person's proposal; a proposal that says something else
// replaces the one that stands. Errors: forbidden, not_found, illegal_transition (it does not wait for a
// person, or the outcome does not fit), invalid_value, store_*, idempotency_*.
[[nodiscard]] Task<Result<Answer>> settle_manually(Context& context, Principal principal, Key key,
                                                   SettleManually command,
                                                   const SettlementRendering& rendering);

}  // namespace payweir::flows
