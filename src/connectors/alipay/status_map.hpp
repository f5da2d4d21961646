#pragma once
// What Alipay's words mean, as tables. A test walks every row.
#include <span>
#include <string_view>

#include "domain/outcome.hpp"

namespace payweir::alipay {

// trade_status of a query or a callback.
enum class TradeStatus { waiting, paid, closed, unheard_of };
struct TradeStatusRow {
  std::string_view theirs;
  TradeStatus ours;
};
[[nodiscard]] std::span<const TradeStatusRow> trade_statuses();
// A status that Alipay adds one day decides nothing.
[[nodiscard]] TradeStatus map_trade_status(std::string_view theirs);

// What an answer that is no success says of the operation.
enum class Refusal {
  declined,      // by the payer's side or by Alipay's rules
  rejected,      // the request itself was wrong
  credentials,   // the application may not do this
  rate_limited,  // too many at once
  unknown,       // it may have been done: ask
  not_found,     // there is no such order
};
struct ErrorRow {
  std::string_view theirs;  // a sub_code, or the code when there is none
  Refusal ours;
  DeclineReason reason;
  RetryClass retry;
};
[[nodiscard]] std::span<const ErrorRow> errors();
// The sub_code says more than the code. One that neither table names is unknown, never failed.
[[nodiscard]] const ErrorRow& map_error(std::string_view code, std::string_view sub_code);

}  // namespace payweir::alipay
