#include "connectors/wechatpay/identity.hpp"

#include <algorithm>

#include "base/form.hpp"
#include "base/json_reader.hpp"
#include "connectors/wechatpay/request.hpp"
#include "connectors/wire/base_url.hpp"

namespace payweir::wechatpay {
namespace {

constexpr std::size_t kOpenidBytesMax = 128;

// Of the return codes that all of WeChat's official accounts share:
// https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
Code meaning_of(std::int64_t errcode) {
  switch (errcode) {
    case 40029:  // no such code, or not any more
    case 40163:  // used before
    case 41008:  // none
    case 42003:  // expired
      return Code::invalid_value;
    case 40001:  // AppSecret
    case 40013:  // AppID
    case 40125:  // AppSecret
    case 40164:  // the switch's address is not on the application's list
    case 41002:  // no AppID
    case 41004:  // no AppSecret
    case 48001:  // the application may not do this
      return Code::connector_credentials_invalid;
    case 45009:
    case 45011: return Code::rate_limited;
    default: return Code::gateway_unclear;  // -1: busy
  }
}

bool is_openid(std::string_view text) {
  return !text.empty() && text.size() <= kOpenidBytesMax && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
  });
}

}  // namespace

bool Identity::is_possible(const ConnectorContext& context) const {
  return !credentials_of(context).app_secret.empty();
}

// WeChat refuses the same parameters in another order.
std::string Identity::begin_identify(const IdentityHosts& hosts, const ConnectorContext& context,
                                     std::string_view way_back, std::string_view state) const {
  form::Encoder query(512);
  query.add("appid", credentials_of(context).appid).add("redirect_uri", way_back);
  query.add("response_type", "code").add("scope", "snsapi_base").add("state", state);
  return hosts.pages + "/connect/oauth2/authorize?" + std::move(query).take() + "#wechat_redirect";
}

http::Request Identity::exchange(const IdentityHosts& hosts, const ConnectorContext& context,
                                 const Secret& code) const {
  const wire::BaseUrl base = wire::split_base_url(hosts.api);
  const Credentials& credentials = credentials_of(context);
  form::Encoder query(512);
  query.add("appid", credentials.appid).add("secret", credentials.app_secret.reveal());
  query.add("code", code.reveal()).add("grant_type", "authorization_code");
  http::Request request{.method = http::Method::get,
                        .target = base.path_prefix + "/sns/oauth2/access_token?" + std::move(query).take(),
                        .origin = base.origin};
  request.headers.set("Accept", "application/json");
  return request;
}

Result<std::string> Identity::read_identity(const ConnectorContext&, const http::Response& answer) const {
  if (answer.status != 200)
    return fail(Code::gateway_unclear, "", "WeChat answered HTTP " + std::to_string(answer.status));
  const Result<json::Document> document = json::parse(answer.body);
  if (!document || !document->root().is(json::Kind::object))
    return fail(Code::connector_answer_malformed, "", "WeChat's answer is no JSON object");
  const json::Value root = document->root(), errcode = root["errcode"];
  // The message beside it quotes what was sent.
  if (errcode.is(json::Kind::integer) && errcode.integer() != 0) {
    const Code code = meaning_of(errcode.integer());
    return fail(code, code == Code::invalid_value ? "code" : "",
                "WeChat answered errcode " + std::to_string(errcode.integer()));
  }
  if (!is_openid(root["openid"].text()))
    return fail(Code::connector_answer_malformed, "", "WeChat's answer has no openid");
  return std::string(root["openid"].text());
}

}  // namespace payweir::wechatpay
