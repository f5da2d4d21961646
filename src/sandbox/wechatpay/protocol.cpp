#include "sandbox/wechatpay/protocol.hpp"

#include <charconv>
#include <map>
#include <utility>

#include "base/json_writer.hpp"
#include "crypto/encoding.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

constexpr std::string_view kScheme = "WECHATPAY2-SHA256-RSA2048 ";
// A probe begins so, says https://pay.weixin.qq.com/doc/v3/merchant/4013053249 ("签名探测流量").
constexpr std::string_view kProbe = "WECHATPAY/SIGNTEST/";
constexpr Duration kClockSkewMax = minutes(5);

// mchid="…",nonce_str="…",… in any order; nothing of it holds a quotation mark.
std::map<std::string_view, std::string_view> read_authorization(std::string_view text) {
  std::map<std::string_view, std::string_view> fields;
  while (!text.empty()) {
    const std::size_t equals = text.find("=\"");
    if (equals == std::string_view::npos) break;
    const std::size_t end = text.find('"', equals + 2);
    if (end == std::string_view::npos) break;
    std::string_view name = text.substr(0, equals);
    while (name.starts_with(' ') || name.starts_with(','))
      name.remove_prefix(1);
    fields[name] = text.substr(equals + 2, end - equals - 2);
    text.remove_prefix(end + 1);
  }
  return fields;
}

bool is_near(std::string_view timestamp, Instant now) {
  std::int64_t unix_seconds = 0;
  const auto [end, error] =
      std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), unix_seconds);
  if (error != std::errc{} || end != timestamp.data() + timestamp.size()) return false;
  const std::int64_t off_s = unix_seconds - now.ms / 1000;
  return off_s >= -kClockSkewMax.ms / 1000 && off_s <= kClockSkewMax.ms / 1000;
}

std::string lines(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts)
    text.append(part).append("\n");
  return text;
}

}  // namespace

Problem param_error(std::string_view field, std::string_view why) {
  return {.code = "PARAM_ERROR",
          .message = "参数错误 " + std::string(field) + ": " + std::string(why),
          .field = std::string(field)};
}

Problem sign_error(std::string_view why) {
  return {.status = 401, .code = "SIGN_ERROR", .message = "签名错误 " + std::string(why)};
}

Problem system_error() {
  return {.status = 500, .code = "SYSTEM_ERROR", .message = "系统异常，请稍后重试"};
}

Problem rate_limited() {
  return {.status = 429, .code = "FREQUENCY_LIMITED", .message = "频率超限"};
}

std::string render(const Problem& problem) {
  json::Writer out;
  out.begin_object().field("code", problem.code).field("message", problem.message);
  if (!problem.field.empty())
    out.key("detail")
        .begin_object()
        .field("field", problem.field)
        .field("issue", problem.message)
        .end_object();
  out.end_object();
  return std::move(out).take();
}

Parsed<std::shared_ptr<Merchant>> authenticate(const http::Request& request, std::string_view prefix,
                                               const Merchants& merchants, std::optional<Instant> now) {
  const std::string_view header = request.headers.get("Authorization");
  if (!header.starts_with(kScheme))
    return std::unexpected(sign_error("Authorization: WECHATPAY2-SHA256-RSA2048 is needed"));
  const auto fields = read_authorization(header.substr(kScheme.size()));
  const auto field = [&](std::string_view name) {
    const auto known = fields.find(name);
    return known == fields.end() ? std::string_view{} : known->second;
  };
  for (const std::string_view name : {"mchid", "serial_no", "nonce_str", "timestamp", "signature"})
    if (field(name).empty()) return std::unexpected(sign_error("Authorization lacks " + std::string(name)));
  std::shared_ptr<Merchant> merchant = merchants.find(field("mchid"));
  if (!merchant) return std::unexpected(sign_error("mchid: no such merchant"));
  if (!http::equals_ignoring_case(field("serial_no"), merchant->serial))
    return std::unexpected(sign_error("serial_no is not of the merchant's certificate"));
  if (now && !is_near(field("timestamp"), *now))
    return std::unexpected(sign_error("timestamp is off by over 5 minutes"));
  const auto signature = crypto::from_base64(field("signature"));
  const auto verifies = [&](const std::string& target) {
    return merchant->verify.verify_sha256(lines({http::to_string(request.method), target, field("timestamp"),
                                                 field("nonce_str"), request.body}),
                                          *signature);
  };
  if (!signature || (!verifies(request.target) && !verifies(std::string(prefix) + request.target)))
    return std::unexpected(
        sign_error("signature: the text to sign ends in five lines of method, path and "
                   "query, timestamp, nonce and body"));
  return merchant;
}

void sign(http::Headers& headers, std::string_view body, const PlatformKey& key, Instant now,
          std::string_view nonce, bool is_probe) {
  const std::string timestamp = std::to_string(now.ms / 1000);
  std::string signature = crypto::to_base64(key.sign.sign_sha256(lines({timestamp, nonce, body})));
  if (is_probe) signature.replace(0, kProbe.size(), kProbe);
  headers.set("Wechatpay-Timestamp", timestamp);
  headers.set("Wechatpay-Nonce", nonce);
  headers.set("Wechatpay-Serial", key.id);
  headers.set("Wechatpay-Signature", signature);
  headers.set("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048");
}

}  // namespace payweir::sandbox::wechatpay
