#include "sandbox/alipay/cashier.hpp"

#include <utility>

#include "base/form.hpp"
#include "base/json_writer.hpp"
#include "sandbox/alipay/lifecycle.hpp"
#include "sandbox/alipay/trades.hpp"
#include "sandbox/china_time.hpp"
#include "sandbox/page.hpp"

namespace payweir::sandbox::alipay {
namespace {

using orders::Decision;

constexpr std::string_view kHouse = "支付宝沙箱 Alipay sandbox";

bool code_is_over(const Order& order, Instant now) {
  return order.code_expires_ms != 0 && now.ms >= order.code_expires_ms;
}

http::Response json_answer(int status, std::string body) {
  http::Response response{.status = status};
  response.headers.set("Content-Type", "application/json;charset=utf-8");
  response.body = std::move(body);
  return response;
}

http::Response redirect(int status, std::string_view address) {
  http::Response response{.status = status};
  response.headers.set("Location", address);
  response.headers.set("Cache-Control", "no-store");
  return response;
}

// https://opendocs.alipay.com/open/59da99d0_alipay.trade.page.pay, "页面回跳参数".
std::string return_address(const State& state, const Order& order, Instant now) {
  const App& app = *state.apps.of_account(order.account);
  Params params = {{"app_id", app.id},
                   {"auth_app_id", app.id},
                   {"charset", "utf-8"},
                   {"version", "1.0"},
                   {"method", order.channel == Channel::wap ? "alipay.trade.wap.pay.return"
                                                            : "alipay.trade.page.pay.return"},
                   {"timestamp", format_china(now)},
                   {"out_trade_no", order.out_trade_no},
                   {"trade_no", order.transaction_no},
                   {"total_amount", orders::format_yuan(order.amount)},
                   {"seller_id", app.seller_id}};
  sign(params, app.sign);
  return order.return_url + (order.return_url.contains('?') ? "&" : "?") + encode(params);
}

}  // namespace

Result<void> decide(State& state, Order& order, Decision decision, Instant now, Draws& draws) {
  if (!order.is_unpaid())
    return fail(Code::invalid_value, "decision", "the order is " + std::string(to_string(order.state)));
  if (order.state == OrderState::offered && code_is_over(order, now))
    return fail(Code::invalid_value, "decision", "the code has expired");
  switch (decision) {
    case Decision::open: open(state, order, now, draws); return {};
    case Decision::approve:
      open(state, order, now, draws);
      if (orders::is_beyond_balance(order.amount))
        return fail(Code::invalid_value, "decision", "余额不足 the payer's balance is not enough");
      pay(state, order, now, draws);
      return {};
    case Decision::decline:
      open(state, order, now, draws);
      // Who says no after a scan of their barcode ends it; who leaves a page may come back.
      if (order.state == OrderState::paying) close(state, order, OrderState::failed, now, draws, true);
      return {};
  }
  return {};
}

http::Response redirect_to_cashier(Call& call, Channel channel) {
  const auto order = open_trade(call, channel);
  if (!order) return render_problem_page(order.error());
  return redirect(302, call.state.public_url + "/scan/" + (*order)->code);
}

http::Response open_in_app(Call& call) {
  const auto order = open_trade(call, Channel::app);
  if (!order) return render_problem(order.error());
  json::Writer out;
  out.begin_object().field("out_trade_no", (*order)->out_trade_no);
  out.field("cashier_url", call.state.public_url + "/scan/" + (*order)->code).end_object();
  return json_answer(200, std::move(out).take());
}

http::Response serve_scan_page(State& state, const http::Request& request, std::string_view code, Instant now,
                               Draws& draws) {
  Order* order = state.books.find_code(code);
  if (order == nullptr)
    return render_notice(404, kHouse, "没有这个订单 No such order",
                         "The address is not one that the sandbox gave out.");
  const bool is_post = request.method == http::Method::post;
  if (!order->is_unpaid()) return orders::render_order_notice(*order, kHouse, is_post ? 409 : 200);
  if (order->state == OrderState::offered && code_is_over(*order, now))
    return render_notice(410, kHouse, "二维码已过期 The code has expired", "Ask for a new one.");
  const std::string& merchant = state.apps.of_account(order->account)->id;
  if (!is_post) {
    // A code that is scanned makes the trade; a page that is only opened does not, before its payer logs in.
    if (order->channel == Channel::qr) open(state, *order, now, draws);
    return orders::render_payer_page(*order, {.house = kHouse, .merchant = merchant, .note = {}});
  }
  const auto form = form::decode(request.body);
  const auto decision = orders::parse_decision(
      form && form->size() == 1 && form->front().first == "decision" ? form->front().second : "");
  if (!decision || *decision == Decision::open)
    return render_notice(400, kHouse, "Not understood", "Go back, and approve or decline.");
  if (const auto done = decide(state, *order, *decision, now, draws); !done)
    return orders::render_payer_page(*order,
                                     {.house = kHouse, .merchant = merchant, .note = done.error().detail});
  if (!order->return_url.empty()) return redirect(303, return_address(state, *order, now));
  return orders::render_order_notice(*order, kHouse, 200);
}

http::Response render_problem(const Problem& problem) {
  return json_answer(400, render(problem));
}

http::Response render_problem_page(const Problem& problem) {
  return render_notice(200, kHouse, problem.sub_code, problem.sub_msg);
}

}  // namespace payweir::sandbox::alipay
