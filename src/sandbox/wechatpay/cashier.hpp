#pragma once
// The payer's side: codes, prepay sessions and H5 pages that lead to an order, and what the payer decides.
#include <string_view>

#include "base/http.hpp"
#include "base/result.hpp"
#include "sandbox/orders/payer.hpp"
#include "sandbox/wechatpay/call.hpp"

namespace payweir::sandbox::wechatpay {

// Carries out what the payer decides. Error: invalid_value, when the order is not (any more) open to it.
[[nodiscard]] Result<void> decide(State& state, Order& order, orders::Decision decision, Instant now,
                                  Draws& draws);

// "weixin://wxpay/bizpayurl?pr=x", an h5_url, a prepay_id or the bare code; nullptr when it leads nowhere.
[[nodiscard]] Order* find_by_code(State& state, std::string_view text);

// GET or POST (decision=approve|decline) of /scan/{code or prepay_id} or /scan?code_url=…; a decision sends
// the payer to ?redirect_url=…, by 303, when the page was opened with one.
[[nodiscard]] http::Response serve_scan_page(State& state, const http::Request& request, Instant now,
                                             Draws& draws);
// GET of an h5_url: a redirect to the page of the order.
[[nodiscard]] http::Response serve_h5(State& state, const http::Request& request, Instant now);
// POST /invoke with the parameters that an app, a mini program or JSAPI invokes WeChat with, as JSON: the
// signature is checked and the order's page told, {"cashier_url":…}. Errors: 400 with a message.
[[nodiscard]] http::Response serve_invocation(State& state, const http::Request& request);

}  // namespace payweir::sandbox::wechatpay
