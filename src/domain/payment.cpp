#include "domain/payment.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.hpp"
#include "base/planted.hpp"
#include "domain/deciding.hpp"

namespace payweir {
namespace deciding {

Decision unchanged(const PaymentAggregate& current) {
  return {current, {}, false};
}

Operation make_operation(const PaymentAggregate& current, OperationId id, OperationKind kind,
                         std::int64_t amount_minor, Instant ask_at, Instant now) {
  check(current.attempt.has_value(), "an operation is made for an attempt that was not loaded");
  Operation operation;
  operation.id = id;
  operation.merchant_no = current.payment.merchant_no;
  operation.payment_key = current.payment.id.key;
  operation.attempt_key = current.attempt->id.key;
  operation.connector_account_key = current.attempt->connector_account_key;
  operation.kind = kind;
  operation.amount = {amount_minor, current.payment.amount.currency};
  operation.ask_at = ask_at;
  operation.created_at = now;
  return operation;
}

void quarantine(Transition& to, const std::string& why) {
  to.attempt().state = AttemptState::quarantined;
  to.attempt().error = {"integrity_failure", why};
  to.attempt().is_released = false;
  to.touch_attempt();
  to.close_operation(OperationResult::none);
  to.payment().state = PaymentState::conflicted;
}

void become_captured(Transition& to, Money captured) {
  Payment& payment = to.payment();
  if (PLANTED(captures_the_whole)) captured = payment.amount;
  payment.captured_minor = captured.minor;
  to.attempt().captured_minor = captured.minor;
  const bool whole = captured.minor == payment.amount.minor;
  to.attempt().state = whole ? AttemptState::captured : AttemptState::partially_captured;
  to.attempt().authorised_minor = payment.amount.minor;
  to.attempt().next_action = {};
  to.attempt().is_released = false;
  to.attempt().error = {};
  to.touch_attempt();
  to.close_operation(OperationResult::accepted);
  payment.state = whole ? PaymentState::succeeded : PaymentState::partially_captured;
  if (!PLANTED(posts_no_capture)) to.add(effect::PostCapture{captured});
  if (!PLANTED(tells_nobody_of_success))
    to.emit(whole ? EventType::payment_succeeded : EventType::payment_captured);
}

void become_authorised(Transition& to, Instant ask_at) {
  Attempt& attempt = to.attempt();
  attempt.next_action = {};
  attempt.is_released = false;
  if (to.payment().capture_method == CaptureMethod::automatic) {  // it captures by itself, later
    attempt.state = AttemptState::pending;
    to.touch_attempt();
    to.leave_open(OperationState::unknown, ask_at);
    to.payment().state = PaymentState::processing;
    return;
  }
  if (PLANTED(authorised_is_captured)) return become_captured(to, to.payment().amount);
  const bool news = attempt.state != AttemptState::authorised;
  attempt.state = AttemptState::authorised;
  attempt.authorised_minor = to.payment().amount.minor;
  to.touch_attempt();
  const bool is_first = to.operation().kind == OperationKind::authorise;
  to.close_operation(is_first ? OperationResult::accepted : OperationResult::rejected);
  to.payment().state = PaymentState::requires_capture;
  if (news) to.emit(EventType::payment_authorized);
}

void become_voided(Transition& to, Because why, std::optional<OperationResult> closes_as) {
  const bool overdue = why == Because::overdue;
  to.attempt().state = overdue ? AttemptState::expired : AttemptState::voided;
  to.attempt().next_action = {};
  to.touch_attempt();
  if (closes_as) to.close_operation(*closes_as);
  if (to.attempt().is_released && !overdue) {
    to.payment().state = PaymentState::requires_payment_method;
    to.payment().has_payment_method = false;
    return;
  }
  to.payment().state = overdue ? PaymentState::expired : PaymentState::cancelled;
  to.emit(overdue ? EventType::payment_expired : EventType::payment_cancelled);
}

}  // namespace deciding

namespace {

using namespace deciding;

std::unexpected<Error> illegal(std::string_view verb, const Payment& payment) {
  return fail(Code::illegal_transition, "status",
              "You cannot " + std::string(verb) + " this payment because it has status " +
                  std::string(to_string(payment.state)));
}

std::unexpected<Error> illegal_state(std::string_view participle, const Payment& payment,
                                     std::string_view expected) {
  return fail(Code::illegal_transition, "status",
              "This Payment could not be " + std::string(participle) +
                  " because it has a payment.status of " + std::string(to_string(payment.state)) +
                  ". The expected state is " + std::string(expected));
}

// ── what the merchant asks for ────────────────────────────────────────────────────────────────────

bool is_open_for_changes(PaymentState state) {
  return state == PaymentState::requires_payment_method || state == PaymentState::requires_confirmation;
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::PaymentMethodGiven&, Instant now) {
  if (!is_open_for_changes(current.payment.state)) return illegal("update", current.payment);
  Transition to(current, now);
  to.payment().has_payment_method = true;
  to.payment().state = PaymentState::requires_confirmation;
  return std::move(to).take();
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::AmountChanged& change, Instant now) {
  if (!is_open_for_changes(current.payment.state)) return illegal("update", current.payment);
  if (change.amount.minor < 1) return fail(Code::invalid_value, "amount", "amount must be at least 1");
  Transition to(current, now);
  to.payment().amount = change.amount;
  return std::move(to).take();
}

void begin_attempt(Transition& to, const event::Confirm& confirm) {
  Attempt attempt;
  attempt.id = confirm.attempt_id;
  attempt.payment_key = to.payment().id.key;
  attempt.connector_account_key = confirm.connector_account_key;
  attempt.method = confirm.method;
  attempt.number = ++to.payment().attempt_count;
  attempt.amount = to.payment().amount;
  attempt.created_at = attempt.modified_at = to.now();
  to.next().attempt = std::move(attempt);
  to.next().operation = make_operation(to.next(), confirm.operation_id, OperationKind::authorise,
                                       to.payment().amount.minor, confirm.ask_at, to.now());
  to.payment().state = PaymentState::processing;
  if (const Duration needed = time_to_pay(confirm.method); needed > Duration{})
    to.payment().expires_at = std::max(to.payment().expires_at, to.now() + needed);
  to.add(effect::InsertAttempt{});
  to.add(effect::InsertOperation{});
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::Confirm& confirm, Instant now) {
  if (!is_open_for_changes(current.payment.state)) return illegal("confirm", current.payment);
  if (current.operation && current.operation->state != OperationState::done)  // given back, just now
    return illegal("confirm", current.payment);
  if (!current.payment.has_payment_method)
    return fail(Code::payment_method_missing, "payment_method",
                "A payment token or payment method data is required");
  Transition to(current, now);
  begin_attempt(to, confirm);
  return std::move(to).take();
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::Capture& capture, Instant now) {
  const Payment& payment = current.payment;
  if (payment.state != PaymentState::requires_capture || !current.attempt)
    return illegal_state("captured", payment, "requires_capture");
  if (capture.amount_minor < 1)
    return fail(Code::invalid_value, "amount_to_capture", "amount_to_capture must be at least 1");
  if (capture.amount_minor > payment.capturable_minor())
    return fail(Code::amount_exceeds_authorized, "amount_to_capture",
                "amount_to_capture is greater than amount");
  Transition to(current, now);
  to.next().operation = make_operation(current, capture.operation_id, OperationKind::capture,
                                       capture.amount_minor, capture.ask_at, now);
  to.payment().state = PaymentState::processing;
  to.add(effect::InsertOperation{});
  return std::move(to).take();
}

enum class Then : std::uint8_t { payment_ends, pays_another_way };

// Lets go of the attempt at the gateway; what becomes of the payment is decided when that is answered.
Decision begin_void(const PaymentAggregate& current, OperationId operation_id, Instant ask_at, Instant now,
                    Then then = Then::payment_ends) {
  Transition to(current, now);
  const bool releases = then == Then::pays_another_way;
  if (to.attempt().is_released != releases) {
    to.attempt().is_released = releases;
    to.touch_attempt();
  }
  if (to.next().operation && to.operation().state != OperationState::done) {
    Operation superseded = to.operation();
    superseded.state = OperationState::done;
    ++superseded.version;
    to.next().superseded = std::move(superseded);
    to.add(effect::UpdateSuperseded{});
  }
  to.next().operation = make_operation(current, operation_id, OperationKind::void_authorisation,
                                       current.payment.amount.minor, ask_at, now);
  to.payment().state = PaymentState::processing;
  to.add(effect::InsertOperation{});
  return std::move(to).take();
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::Cancel& cancel, Instant now) {
  switch (current.payment.state) {
    case PaymentState::requires_capture:
      if (!PLANTED(cancels_without_a_void))
        return begin_void(current, cancel.operation_id, cancel.ask_at, now);
      [[fallthrough]];
    case PaymentState::requires_payment_method:
    case PaymentState::requires_confirmation: {
      Transition to(current, now);
      to.payment().state = PaymentState::cancelled;
      to.emit(EventType::payment_cancelled);
      return std::move(to).take();
    }
    case PaymentState::requires_customer_action:
      return begin_void(current, cancel.operation_id, cancel.ask_at, now);
    case PaymentState::processing:
    case PaymentState::succeeded:
    case PaymentState::partially_captured:
    case PaymentState::cancelled:
    case PaymentState::failed:
    case PaymentState::expired:
    case PaymentState::conflicted:
    case PaymentState::requires_merchant_action: return illegal("cancel", current.payment);
  }
  return illegal("cancel", current.payment);
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::Release& release, Instant now) {
  if (current.payment.state != PaymentState::requires_customer_action)
    return illegal("choose another way to pay", current.payment);
  return begin_void(current, release.operation_id, release.ask_at, now, Then::pays_another_way);
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::PayAgain&, Instant now) {
  if (current.payment.state != PaymentState::failed || !current.attempt ||
      (current.attempt->state != AttemptState::declined && current.attempt->state != AttemptState::failed))
    return illegal("pay again", current.payment);
  if (now >= current.payment.expires_at)
    return fail(Code::illegal_transition, "status", "You cannot pay again: the time to pay is over");
  if (current.payment.attempt_count >= kAttemptsMax)
    return fail(Code::illegal_transition, "status", "You cannot pay again: there were too many attempts");
  Transition to(current, now);
  to.payment().state = PaymentState::requires_payment_method;
  to.payment().has_payment_method = false;
  return std::move(to).take();
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::Expire& expire, Instant now) {
  if (now < current.payment.expires_at && !expire.at_once) return unchanged(current);
  if (current.payment.state == PaymentState::requires_customer_action && !PLANTED(expires_without_a_void))
    return begin_void(current, expire.operation_id, expire.ask_at, now);
  if (!is_open_for_changes(current.payment.state) && !PLANTED(expires_without_a_void))
    return unchanged(current);
  Transition to(current, now);
  to.payment().state = PaymentState::expired;
  to.emit(EventType::payment_expired);
  return std::move(to).take();
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::CreateRefund& create, Instant now) {
  const Payment& payment = current.payment;
  if ((payment.state != PaymentState::succeeded && payment.state != PaymentState::partially_captured) ||
      !current.attempt)
    return illegal_state("refund", payment, "succeeded, partially_captured");
  if (create.amount_minor < 1) return fail(Code::invalid_value, "amount", "amount must be at least 1");
  if (create.amount_minor > payment.refundable_minor())
    return fail(Code::amount_exceeds_captured, "amount", "The refund amount exceeds the amount captured");
  Transition to(current, now);
  if (!PLANTED(reserves_no_refund)) to.payment().refund_reserved_minor += create.amount_minor;
  Refund refund;
  refund.id = create.refund_id;
  refund.merchant_no = payment.merchant_no;
  refund.payment_key = payment.id.key;
  refund.attempt_key = current.attempt->id.key;
  refund.amount = {create.amount_minor, payment.amount.currency};
  refund.created_at = refund.modified_at = now;
  to.next().refund = std::move(refund);
  to.next().operation = make_operation(current, create.operation_id, OperationKind::refund,
                                       create.amount_minor, create.ask_at, now);
  to.operation().refund_key = create.refund_id.key;
  to.add(effect::InsertRefund{});
  to.add(effect::InsertOperation{});
  return std::move(to).take();
}

// ── what the gateway answers ──────────────────────────────────────────────────────────────────────

// How an operation ends that was certainly not executed.
struct No {
  AttemptState state = AttemptState::failed;
  OperationResult result = OperationResult::none;
  GatewayError error;
};

// Takes down in the attempt what a gateway says of its no. Requires: is_certain_no(outcome).
No note_no(Attempt& attempt, const Outcome& outcome) {
  if (const auto* not_sent = std::get_if<outcome::NotSent>(&outcome))
    return {AttemptState::failed, OperationResult::not_sent, {"not_sent", not_sent->why}};
  if (const auto* rejected = std::get_if<outcome::Rejected>(&outcome))
    return {AttemptState::failed, OperationResult::rejected, rejected->error};
  const auto* declined = std::get_if<outcome::Declined>(&outcome);
  check(declined != nullptr, "an outcome that may be a yes is taken for a no");
  attempt.decline_reason = declined->reason;
  attempt.retry_class = declined->retry;
  if (declined->checks != CardChecks{}) attempt.checks = declined->checks;
  if (!declined->connector_payment_id.empty()) attempt.connector_payment_id = declined->connector_payment_id;
  return {AttemptState::declined, OperationResult::declined, declined->error};
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::MoveOn& move, Instant now) {
  check(current.operation.has_value() && current.attempt.has_value(), "nothing was sent that could move on");
  const Payment& payment = current.payment;
  const auto refuse = [](const char* why) {
    return fail(Code::illegal_transition, "status", std::string("You cannot move on: ") + why);
  };
  const bool is_first_word =
      current.attempt->state == AttemptState::dispatching || current.attempt->state == AttemptState::unknown;
  if (current.operation->kind != OperationKind::authorise ||
      current.operation->state == OperationState::done || !is_first_word ||
      payment.state != PaymentState::processing)
    return refuse("this attempt is decided");
  if (!is_certain_no(move.outcome) && !PLANTED(moves_on_after_unknown))
    return refuse("the gateway may have charged");
  const auto* declined = std::get_if<outcome::Declined>(&move.outcome);
  if (declined && is_hard(declined->reason) && !PLANTED(retries_a_hard_decline))
    return refuse("the issuer forbids another try");
  if (now >= payment.expires_at) return refuse("the time to pay is over");
  if (payment.attempt_count >= kAttemptsMax) return refuse("there were too many attempts");
  Transition to(current, now);
  if (move.steps_up) to.payment().authentication_type = AuthenticationType::three_ds;
  Attempt closed = *current.attempt;
  const No no = is_certain_no(move.outcome) ? note_no(closed, move.outcome) : No{};
  closed.state = no.state;
  closed.error = no.error;
  closed.modified_at = to.now();
  ++closed.version;
  Operation superseded = *current.operation;
  superseded.state = OperationState::done;
  superseded.result = no.result;
  ++superseded.version;
  to.next().superseded_attempt = std::move(closed);
  to.next().superseded = std::move(superseded);
  to.add(effect::UpdateSupersededAttempt{});
  to.add(effect::UpdateSuperseded{});
  begin_attempt(to, {move.attempt_id, move.operation_id, move.connector_account_key, move.ask_at,
                     current.attempt->method});
  if (PLANTED(moves_on_with_another_amount)) --to.next().attempt->amount.minor;
  return std::move(to).take();
}

void fail_attempt(Transition& to, AttemptState state, OperationResult result, GatewayError error) {
  to.attempt().state = state;
  to.attempt().error = std::move(error);
  to.attempt().next_action = {};
  to.touch_attempt();
  to.close_operation(result);
  to.payment().state = PaymentState::failed;
  if (!PLANTED(tells_nobody_of_failure)) to.emit(EventType::payment_failed);
}

// The gateway told the state of the payment; whichever operation brought it to light, that is the truth.
void accept_payment_truth(Transition& to, const outcome::Accepted& accepted, Instant ask_at) {
  Attempt& attempt = to.attempt();
  if (!accepted.connector_payment_id.empty()) attempt.connector_payment_id = accepted.connector_payment_id;
  if (accepted.checks != CardChecks{}) attempt.checks = accepted.checks;
  const OperationKind kind = to.operation().kind;
  const Money expected = kind == OperationKind::capture ? to.operation().amount : to.payment().amount;
  switch (accepted.as) {
    case AcceptedAs::authorised:
      if (accepted.amount != to.payment().amount)
        return quarantine(to, "the gateway authorised another amount than was asked for");
      return become_authorised(to, ask_at);
    case AcceptedAs::captured:
      // Somebody may have captured less in the gateway's own dashboard while we meant to void.
      if (!PLANTED(believes_any_amount) &&
          (accepted.amount.currency != expected.currency || accepted.amount.minor < 1 ||
           accepted.amount.minor > to.payment().amount.minor ||
           (kind != OperationKind::void_authorisation && accepted.amount != expected)))
        return quarantine(to, "the gateway captured another amount than was asked for");
      return become_captured(to, accepted.amount);
    case AcceptedAs::pending: {
      const bool first_word = attempt.state == AttemptState::dispatching;
      if (kind == OperationKind::authorise) {  // the payer, too, has done what was asked of them
        attempt.state = AttemptState::pending;
        attempt.next_action = {};
      }
      to.touch_attempt();
      to.leave_open(OperationState::unknown, ask_at);
      to.payment().state = PaymentState::processing;
      if (first_word) to.emit(EventType::payment_processing);
      return;
    }
    case AcceptedAs::needs_action: {
      if (attempt.state == AttemptState::authorised) {  // the payer is done: a later word will tell more
        to.touch_attempt();
        return to.leave_open(OperationState::unknown, ask_at);
      }
      if (PLANTED(action_is_captured)) return become_captured(to, to.payment().amount);
      const bool news = to.payment().state != PaymentState::requires_customer_action;
      attempt.state = AttemptState::needs_action;
      if (!accepted.next_action.empty()) attempt.next_action = accepted.next_action;
      to.touch_attempt();
      to.leave_open(OperationState::unknown, ask_at);
      to.payment().state = PaymentState::requires_customer_action;
      if (news && kind == OperationKind::authorise) to.emit(EventType::action_required);
      return;
    }
    case AcceptedAs::voided: {
      // Nobody paid in time, or somebody cancelled.
      const bool unpaid = attempt.state == AttemptState::needs_action && to.now() >= to.payment().expires_at;
      // A capture that finds this was too late.
      return become_voided(
          to, unpaid || accepted.has_lapsed ? Because::overdue : Because::asked,
          kind == OperationKind::capture ? OperationResult::rejected : OperationResult::accepted);
    }
    case AcceptedAs::refunded: return quarantine(to, "the gateway answered a payment with a refund");
  }
}

// A capture or void that certainly did not happen leaves the payment as it was. Before the attempt is
// authorised, the void is the only operation left, and stays open, so that the resolver keeps looking.
void undo_follow_up(Transition& to, OperationResult result, GatewayError error, Instant ask_at) {
  if (PLANTED(lost_capture_is_done) && to.operation().kind == OperationKind::capture)
    return become_captured(to, to.operation().amount);
  const AttemptState attempt = to.attempt().state;
  to.attempt().error = std::move(error);
  to.touch_attempt();
  if (attempt == AttemptState::authorised) {
    to.close_operation(result);
    to.payment().state = PaymentState::requires_capture;
    return;
  }
  to.leave_open(OperationState::unknown, ask_at);
  to.payment().state = attempt == AttemptState::needs_action ? PaymentState::requires_customer_action
                                                             : PaymentState::processing;
}

Decision end_payment_operation(const PaymentAggregate& current, const event::OperationEnded& ended,
                               Instant now) {
  Transition to(current, now);
  const bool first = to.operation().kind == OperationKind::authorise;
  const auto give_up = [&](const auto& no_of_gateway) {
    No no = note_no(to.attempt(), no_of_gateway);
    if (first)
      fail_attempt(to, no.state, no.result, std::move(no.error));
    else
      undo_follow_up(to, no.result, std::move(no.error), ended.ask_at);
  };
  std::visit(Overloaded{
                 [&](const outcome::NotSent& not_sent) { give_up(not_sent); },
                 [&](const outcome::Rejected& rejected) { give_up(rejected); },
                 [&](const outcome::Declined& declined) { give_up(declined); },
                 [&](const outcome::Accepted& accepted) { accept_payment_truth(to, accepted, ended.ask_at); },
                 [&](const outcome::Unknown& unknown) {
                   if (!unknown.connector_payment_id.empty())
                     to.attempt().connector_payment_id = unknown.connector_payment_id;
                   if (unknown.contradicts) return quarantine(to, unknown.why);
                   if (PLANTED(unknown_is_failed) && first)
                     return fail_attempt(to, AttemptState::failed, OperationResult::rejected, {"", ""});
                   if (PLANTED(unknown_is_captured) && first) return become_captured(to, to.payment().amount);
                   if (to.attempt().state == AttemptState::dispatching)
                     to.attempt().state = AttemptState::unknown;
                   to.touch_attempt();
                   to.leave_open(OperationState::unknown, ended.ask_at);
                 },
             },
             ended.outcome);
  return std::move(to).take();
}

void end_refund(Transition& to, RefundState state, OperationResult result, GatewayError error) {
  to.refund().state = state;
  to.refund().error = std::move(error);
  to.touch_refund();
  to.close_operation(result);
}

void fail_refund(Transition& to, OperationResult result, GatewayError error) {
  if (!PLANTED(keeps_the_reserve)) to.payment().refund_reserved_minor -= to.refund().amount.minor;
  end_refund(to, RefundState::failed, result, std::move(error));
  to.emit(EventType::refund_failed);
}

void accept_refund(Transition& to, const outcome::Accepted& accepted, Instant ask_at) {
  if (!accepted.connector_payment_id.empty()) {
    to.refund().connector_refund_id = accepted.connector_payment_id;
    to.operation().connector_operation_id = accepted.connector_payment_id;
  }
  if (accepted.as == AcceptedAs::pending && !PLANTED(pending_refund_is_done)) {
    to.touch_refund();
    return to.leave_open(OperationState::unknown, ask_at);
  }
  if ((accepted.as != AcceptedAs::refunded && !PLANTED(pending_refund_is_done)) ||
      (accepted.amount != to.refund().amount && !PLANTED(believes_any_amount)))
    return end_refund(to, RefundState::requires_merchant_action, OperationResult::none,
                      {"integrity_failure", "the gateway refunded another amount than was asked for"});
  to.payment().refund_reserved_minor -= to.refund().amount.minor;
  to.payment().refunded_minor += to.refund().amount.minor;
  end_refund(to, RefundState::succeeded, OperationResult::accepted, {});
  if (!PLANTED(posts_no_refund)) to.add(effect::PostRefund{to.refund().amount});
  to.emit(EventType::refund_succeeded);
}

Decision end_refund_operation(const PaymentAggregate& current, const event::OperationEnded& ended,
                              Instant now) {
  Transition to(current, now);
  std::visit(Overloaded{
                 [&](const outcome::NotSent& not_sent) {
                   fail_refund(to, OperationResult::not_sent, {"not_sent", not_sent.why});
                 },
                 [&](const outcome::Rejected& rejected) {
                   fail_refund(to, OperationResult::rejected, rejected.error);
                 },
                 [&](const outcome::Declined& declined) {
                   fail_refund(to, OperationResult::declined, declined.error);
                 },
                 [&](const outcome::Accepted& accepted) { accept_refund(to, accepted, ended.ask_at); },
                 [&](const outcome::Unknown& unknown) {
                   if (unknown.contradicts)
                     return end_refund(to, RefundState::requires_merchant_action, OperationResult::none,
                                       {"integrity_failure", unknown.why});
                   if (PLANTED(unknown_refund_fails))
                     return fail_refund(to, OperationResult::rejected, {"", ""});
                   to.leave_open(OperationState::unknown, ended.ask_at);
                 },
             },
             ended.outcome);
  return std::move(to).take();
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::OperationEnded& ended, Instant now) {
  check(current.operation.has_value() && current.attempt.has_value(),
        "an operation ended that was not loaded");
  if (current.operation->state == OperationState::done && !PLANTED(tells_twice))
    return unchanged(current);  // told twice
  if (current.operation->kind == OperationKind::refund) {
    check(current.refund.has_value(), "a refund ended that was not loaded");
    return end_refund_operation(current, ended, now);
  }
  if (current.operation->kind == OperationKind::reversal) return end_reversal(current, ended, now);
  return end_payment_operation(current, ended, now);
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::AskedInVain& asked, Instant now) {
  check(current.operation.has_value(), "asked about an operation that was not loaded");
  if (current.operation->state == OperationState::done) return unchanged(current);
  Transition to(current, now);
  if (asked.was_answered) ++to.operation().ask_count;
  to.leave_open(OperationState::unknown, asked.ask_at);
  return std::move(to).take_without_payment();
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::GaveUp& gave_up, Instant now) {
  check(current.operation.has_value(), "gave up on an operation that was not loaded");
  if (current.operation->state == OperationState::done) return unchanged(current);
  Transition to(current, now);
  to.leave_open(OperationState::unknown, gave_up.ask_at);
  if (current.operation->kind == OperationKind::refund) {
    check(current.refund.has_value(), "gave up on a refund that was not loaded");
    if (current.refund->state == RefundState::pending) {
      to.refund().state = RefundState::requires_merchant_action;
      to.touch_refund();
    }
    return std::move(to).take_without_payment();
  }
  if (current.payment.state != PaymentState::processing) return std::move(to).take_without_payment();
  to.payment().state = PaymentState::requires_merchant_action;
  to.emit(EventType::action_required);
  return std::move(to).take();
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::Reported& reported, Instant now) {
  check(current.operation.has_value() && current.attempt.has_value(),
        "something was reported that was not loaded");
  return decide_on_report(current, reported, now);
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::Reverse& reverse, Instant now) {
  check(current.attempt.has_value(), "an attempt is reversed that was not loaded");
  return begin_reversal(current, reverse, now);
}

// ── what a person says ────────────────────────────────────────────────────────────────────────────

std::unexpected<Error> cannot_settle(std::string_view why) {
  return fail(Code::illegal_transition, "outcome", std::string(why));
}

Result<Decision> settle_refund_by_hand(const PaymentAggregate& current, const event::SettledByHand& settled,
                                       Instant now) {
  check(current.refund.has_value(), "a refund is settled that was not loaded");
  if (current.refund->state != RefundState::requires_merchant_action)
    return cannot_settle("this refund does not wait for a person");
  if (settled.executed_as && *settled.executed_as != AcceptedAs::refunded)
    return cannot_settle("a refund was refunded, or it was not executed");
  Transition to(current, now);
  if (settled.executed_as)
    accept_refund(to, {.as = AcceptedAs::refunded, .amount = current.refund->amount}, now);
  else
    fail_refund(to, OperationResult::rejected,
                {"settled_by_hand", "a person found that it was not executed"});
  return std::move(to).take();
}

Result<Decision> decide_on(const PaymentAggregate& current, const event::SettledByHand& settled,
                           Instant now) {
  check(current.operation.has_value() && current.attempt.has_value(),
        "an operation is settled that was not loaded");
  const OperationKind kind = current.operation->kind;
  if (kind == OperationKind::refund) return settle_refund_by_hand(current, settled, now);
  if (kind == OperationKind::reversal)
    return cannot_settle("a reversal goes on until the gateway has done it");
  if (current.payment.state != PaymentState::conflicted &&
      current.payment.state != PaymentState::requires_merchant_action)
    return cannot_settle("this payment does not wait for a person");
  if (current.operation->state == OperationState::done && current.operation->result != OperationResult::none)
    return cannot_settle("this operation is decided: another one of the payment waits for a person");
  Transition to(current, now);
  if (!settled.executed_as) {
    GatewayError error{"settled_by_hand", "a person found that it was not executed"};
    if (kind == OperationKind::authorise) {
      fail_attempt(to, AttemptState::failed, OperationResult::rejected, std::move(error));
    } else if (current.attempt->authorised_minor == 0) {
      return cannot_settle("say what became of the payment itself: captured or voided");
    } else {
      to.attempt().state = AttemptState::authorised;
      undo_follow_up(to, OperationResult::rejected, std::move(error), now);
    }
    return std::move(to).take();
  }
  switch (*settled.executed_as) {
    case AcceptedAs::authorised:
      if (kind != OperationKind::authorise || current.payment.capture_method != CaptureMethod::manual)
        return cannot_settle("only an authorisation that is captured by hand can be authorised");
      become_authorised(to, now);
      return std::move(to).take();
    case AcceptedAs::captured:
      if (settled.amount_minor < 1 || settled.amount_minor > current.payment.amount.minor)
        return fail(Code::invalid_value, "amount", "amount must be between 1 and the payment's amount");
      become_captured(to, {settled.amount_minor, current.payment.amount.currency});
      return std::move(to).take();
    case AcceptedAs::voided:
      to.attempt().is_released = false;
      become_voided(to, Because::asked, OperationResult::accepted);
      return std::move(to).take();
    case AcceptedAs::pending:
    case AcceptedAs::needs_action:
    case AcceptedAs::refunded: break;
  }
  return cannot_settle("a payment was authorised, captured, voided, or not executed");
}

}  // namespace

Result<Decision> decide(const PaymentAggregate& current, const PaymentEvent& event, Instant now) {
  return std::visit([&](const auto& what) { return decide_on(current, what, now); }, event);
}

Instant next_ask(Instant since, std::int32_t ask_count) {
  static constexpr std::array kLadder = {seconds(1), seconds(5),  seconds(30),
                                         minutes(2), minutes(10), hours(1)};
  const auto step =
      std::min<std::size_t>(static_cast<std::size_t>(std::max(ask_count, 0)), kLadder.size() - 1);
  return since + kLadder[step];
}

std::int64_t Payment::capturable_minor() const {
  return state == PaymentState::requires_capture ? amount.minor - captured_minor : 0;
}

std::int64_t Payment::refundable_minor() const {
  return captured_minor - refunded_minor - (PLANTED(counts_only_done_refunds) ? 0 : refund_reserved_minor);
}

bool is_final(PaymentState state) {
  switch (state) {
    case PaymentState::succeeded:
    case PaymentState::partially_captured:
    case PaymentState::cancelled:
    case PaymentState::failed:
    case PaymentState::expired: return true;
    case PaymentState::requires_payment_method:
    case PaymentState::requires_confirmation:
    case PaymentState::processing:
    case PaymentState::requires_customer_action:
    case PaymentState::requires_capture:
    case PaymentState::conflicted:
    case PaymentState::requires_merchant_action: return false;
  }
  return false;
}

bool is_live(AttemptState state) {
  switch (state) {
    case AttemptState::dispatching:
    case AttemptState::unknown:
    case AttemptState::pending:
    case AttemptState::needs_action:
    case AttemptState::authorised:
    case AttemptState::captured:
    case AttemptState::partially_captured: return true;
    case AttemptState::declined:
    case AttemptState::failed:
    case AttemptState::voided:
    case AttemptState::expired:
    case AttemptState::succeeded_late:
    case AttemptState::quarantined:
    case AttemptState::reversed: return false;
  }
  return false;
}

}  // namespace payweir
