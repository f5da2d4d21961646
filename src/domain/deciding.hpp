#pragma once
// What the files of decide() share: one decision in the making, and the ends that several of them come to.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/planted.hpp"
#include "domain/payment.hpp"

namespace payweir::deciding {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

// One decision in the making: the next aggregate and its effects. Every function below changes both in
// step, so that a row never changes without its effect.
class Transition {
 public:
  // The times of a payment never go back, whatever the wall clock does.
  Transition(const PaymentAggregate& current, Instant now)
      : now_(PLANTED(times_go_back) ? now : std::max(now, current.payment.modified_at)) {
    decision_.next = current;
  }

  [[nodiscard]] PaymentAggregate& next() { return decision_.next; }
  [[nodiscard]] Payment& payment() { return decision_.next.payment; }
  [[nodiscard]] Attempt& attempt() { return *decision_.next.attempt; }
  [[nodiscard]] Operation& operation() { return *decision_.next.operation; }
  [[nodiscard]] Refund& refund() { return *decision_.next.refund; }
  [[nodiscard]] Instant now() const { return now_; }

  void add(PaymentEffect effect) { decision_.effects.push_back(effect); }
  void emit(EventType type) { add(effect::Emit{type, ++payment().event_sequence}); }
  void touch_attempt() {
    ++attempt().version;
    attempt().modified_at = now_;
    add(effect::UpdateAttempt{});
  }
  void touch_operation() {
    ++operation().version;
    add(effect::UpdateOperation{});
  }
  void touch_refund() {
    ++refund().version;
    refund().modified_at = now_;
    add(effect::UpdateRefund{});
  }
  void close_operation(OperationResult result) {
    operation().state = OperationState::done;
    operation().result = result;
    touch_operation();
  }
  void leave_open(OperationState state, Instant ask_at) {
    operation().state = state;
    operation().ask_at = ask_at;
    touch_operation();
  }

  [[nodiscard]] Decision take() && {
    if (!PLANTED(forgets_the_version)) ++payment().version;
    payment().modified_at = now_;
    return std::move(decision_);
  }
  [[nodiscard]] Decision take_without_payment() && {
    decision_.payment_changes = false;
    return std::move(decision_);
  }

 private:
  Decision decision_;
  Instant now_;
};

[[nodiscard]] Decision unchanged(const PaymentAggregate& current);
[[nodiscard]] Operation make_operation(const PaymentAggregate& current, OperationId id, OperationKind kind,
                                       std::int64_t amount_minor, Instant ask_at, Instant now);

// The gateway's word cannot be true of what we asked for: nothing is concluded from it.
void quarantine(Transition& to, const std::string& why);
void become_captured(Transition& to, Money captured);
// Held, as far as the gateway goes; a capture or void that finds it so did not happen.
void become_authorised(Transition& to, Instant ask_at);
enum class Because : std::uint8_t { asked, overdue };
void become_voided(Transition& to, Because why, std::optional<OperationResult> closes_as);

// late.cpp: what the gateway says of something that is over here.
[[nodiscard]] Result<Decision> decide_on_report(const PaymentAggregate& current,
                                                const event::Reported& reported, Instant now);
[[nodiscard]] Result<Decision> begin_reversal(const PaymentAggregate& current, const event::Reverse& reverse,
                                              Instant now);
[[nodiscard]] Decision end_reversal(const PaymentAggregate& current, const event::OperationEnded& ended,
                                    Instant now);

}  // namespace payweir::deciding
