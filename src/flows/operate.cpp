#include "flows/operate.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/planted.hpp"
#include "crypto/hash.hpp"
#include "flows/routing/learn.hpp"

namespace payweir::flows {
namespace {

// The request was executed, but its answer was never stored (its process died in between): the resource
// as it is now, which is what the first answer would have led to. `is_final`: nothing of it is under way.
struct Current {
  Answer answer;
  bool is_final = false;
};

Task<Result<Current>> answer_with_current(Context& context, std::int64_t resource_key, AnswerWith with,
                                          const Rendering& rendering) {
  Current current;
  current.answer.replayed = true;
  if (with == AnswerWith::refund) {
    Result<PaymentSnapshot> snapshot = co_await load_refund_by_key(context, resource_key);
    if (!snapshot) co_return fail(std::move(snapshot.error()));
    current.answer.body = render(context, *snapshot, with, rendering);
    current.is_final = snapshot->aggregate.refund->state != RefundState::pending;
    co_return current;
  }
  Result<PaymentSnapshot> snapshot = co_await load_payment_by_key(context, resource_key);
  if (!snapshot) co_return fail(std::move(snapshot.error()));
  current.answer.body = render(context, *snapshot, with, rendering);
  // That the payer is asked is an answer, too.
  current.is_final = !snapshot->aggregate.operation ||
                     snapshot->aggregate.payment.state == PaymentState::requires_customer_action;
  co_return current;
}

Task<Result<Answer>> answer_of_first(Context& context, RequestKey key, AnswerWith with,
                                     const Rendering& rendering) {
  // Twice when another request stored the answer first.
  for (int round = 0; round < 2; ++round) {
    Result<Replay> first = co_await replay(context, key);
    if (!first) co_return fail(std::move(first.error()));
    if (first->answer) co_return std::move(*first->answer);
    Result<Current> current = co_await answer_with_current(context, first->resource_key, with, rendering);
    if (!current) co_return fail(std::move(current.error()));
    if (!current->is_final || PLANTED(keeps_no_late_answer)) co_return std::move(current->answer);
    // From now on this is the answer, byte for byte, whatever becomes of the resource.
    store::ChangeSet changes;
    store_answer(context, changes, first->claim_key, current->answer);
    store::CommitAnswer stored = co_await context.store.commit(std::move(changes));
    if (std::holds_alternative<store::commit::Committed>(stored)) co_return std::move(current->answer);
    if (auto* failed = std::get_if<store::commit::Failed>(&stored)) co_return fail(std::move(failed->error));
    if (auto* maybe = std::get_if<store::commit::Maybe>(&stored)) co_return fail(std::move(maybe->error));
  }
  co_return fail(Code::idempotency_in_progress, "Idempotency-Key",
                 "the first request with this key is still running");
}

template <class Effect>
bool has_effect(const Decision& decision) {
  return std::ranges::any_of(
      decision.effects, [](const PaymentEffect& effect) { return std::holds_alternative<Effect>(effect); });
}

Error error_of_duplicate(std::string_view table) {
  if (table == "alias")
    return {Code::duplicate_resource, "payment_id", "an object with this id already exists in our records"};
  return {Code::illegal_transition, "status", "another attempt of this payment is under way"};
}

}  // namespace

std::string render(Context& context, const PaymentSnapshot& snapshot, AnswerWith with,
                   const Rendering& rendering) {
  return with == AnswerWith::refund ? rendering.refund(refund_view_of(snapshot))
                                    : rendering.payment(view_of(context, snapshot));
}

Result<void> check_client_secret(Context& context, const Principal& principal,
                                 const PaymentSnapshot& snapshot, const std::string& given) {
  if (given.empty() && principal.role != Role::publishable) return {};
  if (given.empty())
    return fail(Code::client_secret_missing, "client_secret",
                "client_secret is required with a publishable key");
  const std::string expected =
      client_secret_of(context.keys, snapshot.payment_id(), snapshot.aggregate.payment.id);
  if (!crypto::constant_time_equal(given, expected))
    return fail(Code::client_secret_mismatch, "client_secret",
                "client_secret does not belong to this payment");
  return {};
}

std::optional<Admission::Ticket> admit(Context& context, const Principal& principal) {
  return context.traffic.admission.admit(principal.merchant->row.id.key, context.clock.suspended_us());
}

Error too_many_in_flight() {
  return {Code::overloaded, "", "too many payments are under way"};
}

Duration send_by_of(const Context& context) {
  return context.clock.suspended() + context.settings.send_window;
}

namespace {
bool records_operation(const store::ChangeSet& changes) {
  return std::ranges::any_of(changes.changes(), [](const store::Change& change) {
    return change.op == store::ChangeOp::insert && change.table == &store::table_of<store::OperationRow>();
  });
}
}  // namespace

Task<Result<Recorded>> record(Context& context, store::ChangeSet changes, Key claimed, AnswerWith with,
                              const Rendering& rendering) {
  if (context.review.is_under_way() && records_operation(changes) && !PLANTED(sends_under_review))
    co_return fail(Code::under_review, "",
                   "this database was restored: nothing is sent until all that was open in it has been "
                   "asked about");
  store::CommitAnswer answer = co_await context.store.commit(std::move(changes));
  Recorded recorded;
  if (std::holds_alternative<store::commit::Committed>(answer)) co_return recorded;
  if (std::holds_alternative<store::commit::Conflict>(answer)) {
    recorded.conflict = !PLANTED(conflict_is_done);
    co_return recorded;
  }
  if (PLANTED(sends_unrecorded) && !std::holds_alternative<store::commit::Duplicate>(answer))
    co_return recorded;
  if (auto* failed = std::get_if<store::commit::Failed>(&answer)) co_return fail(std::move(failed->error));
  if (auto* maybe = std::get_if<store::commit::Maybe>(&answer)) co_return fail(std::move(maybe->error));
  // A repeated request may meet another unique index first, such as that of ids which merchants choose: its
  // key tells whether it is one.
  Error refusal = error_of_duplicate(std::get<store::commit::Duplicate>(answer).table);
  Result<Answer> first =
      co_await replay_or_fail(context, std::move(claimed), std::move(refusal), with, rendering);
  if (!first) co_return fail(std::move(first.error()));
  recorded.replayed = std::move(*first);
  co_return recorded;
}

Task<Result<Answer>> replay_or_fail(Context& context, Key key, Error error, AnswerWith with,
                                    const Rendering& rendering) {
  if (!key) co_return fail(std::move(error));
  RequestKey request = std::move(*key);
  Result<Answer> first = co_await answer_of_first(context, std::move(request), with, rendering);
  if (!first && first.error().code == Code::not_found) co_return fail(std::move(error));
  co_return first;
}

namespace {
// What another request with this key was answered; all later ones are.
Task<Answer> answer_once_stored(Context& context, std::int64_t claim_key, Answer own) {
  Result<std::optional<Answer>> stored = co_await stored_answer(context, claim_key);
  if (!stored || !*stored) co_return own;
  (*stored)->gateway_us = own.gateway_us;
  co_return std::move(**stored);
}
}  // namespace

Task<Result<Answer>> conclude(Context& context, PaymentSnapshot snapshot, Outcome outcome,
                              std::optional<std::int64_t> claim_key, AnswerWith with, std::int64_t gateway_us,
                              const Rendering& rendering) {
  PaymentAggregate recorded;  // as before any of this: what the answer shows when none of it can be stored
  const std::int64_t operation_key = snapshot.aggregate.operation->id.key;
  std::optional<std::int64_t> answered;  // the claim, once another request has stored its answer
  for (int attempt = 0; attempt < kConflictRetriesMax; ++attempt) {
    const Instant now = context.clock.wall();
    const PaymentState before = snapshot.aggregate.payment.state;
    Result<Decision> decision =
        decide(snapshot.aggregate, event::OperationEnded{outcome, next_ask(now, 0)}, now);
    check(decision.has_value(), "an operation's end was refused");
    if (attempt == 0) recorded = std::move(snapshot.aggregate);
    store::ChangeSet changes;
    apply(context, snapshot, std::move(*decision), RowIs::stored, changes);
    Answer answer;
    answer.body = render(context, snapshot, with, rendering);
    answer.gateway_us = gateway_us;
    if (claim_key) store_answer(context, changes, *claim_key, answer);
    const bool is_news = !changes.empty();
    store::CommitAnswer committed = store::commit::Committed{};
    if (is_news) committed = co_await context.store.commit(std::move(changes));
    if (std::holds_alternative<store::commit::Committed>(committed)) {
      count_state(context, before, snapshot);
      if (is_news) learn_from(context, snapshot, outcome);
      if (answered) answer = co_await answer_once_stored(context, *answered, std::move(answer));
      co_return answer;
    }
    if (PLANTED(answers_unstored)) co_return answer;
    // Somebody has repeated the request meanwhile and was answered: what happened is stored without.
    if (claim_key && std::holds_alternative<store::commit::Duplicate>(committed))
      answered = std::exchange(claim_key, std::nullopt);
    else if (!std::holds_alternative<store::commit::Conflict>(committed))
      break;
    Result<PaymentSnapshot> again = co_await load_operation(context, operation_key);
    if (!again) break;
    snapshot = std::move(*again);
  }
  // What the gateway answered could not be stored. The truth that is durable is "recorded, perhaps sent";
  // the resolver will learn the rest.
  snapshot.aggregate = std::move(recorded);
  context.log.write(
      LogLevel::error, "outcome.not_stored",
      {{"payment_id", snapshot.payment_id()}, {"operation", to_text(snapshot.aggregate.operation->id)}});
  Answer answer;
  answer.body = render(context, snapshot, with, rendering);
  answer.gateway_us = gateway_us;
  co_return answer;
}

Task<Result<Answer>> send_and_conclude(Context& context, PaymentSnapshot snapshot, Duration send_by,
                                       std::optional<std::int64_t> claim_key, AnswerWith with,
                                       const Rendering& rendering, GatewayHealth::Dispatch passage) {
  GatewayCall call = co_await call_gateway(context, snapshot, std::nullopt,
                                           SendTerms{send_by, context.settings.gateway_timeout});
  Outcome outcome = std::move(call.outcome);
  if (snapshot.account)
    context.traffic.health.concluded(snapshot.account->row.id.key, snapshot.aggregate.operation->kind,
                                     passage, word_of(outcome), context.clock.suspended_us());
  const std::int64_t gateway_us = call.gateway_us;
  Result<Answer> answer = co_await conclude(context, std::move(snapshot), std::move(outcome), claim_key, with,
                                            gateway_us, rendering);
  co_return answer;
}

namespace {
// The breaker's leave for one operation, given back when nothing is sent after all.
class Guard {
 public:
  Guard(Context& context, const PaymentSnapshot& snapshot, OperationKind kind)
      : context_(context), kind_(kind) {
    if (!snapshot.account) return;
    account_key_ = snapshot.account->row.id.key;
    passage_ = context.traffic.health.try_dispatch(account_key_, kind, context.clock.suspended_us());
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  ~Guard() {
    if (account_key_ != 0 && !is_refused())
      context_.traffic.health.concluded(account_key_, kind_, passage_, GatewayHealth::Word::untold,
                                        context_.clock.suspended_us());
  }
  [[nodiscard]] bool is_refused() const { return passage_ == GatewayHealth::Dispatch::refused; }
  // It is sent now, and concluded by its sender.
  [[nodiscard]] GatewayHealth::Dispatch take() {
    account_key_ = 0;
    return passage_;
  }

 private:
  Context& context_;
  OperationKind kind_;
  std::int64_t account_key_ = 0;
  GatewayHealth::Dispatch passage_ = GatewayHealth::Dispatch::allowed;
};
}  // namespace

Task<Result<Answer>> execute(Context& context, Principal principal, Key key, std::string payment_id,
                             MakeEvent make_event, AnswerWith with, const Rendering& rendering) {
  for (int round = 0; round < kConflictRetriesMax; ++round) {
    Result<PaymentSnapshot> loaded = co_await load_payment(context, principal.merchant, payment_id);
    if (!loaded) co_return fail(std::move(loaded.error()));
    PaymentSnapshot snapshot = std::move(*loaded);
    const Instant now = context.clock.wall();
    const PaymentState before = snapshot.aggregate.payment.state;
    Result<PaymentEvent> event = make_event(snapshot, now);
    Result<Decision> decision =
        event ? decide(snapshot.aggregate, *event, now) : fail(std::move(event.error()));
    if (!decision) {
      Result<Answer> answer =
          co_await replay_or_fail(context, key, std::move(decision.error()), with, rendering);
      co_return answer;
    }
    const bool sends = has_effect<effect::InsertOperation>(*decision);
    std::optional<Admission::Ticket> ticket;
    if (sends) ticket = admit(context, principal);
    if (sends && !ticket) {
      Result<Answer> answer = co_await replay_or_fail(context, key, too_many_in_flight(), with, rendering);
      co_return answer;
    }
    Guard guard(context, snapshot,
                sends ? decision->next.operation->kind : OperationKind::void_authorisation);
    if (guard.is_refused()) {
      Error refusal{Code::no_route, "", "the gateway of this payment is not to be reached at present"};
      Result<Answer> answer = co_await replay_or_fail(context, key, std::move(refusal), with, rendering);
      co_return answer;
    }
    const Duration send_by = send_by_of(context);
    store::ChangeSet changes;
    apply(context, snapshot, std::move(*decision), RowIs::stored, changes);
    const std::int64_t resource_key =
        with == AnswerWith::refund ? snapshot.aggregate.refund->id.key : snapshot.aggregate.payment.id.key;
    std::optional<std::int64_t> claim_key;
    if (key) claim_key = claim(context, changes, *key, resource_key);
    Answer answer;
    if (!sends) {
      answer.body = render(context, snapshot, with, rendering);
      if (claim_key) store_answer(context, changes, *claim_key, answer);
    }
    Result<Recorded> recorded = co_await record(context, std::move(changes), key, with, rendering);
    if (!recorded) co_return fail(std::move(recorded.error()));
    if (recorded->replayed) co_return std::move(*recorded->replayed);
    if (recorded->conflict) continue;
    if (!sends) {
      count_state(context, before, snapshot);
      co_return answer;
    }
    Result<Answer> sent = co_await send_and_conclude(context, std::move(snapshot), send_by, claim_key, with,
                                                     rendering, guard.take());
    co_return sent;
  }
  co_return fail(Code::store_busy, "", "too many writers at once on this payment; try again");
}

}  // namespace payweir::flows
