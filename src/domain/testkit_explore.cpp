#include <deque>
#include <set>

#include "domain/testkit.hpp"

namespace payweir::testkit {
namespace {

// Tells apart what the machine can: the rows' states and the sums, not versions or ids.
std::string fingerprint(const PaymentAggregate& aggregate) {
  const Payment& payment = aggregate.payment;
  return write_state(aggregate) + " " + std::to_string(payment.amount.minor) + " " +
         std::to_string(payment.captured_minor) + " " + std::to_string(payment.refunded_minor) + " " +
         std::to_string(payment.refund_reserved_minor) + " " +
         std::to_string(aggregate.operation ? aggregate.operation->amount.minor : 0) + " " +
         std::to_string(aggregate.attempt ? aggregate.attempt->captured_minor : 0) + " " +
         (aggregate.attempt && aggregate.attempt->is_released ? "released " : "") +
         (aggregate.refund ? aggregate.refund->error.code : "");
}

}  // namespace

bool has_its_rows(const PaymentAggregate& aggregate, const PaymentEvent& event) {
  const bool about_an_operation =
      std::holds_alternative<event::OperationEnded>(event) ||
      std::holds_alternative<event::AskedInVain>(event) || std::holds_alternative<event::GaveUp>(event) ||
      std::holds_alternative<event::Reported>(event) || std::holds_alternative<event::SettledByHand>(event) ||
      std::holds_alternative<event::MoveOn>(event);
  if (std::holds_alternative<event::Reverse>(event)) return aggregate.attempt.has_value();
  return !about_an_operation || (aggregate.operation && aggregate.attempt);
}

void explore(const std::function<void(const Step&)>& visit) {
  std::set<std::string> seen;
  std::deque<PaymentAggregate> open = {read_aggregate("requires_payment_method"),
                                       read_aggregate("manual requires_payment_method")};
  std::int64_t serial = 1000;
  while (!open.empty()) {
    const PaymentAggregate before = std::move(open.front());
    open.pop_front();
    if (!seen.insert(fingerprint(before)).second) continue;
    for (const std::string& word : all_events()) {
      const auto [event, now] = read_event(word, serial);
      if (!has_its_rows(before, event)) continue;
      const Step step{before, word, now, decide(before, event, now)};
      visit(step);
      if (!step.result) continue;
      open.push_back(step.result->next);
      open.back().superseded.reset();  // stored, and not loaded again
      open.back().superseded_attempt.reset();
    }
  }
}

}  // namespace payweir::testkit
