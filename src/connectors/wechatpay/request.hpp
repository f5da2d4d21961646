#pragma once
// Every request that the connector sends to WeChat Pay, as values: API v3 for a merchant of one's own,
// https://pay.weixin.qq.com/doc/v3/merchant/4012791832 and its neighbours, read 2026-11-22.
#include <string>

#include "base/http.hpp"
#include "base/result.hpp"
#include "connectors/wechatpay/credentials.hpp"

namespace payweir::wechatpay {

[[nodiscard]] const Credentials& credentials_of(const ConnectorContext& context);

struct Call {
  http::Method method = http::Method::get;
  std::string target;  // "/v3/…", with its query
  std::string body;    // JSON, "" for none
};
// Signed, with this context's nonce.
[[nodiscard]] http::Request build_request(const Call& call, const ConnectorContext& context);

// What an operation asks for. Errors: invalid_value, missing_field.
[[nodiscard]] Result<Call> call_of(const ConnectorRequest& request, const ConnectorContext& context);
[[nodiscard]] Call query_of(const ConnectorRequest& request, const ConnectorContext& context);
// Closes an order that nobody has paid; a barcode payment is reversed, paid or not.
[[nodiscard]] Call close_of(const ConnectorRequest& request, const ConnectorContext& context);

// 32 characters of this context's random bytes.
[[nodiscard]] std::string nonce_of(const ConnectorContext& context);
[[nodiscard]] std::string timestamp_of(const ConnectorContext& context);

}  // namespace payweir::wechatpay
