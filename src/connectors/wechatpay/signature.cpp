#include "connectors/wechatpay/signature.hpp"

#include <charconv>

#include "crypto/encoding.hpp"

namespace payweir::wechatpay {
namespace {

constexpr std::string_view kProbe = "WECHATPAY/SIGNTEST/";

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

// What the headers say of who signed, and when. Views are into the headers.
struct Claim {
  std::string_view timestamp, nonce, serial, signature;
  Instant signed_at;
};

Result<Claim> read_claim(const http::Headers& headers) {
  Claim claim{headers.get("Wechatpay-Timestamp"),
              headers.get("Wechatpay-Nonce"),
              headers.get("Wechatpay-Serial"),
              headers.get("Wechatpay-Signature"),
              {}};
  for (const std::string_view needed : {claim.timestamp, claim.nonce, claim.serial, claim.signature})
    if (needed.empty()) return fail(Code::webhook_missing_header, "", "a header Wechatpay-… is missing");
  const std::optional<std::int64_t> signed_at = seconds_of(claim.timestamp);
  if (!signed_at) return fail(Code::webhook_malformed_header, "", "Wechatpay-Timestamp is no time");
  claim.signed_at = Instant{*signed_at * 1000};
  // Now and then WeChat Pay sends such a one to see whether anybody looks. Nothing is to come of it.
  if (claim.signature.starts_with(kProbe))
    return fail(Code::webhook_signature_mismatch, "", "not signed by WeChat Pay, but a probe");
  return claim;
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

Result<void> verify(const http::Headers& headers, std::string_view body, const Trust& trust, Instant now,
                    Duration tolerance) {
  const Result<Claim> claim = read_claim(headers);
  if (!claim) return fail(claim.error());
  const crypto::RsaPublicKey* const key = trust.find(claim->serial, now);
  const bool is_timely = now - claim->signed_at <= tolerance && claim->signed_at - now <= tolerance;
  if (key != nullptr) {
    const Result<std::string> raw = crypto::from_base64(claim->signature);
    if (!raw || !key->verify_sha256(lines({claim->timestamp, claim->nonce, body}), *raw))
      return fail(Code::webhook_signature_mismatch, "", "not signed by WeChat Pay");
  }
  if (!is_timely)
    return fail(Code::webhook_timestamp_out_of_tolerance, "", "signed too long ago, or by another clock");
  if (key == nullptr)
    return fail(Code::webhook_unknown_serial, "", "signed with a key of WeChat Pay that is not known");
  return {};
}

bool is_by_unknown_key(const http::Headers& headers, const Trust& trust, Instant now, Duration tolerance) {
  const Result<Claim> claim = read_claim(headers);
  return claim && trust.find(claim->serial, now) == nullptr && now - claim->signed_at <= tolerance &&
         claim->signed_at - now <= tolerance;
}

}  // namespace payweir::wechatpay
