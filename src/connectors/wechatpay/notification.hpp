#pragma once
// WeChat Pay's callbacks, verified over the raw body, then opened, then reduced to what they are about:
// https://pay.weixin.qq.com/doc/v3/merchant/4012791882 (payments) and …/4012791886 (refunds), read
// 2026-11-22.
#include <string>
#include <string_view>

#include "base/http.hpp"
#include "base/result.hpp"
#include "connectors/connector.hpp"
#include "connectors/wechatpay/certificates.hpp"

namespace payweir::wechatpay {

struct Notification {
  std::string id, event_type;
  std::string resource;  // the JSON text that was sealed
};
// Errors: those of verify(), webhook_malformed_header (the body is no callback),
// webhook_unsupported_algorithm, webhook_decrypt_failed.
[[nodiscard]] Result<Notification> open_notification(const http::Headers& headers, std::string_view body,
                                                     const Trust& trust, Instant now, Duration tolerance);
// Error besides: webhook_app_id_mismatch.
[[nodiscard]] Result<GatewayEvent> read_notification(const http::Headers& headers, std::string_view body,
                                                     const Trust& trust, Instant now, Duration tolerance);

}  // namespace payweir::wechatpay
