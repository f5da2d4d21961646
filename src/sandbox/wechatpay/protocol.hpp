#pragma once
// WeChat Pay's API v3: how requests, answers and callbacks are signed, and how errors are worded.
// https://pay.weixin.qq.com/doc/v3/merchant/4012365342 ("签名生成") and 4012365334 ("验签"), read 2026-11-22.
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/http.hpp"
#include "base/time.hpp"
#include "sandbox/draws.hpp"
#include "sandbox/wechatpay/merchants.hpp"

namespace payweir::sandbox::wechatpay {

struct Problem {
  int status = 400;
  std::string_view code;
  std::string message;
  std::string field;  // "/amount/total"; "" when it is not about one
};
template <class T>
using Parsed = std::expected<T, Problem>;

[[nodiscard]] Problem param_error(std::string_view field, std::string_view why);
[[nodiscard]] Problem sign_error(std::string_view why);
[[nodiscard]] Problem system_error();
[[nodiscard]] Problem rate_limited();
[[nodiscard]] std::string render(const Problem& problem);

// Who signed the request. `prefix` is the path in front of the sandbox's own paths: some clients sign with
// it, some without. Without a `now` its age is of no interest. Error: 401 SIGN_ERROR.
[[nodiscard]] Parsed<std::shared_ptr<Merchant>> authenticate(const http::Request& request,
                                                             std::string_view prefix,
                                                             const Merchants& merchants,
                                                             std::optional<Instant> now);

// Wechatpay-Timestamp, -Nonce, -Serial and -Signature over the body. A probe is a signature that no client
// may accept.
void sign(http::Headers& headers, std::string_view body, const PlatformKey& key, Instant now,
          std::string_view nonce, bool is_probe);

}  // namespace payweir::sandbox::wechatpay
