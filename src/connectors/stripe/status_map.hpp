#pragma once
// What Stripe's words mean, as tables. A test walks every row.
#include <span>
#include <string_view>

#include "domain/outcome.hpp"

namespace payweir::stripe {

struct StatusRow {
  std::string_view theirs;
  AcceptedAs ours;
};
[[nodiscard]] std::span<const StatusRow> payment_intent_statuses();
// A status that Stripe adds one day is pending, never failed: only an explicit word is final.
[[nodiscard]] AcceptedAs map_payment_intent_status(std::string_view theirs);

enum class RefundOutcome { pending, refunded, failed };
struct RefundStatusRow {
  std::string_view theirs;
  RefundOutcome ours;
};
[[nodiscard]] std::span<const RefundStatusRow> refund_statuses();
[[nodiscard]] RefundOutcome map_refund_status(std::string_view theirs);

struct DeclineRow {
  std::string_view theirs;  // a decline_code, or a code when there is none
  DeclineReason reason;
  RetryClass retry;
};
[[nodiscard]] std::span<const DeclineRow> declines();
struct Decline {
  DeclineReason reason = DeclineReason::unspecified;
  RetryClass retry = RetryClass::do_not_retry;
};
// The decline code says more than the code, so it is looked up first. What neither names is not retried.
[[nodiscard]] Decline map_decline(std::string_view code, std::string_view decline_code);

}  // namespace payweir::stripe
