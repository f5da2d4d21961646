#pragma once
// What WeChat Pay's words mean, as tables. A test walks every row.
#include <span>
#include <string_view>

#include "domain/outcome.hpp"

namespace payweir::wechatpay {

enum class TradeState { waiting, paying, pending, paid, closed, failed, unheard_of };
struct TradeStateRow {
  std::string_view theirs;
  TradeState ours;
};
[[nodiscard]] std::span<const TradeStateRow> trade_states();
// A state that WeChat Pay adds one day decides nothing.
[[nodiscard]] TradeState map_trade_state(std::string_view theirs);

enum class RefundStatus { processing, done, closed, abnormal, unheard_of };
struct RefundStatusRow {
  std::string_view theirs;
  RefundStatus ours;
};
[[nodiscard]] std::span<const RefundStatusRow> refund_statuses();
[[nodiscard]] RefundStatus map_refund_status(std::string_view theirs);

enum class Refusal { declined, rejected, credentials, rate_limited, unknown, not_found, paid, closed };
struct ErrorRow {
  std::string_view theirs;  // without underscores: WeChat Pay writes both ORDER_NOT_EXIST and ORDERNOTEXIST
  Refusal ours;
  DeclineReason reason;
  RetryClass retry;
};
[[nodiscard]] std::span<const ErrorRow> errors();
// A code that the table does not name is unknown, never failed.
[[nodiscard]] const ErrorRow& map_error(std::string_view code);

}  // namespace payweir::wechatpay
