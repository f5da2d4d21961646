#pragma once
// WeChat's OAuth for the pages of official accounts, as far as snsapi_base goes: whoever opens the authorize
// page is sent on at once with a code, and the code is exchanged for an openid.
#include "base/http.hpp"
#include "sandbox/wechatpay/call.hpp"

namespace payweir::sandbox::wechatpay {

// The one payer's openid at an official account; every account has another one for the same person.
[[nodiscard]] std::string openid_at(std::string_view appid);

// GET /connect/oauth2/authorize?appid&redirect_uri&response_type&scope&state, in this order: 302 back with a
// code that is good for five minutes. A page says what is wrong instead.
[[nodiscard]] http::Response serve_authorize(State& state, const http::Request& request, Instant now,
                                             Draws& draws);
// GET /sns/oauth2/access_token?appid&secret&code&grant_type: {"openid", …}, or {"errcode", "errmsg"} with
// HTTP 200, too.
[[nodiscard]] http::Response serve_access_token(State& state, const http::Request& request, Instant now,
                                                Draws& draws);

}  // namespace payweir::sandbox::wechatpay
