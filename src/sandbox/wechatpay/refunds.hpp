#pragma once
// The handlers of /v3/refund/domestic/refunds. https://pay.weixin.qq.com/doc/v3/merchant/4012791862 and
// 4012791863, read 2026-11-22.
#include "sandbox/wechatpay/call.hpp"

namespace payweir::sandbox::wechatpay {

inline constexpr std::size_t kRefundsPerOrderMax = 50;
inline constexpr Duration kRefundable = days(365);

// The same out_refund_no with the same terms is the same refund, as it stands by then.
[[nodiscard]] Reply create_refund(Call& call);
[[nodiscard]] Reply query_refund(Call& call);

// Refunds as a person in the merchant's console would; no amount is all that is left. Errors: as
// create_refund().
[[nodiscard]] Parsed<const OrderRefund*> refund_in_dashboard(State& state, Order& order,
                                                             std::optional<std::int64_t> amount, Instant now,
                                                             Draws& draws);

}  // namespace payweir::sandbox::wechatpay
