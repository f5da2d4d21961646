// What the gateway says of something that is over here: held money that is gone, an attempt that was given up
// and succeeded, a refund that came back. The truth is recorded; what nobody should have paid is given back.
#include "base/check.hpp"
#include "domain/deciding.hpp"

namespace payweir::deciding {
namespace {

// How the gateway's word on an authorised or charged amount relates to what the attempt asked for.
bool is_within(const Money& said, const Money& asked) {
  return said.currency == asked.currency && said.minor >= 1 && said.minor <= asked.minor;
}

// ── held money ────────────────────────────────────────────────────────────────────────────────────

Decision look_at_held(const PaymentAggregate& current, const outcome::Accepted* accepted, Instant now) {
  Transition to(current, now);
  if (accepted && accepted->as == AcceptedAs::voided) {
    become_voided(to, accepted->has_lapsed ? Because::overdue : Because::asked, std::nullopt);
  } else if (accepted && accepted->as == AcceptedAs::captured) {
    if (is_within(accepted->amount, current.payment.amount))
      become_captured(to, accepted->amount);
    else
      quarantine(to, "the gateway captured another amount than was authorised");
  }
  // Otherwise only that it was looked at, which is what modified_at says.
  return std::move(to).take();
}

// ── an attempt that was given up ──────────────────────────────────────────────────────────────────

// Nothing of it may have been ours to give back, nor was it given back already.
bool was_given_up(AttemptState state) {
  return state == AttemptState::declined || state == AttemptState::failed || state == AttemptState::voided ||
         state == AttemptState::expired;
}

// Somebody paid who was told that they had not, or who has paid by another attempt.
void give_back(Transition& to, const outcome::Accepted& accepted, const event::Reported& reported) {
  Attempt& attempt = to.attempt();
  attempt.state = AttemptState::succeeded_late;
  attempt.authorised_minor = attempt.amount.minor;
  if (accepted.as == AcceptedAs::captured) {
    attempt.captured_minor = accepted.amount.minor;
    to.add(effect::PostLateCapture{accepted.amount});
  }
  to.touch_attempt();
  to.next().operation = make_operation(to.next(), reported.reversal_id, OperationKind::reversal,
                                       accepted.amount.minor, reported.ask_at, to.now());
  to.add(effect::InsertOperation{});
}

// The payer owes just this still: what they have paid after all is taken for it.
bool is_unpaid(const PaymentAggregate& current) {
  const PaymentState state = current.payment.state;
  const bool is_open = state == PaymentState::failed || state == PaymentState::requires_payment_method ||
                       state == PaymentState::requires_confirmation;
  return is_open && current.attempt->amount == current.payment.amount;
}

Decision hear_of_attempt(const PaymentAggregate& current, const outcome::Accepted& accepted,
                         const event::Reported& reported, Instant now) {
  const bool is_money = accepted.as == AcceptedAs::authorised || accepted.as == AcceptedAs::captured;
  if (!is_money) return unchanged(current);
  Transition to(current, now);
  Attempt& attempt = to.attempt();
  if (!accepted.connector_payment_id.empty()) attempt.connector_payment_id = accepted.connector_payment_id;
  const bool is_only_charge = !reported.another_attempt_is_live;
  const bool may_be_part =
      accepted.as == AcceptedAs::captured && current.payment.capture_method == CaptureMethod::manual;
  if (may_be_part ? !is_within(accepted.amount, attempt.amount) : accepted.amount != attempt.amount) {
    const std::string why = "the gateway charged another amount than was asked for, and late";
    if (is_only_charge) {
      quarantine(to, why);
    } else {
      attempt.state = AttemptState::quarantined;
      attempt.error = {"integrity_failure", why};
      to.touch_attempt();
    }
  } else if (is_only_charge && is_unpaid(current)) {
    if (accepted.as == AcceptedAs::captured)
      become_captured(to, accepted.amount);
    else
      become_authorised(to, reported.ask_at);
  } else {
    give_back(to, accepted, reported);
  }
  return std::move(to).take();
}

// ── a refund that is over ─────────────────────────────────────────────────────────────────────────

constexpr const char* kReturned = "refund_returned";

Decision hear_of_refund(const PaymentAggregate& current, const Outcome& outcome, Instant now) {
  const Refund& refund = *current.refund;
  const auto* accepted = std::get_if<outcome::Accepted>(&outcome);
  const auto* declined = std::get_if<outcome::Declined>(&outcome);
  Transition to(current, now);
  if (refund.state == RefundState::succeeded && declined) {
    to.refund().state = RefundState::failed;
    to.refund().error = {kReturned, declined->error.message};
    to.touch_refund();
    to.payment().refunded_minor -= refund.amount.minor;
    to.add(effect::PostRefundReturned{refund.amount});
    to.emit(EventType::refund_failed);
    return std::move(to).take();
  }
  // One that was given up as not executed. What has been refunded again since then leaves no room for it:
  // that is the reconciliation's to find.
  if (refund.state == RefundState::failed && refund.error.code != kReturned && accepted &&
      accepted->as == AcceptedAs::refunded && accepted->amount == refund.amount &&
      current.payment.refundable_minor() >= refund.amount.minor) {
    to.refund().state = RefundState::succeeded;
    to.refund().error = {};
    if (!accepted->connector_payment_id.empty())
      to.refund().connector_refund_id = accepted->connector_payment_id;
    to.touch_refund();
    to.payment().refunded_minor += refund.amount.minor;
    to.add(effect::PostRefund{refund.amount});
    to.emit(EventType::refund_succeeded);
    return std::move(to).take();
  }
  return unchanged(current);
}

}  // namespace

Result<Decision> decide_on_report(const PaymentAggregate& current, const event::Reported& reported,
                                  Instant now) {
  if (PLANTED(ignores_what_ended)) return unchanged(current);
  const Operation& operation = *current.operation;
  if (operation.kind == OperationKind::refund) {
    check(current.refund.has_value(), "a refund was reported that was not loaded");
    const bool is_over = operation.state == OperationState::done;
    return is_over ? hear_of_refund(current, reported.outcome, now) : unchanged(current);
  }
  const auto* accepted = std::get_if<outcome::Accepted>(&reported.outcome);
  if (current.payment.state == PaymentState::requires_capture &&
      current.attempt->state == AttemptState::authorised)
    return look_at_held(current, accepted, now);
  if (!accepted || PLANTED(misses_what_came_late) || !was_given_up(current.attempt->state) ||
      operation.state != OperationState::done || operation.kind == OperationKind::reversal)
    return unchanged(current);
  return hear_of_attempt(current, *accepted, reported, now);
}

Result<Decision> begin_reversal(const PaymentAggregate& current, const event::Reverse& reverse, Instant now) {
  const Attempt& attempt = *current.attempt;
  const bool is_under_way = current.operation && current.operation->state != OperationState::done;
  if (attempt.state != AttemptState::succeeded_late || is_under_way) return unchanged(current);
  Transition to(current, now);
  const std::int64_t amount_minor =
      attempt.captured_minor > 0 ? attempt.captured_minor : attempt.authorised_minor;
  to.next().operation = make_operation(current, reverse.operation_id, OperationKind::reversal, amount_minor,
                                       reverse.ask_at, to.now());
  to.add(effect::InsertOperation{});
  return std::move(to).take();
}

namespace {

void accept_reversal(Transition& to, const outcome::Accepted& accepted, Instant ask_at) {
  Attempt& attempt = to.attempt();
  const bool was_charged = attempt.captured_minor > 0;
  const AcceptedAs wanted = was_charged ? AcceptedAs::refunded : AcceptedAs::voided;
  if (accepted.as == wanted) {
    attempt.state = AttemptState::reversed;
    to.touch_attempt();
    to.close_operation(OperationResult::accepted);
    if (was_charged) to.add(effect::PostReversal{to.operation().amount});
    return;
  }
  if (accepted.as == AcceptedAs::captured && !was_charged && is_within(accepted.amount, attempt.amount)) {
    // Charged while we let go of it: the next try gives that back.
    attempt.captured_minor = accepted.amount.minor;
    to.add(effect::PostLateCapture{accepted.amount});
    to.touch_attempt();
    return to.close_operation(OperationResult::rejected);
  }
  if (accepted.as == AcceptedAs::authorised && !was_charged) {  // still held
    to.touch_attempt();
    return to.close_operation(OperationResult::rejected);
  }
  if (was_charged && accepted.as == AcceptedAs::pending && !accepted.connector_payment_id.empty())
    to.operation().connector_operation_id = accepted.connector_payment_id;
  to.leave_open(OperationState::unknown, ask_at);
}

}  // namespace

Decision end_reversal(const PaymentAggregate& current, const event::OperationEnded& ended, Instant now) {
  Transition to(current, now);
  // The attempt stays `succeeded_late`, which says that the next try is due; it is touched, so that it waits.
  const auto try_again = [&](OperationResult result, GatewayError error) {
    to.attempt().error = std::move(error);
    to.touch_attempt();
    to.close_operation(result);
  };
  std::visit(
      Overloaded{
          [&](const outcome::NotSent& not_sent) {
            try_again(OperationResult::not_sent, {"not_sent", not_sent.why});
          },
          [&](const outcome::Rejected& rejected) { try_again(OperationResult::rejected, rejected.error); },
          [&](const outcome::Declined& declined) { try_again(OperationResult::declined, declined.error); },
          [&](const outcome::Accepted& accepted) { accept_reversal(to, accepted, ended.ask_at); },
          [&](const outcome::Unknown&) { to.leave_open(OperationState::unknown, ended.ask_at); },
      },
      ended.outcome);
  return std::move(to).take();
}

}  // namespace payweir::deciding
