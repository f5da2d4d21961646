#include "sandbox/alipay/refunds.hpp"

#include <utility>

#include "base/json_writer.hpp"
#include "base/money.hpp"
#include "sandbox/alipay/lifecycle.hpp"
#include "sandbox/alipay/trades.hpp"
#include "sandbox/china_time.hpp"
#include "sandbox/orders/payer.hpp"

namespace payweir::sandbox::alipay {
namespace {

using orders::format_yuan;

constexpr std::size_t kRequestNoMax = 64;

// Why nothing can be refunded, or not so much.
std::optional<Problem> why_not(const Order& order, std::int64_t amount, Instant now) {
  if (!order.was_paid()) return business("ACQ.TRADE_STATUS_ERROR", "交易状态不合法");
  if (is_finished(order, now)) return business("ACQ.TRADE_HAS_FINISHED", "交易已完结，不能退款");
  if (amount > order.amount - order.refunded)
    return business("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超过可退金额 refund_amount");
  if (order.refunds.size() >= orders::OrderBooks::kRefundsPerOrderMax) return system_error();
  return std::nullopt;
}

std::string refund_answer(const Call& call, const Order& order, const OrderRefund& refund, bool moved) {
  json::Writer out;
  out.begin_object().field("code", "10000").field("msg", "Success");
  out.field("out_trade_no", order.out_trade_no).field("trade_no", order.transaction_no);
  out.field("buyer_logon_id", buyer_logon_id(order)).field("buyer_user_id", order.buyer);
  out.field("fund_change", moved ? "Y" : "N").field("refund_fee", format_yuan(order.refunded));
  out.field("send_back_fee", format_yuan(moved ? refund.amount : 0));
  out.field("gmt_refund_pay", format_china(Instant{refund.created_ms}));
  if (call.lie == FaultKind::wrong_currency) out.field("refund_currency", "USD");
  out.end_object();
  return std::move(out).take();
}

}  // namespace

Answer refund_trade(Call& call) {
  static const Currency cny = *Currency::parse("CNY");
  const auto found = find_trade(call);
  if (!found) return std::unexpected(found.error());
  Order& order = **found;
  const auto amount = parse_major(text_of(call, "refund_amount"), cny);
  if (!amount || amount->minor < 1)
    return std::unexpected(invalid_field("refund_amount", "yuan, from 0.01, up to two decimals"));
  std::string request_no = text_of(call, "out_request_no");
  if (request_no.size() > kRequestNoMax)
    return std::unexpected(invalid_field("out_request_no", "up to 64 characters"));
  if (request_no.empty()) {
    if (amount->minor != order.amount)
      return std::unexpected(invalid_field("out_request_no", "needed for a part of the amount"));
    request_no = order.out_trade_no;
  }
  if (const OrderRefund* known = order.find_refund(request_no)) {
    if (known->amount != amount->minor)
      return std::unexpected(business("ACQ.DISCORDANT_REPEAT_REQUEST", "同一个退款请求号退款金额不一致"));
    return refund_answer(call, shown(call, order), *known, false);
  }
  if (const auto problem = why_not(order, amount->minor, call.now)) return std::unexpected(*problem);
  if (call.app.seller_balance_is_low)
    return std::unexpected(business("ACQ.SELLER_BALANCE_NOT_ENOUGH", "卖家余额不足"));
  const OrderRefund& made = refund(call.state, order,
                                   {.request_no = std::move(request_no),
                                    .reason = text_of(call, "refund_reason"),
                                    .amount = amount->minor,
                                    .created_ms = call.now.ms,
                                    .settled_ms = call.now.ms},
                                   call.now, call.draws, true);
  return refund_answer(call, shown(call, order), made, true);
}

Answer query_refund(Call& call) {
  const auto found = find_trade(call);
  if (!found) return std::unexpected(found.error());
  const std::string request_no = text_of(call, "out_request_no");
  if (request_no.empty()) return std::unexpected(invalid_field("out_request_no", "needed"));
  Order order = shown(call, **found);
  json::Writer out;
  out.begin_object().field("code", "10000").field("msg", "Success");
  // Without a refund_status there is no such refund: it was not made.
  if (const OrderRefund* refund = order.find_refund(request_no)) {
    out.field("out_trade_no", order.out_trade_no).field("trade_no", order.transaction_no);
    out.field("out_request_no", request_no).field("refund_status", "REFUND_SUCCESS");
    out.field("refund_amount", format_yuan(refund->amount)).field("total_amount", format_yuan(order.amount));
    out.field("send_back_fee", format_yuan(refund->amount));
    out.field("gmt_refund_pay", format_china(Instant{refund->created_ms}));
    if (!refund->reason.empty()) out.field("refund_reason", refund->reason);
  }
  out.end_object();
  return std::move(out).take();
}

Parsed<const OrderRefund*> refund_in_dashboard(State& state, Order& order, std::optional<std::int64_t> amount,
                                               Instant now, Draws& draws) {
  const std::int64_t wanted = amount.value_or(order.amount - order.refunded);
  if (wanted < 1) return std::unexpected(invalid_field("amount", "fen, from 1"));
  if (const auto problem = why_not(order, wanted, now)) return std::unexpected(*problem);
  return &refund(state, order,
                 {.request_no = "dashboard" + draws.token(12),
                  .reason = "商家后台退款",
                  .amount = wanted,
                  .created_ms = now.ms,
                  .settled_ms = now.ms},
                 now, draws, true);
}

}  // namespace payweir::sandbox::alipay
