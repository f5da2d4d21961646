#include "sandbox/wechatpay/cashier.hpp"

#include <utility>

#include "base/form.hpp"
#include "crypto/encoding.hpp"
#include "sandbox/page.hpp"
#include "sandbox/wechatpay/lifecycle.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

using orders::Decision;

constexpr std::string_view kHouse = "微信支付沙箱 WeChat Pay sandbox";
constexpr std::string_view kScanPath = "/scan/";

bool code_is_over(const Order& order, Instant now) {
  return order.code_expires_ms != 0 && now.ms >= order.code_expires_ms;
}

http::Response redirect(int status, std::string_view address) {
  http::Response response{.status = status};
  response.headers.set("Location", address);
  response.headers.set("Cache-Control", "no-store");
  return response;
}

std::string parameter(std::string_view query, std::string_view name) {
  const auto pairs = form::decode(query);
  if (pairs)
    for (const auto& [key, value] : *pairs)
      if (key == name) return value;
  return {};
}

Order* order_of(State& state, const http::Request& request) {
  const std::string_view path = http::path_of(request.target);
  if (path.starts_with(kScanPath)) return find_by_code(state, path.substr(kScanPath.size()));
  return find_by_code(state, parameter(http::query_of(request.target), "code_url"));
}

http::Response json_answer(int status, std::string_view name, std::string_view text) {
  json::Writer out;
  out.begin_object().field(name, text).end_object();
  http::Response response{.status = status};
  response.headers.set("Content-Type", "application/json; charset=utf-8");
  response.body = std::move(out).take();
  return response;
}

// The first that is there: JSAPI, Android and iOS spell the names in their own ways.
std::string_view first_text(json::Value value, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (const std::string_view text = value[name].text(); !text.empty()) return text;
  return {};
}

}  // namespace

Result<void> decide(State& state, Order& order, Decision decision, Instant now, Draws& draws) {
  if (!order.is_unpaid())
    return fail(Code::invalid_value, "decision", "the order is " + std::string(to_string(order.state)));
  if (code_is_over(order, now)) return fail(Code::invalid_value, "decision", "the code has expired");
  switch (decision) {
    case Decision::open: return {};  // who looks at an order changes nothing
    case Decision::approve:
      if (orders::is_beyond_balance(order.amount))
        return fail(Code::invalid_value, "decision", "余额不足 the payer's balance is not enough");
      pay(state, order, now, draws);
      return {};
    case Decision::decline:
      // Who says no after a scan of their barcode ends it; who leaves a page may come back.
      if (order.state == OrderState::paying) close(order, OrderState::failed, now);
      return {};
  }
  return {};
}

Order* find_by_code(State& state, std::string_view text) {
  for (const std::string_view mark : {"pr=", "prepay_id="})
    if (const std::size_t at = text.find(mark); at != std::string_view::npos)
      text.remove_prefix(at + mark.size());
  return text.empty() ? nullptr : state.books.find_code(text.substr(0, text.find('&')));
}

http::Response serve_scan_page(State& state, const http::Request& request, Instant now, Draws& draws) {
  Order* order = order_of(state, request);
  if (order == nullptr)
    return render_notice(404, kHouse, "没有这个订单 No such order",
                         "The address is not one that the sandbox gave out.");
  const bool is_post = request.method == http::Method::post;
  if (!order->is_unpaid()) return orders::render_order_notice(*order, kHouse, is_post ? 409 : 200);
  if (code_is_over(*order, now))
    return render_notice(410, kHouse, "二维码已过期 The code has expired", "Ask for a new one.");
  const std::string& merchant = state.merchants.of_account(order->account)->mchid;
  if (!is_post) return orders::render_payer_page(*order, {.house = kHouse, .merchant = merchant, .note = {}});
  const auto form = form::decode(request.body);
  const auto decision = orders::parse_decision(
      form && form->size() == 1 && form->front().first == "decision" ? form->front().second : "");
  if (!decision || *decision == Decision::open)
    return render_notice(400, kHouse, "Not understood", "Go back, and approve or decline.");
  if (const auto done = decide(state, *order, *decision, now, draws); !done)
    return orders::render_payer_page(*order,
                                     {.house = kHouse, .merchant = merchant, .note = done.error().detail});
  const std::string back = parameter(http::query_of(request.target), "redirect_url");
  if (is_web_address(back)) return redirect(303, back);
  return orders::render_order_notice(*order, kHouse, 200);
}

http::Response serve_h5(State& state, const http::Request& request, Instant now) {
  const std::string_view query = http::query_of(request.target);
  const std::string prepay_id = parameter(query, "prepay_id");
  const Order* order = find_by_code(state, prepay_id);
  if (order == nullptr || code_is_over(*order, now))
    return render_notice(410, kHouse, "支付链接已过期 The link has expired", "Ask for a new one.");
  std::string address = state.public_url + std::string(kScanPath) + prepay_id;
  if (const std::string back = parameter(query, "redirect_url"); !back.empty())
    address += "?redirect_url=" + form::percent_encode(back);
  return redirect(302, address);
}

http::Response serve_invocation(State& state, const http::Request& request) {
  const auto document = json::parse(request.body);
  if (!document) return json_answer(400, "message", "a JSON object is needed");
  const json::Value value = document->root();
  // A page signs its package, "prepay_id=…"; an app its prepayid, beside a package that is always the same.
  std::string_view prepay = first_text(value, {"prepayid", "prepayId", "package"});
  const Order* order = find_by_code(state, prepay);
  if (order == nullptr) return json_answer(400, "message", "package: no order has this prepay_id");
  const std::string_view sign = first_text(value, {"paySign", "sign"});
  const std::string_view time = first_text(value, {"timeStamp", "timestamp"});
  const std::string_view nonce = first_text(value, {"nonceStr", "noncestr"});
  const Merchant& merchant = *state.merchants.of_account(order->account);
  if (first_text(value, {"appId", "appid"}) != merchant.appid)
    return json_answer(400, "message", "appId: another one than the order's");
  const std::string text = merchant.appid + "\n" + std::string(time) + "\n" + std::string(nonce) + "\n" +
                           std::string(prepay) + "\n";
  const auto signature = crypto::from_base64(sign);
  if (!signature || !merchant.verify.verify_sha256(text, *signature))
    return json_answer(400, "message",
                       "paySign: 支付验证签名失败, not over appId, timeStamp, nonceStr, package");
  return json_answer(200, "cashier_url", state.public_url + std::string(kScanPath) + order->prepay_id);
}

}  // namespace payweir::sandbox::wechatpay
