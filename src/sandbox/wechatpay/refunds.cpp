#include "sandbox/wechatpay/refunds.hpp"

#include <algorithm>
#include <utility>

#include "sandbox/wechatpay/lifecycle.hpp"
#include "sandbox/wechatpay/render.hpp"
#include "sandbox/wechatpay/transactions.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

constexpr std::size_t kRefundNoMax = 64, kReasonMax = 80 * 4, kUrlMax = 255;

Problem invalid_request(std::string message) {
  return {.code = "INVALID_REQUEST", .message = std::move(message)};
}

// An abnormal refund keeps its amount until somebody mends it.
std::int64_t refundable(const Order& order) {
  std::int64_t rest = order.amount - order.refunded;
  for (const OrderRefund& refund : order.refunds)
    if (refund.state == RefundState::abnormal) rest -= refund.amount;
  return rest;
}

std::optional<Problem> why_not(const Order& order, std::int64_t amount, Instant now) {
  if (order.state != OrderState::paid) return invalid_request("订单未支付或已撤销，不能退款");
  if (now >= Instant{order.paid_ms} + kRefundable) return invalid_request("订单已超过一年，不能退款");
  if (order.refunds.size() >= kRefundsPerOrderMax) return invalid_request("部分退款最多50次");
  if (amount > refundable(order)) return invalid_request("退款金额大于可退金额 /amount/refund");
  return std::nullopt;
}

Parsed<Order*> find_order(Call& call) {
  const std::string_view id = call.content["transaction_id"].text();
  const std::string_view number = call.content["out_trade_no"].text();
  if (id.empty() && number.empty())
    return std::unexpected(param_error("/out_trade_no", "this or transaction_id is needed"));
  Order* order = id.empty() ? call.state.books.find(call.merchant.account, number)
                            : call.state.books.find_transaction(call.merchant.account, id);
  if (order == nullptr)
    return std::unexpected(Problem{.status = 404, .code = "RESOURCE_NOT_EXISTS", .message = "订单不存在"});
  return order;
}

// What the body asks for. Errors: PARAM_ERROR.
Parsed<OrderRefund> read_refund(Call& call) {
  OrderRefund wanted;
  auto number = need_text(call.content["out_refund_no"], "/out_refund_no", kRefundNoMax);
  if (!number) return std::unexpected(number.error());
  wanted.request_no = *std::move(number);
  const json::Value amount = call.content["amount"];
  for (const auto& [name, path] :
       {std::pair{"refund", "/amount/refund"}, std::pair{"total", "/amount/total"}})
    if (!amount[name].is(json::Kind::integer) || amount[name].integer() < 1)
      return std::unexpected(param_error(path, "fen, an integer from 1"));
  if (amount["currency"].text() != "CNY") return std::unexpected(param_error("/amount/currency", "only CNY"));
  wanted.amount = amount["refund"].integer();
  wanted.reason = call.content["reason"].text();
  if (wanted.reason.size() > kReasonMax)
    return std::unexpected(param_error("/reason", "up to 80 characters"));
  wanted.notify_url = call.content["notify_url"].text();
  if (!wanted.notify_url.empty() &&
      (!is_web_address(wanted.notify_url) || wanted.notify_url.size() > kUrlMax))
    return std::unexpected(param_error("/notify_url", "an http or https address"));
  return wanted;
}

Reply refund_answer(const Call& call, const Order& order, std::string_view request_no) {
  const Order copy = shown(call, order);
  if (copy.refunds.empty()) return std::unexpected(system_error());
  const auto at = std::ranges::find(copy.refunds, request_no, &OrderRefund::request_no);
  const OrderRefund& refund = at == copy.refunds.end() ? copy.refunds.back() : *at;
  return Answer{.body = render_refund(copy, refund, shown_currency(call))};
}

}  // namespace

Reply create_refund(Call& call) {
  auto wanted = read_refund(call);
  if (!wanted) return std::unexpected(wanted.error());
  const auto found = find_order(call);
  if (!found) return std::unexpected(found.error());
  Order& order = **found;
  if (call.content["amount"]["total"].integer() != order.amount)
    return std::unexpected(invalid_request("订单金额与之前请求不一致 /amount/total"));
  const auto known = call.state.books.find_refund(call.merchant.account, wanted->request_no);
  if (known.refund != nullptr) {
    if (known.order != &order || known.refund->amount != wanted->amount)
      return std::unexpected(invalid_request("退款单号已使用，且退款金额与之前请求不一致 /out_refund_no"));
    return refund_answer(call, order, wanted->request_no);
  }
  if (const auto problem = why_not(order, wanted->amount, call.now)) return std::unexpected(*problem);
  if (call.merchant.balance_is_low)
    return std::unexpected(
        Problem{.status = 403, .code = "NOT_ENOUGH", .message = "基本账户余额不足，请充值后重新发起"});
  const std::string request_no = wanted->request_no;
  refund(call.state, order, *std::move(wanted), call.now, call.draws);
  return refund_answer(call, order, request_no);
}

Reply query_refund(Call& call) {
  const auto known = call.state.books.find_refund(call.merchant.account, call.id);
  if (known.refund == nullptr)
    return std::unexpected(Problem{.status = 404, .code = "RESOURCE_NOT_EXISTS", .message = "退款单不存在"});
  return refund_answer(call, *known.order, call.id);
}

Parsed<const OrderRefund*> refund_in_dashboard(State& state, Order& order, std::optional<std::int64_t> amount,
                                               Instant now, Draws& draws) {
  const std::int64_t wanted = amount.value_or(refundable(order));
  if (const auto problem = why_not(order, wanted, now)) return std::unexpected(*problem);
  if (wanted < 1) return std::unexpected(param_error("amount", "fen, from 1"));
  return &refund(state, order,
                 {.request_no = "dashboard" + draws.token(12), .reason = "商户平台退款", .amount = wanted},
                 now, draws);
}

}  // namespace payweir::sandbox::wechatpay
