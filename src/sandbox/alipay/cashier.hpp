#pragma once
// The payer's side: pages and apps that open an order, and what the payer decides there.
#include <string>
#include <string_view>

#include "base/http.hpp"
#include "sandbox/alipay/call.hpp"
#include "sandbox/orders/payer.hpp"

namespace payweir::sandbox::alipay {

// Carries out what the payer decides. Error: invalid_value, when the order is not (any more) open to it.
[[nodiscard]] Result<void> decide(State& state, Order& order, orders::Decision decision, Instant now,
                                  Draws& draws);

// The answer to a rightly signed alipay.trade.page.pay or wap.pay: a redirect to the page of the order.
[[nodiscard]] http::Response redirect_to_cashier(Call& call, Channel channel);
// The answer to the order string of alipay.trade.app.pay, opened in the sandbox: {"out_trade_no":…,
// "cashier_url":…}.
[[nodiscard]] http::Response open_in_app(Call& call);

// GET or POST (decision=approve|decline) of /scan/{code}. A decision on an order with a return_url sends
// the payer there, with the signed parameters of a synchronous return, by 303.
[[nodiscard]] http::Response serve_scan_page(State& state, const http::Request& request,
                                             std::string_view code, Instant now, Draws& draws);
// For an app whose order string is refused: 400, as JSON.
[[nodiscard]] http::Response render_problem(const Problem& problem);
// For a browser that came with a request that is refused.
[[nodiscard]] http::Response render_problem_page(const Problem& problem);

}  // namespace payweir::sandbox::alipay
