#pragma once
// What happens to a trade, whoever causes it, and the callbacks that follow.
#include "sandbox/alipay/call.hpp"

namespace payweir::sandbox::alipay {

// A paid trade takes refunds this long, then it is TRADE_FINISHED.
inline constexpr Duration kRefundable = days(90);

// A payer opened it: the trade comes to exist.
void open(State& state, Order& order, Instant now, Draws& draws);
// Paid by whoever opened it; notifies TRADE_SUCCESS.
void pay(State& state, Order& order, Instant now, Draws& draws);
// Closed unpaid; notifies TRADE_CLOSED when there is a trade and `notify`.
void close(State& state, Order& order, OrderState as, Instant now, Draws& draws, bool notify);
// Requires: what OrderBooks::refund() does. Notifies of it when `notify`.
OrderRefund& refund(State& state, Order& order, OrderRefund made, Instant now, Draws& draws, bool notify);

// "TRADE_SUCCESS" and the like, as it is at that time.
[[nodiscard]] std::string_view trade_status(const Order& order, Instant now);
[[nodiscard]] bool is_finished(const Order& order, Instant now);
// "159****5620"
[[nodiscard]] std::string buyer_logon_id(const Order& order);

}  // namespace payweir::sandbox::alipay
