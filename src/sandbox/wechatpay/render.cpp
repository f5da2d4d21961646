#include "sandbox/wechatpay/render.hpp"

#include <algorithm>
#include <utility>

#include "sandbox/china_time.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

constexpr std::string_view kReceivingAccount = "支付用户零钱";

std::string_view describe(std::string_view state) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"NOTPAY", "订单未支付"}, {"USERPAYING", "需要用户输入支付密码"},
      {"SUCCESS", "支付成功"},  {"REFUND", "转入退款"},
      {"CLOSED", "已关闭"},     {"REVOKED", "已撤销"},
      {"PAYERROR", "支付失败"}};
  const auto* const words = std::ranges::find(kWords, state, [](const auto& row) { return row.first; });
  return words == std::end(kWords) ? std::string_view{} : words->second;
}

}  // namespace

std::string_view trade_type(Channel channel) {
  switch (channel) {
    case Channel::qr: return "NATIVE";
    case Channel::jsapi: return "JSAPI";
    case Channel::app: return "APP";
    case Channel::wap:
    case Channel::web: return "MWEB";
    case Channel::barcode: return "MICROPAY";
  }
  return {};
}

std::string_view trade_state(const Order& order) {
  switch (order.state) {
    case OrderState::offered:
    case OrderState::waiting: return "NOTPAY";
    case OrderState::paying: return "USERPAYING";
    case OrderState::paid:
      return std::ranges::any_of(order.refunds, &OrderRefund::counts) ? "REFUND" : "SUCCESS";
    case OrderState::closed: return "CLOSED";
    case OrderState::revoked: return "REVOKED";
    case OrderState::failed: return "PAYERROR";
  }
  return {};
}

std::string_view refund_status(RefundState state) {
  switch (state) {
    case RefundState::processing: return "PROCESSING";
    case RefundState::succeeded: return "SUCCESS";
    case RefundState::abnormal: return "ABNORMAL";
    case RefundState::closed: return "CLOSED";
  }
  return {};
}

std::string render_transaction(const Order& order, const Merchant& merchant, std::string_view currency) {
  json::Writer out;
  out.begin_object().field("appid", merchant.appid).field("mchid", merchant.mchid);
  out.field("out_trade_no", order.out_trade_no);
  if (!order.transaction_no.empty()) out.field("transaction_id", order.transaction_no);
  out.field("trade_type", trade_type(order.channel)).field("trade_state", trade_state(order));
  out.field("trade_state_desc", describe(trade_state(order)));
  if (order.was_paid())
    out.field("bank_type", "OTHERS").field("success_time", format_china_rfc3339(Instant{order.paid_ms}));
  out.field("attach", order.attach);
  if (!order.buyer.empty()) out.key("payer").begin_object().field("openid", order.buyer).end_object();
  out.key("amount").begin_object().field("total", order.amount).field("currency", currency);
  if (order.was_paid()) out.field("payer_total", order.amount).field("payer_currency", currency);
  out.end_object().end_object();
  return std::move(out).take();
}

std::string render_refund(const Order& order, const OrderRefund& refund, std::string_view currency) {
  json::Writer out;
  out.begin_object().field("refund_id", refund.id).field("out_refund_no", refund.request_no);
  out.field("transaction_id", order.transaction_no).field("out_trade_no", order.out_trade_no);
  out.field("channel", "ORIGINAL").field("user_received_account", kReceivingAccount);
  if (refund.state == RefundState::succeeded)
    out.field("success_time", format_china_rfc3339(Instant{refund.settled_ms}));
  out.field("create_time", format_china_rfc3339(Instant{refund.created_ms}));
  out.field("status", refund_status(refund.state)).field("funds_account", "AVAILABLE");
  out.key("amount").begin_object().field("total", order.amount).field("refund", refund.amount);
  out.field("payer_total", order.amount).field("payer_refund", refund.amount);
  out.field("settlement_total", order.amount).field("settlement_refund", refund.amount);
  out.field("discount_refund", 0).field("currency", currency).end_object().end_object();
  return std::move(out).take();
}

std::string render_refund_resource(const Order& order, const OrderRefund& refund, const Merchant& merchant) {
  json::Writer out;
  out.begin_object().field("mchid", merchant.mchid).field("transaction_id", order.transaction_no);
  out.field("out_trade_no", order.out_trade_no).field("refund_id", refund.id);
  out.field("out_refund_no", refund.request_no).field("refund_status", refund_status(refund.state));
  if (refund.state == RefundState::succeeded)
    out.field("success_time", format_china_rfc3339(Instant{refund.settled_ms}));
  out.field("user_received_account", kReceivingAccount).key("amount").begin_object();
  out.field("total", order.amount).field("refund", refund.amount);
  out.field("payer_total", order.amount).field("payer_refund", refund.amount).end_object().end_object();
  return std::move(out).take();
}

}  // namespace payweir::sandbox::wechatpay
