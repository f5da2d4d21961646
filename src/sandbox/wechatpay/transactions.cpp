#include "sandbox/wechatpay/transactions.hpp"

#include <algorithm>
#include <utility>

#include "base/form.hpp"
#include "crypto/hash.hpp"
#include "sandbox/china_time.hpp"
#include "sandbox/orders/payer.hpp"
#include "sandbox/wechatpay/auth_codes.hpp"
#include "sandbox/wechatpay/lifecycle.hpp"
#include "sandbox/wechatpay/render.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

using orders::Due;

constexpr std::size_t kDescriptionMax = 127 * 4, kAttachMax = 128 * 4, kUrlMax = 255, kOpenidMax = 128;
constexpr Duration kPrepayLife = hours(2), kH5Life = minutes(5), kUnpaidLife = days(7);

bool is_order_number(std::string_view text) {
  return text.size() >= 6 && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
                  c == '-' || c == '|' || c == '*';
         });
}

Problem order_not_exist() {
  return {.status = 404, .code = "ORDER_NOT_EXIST", .message = "订单不存在"};
}

// The two names that every body carries.
std::optional<Problem> check_names(const Call& call, bool with_appid) {
  if (call.content["mchid"].text() != call.merchant.mchid)
    return param_error("/mchid", "not the merchant that signed the request");
  if (with_appid && call.content["appid"].text() != call.merchant.appid)
    return Problem{
        .code = "APPID_MCHID_NOT_MATCH", .message = "appid和mchid不匹配 /appid", .field = "/appid"};
  return std::nullopt;
}

Parsed<std::int64_t> read_total(const Call& call) {
  const json::Value amount = call.content["amount"];
  if (!amount["total"].is(json::Kind::integer) || amount["total"].integer() < 1)
    return std::unexpected(param_error("/amount/total", "fen, an integer from 1"));
  if (!amount["currency"].empty() && amount["currency"].text() != "CNY")
    return std::unexpected(param_error("/amount/currency", "only CNY"));
  return amount["total"].integer();
}

Parsed<Instant> read_expiry(const Call& call) {
  const json::Value value = call.content["time_expire"];
  if (value.empty()) return call.now + kUnpaidLife;
  const auto time = parse_iso8601(value.text());
  if (!time || *time <= call.now)
    return std::unexpected(param_error("/time_expire", "RFC 3339, not in the past"));
  return *time;
}

std::optional<Problem> read_scene(const Call& call, Channel channel, Order& order) {
  if (channel == Channel::jsapi) {
    auto openid = need_text(call.content["payer"]["openid"], "/payer/openid", kOpenidMax);
    if (!openid) return openid.error();
    order.buyer = *std::move(openid);
  }
  if (channel == Channel::wap) {
    const json::Value scene = call.content["scene_info"];
    if (scene["payer_client_ip"].text().empty()) return param_error("/scene_info/payer_client_ip", "needed");
    if (scene["h5_info"]["type"].text().empty()) return param_error("/scene_info/h5_info/type", "needed");
  }
  return std::nullopt;
}

// What the body asks for, not yet in the books.
Parsed<Order> read_order(const Call& call, Channel channel) {
  if (const auto problem = check_names(call, true)) return std::unexpected(*problem);
  Order order{.account = call.merchant.account, .channel = channel, .created_ms = call.now.ms};
  order.charge_twice = call.charge_twice;
  order.out_trade_no = call.content["out_trade_no"].text();
  if (!is_order_number(order.out_trade_no))
    return std::unexpected(param_error("/out_trade_no", "6 to 32 of 0-9 A-Z a-z _ - | *"));
  auto description = need_text(call.content["description"], "/description", kDescriptionMax);
  if (!description) return std::unexpected(description.error());
  order.subject = *std::move(description);
  const auto total = read_total(call);
  if (!total) return std::unexpected(total.error());
  order.amount = *total;
  if (channel != Channel::barcode) {
    auto url = need_text(call.content["notify_url"], "/notify_url", kUrlMax);
    if (!url) return std::unexpected(url.error());
    if (!is_web_address(*url) || url->contains('?'))
      return std::unexpected(param_error("/notify_url", "an http or https address without a query"));
    order.notify_url = *std::move(url);
  }
  order.attach = call.content["attach"].text();
  if (order.attach.size() > kAttachMax)
    return std::unexpected(param_error("/attach", "up to 128 characters"));
  if (const auto problem = read_scene(call, channel, order)) return std::unexpected(*problem);
  const auto expiry = read_expiry(call);
  if (!expiry) return std::unexpected(expiry.error());
  order.expires_ms = expiry->ms;
  order.reference = orders::reference_of(order.attach, order.out_trade_no);
  // Of a barcode payment the code may be another one.
  order.terms = channel == Channel::barcode
                    ? order.subject + '|' + std::to_string(order.amount) + '|' + order.attach
                    : crypto::sha256(call.content.dump());
  return order;
}

// Why a number cannot be ordered (again) so; nullopt when it can.
std::optional<Problem> why_not_again(const Order& known, const Order& wanted) {
  if (known.channel != wanted.channel)
    return Problem{
        .status = 403, .code = "OUT_TRADE_NO_USED", .message = "商户订单号重复", .field = "/out_trade_no"};
  if (known.state == OrderState::paid)
    return Problem{.code = "ORDERPAID", .message = "该订单已支付", .field = "/out_trade_no"};
  if (!known.is_unpaid())
    return Problem{.code = "ORDER_CLOSED", .message = "该订单已关闭", .field = "/out_trade_no"};
  if (known.terms != wanted.terms)
    return Problem{
        .code = "INVALID_REQUEST", .message = "请求重入时，参数与首次请求时不一致", .field = "/out_trade_no"};
  return std::nullopt;
}

// The same number with the same parameters is the same order.
Parsed<Order*> find_or_add(Call& call, Order wanted) {
  const Duration life = wanted.channel == Channel::wap ? kH5Life : kPrepayLife;
  const bool has_page = wanted.channel != Channel::barcode;
  if (Order* known = call.state.books.find(wanted.account, wanted.out_trade_no)) {
    if (const auto problem = why_not_again(*known, wanted)) return std::unexpected(*problem);
    if (has_page) known->code_expires_ms = (call.now + life).ms;
    return known;
  }
  if (call.state.books.full()) return std::unexpected(system_error());
  wanted.state = has_page ? OrderState::waiting : OrderState::paying;
  if (has_page) {
    wanted.code = call.draws.token(9);
    wanted.prepay_id = "wx" + china_day(call.now) + call.draws.token(26);
    wanted.code_expires_ms = (call.now + life).ms;
  }
  Order& made = call.state.books.add(std::move(wanted));
  call.state.due.set(Due::What::expire_order, Instant{made.expires_ms}, made.number);
  return &made;
}

Parsed<Order*> prepay(Call& call, Channel channel) {
  auto wanted = read_order(call, channel);
  if (!wanted) return std::unexpected(wanted.error());
  return find_or_add(call, *std::move(wanted));
}

Reply one_field(std::string_view name, std::string_view value) {
  json::Writer out;
  out.begin_object().field(name, value).end_object();
  return Answer{.body = std::move(out).take()};
}

Reply transaction_answer(const Call& call, const Order& order) {
  return Answer{.body = render_transaction(shown(call, order), call.merchant, shown_currency(call))};
}

Reply prepay_id_answer(Call& call, Channel channel) {
  const auto order = prepay(call, channel);
  if (!order) return std::unexpected(order.error());
  return one_field("prepay_id", shown(call, **order).prepay_id);
}

Reply query(Call& call, Order* order) {
  if (query_parameter(call, "mchid") != call.merchant.mchid)
    return std::unexpected(param_error("mchid", "not the merchant that signed the request"));
  if (order == nullptr) return std::unexpected(order_not_exist());
  return transaction_answer(call, *order);
}

}  // namespace

Parsed<std::string> need_text(json::Value value, std::string_view path, std::size_t size_max) {
  if (!value.is(json::Kind::string) || value.text().empty())
    return std::unexpected(param_error(path, "a text is needed"));
  if (value.text().size() > size_max) return std::unexpected(param_error(path, "too long"));
  return std::string(value.text());
}

std::string query_parameter(const Call& call, std::string_view name) {
  const auto pairs = form::decode(call.query);
  if (pairs)
    for (const auto& [key, value] : *pairs)
      if (key == name) return value;
  return {};
}

Order shown(const Call& call, const Order& order) {
  Order copy = order;
  if (call.lie == FaultKind::wrong_amount) {
    ++copy.amount;
    for (OrderRefund& refund : copy.refunds)
      ++refund.amount;
  }
  if (call.lie == FaultKind::someone_elses_answer) {
    for (std::uint32_t number = order.number; number > 0; --number)
      if (const Order& other = call.state.books.at(number - 1);
          other.account == order.account && other.refunds.empty() == order.refunds.empty())
        return other;
    copy.out_trade_no.back() = copy.out_trade_no.back() == '0' ? '1' : '0';
    if (!copy.transaction_no.empty())
      copy.transaction_no.back() = copy.transaction_no.back() == '0' ? '1' : '0';
    for (OrderRefund& refund : copy.refunds)
      refund.request_no += "_of_someone_else";
  }
  return copy;
}

std::string_view shown_currency(const Call& call) {
  return call.lie == FaultKind::wrong_currency ? "USD" : "CNY";
}

Reply prepay_native(Call& call) {
  const auto order = prepay(call, Channel::qr);
  if (!order) return std::unexpected(order.error());
  return one_field("code_url", "weixin://wxpay/bizpayurl?pr=" + shown(call, **order).code);
}

Reply prepay_jsapi(Call& call) {
  return prepay_id_answer(call, Channel::jsapi);
}
Reply prepay_app(Call& call) {
  return prepay_id_answer(call, Channel::app);
}

Reply prepay_h5(Call& call) {
  const auto order = prepay(call, Channel::wap);
  if (!order) return std::unexpected(order.error());
  const std::string origin =
      call.state.public_url.empty() ? std::string("https://wx.tenpay.com") : call.state.public_url;
  return one_field("h5_url",
                   origin + "/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=" + shown(call, **order).prepay_id +
                       "&package=" + std::to_string((*order)->number + 1));
}

Reply pay_by_code(Call& call) {
  using Kind = AuthCodeBehaviour::Kind;
  auto wanted = read_order(call, Channel::barcode);
  if (!wanted) return std::unexpected(wanted.error());
  const auto behaviour = behaviour_of(call.content["payer"]["auth_code"].text());
  if (!behaviour)
    return std::unexpected(param_error("/payer/auth_code", "18 digits that begin with 10 to 15"));
  const bool is_known = call.state.books.find(call.merchant.account, wanted->out_trade_no) != nullptr;
  if (!is_known && behaviour->kind == Kind::refused)
    return std::unexpected(Problem{
        .status = behaviour->status, .code = behaviour->code, .message = std::string(behaviour->message)});
  if (!is_known && orders::is_beyond_balance(wanted->amount))
    return std::unexpected(Problem{.status = 403, .code = "NOT_ENOUGH", .message = "用户余额不足"});
  const auto found = find_or_add(call, *std::move(wanted));
  if (!found) return std::unexpected(found.error());
  Order& order = **found;
  if (!is_known && behaviour->kind == Kind::pays) {
    pay(call.state, order, call.now, call.draws);
    return transaction_answer(call, order);
  }
  if (!is_known && behaviour->kind != Kind::asks)
    call.state.due.set(
        behaviour->kind == Kind::asks_then_pays ? Due::What::approve_payment : Due::What::decline_payment,
        call.now + kDecision, order.number);
  return std::unexpected(Problem{.status = 202, .code = "USERPAYING", .message = "用户支付中，需要输入密码"});
}

Reply query_by_out_trade_no(Call& call) {
  return query(call, call.state.books.find(call.merchant.account, call.id));
}
Reply query_by_transaction_id(Call& call) {
  return query(call, call.state.books.find_transaction(call.merchant.account, call.id));
}

Reply close_order(Call& call) {
  if (const auto problem = check_names(call, false)) return std::unexpected(*problem);
  Order* order = call.state.books.find(call.merchant.account, call.id);
  if (order == nullptr) return std::unexpected(order_not_exist());
  if (order->channel == Channel::barcode)
    return std::unexpected(
        Problem{.code = "INVALID_REQUEST", .message = "付款码订单请调用撤销 a barcode payment is reversed"});
  if (order->was_paid()) return std::unexpected(Problem{.code = "ORDERPAID", .message = "该订单已支付"});
  if (order->is_unpaid()) close(*order, OrderState::closed, call.now);
  return Answer{.status = 204, .body = {}};
}

Reply reverse_order(Call& call) {
  if (const auto problem = check_names(call, true)) return std::unexpected(*problem);
  Order* order = call.state.books.find(call.merchant.account, call.id);
  if (order == nullptr) return std::unexpected(order_not_exist());
  if (order->channel != Channel::barcode)
    return std::unexpected(
        Problem{.code = "INVALID_REQUEST", .message = "仅支持付款码订单 only barcode payments are reversed"});
  const std::int64_t rest = order->was_paid() ? order->amount - order->refunded : 0;
  if (rest > 0 && call.merchant.balance_is_low)
    return std::unexpected(Problem{.status = 403, .code = "NOT_ENOUGH", .message = "商户余额不足"});
  if (rest > 0)
    call.state.books.refund(*order, {.request_no = order->out_trade_no,
                                     .amount = rest,
                                     .created_ms = call.now.ms,
                                     .settled_ms = call.now.ms});
  if (order->state != OrderState::revoked) close(*order, OrderState::revoked, call.now);
  json::Writer out;
  out.begin_object().field("appid", call.merchant.appid).field("mchid", call.merchant.mchid);
  out.field("out_trade_no", shown(call, *order).out_trade_no).end_object();
  return Answer{.body = std::move(out).take()};
}

}  // namespace payweir::sandbox::wechatpay
