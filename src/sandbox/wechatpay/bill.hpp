#pragma once
// GET /v3/bill/tradebill and fundflowbill, and the CSV files that their links lead to. Bills are in yuan.
// https://pay.weixin.qq.com/doc/v3/merchant/4012791864 and 4012791886, read 2026-11-22.
#include "sandbox/wechatpay/call.hpp"

namespace payweir::sandbox::wechatpay {

inline constexpr Duration kBillLinkLife = minutes(5);
inline constexpr Duration kBillsKept = days(92);
inline constexpr std::size_t kBillLinksMax = 100;

[[nodiscard]] Reply request_trade_bill(Call& call);
[[nodiscard]] Reply request_fund_flow_bill(Call& call);
// GET /v3/billdownload/file?token=…; not signed.
[[nodiscard]] Reply download_bill(Call& call);

}  // namespace payweir::sandbox::wechatpay
