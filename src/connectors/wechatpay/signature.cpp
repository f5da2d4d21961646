#include "connectors/wechatpay/signature.hpp"

#include <charconv>

#include "crypto/encoding.hpp"

namespace payweir::wechatpay {
namespace {

std::string lines(std::initializer_list<std::string_view> parts) {
  std::size_t bytes = parts.size();
  for (const std::string_view part : parts)
    bytes += part.size();
  std::string text;
  text.reserve(bytes);
  for (const std::string_view part : parts)
    text.append(part).append("\n");
  return text;
}

std::optional<std::int64_t> seconds_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // Twelve digits are the year 33658.
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || text.size() > 12)
    return std::nullopt;
  return value;
}

}  // namespace

std::string request_sign_string(std::string_view method, std::string_view target, std::string_view timestamp,
                                std::string_view nonce, std::string_view body) {
  return lines({method, target, timestamp, nonce, body});
}

std::string authorization(const Credentials& credentials, std::string_view timestamp, std::string_view nonce,
                          std::string_view sign_string) {
  std::string header = "WECHATPAY2-SHA256-RSA2048 mchid=\"";
  header.append(credentials.mchid).append("\",nonce_str=\"").append(nonce);
  header.append("\",timestamp=\"").append(timestamp).append("\",serial_no=\"").append(credentials.serial_no);
  header.append("\",signature=\"");
  header.append(crypto::to_base64(credentials.private_key().sign_sha256(sign_string))).append("\"");
  return header;
}

std::string pay_sign(const Credentials& credentials, std::string_view timestamp, std::string_view nonce,
                     std::string_view last_line) {
  return crypto::to_base64(
      credentials.private_key().sign_sha256(lines({credentials.appid, timestamp, nonce, last_line})));
}

Result<void> verify(const http::Headers& headers, std::string_view body, const Credentials& credentials,
                    Instant now, Duration tolerance) {
  const std::string_view timestamp = headers.get("Wechatpay-Timestamp");
  const std::string_view nonce = headers.get("Wechatpay-Nonce");
  const std::string_view serial = headers.get("Wechatpay-Serial");
  const std::string_view signature = headers.get("Wechatpay-Signature");
  for (const std::string_view needed : {timestamp, nonce, serial, signature})
    if (needed.empty()) return fail(Code::webhook_missing_header, "", "a header Wechatpay-… is missing");
  const std::optional<std::int64_t> signed_at = seconds_of(timestamp);
  if (!signed_at) return fail(Code::webhook_malformed_header, "", "Wechatpay-Timestamp is no time");
  const crypto::RsaPublicKey* key = credentials.find_platform_key(serial);
  if (key == nullptr)
    return fail(Code::webhook_unknown_serial, "", "signed with a key of WeChat Pay that is not configured");
  // Now and then WeChat Pay sends "WECHATPAY/SIGNTEST/…" to see whether anybody looks.
  const Result<std::string> raw = crypto::from_base64(signature);
  if (!raw || !key->verify_sha256(lines({timestamp, nonce, body}), *raw))
    return fail(Code::webhook_signature_mismatch, "", "not signed by WeChat Pay");
  const Instant made_at{*signed_at * 1000};
  if (now - made_at > tolerance || made_at - now > tolerance)
    return fail(Code::webhook_timestamp_out_of_tolerance, "", "signed too long ago, or by another clock");
  return {};
}

}  // namespace payweir::wechatpay
