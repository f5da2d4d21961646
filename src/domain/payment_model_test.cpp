// Random stories of one payment, held against a reference model that knows nothing but sums: what the
// gateway took and gave back, once an operation.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "domain/testkit.hpp"

namespace payweir {
namespace {

using testkit::read_aggregate;
using testkit::read_event;

// A store of one payment: its row, its attempt, every operation and refund it ever had.
class World {
 public:
  explicit World(bool manual) : current_(read_aggregate("requires_payment_method")) {
    if (manual) current_.payment.capture_method = CaptureMethod::manual;
  }

  void apply(const std::string& word) {
    const auto [event, now] = read_event(word, serial_);
    PaymentAggregate loaded = current_;
    if (std::holds_alternative<event::OperationEnded>(event) ||
        std::holds_alternative<event::SettledByHand>(event)) {
      if (operations_.empty()) return;
      load_operation(loaded, *rc::gen::inRange<std::size_t>(0, operations_.size()));
    } else if (std::holds_alternative<event::AskedInVain>(event) ||
               std::holds_alternative<event::GaveUp>(event)) {
      if (operations_.empty()) return;
      load_operation(loaded, operations_.size() - 1);
    } else if (std::holds_alternative<event::Reported>(event)) {
      if (operations_.empty()) return;
      load_operation(loaded, 0);  // the authorisation
    } else {
      load_live_operation(loaded);
    }
    if (!testkit::has_its_rows(loaded, event)) return;
    const bool was_done = loaded.operation && loaded.operation->state == OperationState::done;
    const Result<Decision> result = decide(loaded, event, now);
    const std::vector<std::string> found = testkit::breaches(loaded, now, result);
    RC_ASSERT(found.empty());
    if (!result) return;
    if (was_done && std::holds_alternative<event::OperationEnded>(event)) RC_ASSERT(result->effects.empty());
    store(*result);
    check_sums();
  }

 private:
  void load_operation(PaymentAggregate& loaded, std::size_t index) {
    auto at = operations_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(index));
    loaded.operation = at->second;
    loaded.refund.reset();
    if (at->second.refund_key != 0) loaded.refund = refunds_.at(at->second.refund_key);
  }
  void load_live_operation(PaymentAggregate& loaded) {
    loaded.operation.reset();
    loaded.refund.reset();
    for (const auto& [key, operation] : operations_)
      if (operation.kind != OperationKind::refund && operation.state != OperationState::done)
        loaded.operation = operation;
  }

  void store(const Decision& decision) {
    current_.payment = decision.next.payment;
    current_.attempt = decision.next.attempt;
    if (decision.next.operation) operations_[decision.next.operation->id.key] = *decision.next.operation;
    if (decision.next.superseded) operations_[decision.next.superseded->id.key] = *decision.next.superseded;
    if (decision.next.refund) refunds_[decision.next.refund->id.key] = *decision.next.refund;
    for (const PaymentEffect& each : decision.effects) {
      if (const auto* post = std::get_if<effect::PostCapture>(&each)) taken_ += post->amount.minor;
      if (const auto* post = std::get_if<effect::PostRefund>(&each)) given_back_ += post->amount.minor;
    }
  }

  void check_sums() const {
    const Payment& payment = current_.payment;
    std::int64_t open = 0, done = 0, live = 0;
    for (const auto& [key, refund] : refunds_) {
      const bool spent =
          refund.state == RefundState::pending || refund.state == RefundState::requires_merchant_action;
      open += spent ? refund.amount.minor : 0;
      done += refund.state == RefundState::succeeded ? refund.amount.minor : 0;
    }
    for (const auto& [key, operation] : operations_)
      live += operation.kind != OperationKind::refund && operation.state != OperationState::done;
    RC_ASSERT(live <= 1);
    RC_ASSERT(taken_ == payment.captured_minor);
    RC_ASSERT(taken_ <= payment.amount.minor);
    RC_ASSERT(given_back_ == payment.refunded_minor);
    RC_ASSERT(done == payment.refunded_minor);
    RC_ASSERT(open == payment.refund_reserved_minor);
    RC_ASSERT(done + open <= taken_);
  }

  PaymentAggregate current_;
  std::map<std::int64_t, Operation> operations_;
  std::map<std::int64_t, Refund> refunds_;
  std::int64_t taken_ = 0, given_back_ = 0;
  std::int64_t serial_ = 1000;
};

// Mostly what moves a payment on, so that stories get somewhere.
rc::Gen<std::string> gen_event() {
  const auto likely = rc::gen::element<std::string>(
      "give_method", "confirm", "move_on declined", "capture 40", "capture 100", "cancel", "refund 40",
      "refund 41", "refund 7", "accepted captured 100", "accepted captured 40", "accepted authorised 100",
      "accepted refunded 40", "accepted refunded 41", "accepted refunded 7", "accepted voided 100",
      "accepted needs_action 100", "unknown", "asked_in_vain", "expire late");
  return rc::gen::oneOf(likely, likely, likely, rc::gen::elementOf(testkit::all_events()));
}

RC_GTEST_PROP(PaymentModel, NeverTakesOrGivesBackTooMuch, (bool manual)) {
  World world(manual);
  world.apply("give_method");
  world.apply("confirm");
  for (const std::string& word : *rc::gen::container<std::vector<std::string>>(gen_event()))
    world.apply(word);
}

}  // namespace
}  // namespace payweir
