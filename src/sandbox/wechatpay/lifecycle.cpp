#include "sandbox/wechatpay/lifecycle.hpp"

#include <utility>

#include "crypto/aead.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "sandbox/china_time.hpp"
#include "sandbox/wechatpay/render.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

// https://pay.weixin.qq.com/doc/v3/merchant/4012791861 ("支付成功回调通知"): fifteen tries in a day.
const std::vector<Duration> kRetries = {seconds(15), seconds(15), seconds(30), minutes(3),  minutes(10),
                                        minutes(20), minutes(30), minutes(30), minutes(30), minutes(60),
                                        hours(3),    hours(3),    hours(3),    hours(6),    hours(6)};
constexpr Duration kAnswerMax = seconds(5);

std::string digits(Draws& draws, std::size_t count) {
  std::string text;
  while (text.size() < count)
    text += static_cast<char>('0' + draws.below(10));
  return text;
}

struct Event {
  std::string id, type, summary, original_type, resource;
  std::string resource_nonce, signature_nonce;
  Instant created;
  bool is_probe = false;
};

std::string body_of(const Event& event, const Merchant& merchant) {
  const std::string sealed =
      crypto::aes256gcm_seal(merchant.apiv3_key, event.resource_nonce, event.original_type, event.resource);
  json::Writer out;
  out.begin_object().field("id", event.id).field("create_time", format_china_rfc3339(event.created));
  out.field("resource_type", "encrypt-resource").field("event_type", event.type);
  out.field("summary", event.summary).key("resource").begin_object();
  out.field("original_type", event.original_type).field("algorithm", "AEAD_AES_256_GCM");
  out.field("ciphertext", crypto::to_base64(sealed)).field("associated_data", event.original_type);
  out.field("nonce", event.resource_nonce).end_object().end_object();
  return std::move(out).take();
}

void notify(State& state, const Order& order, const std::string& url, Event event, Instant now,
            Draws& draws) {
  if (url.empty()) return;
  event.id = "EV-" + china_day(now) + draws.token(20);
  event.resource_nonce = draws.token(12);
  event.signature_nonce = draws.token(32);
  event.created = now;
  event.is_probe = state.probes_per_million > 0 && draws.chance(state.probes_per_million);
  const std::shared_ptr<Merchant> merchant = state.merchants.of_account(order.account);
  state.callbacks.add([merchant, url, event = std::move(event)](Instant at) {
    Callback callback{
        .retries = kRetries, .acknowledgement = Acknowledgement::ok_or_no_content, .timeout = kAnswerMax};
    http::Request& request = callback.request;
    request.method = http::Method::post;
    address_to(request, url);
    request.headers.set("Content-Type", "application/json; charset=utf-8");
    request.headers.set("Request-ID", event.id);
    request.body = body_of(event, *merchant);
    sign(request.headers, request.body, merchant->platform, at, event.signature_nonce, event.is_probe);
    callback.sign_again = [merchant, event](http::Request& again, Instant then) {
      again.body = body_of(event, *merchant);
      const std::string nonce =
          crypto::to_hex(crypto::sha256(event.signature_nonce + std::to_string(then.ms))).substr(0, 32);
      sign(again.headers, again.body, merchant->platform, then, nonce, false);
    };
    return callback;
  });
}

}  // namespace

void pay(State& state, Order& order, Instant now, Draws& draws) {
  if (order.buyer.empty()) order.buyer = "o" + draws.token(27);
  state.books.set_transaction_no(order, "4200" + digits(draws, 6) + china_day(now) + digits(draws, 10));
  state.books.pay(order, now);
  const Merchant& merchant = *state.merchants.of_account(order.account);
  notify(state, order, order.notify_url,
         {.type = "TRANSACTION.SUCCESS",
          .summary = "支付成功",
          .original_type = "transaction",
          .resource = render_transaction(order, merchant, "CNY")},
         now, draws);
}

void close(Order& order, OrderState as, Instant now) {
  order.state = as;
  order.closed_ms = now.ms;
}

OrderRefund& refund(State& state, Order& order, OrderRefund made, Instant now, Draws& draws) {
  made.id = "503" + digits(draws, 7) + china_day(now) + digits(draws, 10);
  made.state = RefundState::processing;
  made.created_ms = now.ms;
  OrderRefund& kept = state.books.refund(order, std::move(made));
  if (kept.amount % 10'000 != kEndlessDigits)
    state.due.set(orders::Due::What::settle_refund, now + kRefundTakes, order.number,
                  order.refunds.size() - 1);
  return kept;
}

void settle_refund(State& state, Order& order, std::size_t place, Instant now, Draws& draws) {
  const std::int64_t ending = order.refunds[place].amount % 10'000;
  const RefundState end = ending == kAbnormalDigits ? RefundState::abnormal
                          : ending == kClosedDigits ? RefundState::closed
                                                    : RefundState::succeeded;
  state.books.settle(order, place, end, now);
  const OrderRefund& settled = order.refunds[place];
  const Merchant& merchant = *state.merchants.of_account(order.account);
  notify(state, order, settled.notify_url.empty() ? order.notify_url : settled.notify_url,
         {.type = "REFUND." + std::string(refund_status(settled.state)),
          .summary = end == RefundState::succeeded ? "退款成功" : "退款异常",
          .original_type = "refund",
          .resource = render_refund_resource(order, settled, merchant)},
         now, draws);
}

}  // namespace payweir::sandbox::wechatpay
