#pragma once
// The handlers of refunds. https://opendocs.alipay.com/open/4b7cc5db_alipay.trade.refund and
// 8c776df6_alipay.trade.fastpay.refund.query, read 2026-11-22.
#include "sandbox/alipay/call.hpp"

namespace payweir::sandbox::alipay {

[[nodiscard]] Answer refund_trade(Call& call);
[[nodiscard]] Answer query_refund(Call& call);

// Refunds as a person in the merchant's console would; no amount is all that is left. Gives the refund.
// Errors: as refund_trade().
[[nodiscard]] Parsed<const OrderRefund*> refund_in_dashboard(State& state, Order& order,
                                                             std::optional<std::int64_t> amount, Instant now,
                                                             Draws& draws);

}  // namespace payweir::sandbox::alipay
