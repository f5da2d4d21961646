#include "sandbox/orders/order_books.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace payweir::sandbox::orders {

std::uint32_t OrderBooks::account_of(std::string_view id) {
  const auto known = std::ranges::find(accounts_, id, &Account::id);
  if (known != accounts_.end()) return static_cast<std::uint32_t>(known - accounts_.begin());
  accounts_.push_back({.id = std::string(id)});
  return static_cast<std::uint32_t>(accounts_.size() - 1);
}

std::string OrderBooks::key_of(std::uint32_t account, std::string_view number) {
  return std::to_string(account) + '/' + std::string(number);
}

Order* OrderBooks::look_up(const Index& index, const std::string& key) {
  const auto known = index.find(key);
  return known == index.end() ? nullptr : &orders_[known->second];
}

Order& OrderBooks::add(Order order) {
  check(!full(), "an order was added to full books");
  order.number = static_cast<std::uint32_t>(orders_.size());
  Account& account = accounts_[order.account];
  ++account.orders;
  account.newest_order = order.number;
  const bool is_new =
      by_out_trade_no_.emplace(key_of(order.account, order.out_trade_no), order.number).second;
  check(is_new, "an order was added twice");
  if (!order.code.empty()) by_code_[order.code] = order.number;
  if (!order.prepay_id.empty()) by_code_[order.prepay_id] = order.number;
  by_reference_[order.reference].push_back(order.number);
  return orders_.emplace_back(std::move(order));
}

Order* OrderBooks::find(std::uint32_t account, std::string_view out_trade_no) {
  return look_up(by_out_trade_no_, key_of(account, out_trade_no));
}
Order* OrderBooks::find_transaction(std::uint32_t account, std::string_view transaction_no) {
  return look_up(by_transaction_no_, key_of(account, transaction_no));
}
Order* OrderBooks::find_code(std::string_view code) {
  return look_up(by_code_, std::string(code));
}

OrderBooks::RefundPlace OrderBooks::find_refund(std::uint32_t account, std::string_view request_no) {
  Order* order = look_up(by_refund_no_, key_of(account, request_no));
  if (order == nullptr) return {};
  return {order, order->find_refund(request_no)};
}

void OrderBooks::set_transaction_no(Order& order, std::string transaction_no) {
  check(order.transaction_no.empty(), "an order got a second transaction number");
  by_transaction_no_[key_of(order.account, transaction_no)] = order.number;
  order.transaction_no = std::move(transaction_no);
}

void OrderBooks::pay(Order& order, Instant now) {
  check(order.is_unpaid(), "an order that is over was paid");
  order.state = OrderState::paid;
  order.paid_ms = now.ms;
  order.charge_count = order.charge_twice ? 2 : 1;
  Totals& totals = accounts_[order.account].totals;
  totals.charges += order.charge_count;
  totals.captured += order.amount * order.charge_count;
  const auto is_known = [&] { return std::ranges::find(repeated_, order.reference) != repeated_.end(); };
  if (repeated_.size() < kRepeatedReferencesMax && !is_known() &&
      totals_of_reference(order.reference).charge_count > 1)
    repeated_.push_back(order.reference);
}

OrderRefund& OrderBooks::refund(Order& order, OrderRefund refund) {
  check(order.was_paid() && refund.amount > 0 && refund.amount <= order.amount - order.refunded,
        "a refund beyond what was paid");
  check(order.refunds.size() < kRefundsPerOrderMax, "an order has too many refunds");
  order.refunded += refund.amount;
  Totals& totals = accounts_[order.account].totals;
  ++totals.refunds;
  totals.refunded += refund.amount;
  by_refund_no_.emplace(key_of(order.account, refund.request_no), order.number);
  return order.refunds.emplace_back(std::move(refund));
}

void OrderBooks::settle(Order& order, std::size_t refund, RefundState state, Instant now) {
  OrderRefund& settled = order.refunds[refund];
  check(settled.state == RefundState::processing, "a refund that is over was settled");
  settled.state = state;
  settled.settled_ms = now.ms;
  if (settled.counts()) return;
  order.refunded -= settled.amount;
  Totals& totals = accounts_[order.account].totals;
  --totals.refunds;
  totals.refunded -= settled.amount;
}

ReferenceTotals OrderBooks::totals_of_reference(std::string_view reference) const {
  ReferenceTotals totals;
  visit_by_reference(reference, [&](const Order& order) {
    totals.charge_count += order.charge_count;
    totals.captured += order.amount * order.charge_count;
    totals.refunded += order.refunded;
  });
  return totals;
}

}  // namespace payweir::sandbox::orders
