#include "sandbox/wechatpay/login.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/form.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "sandbox/page.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

constexpr std::string_view kHouse = "微信沙箱 WeChat sandbox";
constexpr Duration kCodeLife = minutes(5);
// More than any test leaves unused; the ones that are over go first.
constexpr std::size_t kCodesMax = 10'000;
constexpr std::size_t kStateBytesMax = 128;

bool is_state(std::string_view text) {
  return text.size() <= kStateBytesMax && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
         });
}

// The values of exactly these parameters in exactly this order, or nothing.
template <std::size_t N>
std::optional<std::array<std::string, N>> read_query(const http::Request& request,
                                                     const std::array<std::string_view, N>& names) {
  auto pairs = form::decode(http::query_of(request.target));
  if (!pairs || pairs->size() != N) return std::nullopt;
  std::array<std::string, N> values;
  for (std::size_t i = 0; i < N; ++i) {
    if ((*pairs)[i].first != names[i]) return std::nullopt;
    values[i] = std::move((*pairs)[i].second);
  }
  return values;
}

http::Response refuse(std::string_view why) {
  return render_notice(400, kHouse, "无法访问 This page cannot be opened", why);
}

http::Response json_answer(json::Writer out) {
  http::Response response{.status = 200};
  response.headers.set("Content-Type", "text/plain");  // as WeChat's own
  response.body = std::move(out).take();
  return response;
}

http::Response errcode(int code, std::string_view message) {
  json::Writer out;
  out.begin_object().field("errcode", code).field("errmsg", message).end_object();
  return json_answer(std::move(out));
}

void forget_old(State& state, Instant now) {
  if (state.login_codes.size() < kCodesMax) return;
  std::erase_if(state.login_codes, [&](const auto& each) { return now >= each.second.expires; });
  if (state.login_codes.size() >= kCodesMax) state.login_codes.clear();
}

}  // namespace

std::string openid_at(std::string_view appid) {
  return "o" + crypto::to_hex(crypto::sha256(appid)).substr(0, 27);
}

http::Response serve_authorize(State& state, const http::Request& request, Instant now, Draws& draws) {
  const auto query = read_query<5>(request, {"appid", "redirect_uri", "response_type", "scope", "state"});
  if (!query)
    return refuse("appid, redirect_uri, response_type, scope and state are expected, in this order.");
  const auto& [appid, redirect_uri, response_type, scope, its_state] = *query;
  if (!state.merchants.find_official_account(appid))
    return refuse("10003: no official account of this appid.");
  if (!is_web_address(redirect_uri)) return refuse("10003: redirect_uri is no address.");
  if (response_type != "code" || scope != "snsapi_base") return refuse("10005: code and snsapi_base only.");
  if (!is_state(its_state)) return refuse("state: up to 128 letters and digits.");
  forget_old(state, now);
  std::string code = "0" + draws.token(31);
  http::Response response{.status = 302};
  response.headers.set("Location", redirect_uri + (redirect_uri.contains('?') ? "&code=" : "?code=") + code +
                                       "&state=" + its_state);
  response.headers.set("Cache-Control", "no-store");
  state.login_codes.emplace(std::move(code), LoginCode{appid, openid_at(appid), now + kCodeLife});
  return response;
}

http::Response serve_access_token(State& state, const http::Request& request, Instant now, Draws& draws) {
  const auto query = read_query<4>(request, {"appid", "secret", "code", "grant_type"});
  if (!query) return errcode(41002, "appid, secret, code and grant_type are expected");
  const auto& [appid, secret, code, grant_type] = *query;
  const auto merchant = state.merchants.find_official_account(appid);
  if (!merchant) return errcode(40013, "invalid appid");
  if (secret != merchant->app_secret) return errcode(40125, "invalid appsecret");
  if (grant_type != "authorization_code") return errcode(40002, "invalid grant_type");
  const auto found = state.login_codes.find(code);
  if (found == state.login_codes.end() || found->second.appid != appid || now >= found->second.expires)
    return errcode(40029, "invalid code " + code);
  if (std::exchange(found->second.is_used, true)) return errcode(40163, "code been used " + code);
  json::Writer out;
  out.begin_object().field("access_token", draws.token(32)).field("expires_in", 7200);
  out.field("refresh_token", draws.token(32)).field("openid", found->second.openid);
  out.field("scope", "snsapi_base").end_object();
  return json_answer(std::move(out));
}

}  // namespace payweir::sandbox::wechatpay
