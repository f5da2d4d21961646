#include "sandbox/alipay/trades.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/form.hpp"
#include "base/json_writer.hpp"
#include "base/money.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "sandbox/alipay/auth_codes.hpp"
#include "sandbox/alipay/lifecycle.hpp"
#include "sandbox/china_time.hpp"
#include "sandbox/orders/payer.hpp"

namespace payweir::sandbox::alipay {
namespace {

using orders::Due;
using orders::format_yuan;

constexpr std::int64_t kAmountMax = 10'000'000'000;  // 100 million yuan
constexpr std::size_t kOutTradeNoMax = 64, kSubjectMax = 256, kPassbackMax = 512;
constexpr Duration kCodeLife = hours(2), kUnpaidLife = days(15);

bool is_trade_number(std::string_view text) {
  return !text.empty() && text.size() <= kOutTradeNoMax && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  });
}

// "30m", "2h", "1d", up to 15 d; "1c" is the end of the day.
Parsed<Instant> read_timeout(std::string_view text, Instant now) {
  const auto bad = [] { return std::unexpected(invalid_field("timeout_express", "1m to 15d, or 1c")); };
  if (text == "1c") return china_midnight(now) + days(1);
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end + 1 != text.data() + text.size() || count < 1 || count > 21'600)
    return bad();
  const Duration span = *end == 'm'   ? minutes(count)
                        : *end == 'h' ? hours(count)
                        : *end == 'd' ? days(count)
                                      : Duration{};
  if (span <= Duration{} || span > kUnpaidLife) return bad();
  return now + span;
}

Parsed<Instant> read_expiry(const Call& call) {
  if (const std::string at = text_of(call, "time_expire"); !at.empty()) {
    const auto time = parse_china(at);
    if (!time || *time <= call.now)
      return std::unexpected(invalid_field("time_expire", "yyyy-MM-dd HH:mm:ss, not in the past"));
    return *time;
  }
  if (const std::string span = text_of(call, "timeout_express"); !span.empty())
    return read_timeout(span, call.now);
  return call.now + kUnpaidLife;
}

std::string_view product_of(Channel channel) {
  switch (channel) {
    case Channel::web: return "FAST_INSTANT_TRADE_PAY";
    case Channel::wap: return "QUICK_WAP_WAY";
    case Channel::app: return "QUICK_MSECURITY_PAY";
    case Channel::qr:
    case Channel::jsapi:
    case Channel::barcode: return {};
  }
  return {};
}

Parsed<std::int64_t> read_amount(const Call& call) {
  static const Currency cny = *Currency::parse("CNY");
  const std::string text = text_of(call, "total_amount");
  const auto money = parse_major(text, cny);
  if (!money || money->minor < 1 || money->minor > kAmountMax)
    return std::unexpected(invalid_field("total_amount", "yuan, 0.01 to 100000000, up to two decimals"));
  return money->minor;
}

// Blanks, control characters and bytes beyond ASCII as %XX, as a browser sends them: merchants give
// addresses with such characters in them.
std::string escape_address(std::string_view url) {
  std::string out;
  for (const char c : url) {
    if (c > ' ' && c < '\x7f') {
      out += c;
    } else {
      out += form::percent_encode(std::string_view(&c, 1));
    }
  }
  return out;
}

// What the content asks for, not yet in the books.
Parsed<Order> read_order(const Call& call, Channel channel) {
  Order order{.account = call.app.account, .channel = channel, .created_ms = call.now.ms};
  order.charge_twice = call.charge_twice;
  order.out_trade_no = text_of(call, "out_trade_no");
  if (!is_trade_number(order.out_trade_no))
    return std::unexpected(invalid_field("out_trade_no", "1 to 64 letters, digits and underscores"));
  const auto amount = read_amount(call);
  if (!amount) return std::unexpected(amount.error());
  order.amount = *amount;
  order.subject = text_of(call, "subject");
  if (order.subject.empty() || order.subject.size() > kSubjectMax)
    return std::unexpected(invalid_field("subject", "1 to 256 bytes"));
  order.attach = text_of(call, "passback_params");
  if (order.attach.size() > kPassbackMax)
    return std::unexpected(invalid_field("passback_params", "up to 512 bytes"));
  if (text_of(call, "product_code") != product_of(channel) && !product_of(channel).empty())
    return std::unexpected(invalid_field("product_code", "must be " + std::string(product_of(channel))));
  order.notify_url = get(call.params, "notify_url");
  if (!order.notify_url.empty() && !is_web_address(order.notify_url))
    return std::unexpected(invalid_field("notify_url", "an http or https address"));
  order.return_url = escape_address(get(call.params, "return_url"));
  if (!order.return_url.empty() && !is_web_address(order.return_url))
    return std::unexpected(invalid_field("return_url", "an http or https address"));
  const auto expiry = read_expiry(call);
  if (!expiry) return std::unexpected(expiry.error());
  order.expires_ms = expiry->ms;
  order.reference = orders::reference_of(order.attach, order.out_trade_no);
  order.terms = std::string(to_string(channel)) + '|' + format_yuan(order.amount) + '|' +
                crypto::sha256(order.subject).substr(0, 8);
  return order;
}

// Why a number cannot be ordered (again); nullopt while its order waits.
std::optional<Problem> why_over(const Order& order, Instant now) {
  if (order.is_unpaid()) return std::nullopt;
  if (order.state != OrderState::paid || order.is_refunded_in_full())
    return business("ACQ.TRADE_HAS_CLOSE", "交易已经关闭");
  if (is_finished(order, now)) return business("ACQ.TRADE_HAS_FINISHED", "交易已经完结");
  return business("ACQ.TRADE_HAS_SUCCESS", "交易已被支付");
}

// The same number with the same terms is the same order.
Parsed<Order*> find_or_add(Call& call, Channel channel, OrderState state) {
  auto wanted = read_order(call, channel);
  if (!wanted) return std::unexpected(wanted.error());
  if (Order* known = call.state.books.find(call.app.account, wanted->out_trade_no)) {
    if (const auto problem = why_over(*known, call.now)) return std::unexpected(*problem);
    if (known->terms != wanted->terms)
      return std::unexpected(business("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改"));
    if (known->code_expires_ms != 0) known->code_expires_ms = (call.now + kCodeLife).ms;
    return known;
  }
  if (call.state.books.full()) return std::unexpected(system_error());
  wanted->state = OrderState::offered;
  if (channel != Channel::barcode && channel != Channel::jsapi) wanted->code = "bax" + call.draws.token(21);
  if (channel == Channel::qr) wanted->code_expires_ms = (call.now + kCodeLife).ms;
  Order& made = call.state.books.add(*std::move(wanted));
  call.state.due.set(Due::What::expire_order, Instant{made.expires_ms}, made.number);
  if (state != OrderState::offered) {
    open(call.state, made, call.now, call.draws);
    made.state = state;
  }
  return &made;
}

json::Writer success(const Order& order) {
  json::Writer out;
  out.begin_object().field("code", "10000").field("msg", "Success").field("out_trade_no", order.out_trade_no);
  return out;
}

std::string finish(json::Writer out) {
  out.end_object();
  return std::move(out).take();
}

void write_payer(json::Writer& out, const Order& order) {
  out.field("buyer_logon_id", buyer_logon_id(order)).field("buyer_user_id", order.buyer);
}

void write_amounts(json::Writer& out, const Call& call, const Order& order) {
  const std::string amount = format_yuan(order.amount);
  out.field("total_amount", amount);
  if (order.was_paid()) {
    out.field("receipt_amount", amount).field("buyer_pay_amount", amount).field("invoice_amount", amount);
    out.field("point_amount", "0.00");
  }
  if (call.lie == FaultKind::wrong_currency)
    out.field("trans_currency", "USD").field("pay_currency", "USD").field("settle_currency", "USD");
}

std::string paid_answer(const Call& call, const Order& order) {
  json::Writer out = success(order);
  out.field("trade_no", order.transaction_no);
  write_payer(out, order);
  write_amounts(out, call, order);
  out.field("gmt_payment", format_china(Instant{order.paid_ms})).key("fund_bill_list").begin_array();
  out.begin_object().field("amount", format_yuan(order.amount)).field("fund_channel", "ALIPAYACCOUNT");
  out.end_object().end_array();
  return finish(std::move(out));
}

std::string asks_answer(const Call& call, const Order& order) {
  json::Writer out;
  out.begin_object().field("code", "10003").field("msg", " order success pay inprocess");
  out.field("out_trade_no", order.out_trade_no).field("trade_no", order.transaction_no);
  write_payer(out, order);
  write_amounts(out, call, order);
  return finish(std::move(out));
}

// A number that was never ordered is kept from being ordered from now on.
void fence(Call& call, std::string out_trade_no) {
  Order order{.account = call.app.account, .state = OrderState::closed};
  order.created_ms = order.closed_ms = call.now.ms;
  order.reference = out_trade_no;
  order.out_trade_no = std::move(out_trade_no);
  call.state.books.add(std::move(order));
}

std::string cancelled_answer(std::string_view out_trade_no, std::string_view trade_no,
                             std::string_view action) {
  json::Writer out;
  out.begin_object().field("code", "10000").field("msg", "Success").field("out_trade_no", out_trade_no);
  if (!trade_no.empty()) out.field("trade_no", trade_no);
  out.field("retry_flag", "N").field("action", action);
  return finish(std::move(out));
}

}  // namespace

std::string text_of(const Call& call, std::string_view name) {
  const json::Value value = call.content[name];
  if (value.is(json::Kind::string)) return std::string(value.text());
  if (value.is(json::Kind::integer) || value.is(json::Kind::real)) return value.dump();
  return {};
}

Order shown(const Call& call, const Order& order) {
  Order copy = order;
  if (call.lie == FaultKind::wrong_amount) {
    ++copy.amount;
    ++copy.refunded;
    if (!copy.refunds.empty()) ++copy.refunds.back().amount;
  }
  if (call.lie == FaultKind::someone_elses_answer) {
    for (std::uint32_t number = order.number; number > 0; --number)
      if (const Order& other = call.state.books.at(number - 1);
          other.account == order.account && !other.transaction_no.empty())
        return other;
    copy.out_trade_no += "_of_someone_else";
    if (!copy.transaction_no.empty())
      copy.transaction_no.back() = copy.transaction_no.back() == '0' ? '1' : '0';
  }
  return copy;
}

Parsed<Order*> find_trade(Call& call) {
  const std::string out_trade_no = text_of(call, "out_trade_no"), trade_no = text_of(call, "trade_no");
  if (out_trade_no.empty() && trade_no.empty())
    return std::unexpected(invalid_field("out_trade_no", "this or trade_no is needed"));
  Order* order = trade_no.empty() ? call.state.books.find(call.app.account, out_trade_no)
                                  : call.state.books.find_transaction(call.app.account, trade_no);
  if (order == nullptr || order->transaction_no.empty())
    return std::unexpected(business("ACQ.TRADE_NOT_EXIST", "交易不存在"));
  return order;
}

Parsed<Order*> open_trade(Call& call, Channel channel) {
  return find_or_add(call, channel, OrderState::offered);
}

std::string code_url(const State& state, const Order& order) {
  if (state.public_url.empty()) return "https://qr.alipay.com/" + order.code;
  return state.public_url + "/scan/" + order.code;
}

Answer precreate_trade(Call& call) {
  const auto order = open_trade(call, Channel::qr);
  if (!order) return std::unexpected(order.error());
  const Order copy = shown(call, **order);
  json::Writer out = success(copy);
  out.field("qr_code", code_url(call.state, copy));
  return finish(std::move(out));
}

Answer create_trade(Call& call) {
  std::string buyer = text_of(call, "buyer_id");
  if (buyer.empty()) buyer = text_of(call, "buyer_open_id");
  if (buyer.empty()) return std::unexpected(invalid_field("buyer_id", "this or buyer_open_id is needed"));
  const auto order = find_or_add(call, Channel::jsapi, OrderState::waiting);
  if (!order) return std::unexpected(order.error());
  (*order)->buyer = std::move(buyer);
  const Order copy = shown(call, **order);
  json::Writer out = success(copy);
  out.field("trade_no", copy.transaction_no);
  return finish(std::move(out));
}

Answer pay_trade(Call& call) {
  using Kind = AuthCodeBehaviour::Kind;
  if (const std::string scene = text_of(call, "scene"); scene != "bar_code")
    return std::unexpected(invalid_field("scene", "must be bar_code"));
  const auto behaviour = behaviour_of(text_of(call, "auth_code"));
  if (!behaviour)
    return std::unexpected(business("ACQ.PAYMENT_AUTH_CODE_INVALID", "支付授权码无效 auth_code"));
  const bool is_known = call.state.books.find(call.app.account, text_of(call, "out_trade_no")) != nullptr;
  if (!is_known) {
    const auto wanted = read_order(call, Channel::barcode);
    if (!wanted) return std::unexpected(wanted.error());
    if (behaviour->kind == Kind::refused)
      return std::unexpected(business(std::string(behaviour->sub_code), std::string(behaviour->sub_msg)));
    if (orders::is_beyond_balance(wanted->amount))
      return std::unexpected(business("ACQ.BUYER_BALANCE_NOT_ENOUGH", "买家余额不足"));
  }
  const auto found = find_or_add(call, Channel::barcode, OrderState::paying);
  if (!found) return std::unexpected(found.error());
  Order& order = **found;
  if (!is_known && behaviour->kind == Kind::pays) {
    pay(call.state, order, call.now, call.draws);
    return paid_answer(call, shown(call, order));
  }
  if (!is_known && behaviour->kind != Kind::asks)
    call.state.due.set(
        behaviour->kind == Kind::asks_then_pays ? Due::What::approve_payment : Due::What::decline_payment,
        call.now + kDecision, order.number);
  return asks_answer(call, shown(call, order));
}

Answer query_trade(Call& call) {
  const auto found = find_trade(call);
  if (!found) return std::unexpected(found.error());
  const Order order = shown(call, **found);
  json::Writer out = success(order);
  out.field("trade_no", order.transaction_no).field("trade_status", trade_status(order, call.now));
  write_payer(out, order);
  write_amounts(out, call, order);
  if (order.was_paid()) out.field("send_pay_date", format_china(Instant{order.paid_ms}));
  if (!order.attach.empty()) out.field("passback_params", order.attach);
  return finish(std::move(out));
}

Answer cancel_trade(Call& call) {
  const std::string out_trade_no = text_of(call, "out_trade_no"), trade_no = text_of(call, "trade_no");
  orders::OrderBooks& books = call.state.books;
  Order* order = nullptr;
  if (trade_no.empty()) {
    if (!is_trade_number(out_trade_no))
      return std::unexpected(invalid_field("out_trade_no", "this or trade_no is needed"));
    order = books.find(call.app.account, out_trade_no);
    if (order == nullptr) {
      if (books.full()) return std::unexpected(system_error());
      fence(call, out_trade_no);
      return cancelled_answer(out_trade_no, {}, "close");
    }
  } else {
    order = books.find_transaction(call.app.account, trade_no);
    if (order == nullptr) return std::unexpected(business("ACQ.TRADE_NOT_EXIST", "交易不存在"));
  }
  if (is_finished(*order, call.now))
    return std::unexpected(business("ACQ.TRADE_HAS_FINISHED", "交易已经完结"));
  if (order->is_unpaid()) {
    close(call.state, *order, OrderState::closed, call.now, call.draws, false);
  } else if (order->state == OrderState::paid) {
    const std::int64_t rest = order->amount - order->refunded;
    if (rest > 0 && call.app.seller_balance_is_low)
      return std::unexpected(
          business("ACQ.SELLER_BALANCE_NOT_ENOUGH", "商户的支付宝账户中无足够的资金进行撤销"));
    if (rest > 0)
      refund(call.state, *order,
             {.request_no = order->out_trade_no, .amount = rest, .created_ms = call.now.ms}, call.now,
             call.draws, false);
    close(call.state, *order, OrderState::revoked, call.now, call.draws, false);
  }
  const Order copy = shown(call, *order);
  return cancelled_answer(copy.out_trade_no, copy.transaction_no, copy.was_paid() ? "refund" : "close");
}

Answer close_trade(Call& call) {
  const auto found = find_trade(call);
  if (!found) return std::unexpected(found.error());
  Order& order = **found;
  if (!order.is_unpaid()) return std::unexpected(business("ACQ.TRADE_STATUS_ERROR", "交易状态不合法"));
  close(call.state, order, OrderState::closed, call.now, call.draws, true);
  const Order copy = shown(call, order);
  json::Writer out = success(copy);
  out.field("trade_no", copy.transaction_no);
  return finish(std::move(out));
}

}  // namespace payweir::sandbox::alipay
