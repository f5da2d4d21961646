#pragma once
// Transactions and refunds as JSON, as answers and callbacks show them.
#include <string>
#include <string_view>

#include "sandbox/wechatpay/call.hpp"

namespace payweir::sandbox::wechatpay {

// "NATIVE", "MWEB", …
[[nodiscard]] std::string_view trade_type(Channel channel);
// "NOTPAY", "SUCCESS", …
[[nodiscard]] std::string_view trade_state(const Order& order);
// "PROCESSING", "SUCCESS", …
[[nodiscard]] std::string_view refund_status(RefundState state);

[[nodiscard]] std::string render_transaction(const Order& order, const Merchant& merchant,
                                             std::string_view currency);
[[nodiscard]] std::string render_refund(const Order& order, const OrderRefund& refund,
                                        std::string_view currency);
// As callbacks show it: refund_status instead of status, and fewer amounts.
[[nodiscard]] std::string render_refund_resource(const Order& order, const OrderRefund& refund,
                                                 const Merchant& merchant);

}  // namespace payweir::sandbox::wechatpay
