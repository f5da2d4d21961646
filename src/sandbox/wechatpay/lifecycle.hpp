#pragma once
// What happens to an order and its refunds, whoever causes it, and the callbacks that follow.
#include "sandbox/wechatpay/call.hpp"

namespace payweir::sandbox::wechatpay {

// A refund is under way this long.
inline constexpr Duration kRefundTakes = seconds(2);
// Refunds of fen with these last four digits end otherwise, or never.
inline constexpr std::int64_t kAbnormalDigits = 4403, kClosedDigits = 4404, kEndlessDigits = 4405;

// Paid; notifies TRANSACTION.SUCCESS.
void pay(State& state, Order& order, Instant now, Draws& draws);
void close(Order& order, OrderState as, Instant now);
// Requires: what OrderBooks::refund() does. It settles by itself.
OrderRefund& refund(State& state, Order& order, OrderRefund made, Instant now, Draws& draws);
// Notifies REFUND.SUCCESS, REFUND.ABNORMAL or REFUND.CLOSED.
void settle_refund(State& state, Order& order, std::size_t refund, Instant now, Draws& draws);

}  // namespace payweir::sandbox::wechatpay
