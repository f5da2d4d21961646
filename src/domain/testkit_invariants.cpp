#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "domain/testkit.hpp"

namespace payweir::testkit {
namespace {

// Every move of a payment's state that any event may make; staying where it is needs no line.
const std::set<std::pair<PaymentState, PaymentState>>& edges() {
  using enum PaymentState;
  static const std::set<std::pair<PaymentState, PaymentState>> listed = {
      {requires_payment_method, requires_confirmation},
      {requires_payment_method, cancelled},
      {requires_payment_method, expired},
      {requires_confirmation, processing},
      {requires_confirmation, cancelled},
      {requires_confirmation, expired},
      {processing, requires_customer_action},
      {processing, requires_capture},
      {processing, succeeded},
      {processing, partially_captured},
      {processing, cancelled},
      {processing, expired},
      {processing, failed},
      {processing, conflicted},
      {requires_customer_action, processing},
      {requires_customer_action, requires_capture},
      {requires_customer_action, succeeded},
      {requires_customer_action, partially_captured},
      {requires_customer_action, cancelled},
      {requires_customer_action, expired},
      {requires_customer_action, failed},
      {requires_customer_action, conflicted},
      // Another way to pay.
      {processing, requires_payment_method},
      {requires_customer_action, requires_payment_method},
      {requires_merchant_action, requires_payment_method},
      {failed, requires_payment_method},
      // The attempt before it succeeded all the same.
      {requires_payment_method, processing},
      {requires_payment_method, requires_capture},
      {requires_payment_method, succeeded},
      {requires_payment_method, partially_captured},
      {requires_payment_method, conflicted},
      {requires_confirmation, requires_capture},
      {requires_confirmation, succeeded},
      {requires_confirmation, partially_captured},
      {requires_confirmation, conflicted},
      {requires_capture, processing},
      // Seen at the gateway without a request of ours.
      {requires_capture, cancelled},
      {requires_capture, expired},
      {requires_capture, succeeded},
      {requires_capture, partially_captured},
      {requires_capture, conflicted},
      // Asked about for too long; from there by a person, or by the gateway after all.
      {processing, requires_merchant_action},
      {requires_merchant_action, processing},
      {requires_merchant_action, requires_customer_action},
      {requires_merchant_action, requires_capture},
      {requires_merchant_action, succeeded},
      {requires_merchant_action, partially_captured},
      {requires_merchant_action, cancelled},
      {requires_merchant_action, expired},
      {requires_merchant_action, failed},
      {requires_merchant_action, conflicted},
      {conflicted, requires_capture},
      {conflicted, succeeded},
      {conflicted, partially_captured},
      {conflicted, cancelled},
      {conflicted, failed},
      // Given up, and the gateway says that it succeeded all the same.
      {failed, processing},
      {failed, requires_capture},
      {failed, succeeded},
      {failed, partially_captured},
      {failed, conflicted},
      {cancelled, conflicted},
      {expired, conflicted},
  };
  return listed;
}

template <class Effect>
std::size_t count(const Decision& decision) {
  return static_cast<std::size_t>(std::ranges::count_if(
      decision.effects, [](const PaymentEffect& each) { return std::holds_alternative<Effect>(each); }));
}

bool came_late(AttemptState state) {
  return state == AttemptState::succeeded_late || state == AttemptState::reversed;
}

bool is_open(const std::optional<Operation>& operation) {
  return operation && operation->state != OperationState::done;
}

class Inspection {
 public:
  Inspection(const PaymentAggregate& before, const Decision& decision, Instant now)
      : before_(before), decision_(decision), after_(decision.next), now_(now) {}

  std::vector<std::string> run() {
    payment_row();
    row<effect::InsertAttempt, effect::UpdateAttempt>("attempt", before_.attempt, after_.attempt);
    row<effect::InsertRefund, effect::UpdateRefund>("refund", before_.refund, after_.refund);
    row<effect::InsertOperation, effect::UpdateOperation>("operation", before_.operation, after_.operation);
    superseded();
    superseded_attempt();
    sums();
    postings();
    events();
    agreement();
    return std::move(found_);
  }

 private:
  void expect(bool holds, const std::string& what) {
    if (!holds) found_.push_back(what);
  }

  void payment_row() {
    const Payment &was = before_.payment, &is = after_.payment;
    if (!decision_.payment_changes) return expect(was == is, "the payment changed in silence");
    expect(is.version == was.version + 1, "the payment's version did not rise by one");
    expect(is.modified_at == std::max(now_, was.modified_at), "modified_at was not set, or went back");
    expect(is.id == was.id && is.merchant_no == was.merchant_no && is.profile_key == was.profile_key &&
               is.created_at == was.created_at && is.expires_at == was.expires_at,
           "an immutable member of the payment changed");
    expect(is.state == was.state || edges().contains({was.state, is.state}),
           "no such edge: " + std::string(to_string(was.state)) + " to " + std::string(to_string(is.state)));
    const bool was_given_up = before_.attempt && !is_live(before_.attempt->state);
    expect(!is_final(was.state) || is.state == was.state || was_given_up, "a final state was left");
  }

  // A row is new, changed or untouched; its effect says the same, once.
  template <class Insert, class Update, class Row>
  void row(const std::string& name, const std::optional<Row>& was, const std::optional<Row>& is) {
    const bool is_new = is && (!was || was->id != is->id);
    const bool changed = is && !is_new && !(*was == *is);
    expect(is || !was, "the " + name + " vanished");
    expect(count<Insert>(decision_) == (is_new ? 1u : 0u), "insert of " + name + " and its row differ");
    expect(count<Update>(decision_) == (changed ? 1u : 0u), "update of " + name + " and its row differ");
    if (is_new) expect(is->version == 1, "a new " + name + " has not version 1");
    if (changed) expect(is->version == was->version + 1, name + "'s version did not rise by one");
  }

  void superseded() {
    const bool replaced = is_open(before_.operation) && before_.operation->kind != OperationKind::refund &&
                          after_.operation && after_.operation->id != before_.operation->id;
    const bool closed = count<effect::UpdateSuperseded>(decision_) == 1;
    expect(replaced == closed, "a second operation is under way");
    expect(closed == after_.superseded.has_value(), "superseded and its row differ");
    if (!closed || !after_.superseded) return;
    expect(after_.superseded->id == before_.operation->id && !is_open(after_.superseded) &&
               after_.superseded->version == before_.operation->version + 1,
           "the superseded operation is not the former one, closed");
  }

  // A new attempt takes the place of one that was live only by closing it, as something that did not charge.
  void superseded_attempt() {
    const bool replaced = before_.attempt && is_live(before_.attempt->state) && after_.attempt &&
                          after_.attempt->id != before_.attempt->id;
    expect(replaced == (count<effect::UpdateSupersededAttempt>(decision_) == 1), "a second attempt is live");
    expect(replaced == after_.superseded_attempt.has_value(), "the superseded attempt and its row differ");
    if (!replaced || !after_.superseded_attempt) return;
    const Attempt& closed = *after_.superseded_attempt;
    expect(closed.id == before_.attempt->id && closed.version == before_.attempt->version + 1,
           "the superseded attempt is not the former one");
    expect(closed.state == AttemptState::declined || closed.state == AttemptState::failed,
           "the superseded attempt may have charged");
    expect(before_.operation && before_.operation->kind == OperationKind::authorise &&
               after_.superseded->result != OperationResult::none,
           "an attempt was given up that was not answered");
    expect(after_.payment.state == PaymentState::processing, "the payment has stopped between two attempts");
  }

  void sums() {
    const Payment& is = after_.payment;
    expect(is.captured_minor >= 0 && is.captured_minor <= is.amount.minor, "captured more than the amount");
    expect(is.refunded_minor >= 0 && is.refund_reserved_minor >= 0, "a refund sum is negative");
    expect(is.refunded_minor <= is.captured_minor - is.refund_reserved_minor,
           "refunds exceed what was captured");
    expect(!after_.attempt || came_late(after_.attempt->state) ||
               after_.attempt->captured_minor == is.captured_minor,
           "attempt and payment disagree on what was captured");
  }

  void postings() {
    std::int64_t captured = 0, refunded = 0, late = 0, reversed = 0;
    for (const PaymentEffect& each : decision_.effects) {
      if (const auto* post = std::get_if<effect::PostLateCapture>(&each)) late += post->amount.minor;
      if (const auto* post = std::get_if<effect::PostReversal>(&each)) reversed += post->amount.minor;
      if (const auto* post = std::get_if<effect::PostRefundReturned>(&each)) refunded -= post->amount.minor;
      if (const auto* post = std::get_if<effect::PostCapture>(&each)) captured += post->amount.minor;
      if (const auto* post = std::get_if<effect::PostRefund>(&each)) refunded += post->amount.minor;
    }
    expect(captured == after_.payment.captured_minor - before_.payment.captured_minor,
           "the ledger and captured_minor differ");
    expect(refunded == after_.payment.refunded_minor - before_.payment.refunded_minor,
           "the ledger and refunded_minor differ");
    expect(count<effect::PostCapture>(decision_) + count<effect::PostRefund>(decision_) +
                   count<effect::PostLateCapture>(decision_) + count<effect::PostReversal>(decision_) +
                   count<effect::PostRefundReturned>(decision_) <=
               1,
           "one decision posts twice");
    const bool is_another = before_.attempt && after_.attempt && before_.attempt->id != after_.attempt->id;
    if (!after_.attempt || is_another) return;
    const AttemptState state = after_.attempt->state;
    const std::int64_t before =
        before_.attempt && came_late(before_.attempt->state) ? before_.attempt->captured_minor : 0;
    const std::int64_t after = came_late(state) ? after_.attempt->captured_minor : 0;
    expect(late == after - before, "the ledger and what was charged late differ");
    const bool was_reversed = before_.attempt && before_.attempt->state == AttemptState::reversed;
    expect(reversed == (state == AttemptState::reversed && !was_reversed ? after : 0),
           "the ledger and what was given back differ");
  }

  void events() {
    std::int64_t sequence = before_.payment.event_sequence;
    for (const PaymentEffect& each : decision_.effects)
      if (const auto* emit = std::get_if<effect::Emit>(&each))
        expect(emit->sequence == ++sequence, "an event's sequence has a gap");
    expect(sequence == after_.payment.event_sequence, "event_sequence and the events differ");
    const bool ended = is_final(after_.payment.state) && !is_final(before_.payment.state);
    expect(!ended || count<effect::Emit>(decision_) == 1, "a payment ended without one event");
  }

  // The states of payment, attempt and operation go together.
  void agreement() {
    if (decision_.effects.empty()) return;
    const PaymentState state = after_.payment.state;
    const bool asks = is_open(after_.operation) && after_.operation->kind != OperationKind::refund &&
                      after_.operation->kind != OperationKind::reversal;
    if (state == PaymentState::processing || state == PaymentState::requires_customer_action)
      expect(asks, "nobody would ever ask what became of it");
    else if (is_final(state) || state == PaymentState::requires_capture || state == PaymentState::conflicted)
      expect(!asks, "it is decided, and an operation is open");
    if (!after_.attempt) return;
    const AttemptState attempt = after_.attempt->state;
    using enum PaymentState;
    if (state == requires_capture) expect(attempt == AttemptState::authorised, "nothing to capture");
    if (state == requires_customer_action)
      expect(attempt == AttemptState::needs_action, "nothing for the payer to do");
    if (state == succeeded) expect(attempt == AttemptState::captured, "succeeded, not captured");
    if (state == partially_captured)
      expect(attempt == AttemptState::partially_captured, "partially captured, and its attempt is not");
    if (attempt == AttemptState::reversed) expect(!is_open(after_.operation), "given back, and still at it");
    if (state == cancelled || state == failed || state == expired || state == conflicted)
      expect(!is_live(attempt), "the payment ended and its attempt lives");
    if (is_final(state)) expect(after_.attempt->next_action.empty(), "the payer is still sent away");
  }

  const PaymentAggregate& before_;
  const Decision& decision_;
  const PaymentAggregate& after_;
  Instant now_;
  std::vector<std::string> found_;
};

}  // namespace

const std::vector<std::string>& consistent_states() {
  static const std::vector<std::string> states = [] {
    std::vector<std::string> made = {
        "manual processing authorised capture:dispatching",
        "manual processing authorised capture:unknown",
        "manual requires_merchant_action authorised capture:unknown",
        "manual requires_merchant_action authorised void:unknown",
        "requires_merchant_action pending void:unknown",
        "manual processing authorised void:dispatching",
        "manual processing authorised void:unknown",
        "manual requires_capture authorised authorise:done",
        "manual requires_capture authorised capture:done",
        "manual requires_capture authorised void:done",
        "manual succeeded captured capture:done",
        "manual partially_captured partially_captured capture:done",
        "manual cancelled voided capture:done",
        "manual conflicted quarantined capture:done",
        "manual cancelled quarantined capture:done",
        "processing pending void:unknown",
    };
    for (const std::string method : {"", "manual "}) {
      for (const std::string rest : {
               "requires_payment_method",
               "requires_confirmation",
               "cancelled",
               "expired",
               "processing dispatching authorise:dispatching",
               "requires_merchant_action dispatching authorise:unknown",
               "requires_merchant_action unknown authorise:unknown",
               "requires_merchant_action pending authorise:unknown",
               "requires_merchant_action needs_action void:unknown",
               "processing dispatching authorise:unknown",
               "processing unknown authorise:unknown",
               "processing pending authorise:unknown",
               "processing needs_action void:dispatching",
               "processing needs_action void:unknown",
               "requires_customer_action needs_action authorise:unknown",
               "requires_customer_action needs_action void:unknown",
               "succeeded captured authorise:done",
               "succeeded captured void:done",
               "partially_captured partially_captured authorise:done",
               "partially_captured partially_captured void:done",
               "cancelled voided authorise:done",
               "cancelled voided void:done",
               "failed declined authorise:done",
               "failed failed authorise:done",
               "expired expired authorise:done",
               "expired expired void:done",
               "conflicted quarantined authorise:done",
               "conflicted quarantined void:done",
           })
        made.push_back(method + rest);
      // After another way to pay was asked for.
      for (const std::string before : {"requires_payment_method", "requires_confirmation"}) {
        for (const std::string given_up :
             {" declined authorise:done", " failed authorise:done", " voided void:done",
              " quarantined authorise:done", " quarantined void:done", " reversed reversal:done",
              " succeeded_late reversal:dispatching", " succeeded_late reversal:unknown",
              " succeeded_late reversal:done"})
          made.push_back(method + before + given_up);
      }
      for (const std::string ended : {"cancelled", "expired"})
        for (const std::string given_up : {" declined authorise:done", " failed authorise:done"})
          made.push_back(method + ended + given_up);
      made.push_back(method + "expired voided void:done");
      for (const std::string ended : {"cancelled", "expired", "failed"}) {
        for (const std::string late :
             {" succeeded_late reversal:dispatching", " succeeded_late reversal:unknown",
              " succeeded_late reversal:done", " reversed reversal:done", " quarantined authorise:done"})
          made.push_back(method + ended + late);
        if (ended != "failed") made.push_back(method + ended + " quarantined void:done");
      }
      for (const std::string paid : {"succeeded captured", "partially_captured partially_captured"})
        for (const std::string refund :
             {" refund:dispatching refund=pending", " refund:unknown refund=pending",
              " refund:unknown refund=review", " refund:unknown refund=review",
              " refund:done refund=succeeded", " refund:done refund=failed", " refund:done refund=review"})
          made.push_back(method + paid + refund);
    }
    std::ranges::sort(made);
    return made;
  }();
  return states;
}

std::vector<std::string> breaches(const PaymentAggregate& before, Instant now,
                                  const Result<Decision>& result) {
  if (result) return Inspection(before, *result, now).run();
  switch (result.error().code) {
    case Code::illegal_transition:
    case Code::invalid_value:
    case Code::payment_method_missing:
    case Code::amount_exceeds_authorized:
    case Code::amount_exceeds_captured: return {};
    default: return {"an error that decide() does not promise"};
  }
}

}  // namespace payweir::testkit
