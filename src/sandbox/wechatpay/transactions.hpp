#pragma once
// The handlers of /v3/pay/transactions. https://pay.weixin.qq.com/doc/v3/merchant/4012791832 and its
// neighbours; codepay and reverse as the community's OpenAPI documents have them; read 2026-11-22.
#include "sandbox/wechatpay/call.hpp"

namespace payweir::sandbox::wechatpay {

[[nodiscard]] Reply prepay_native(Call& call);
[[nodiscard]] Reply prepay_jsapi(Call& call);
[[nodiscard]] Reply prepay_app(Call& call);
[[nodiscard]] Reply prepay_h5(Call& call);
// Barcode: paid at once, or 202 USERPAYING and later; see auth_codes.hpp.
[[nodiscard]] Reply pay_by_code(Call& call);
[[nodiscard]] Reply query_by_out_trade_no(Call& call);
[[nodiscard]] Reply query_by_transaction_id(Call& call);
[[nodiscard]] Reply close_order(Call& call);
// Of a barcode payment: closes what is unpaid, pays back what is paid.
[[nodiscard]] Reply reverse_order(Call& call);

// What a text of the body must be. Error: PARAM_ERROR naming `path`.
[[nodiscard]] Parsed<std::string> need_text(json::Value value, std::string_view path, std::size_t size_max);
// "1234567890" of ?mchid=1234567890&…; "" when there is none.
[[nodiscard]] std::string query_parameter(const Call& call, std::string_view name);

}  // namespace payweir::sandbox::wechatpay
