#include "sandbox/alipay/lifecycle.hpp"

#include <utility>

#include "sandbox/china_time.hpp"
#include "sandbox/orders/payer.hpp"

namespace payweir::sandbox::alipay {
namespace {

using orders::format_yuan;

// Eight tries in 25 hours: https://opendocs.alipay.com/open/194/103296 ("异步通知说明").
const std::vector<Duration> kRetries = {minutes(4), minutes(10), minutes(10), hours(1),
                                        hours(2),   hours(6),    hours(15)};

std::string digits(Draws& draws, std::size_t count) {
  std::string text;
  while (text.size() < count)
    text += static_cast<char>('0' + draws.below(10));
  return text;
}

void fill(http::Request& request, Params params, const App& app, Instant at) {
  params["notify_time"] = format_china(at);
  sign(params, app.sign);
  request.body = encode(params);
}

// The order as it is now, told to its notify_url.
void notify(State& state, const Order& order, const OrderRefund* refund, Instant now, Draws& draws) {
  if (order.notify_url.empty()) return;
  const std::shared_ptr<App> app = state.apps.of_account(order.account);
  const std::string amount = format_yuan(order.amount);
  Params params = {{"app_id", app->id},
                   {"auth_app_id", app->id},
                   {"charset", "utf-8"},
                   {"version", "1.0"},
                   {"notify_type", "trade_status_sync"},
                   {"notify_id", china_day(now) + draws.token(26)},
                   {"out_trade_no", order.out_trade_no},
                   {"trade_no", order.transaction_no},
                   {"trade_status", std::string(trade_status(order, now))},
                   {"total_amount", amount},
                   {"subject", order.subject},
                   {"seller_id", app->seller_id},
                   {"seller_email", "seller@example.com"},
                   {"buyer_id", order.buyer},
                   {"buyer_logon_id", buyer_logon_id(order)},
                   {"gmt_create", format_china(Instant{order.created_ms})}};
  if (!order.attach.empty()) params["passback_params"] = order.attach;
  if (order.was_paid()) {
    params["gmt_payment"] = format_china(Instant{order.paid_ms});
    params["receipt_amount"] = params["buyer_pay_amount"] = params["invoice_amount"] = amount;
    params["point_amount"] = "0.00";
    params["fund_bill_list"] = R"([{"amount":")" + amount + R"(","fundChannel":"ALIPAYACCOUNT"}])";
  }
  if (refund != nullptr) {
    params["refund_fee"] = params["send_back_fee"] = format_yuan(order.refunded);
    params["out_biz_no"] = refund->request_no;
    params["gmt_refund"] = format_china(Instant{refund->created_ms}) + ".000";
  }
  if (order.closed_ms != 0) params["gmt_close"] = format_china(Instant{order.closed_ms});
  state.callbacks.add([app, url = order.notify_url, params = std::move(params)](Instant at) {
    Callback callback{.retries = kRetries, .acknowledgement = Acknowledgement::success_body};
    callback.request.method = http::Method::post;
    address_to(callback.request, url);
    callback.request.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8");
    fill(callback.request, params, *app, at);
    callback.sign_again = [app, params](http::Request& request, Instant again) {
      fill(request, params, *app, again);
    };
    return callback;
  });
}

}  // namespace

void open(State& state, Order& order, Instant now, Draws& draws) {
  if (order.state != OrderState::offered) return;
  order.state = OrderState::waiting;
  if (order.buyer.empty()) order.buyer = "2088" + digits(draws, 12);
  state.books.set_transaction_no(order, china_day(now) + "2200" + digits(draws, 16));
}

void pay(State& state, Order& order, Instant now, Draws& draws) {
  open(state, order, now, draws);
  state.books.pay(order, now);
  notify(state, order, nullptr, now, draws);
}

void close(State& state, Order& order, OrderState as, Instant now, Draws& draws, bool tell) {
  order.state = as;
  order.closed_ms = now.ms;
  if (tell && !order.transaction_no.empty()) notify(state, order, nullptr, now, draws);
}

OrderRefund& refund(State& state, Order& order, OrderRefund made, Instant now, Draws& draws, bool tell) {
  OrderRefund& kept = state.books.refund(order, std::move(made));
  if (order.is_refunded_in_full()) order.closed_ms = now.ms;
  if (tell) notify(state, order, &kept, now, draws);
  return kept;
}

bool is_finished(const Order& order, Instant now) {
  return order.state == OrderState::paid && !order.is_refunded_in_full() &&
         now >= Instant{order.paid_ms} + kRefundable;
}

std::string_view trade_status(const Order& order, Instant now) {
  if (order.is_unpaid()) return "WAIT_BUYER_PAY";
  if (order.state != OrderState::paid || order.is_refunded_in_full()) return "TRADE_CLOSED";
  return is_finished(order, now) ? "TRADE_FINISHED" : "TRADE_SUCCESS";
}

std::string buyer_logon_id(const Order& order) {
  return "159****" + (order.buyer.size() < 4 ? "0000" : order.buyer.substr(order.buyer.size() - 4));
}

}  // namespace payweir::sandbox::alipay
