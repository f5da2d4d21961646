#pragma once
// What is signed between a merchant and WeChat Pay, and how:
// https://pay.weixin.qq.com/doc/v3/merchant/4012365336 (requests) and …/4013053249 (answers and callbacks),
// read 2026-11-22.
#include <string>
#include <string_view>

#include "base/http.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "connectors/wechatpay/certificates.hpp"
#include "connectors/wechatpay/credentials.hpp"

namespace payweir::wechatpay {

// "METHOD\npath?query\ntimestamp\nnonce\nbody\n": seconds since 1970.
[[nodiscard]] std::string request_sign_string(std::string_view method, std::string_view target,
                                              std::string_view timestamp, std::string_view nonce,
                                              std::string_view body);
// The value of the Authorization header.
[[nodiscard]] std::string authorization(const Credentials& credentials, std::string_view timestamp,
                                        std::string_view nonce, std::string_view sign_string);

// What an app or a page inside WeChat hands over: "appid\ntimestamp\nnonce\nlast\n", signed, base64.
[[nodiscard]] std::string pay_sign(const Credentials& credentials, std::string_view timestamp,
                                   std::string_view nonce, std::string_view last_line);

// Headers and body of an answer or a callback. Errors: webhook_missing_header, webhook_malformed_header,
// webhook_unknown_serial (of somebody who claims to have signed it just now), webhook_signature_mismatch,
// webhook_timestamp_out_of_tolerance.
[[nodiscard]] Result<void> verify(const http::Headers& headers, std::string_view body, const Trust& trust,
                                  Instant now, Duration tolerance);
// Whether verify() would say webhook_unknown_serial.
[[nodiscard]] bool is_by_unknown_key(const http::Headers& headers, const Trust& trust, Instant now,
                                     Duration tolerance);

}  // namespace payweir::wechatpay
