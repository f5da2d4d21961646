#include "sandbox/alipay/protocol.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/form.hpp"
#include "base/json_writer.hpp"
#include "crypto/aes_cbc.hpp"
#include "crypto/encoding.hpp"

namespace payweir::sandbox::alipay {
namespace {

// CBC starts with zeros, says https://opendocs.alipay.com/common/02mse3 ("接口内容加密方式").
const std::string kAesStart(16, '\0');

bool verifies(const Params& params, const crypto::RsaPublicKey& key) {
  const auto signature = crypto::from_base64(get(params, "sign"));
  if (!signature) return false;
  if (key.verify_sha256(text_to_sign(params, true), *signature)) return true;
  // Some libraries leave parameters without a value out of what they sign.
  Params kept = params;
  std::erase_if(kept, [](const auto& pair) { return pair.second.empty(); });
  return kept.size() != params.size() && key.verify_sha256(text_to_sign(kept, true), *signature);
}

}  // namespace

Problem business(std::string sub_code, std::string sub_msg) {
  return {.sub_code = std::move(sub_code), .sub_msg = std::move(sub_msg)};
}

Problem missing(std::string_view param) {
  std::string name(param);
  std::ranges::replace(name, '_', '-');
  return {.code = "40001",
          .msg = "Missing Required Arguments",
          .sub_code = "isv.missing-" + name,
          .sub_msg = "缺少必选参数 missing parameter: " + std::string(param)};
}

Problem invalid(std::string sub_code, std::string_view explains) {
  return {.code = "40002",
          .msg = "Invalid Arguments",
          .sub_code = std::move(sub_code),
          .sub_msg = std::string(explains)};
}

Problem invalid_field(std::string_view field, std::string_view why) {
  return business("ACQ.INVALID_PARAMETER",
                  "参数无效 invalid parameter " + std::string(field) + ": " + std::string(why));
}

Problem system_error() {
  return {.code = "20000",
          .msg = "Service Currently Unavailable",
          .sub_code = "aop.ACQ.SYSTEM_ERROR",
          .sub_msg = "系统异常"};
}

Problem rate_limited() {
  return {.code = "40005",
          .msg = "Call Limited",
          .sub_code = "isv.app-call-limited",
          .sub_msg = "应用调用次数超限"};
}

std::string render(const Problem& problem) {
  json::Writer out;
  out.begin_object().field("code", problem.code).field("msg", problem.msg);
  out.field("sub_code", problem.sub_code).field("sub_msg", problem.sub_msg).end_object();
  return std::move(out).take();
}

Parsed<Params> read_params(std::string_view text) {
  auto pairs = form::decode(text);
  if (!pairs) return std::unexpected(invalid("isv.invalid-parameter", "参数无法解码 not a form"));
  Params params;
  for (auto& [name, value] : *pairs)
    params[std::move(name)] = std::move(value);
  return params;
}

Parsed<Params> read_params(const http::Request& request) {
  auto params = read_params(http::query_of(request.target));
  if (!params || request.method != http::Method::post) return params;
  auto of_body = read_params(std::string_view(request.body));
  if (!of_body) return of_body;
  params->merge(*of_body);
  return params;
}

std::string_view get(const Params& params, std::string_view name) {
  const auto known = params.find(name);
  return known == params.end() ? std::string_view{} : std::string_view(known->second);
}

std::string text_to_sign(const Params& params, bool with_sign_type) {
  std::string text;
  for (const auto& [name, value] : params) {
    if (name == "sign" || (name == "sign_type" && !with_sign_type)) continue;
    if (!text.empty()) text += '&';
    text.append(name).append("=").append(value);
  }
  return text;
}

void sign(Params& params, const crypto::RsaPrivateKey& key) {
  params["sign_type"] = "RSA2";
  params["sign"] = crypto::to_base64(key.sign_sha256(text_to_sign(params, false)));
}

std::string encode(const Params& params) {
  form::Encoder encoder(2048);
  for (const auto& [name, value] : params)
    encoder.add(name, value);
  return std::move(encoder).take();
}

Parsed<std::shared_ptr<App>> authenticate(const Params& params, const Apps& apps) {
  constexpr std::array kNeeded =
      std::to_array<std::string_view>({"app_id", "method", "sign_type", "sign", "timestamp", "version"});
  for (const std::string_view name : kNeeded)
    if (get(params, name).empty()) return std::unexpected(missing(name == "sign" ? "signature" : name));
  std::shared_ptr<App> app = apps.find(get(params, "app_id"));
  if (!app) return std::unexpected(invalid("isv.invalid-app-id", "无效的AppID参数 unknown app_id"));
  if (get(params, "sign_type") != "RSA2")
    return std::unexpected(invalid("isv.invalid-signature-type", "无效签名类型 sign_type must be RSA2"));
  if (!app->app_cert_sn.empty()) {
    if (get(params, "app_cert_sn") != app->app_cert_sn)
      return std::unexpected(
          invalid("isv.invalid-app-cert-sn", "应用公钥证书序列号不匹配 app_cert_sn is another's"));
    if (get(params, "alipay_root_cert_sn") != app->root_cert_sn)
      return std::unexpected(
          invalid("isv.invalid-alipay-root-cert-sn", "根证书序列号不匹配 alipay_root_cert_sn is another's"));
  }
  if (!verifies(params, app->verify))
    return std::unexpected(
        invalid("isv.invalid-signature",
                "验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配，网关生成的验签字符串为：" +
                    text_to_sign(params, true)));
  return app;
}

Parsed<std::string> content_of(const Params& params, const App& app) {
  const std::string_view content = get(params, "biz_content");
  if (content.empty()) return std::unexpected(missing("biz_content"));
  if (get(params, "encrypt_type").empty()) return std::string(content);
  const auto problem = [] {
    return std::unexpected(invalid("isv.decryption-error", "解密出错 biz_content cannot be decrypted"));
  };
  if (get(params, "encrypt_type") != "AES" || app.aes_key.empty()) return problem();
  const auto sealed = crypto::from_base64(content);
  if (!sealed) return problem();
  auto plain = crypto::aes_cbc_decrypt(app.aes_key, kAesStart, *sealed);
  if (!plain) return problem();
  return *std::move(plain);
}

http::Response respond(std::string_view method, std::string inner, const App* app, bool is_encrypted) {
  std::string key(method.empty() ? "error" : method);
  std::ranges::replace(key, '.', '_');
  if (is_encrypted && app != nullptr && !app->aes_key.empty())
    inner = '"' + crypto::to_base64(crypto::aes_cbc_encrypt(app->aes_key, kAesStart, inner)) + '"';
  const std::string signature =
      crypto::to_base64((app != nullptr ? app->sign : gateway_key()).sign_sha256(inner));
  json::Writer out(inner.size() + 512);
  out.begin_object().raw_field(key + "_response", inner);
  if (app != nullptr && !app->alipay_cert_sn.empty()) out.field("alipay_cert_sn", app->alipay_cert_sn);
  out.field("sign", signature).end_object();
  http::Response response;
  response.headers.set("Content-Type", "application/json;charset=utf-8");
  response.body = std::move(out).take();
  return response;
}

}  // namespace payweir::sandbox::alipay
