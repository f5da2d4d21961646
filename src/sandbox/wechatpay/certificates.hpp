#pragma once
// GET /v3/certificates: the platform's certificate, sealed under the APIv3 key.
// https://pay.weixin.qq.com/doc/v3/merchant/4012551764, read 2026-11-22.
#include "sandbox/wechatpay/call.hpp"

namespace payweir::sandbox::wechatpay {

// 404 for a merchant that works with WeChat Pay's public key instead.
[[nodiscard]] Reply list_certificates(Call& call);

}  // namespace payweir::sandbox::wechatpay
