#pragma once
// Payments as the dialects' golden tests show them: of merchant `shop`, 0.01 yuan, made at 2024-01-01 11:55
// UTC.
#include "flows/views.hpp"

namespace payweir::api::dialects::testkit {

// Waits for its payer on the payment page; ORDER_20240101_001 is its order.
[[nodiscard]] flows::PaymentView open_order();
// Went to this connector by this method, and waits for its payer there.
[[nodiscard]] flows::PaymentView order_at(std::string connector, PaymentMethod method, NextAction next);
// Paid at Alipay five minutes later.
[[nodiscard]] flows::PaymentView paid_order();
[[nodiscard]] flows::RefundView refund_of(const flows::PaymentView& view, std::int64_t amount_minor,
                                          RefundState state);

// A merchant with accounts of these connectors, the names behind "-" switched off.
[[nodiscard]] std::shared_ptr<const flows::MerchantEntry> merchant_with(std::vector<std::string> connectors);

}  // namespace payweir::api::dialects::testkit
