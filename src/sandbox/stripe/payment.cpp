#include "sandbox/stripe/payment.hpp"

#include <utility>

namespace payweir::sandbox::stripe {
namespace {

bool must_ask_payer(const Intent& intent, const Presence& presence) {
  if (intent.method.type == MethodType::sepa_debit) return false;
  if (intent.method.type != MethodType::card) return true;
  switch (behaviour(intent.method.behaviour).challenge) {
    case Challenge::none: return false;
    case Challenge::always: return true;
    case Challenge::first_use_only: return !(presence.off_session && presence.method_was_set_up);
    case Challenge::after_decline: return true;
  }
  return true;
}

bool takes_time(MethodType type) {
  return type == MethodType::us_bank_account || type == MethodType::customer_balance ||
         type == MethodType::sepa_debit;
}

void fail_attempt(const Actor& actor, Intent& intent, Decline why, Authentication authentication) {
  actor.state.books.decline(intent, why, authentication, actor.now);
  intent.last_error = why;
  intent.status = IntentStatus::requires_payment_method;
  intent.method = {};
  actor.emit_intent(intent, "payment_intent.payment_failed");
}

void succeed(const Actor& actor, Intent& intent) {
  intent.status = IntentStatus::succeeded;
  intent.texts.set("return_url", "");  // nobody will be sent back any more
  actor.emit_intent(intent, "payment_intent.succeeded");
}

Recipe shown_refund(const Intent& intent, std::size_t ordinal) {
  return {.shows = Recipe::Shows::refund,
          .ordinal = static_cast<std::uint16_t>(ordinal),
          .intent = intent.number};
}

// A second intent like this one, charged as well: what an executed-twice looks like in the books.
void charge_again(const Actor& actor, const Intent& intent) {
  Books& books = actor.state.books;
  if (books.full()) return;
  Intent twin = intent;
  twin.salt = actor.draws.bits();
  twin.charges.clear();
  twin.refunds.clear();
  twin.newest_answer = kNoAnswer;
  Intent& kept = books.add(std::move(twin));
  books.authorize(kept, Authentication::none, actor.now);
  books.capture(kept, kept.amount);
}

void ask_issuer(const Actor& actor, Intent& intent, Authentication authentication) {
  const Decline why = behaviour(intent.method.behaviour).decline;
  if (why != Decline::none) return fail_attempt(actor, intent, why, authentication);
  Books& books = actor.state.books;
  books.authorize(intent, authentication, actor.now);
  intent.last_error = Decline::none;
  if (intent.manual_capture) {
    intent.status = IntentStatus::requires_capture;
    actor.state.set_due(Due::What::expire_authorization, actor.now + kAuthorizationLasts, intent.number,
                        static_cast<std::uint16_t>(intent.charges.size()));
    return actor.emit_intent(intent, "payment_intent.amount_capturable_updated");
  }
  books.capture(intent, intent.amount);
  succeed(actor, intent);
  if (actor.charge_twice) charge_again(actor, intent);
}

// The bank has been asked; its word comes later.
void wait_for_bank(const Actor& actor, Intent& intent) {
  intent.status = IntentStatus::processing;
  actor.state.set_due(Due::What::settle_payment, actor.now + kTransferTakes, intent.number);
  actor.emit_intent(intent, "payment_intent.processing");
}

}  // namespace

Actor actor_of(Call& call) {
  return {call.state, call.cause(), call.now, call.draws, call.charge_twice};
}

void Actor::emit(std::string_view type, const Recipe& object) const {
  state.webhooks.emit(cause, type, object, state.books, state.renderer, now, draws);
}

void Actor::emit_intent(const Intent& intent, std::string_view type) const {
  emit(type, {.shows = Recipe::Shows::intent, .intent = intent.number});
}

void adopt(Intent& intent, const GivenMethod& given) {
  intent.method = given.method;
  if (intent.method.ordinal == 0) intent.method.ordinal = ++intent.method_count;
  if (given.reused) intent.reusable = true;
}

void confirm(const Actor& actor, Intent& intent, const Presence& presence) {
  if (!must_ask_payer(intent, presence)) {
    if (takes_time(intent.method.type)) return wait_for_bank(actor, intent);
    return ask_issuer(actor, intent,
                      intent.asks_three_ds ? Authentication::frictionless : Authentication::none);
  }
  const bool declines_first = behaviour(intent.method.behaviour).challenge == Challenge::after_decline;
  if (presence.off_session || presence.error_on_requires_action || (declines_first && !intent.asks_three_ds))
    return fail_attempt(actor, intent, Decline::authentication_required, Authentication::none);
  intent.status = IntentStatus::requires_action;
  actor.emit_intent(intent, "payment_intent.requires_action");
}

void complete_challenge(const Actor& actor, Intent& intent, ChallengeResult result) {
  if (result == ChallengeResult::declined)
    return fail_attempt(actor, intent, Decline::authentication_failed, Authentication::challenge);
  if (result == ChallengeResult::lapsed)
    return fail_attempt(actor, intent, Decline::attempt_expired, Authentication::none);
  if (!takes_time(intent.method.type)) return ask_issuer(actor, intent, Authentication::challenge);
  wait_for_bank(actor, intent);
}

void capture(const Actor& actor, Intent& intent, std::int64_t amount) {
  actor.state.books.capture(intent, amount);
  succeed(actor, intent);
  if (actor.charge_twice) charge_again(actor, intent);
}

void cancel(const Actor& actor, Intent& intent, std::string_view reason) {
  if (intent.capturable() > 0) actor.state.books.release(intent);
  intent.status = IntentStatus::canceled;
  intent.canceled_ms = actor.now.ms;
  intent.texts.set("cancellation_reason", reason);
  actor.emit_intent(intent, "payment_intent.canceled");
}

std::size_t refund(const Actor& actor, Intent& intent, std::uint16_t charge, std::int64_t amount,
                   std::string_view reason, PackedPairs metadata) {
  const Method& method = intent.charges[charge - 1u].method;
  const RefundFate fate = behaviour(method.behaviour).refund_fate;
  const bool pending = fate == RefundFate::pending_then_succeeds || takes_time(method.type);
  Refund& made = actor.state.books.refund(
      intent, charge, amount, pending ? RefundStatus::pending : RefundStatus::succeeded, actor.now);
  made.metadata = std::move(metadata);
  made.texts.set("reason", reason);
  const std::size_t ordinal = intent.refunds.size();
  if (pending || fate != RefundFate::succeeds)
    actor.state.set_due(Due::What::settle_refund, actor.now + kRefundSettlesAfter, intent.number,
                        static_cast<std::uint16_t>(ordinal));
  actor.emit("charge.refunded", {.shows = Recipe::Shows::charge, .ordinal = charge, .intent = intent.number});
  actor.emit("refund.created", shown_refund(intent, ordinal));
  return ordinal;
}

void expire_authorization(const Actor& actor, Intent& intent, std::uint16_t charge) {
  if (intent.status != IntentStatus::requires_capture || intent.charges.size() != charge) return;
  actor.state.open_for_change(intent);
  cancel(actor, intent, "automatic");
}

void settle_payment(const Actor& actor, Intent& intent) {
  if (intent.status != IntentStatus::processing) return;
  actor.state.open_for_change(intent);
  ask_issuer(actor, intent, Authentication::challenge);
}

void settle_refund(const Actor& actor, Intent& intent, std::uint16_t refund) {
  const Refund& settled = intent.refunds[refund - 1u];
  const RefundFate fate = behaviour(intent.charges[settled.charge - 1u].method.behaviour).refund_fate;
  const bool fails = fate == RefundFate::succeeds_then_fails;
  State& state = actor.state;
  state.open_for_change(intent);
  state.books.settle(intent, refund - 1u, fails ? RefundStatus::failed : RefundStatus::succeeded);
  const Recipe object = shown_refund(intent, refund);
  actor.emit("charge.refund.updated", object);
  actor.emit("refund.updated", object);
  if (fails) actor.emit("refund.failed", object);
}

}  // namespace payweir::sandbox::stripe
