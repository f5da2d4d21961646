#pragma once
// Order: what a gateway of China knows about one payment: an order under the merchant's own number, paid
// once by whoever scans its code or opens its page, and refunded in parts. Amounts are fen of CNY.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace payweir::sandbox::orders {

enum class OrderState : std::uint8_t {
  offered,  // no payer has opened it yet; Alipay knows of no trade before one does
  waiting,  // for the payer
  paying,   // after a scan of the payer's barcode: the payer enters a password
  paid,     // refunded or not
  closed,   // unpaid for good
  revoked,  // taken back by the merchant, and paid back if it was paid
  failed,   // the payer said no after a scan of their barcode
};

// How the payer comes to the order.
enum class Channel : std::uint8_t { qr, jsapi, app, wap, web, barcode };

enum class RefundState : std::uint8_t { processing, succeeded, abnormal, closed };

struct OrderRefund {
  std::string request_no;  // the merchant's
  std::string id;          // the gateway's; "" where it gives none
  std::string reason;
  std::string notify_url;
  std::int64_t amount = 0;
  std::int64_t created_ms = 0;
  std::int64_t settled_ms = 0;
  RefundState state = RefundState::succeeded;

  [[nodiscard]] bool counts() const {  // against what can still be refunded
    return state == RefundState::processing || state == RefundState::succeeded;
  }
};

struct Order {
  std::uint32_t number = 0;   // its place in the books
  std::uint32_t account = 0;  // in the books
  Channel channel = Channel::qr;
  OrderState state = OrderState::waiting;
  bool charge_twice = false;      // planted: what a checker of the books must find
  std::uint8_t charge_count = 0;  // how often the payer was charged; more than once only when planted
  std::int64_t amount = 0;
  std::int64_t refunded = 0;  // sum of the refunds that count
  std::int64_t created_ms = 0;
  std::int64_t expires_ms = 0;       // closes itself then; 0: never
  std::int64_t code_expires_ms = 0;  // of the code to scan or the page to open; 0: never
  std::int64_t paid_ms = 0;
  std::int64_t closed_ms = 0;
  std::string out_trade_no;    // the merchant's number
  std::string transaction_no;  // the gateway's; "" until there is a trade
  std::string code;            // of the page on which it is paid
  std::string prepay_id;       // WeChat Pay's
  std::string subject;
  std::string attach;     // the merchant's own text, echoed
  std::string reference;  // the payment of the switch that it belongs to
  std::string notify_url, return_url;
  std::string buyer;  // the payer's id
  std::string terms;  // a hash of what it was ordered with
  std::vector<OrderRefund> refunds;

  [[nodiscard]] bool is_unpaid() const {
    return state == OrderState::offered || state == OrderState::waiting || state == OrderState::paying;
  }
  [[nodiscard]] bool was_paid() const { return charge_count > 0; }
  [[nodiscard]] bool is_refunded_in_full() const { return was_paid() && refunded == amount; }
  [[nodiscard]] OrderRefund* find_refund(std::string_view request_no);
};

[[nodiscard]] std::string_view to_string(OrderState state);
[[nodiscard]] std::string_view to_string(Channel channel);
[[nodiscard]] std::string_view to_string(RefundState state);

// The value of payment_id or order_id when `attach` is a form such as "payment_id=pay_1&x=2", encoded once
// or not; else the merchant's number itself.
[[nodiscard]] std::string reference_of(std::string_view attach, std::string_view out_trade_no);

}  // namespace payweir::sandbox::orders
