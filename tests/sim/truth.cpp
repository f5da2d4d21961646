#include "truth.hpp"

#include "sandbox/orders/order_books.hpp"
#include "sandbox/stripe/books.hpp"
#include "sandbox/stripe/object_id.hpp"

namespace payweir::sim {
namespace {

namespace orders = sandbox::orders;
namespace stripe = sandbox::stripe;

// The refund that a cancellation makes is called like the order.
bool is_by_cancellation(const orders::Order& order, const orders::OrderRefund& refund) {
  return refund.request_no == order.out_trade_no;
}

bool is_by_the_switch(const orders::OrderRefund& refund) {
  return refund.request_no.starts_with("opn_");
}

std::int64_t taken_back(const orders::Order& order) {
  std::int64_t sum = 0;
  for (const orders::OrderRefund& refund : order.refunds)
    if (is_by_cancellation(order, refund)) sum += refund.amount;
  return sum;
}

void add(Truth& truth, const orders::Order& order) {
  if (!order.was_paid()) return;
  const std::int64_t back = taken_back(order);
  truth.taken_back += back;
  truth.captured += order.amount * order.charge_count - back;
  truth.charges += order.charge_count - (back == order.amount ? 1 : 0);
  for (const orders::OrderRefund& refund : order.refunds)
    if (is_by_the_switch(refund) && refund.state == orders::RefundState::succeeded)
      truth.refunded += refund.amount;
  if (order.state == orders::OrderState::revoked && order.is_refunded_in_full())
    truth.came_and_went += order.amount - back;
}

Truth truth_at_stripe(const std::string& reference, const stripe::Books& books) {
  const auto totals = books.totals_of_reference(reference);
  Truth truth{.charges = totals.charge_count, .captured = totals.captured, .held = totals.held};
  books.visit_by_reference(reference, [&](const stripe::Intent& intent) {
    for (const stripe::Refund& refund : intent.refunds)
      if (!refund.metadata.get("payweir_operation").empty()) {
        if (refund.status == stripe::RefundStatus::succeeded) truth.refunded += refund.amount;
        if (refund.status == stripe::RefundStatus::failed) truth.returned += refund.amount;
      }
    return true;
  });
  return truth;
}

}  // namespace

template <class Visit>
void GatewayBooks::visit_orders(const Names& names, Visit visit) const {
  for (const orders::OrderBooks* books : {alipay_, wechatpay_})
    for (const std::string& attempt : names.attempts)
      books->visit_by_reference(attempt, visit);
}

Truth GatewayBooks::truth_of(const Names& names) const {
  Truth truth = truth_at_stripe(names.reference, *stripe_);
  visit_orders(names, [&](const orders::Order& order) { add(truth, order); });
  for (const std::string& attempt : names.attempts)
    alipay_->visit_by_reference(attempt, [&](const orders::Order& order) {
      if (order.state == orders::OrderState::paid && order.is_refunded_in_full())
        truth.came_and_went += order.amount;
    });
  return truth;
}

bool GatewayBooks::is_of(const std::string& gateway_id, const Names& names) const {
  if (const auto id = stripe::parse_id("pi_", gateway_id))
    return id->intent < stripe_->size() &&
           stripe::Books::reference_of(stripe_->at(id->intent)) == names.reference;
  bool found = false;
  visit_orders(names, [&](const orders::Order& order) { found |= order.transaction_no == gateway_id; });
  return found;
}

std::string GatewayBooks::account_of(const std::string& gateway_id, const Names& names) const {
  if (const auto id = stripe::parse_id("pi_", gateway_id))
    return is_of(gateway_id, names) ? stripe_->accounts()[stripe_->at(id->intent).account].id : "";
  for (const orders::OrderBooks* books : {alipay_, wechatpay_})
    for (const std::string& attempt : names.attempts) {
      std::string found;
      books->visit_by_reference(attempt, [&](const orders::Order& order) {
        if (order.transaction_no == gateway_id) found = books->accounts()[order.account].id;
      });
      if (!found.empty()) return found;
    }
  return "";
}

bool GatewayBooks::has_refund(const Names& names, std::string_view operation_id) const {
  bool found = false;
  stripe_->visit_by_reference(names.reference, [&](const stripe::Intent& intent) {
    for (const stripe::Refund& refund : intent.refunds)
      found |= refund.metadata.get("payweir_operation") == operation_id &&
               refund.status != stripe::RefundStatus::failed;
    return true;
  });
  visit_orders(names, [&](const orders::Order& order) {
    for (const orders::OrderRefund& refund : order.refunds)
      found |= refund.request_no == operation_id && refund.counts();
  });
  return found;
}

std::set<std::string> GatewayBooks::repeated_references() const {
  const auto& repeated = stripe_->repeated_references();
  return {repeated.begin(), repeated.end()};
}

GatewayBooks::Sums GatewayBooks::sums_of_orders() const {
  Sums sums;
  for (const orders::OrderBooks* books : {alipay_, wechatpay_})
    for (std::uint32_t number = 0; number < books->size(); ++number) {
      const orders::Order& order = books->at(number);
      if (!order.was_paid()) {
        ++sums.unpaid;
        continue;
      }
      ++(order.channel == orders::Channel::barcode ? sums.barcodes : sums.scanned);
      if (order.state == orders::OrderState::revoked) ++sums.taken_back;
      for (const orders::OrderRefund& refund : order.refunds)
        if (is_by_the_switch(refund) && refund.state == orders::RefundState::succeeded) ++sums.refunds;
    }
  return sums;
}

}  // namespace payweir::sim
