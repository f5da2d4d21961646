#include "flows/settle.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/planted.hpp"
#include "flows/gateway.hpp"
#include "flows/operate.hpp"
#include "flows/routing/learn.hpp"
#include "store/queries/inbox_queries.hpp"
#include "store/queries/payment_queries.hpp"

namespace payweir::flows {
namespace {

// After an ask that nobody answered. The same each time: the gateway may be back at any moment, and then all
// that is unknown should be known within a minute.
constexpr Duration kUnansweredPause = seconds(10);

// How often to look again, while the payer is asked.
constexpr Duration kPayerPatience = minutes(2);

// Whether the gateway said nothing at all, rather than something that does not decide.
bool is_unanswered(const GatewayFinding& asked) {
  if (!asked.finding) return true;
  const auto* found = std::get_if<finding::Found>(&*asked.finding);
  const auto* unknown = found ? std::get_if<outcome::Unknown>(&found->outcome) : nullptr;
  return unknown != nullptr && !unknown->contradicts;
}

// A deleted account is asked as long as its credentials open, but nothing waits for its answer.
bool is_waited_for(const PaymentSnapshot& snapshot) {
  return snapshot.account && !snapshot.account->row.deleted;
}

// The switch has never heard what became of it: not that it is pending, nor that it waits for the payer.
bool is_in_the_dark(const PaymentAggregate& aggregate) {
  const Operation& operation = *aggregate.operation;
  if (operation.kind == OperationKind::refund || operation.kind == OperationKind::reversal)
    return operation.connector_operation_id.empty();
  if (operation.kind != OperationKind::authorise) return true;
  const AttemptState state = aggregate.attempt->state;
  return state == AttemptState::dispatching || state == AttemptState::unknown;
}

// What a not-found comes to.
enum class Finality : std::uint8_t {
  is_final,    // not executed, and never will be
  may_run,     // the original arrived, and may still be running
  not_learnt,  // the fence was not answered in a way that says anything
  was_found,   // a better query found it after all: see `asked`
};

// Nothing was learnt: when to ask again, or that it is time for a person to look.
PaymentEvent in_vain(const Context& context, const PaymentSnapshot& snapshot, bool was_answered,
                     Instant now) {
  const Operation& operation = *snapshot.aggregate.operation;
  const Instant ask_at = was_answered ? next_ask(now, operation.ask_count + 1) : now + kUnansweredPause;
  if (is_in_the_dark(snapshot.aggregate) && now - operation.created_at > context.settings.resolve_within)
    return event::GaveUp{ask_at};
  return event::AskedInVain{ask_at, was_answered};
}

// What a not-found means, which a fence may have made final.
PaymentEvent event_of_absence(const Context& context, const PaymentSnapshot& snapshot, Finality finality,
                              Instant now) {
  switch (finality) {
    case Finality::is_final:
      return event::OperationEnded{
          outcome::NotSent{"the gateway does not know this request and will refuse it"},
          now + kPayerPatience};  // a void that was lost stays open while the payer is asked
    case Finality::may_run:
      return event::AskedInVain{executed_by(context.settings, *snapshot.aggregate.operation), true};
    case Finality::not_learnt: return in_vain(context, snapshot, false, now);
    case Finality::was_found: break;
  }
  return in_vain(context, snapshot, true, now);  // nobody fenced
}

// What an inquiry means for the operation: an event for decide(), or nothing to say.
PaymentEvent event_of(const Context& context, const PaymentSnapshot& snapshot, const GatewayFinding& asked,
                      Finality finality, Instant now) {
  const Operation& operation = *snapshot.aggregate.operation;
  if (PLANTED(silence_is_no) && is_unanswered(asked)) return event::OperationEnded{outcome::NotSent{""}, now};
  if (is_unanswered(asked)) return in_vain(context, snapshot, false, now);
  const Instant ask_at = next_ask(now, operation.ask_count + 1);
  if (std::holds_alternative<finding::NotFound>(*asked.finding))
    return event_of_absence(context, snapshot, finality, now);
  if (PLANTED(ignores_the_finding)) return in_vain(context, snapshot, true, now);
  const Outcome& outcome = std::get<finding::Found>(*asked.finding).outcome;
  // Still pending, still waiting for the payer: no news, and nothing to write but the next time to ask.
  if (const auto* accepted = std::get_if<outcome::Accepted>(&outcome)) {
    const AttemptState state = snapshot.aggregate.attempt->state;
    const bool still_waiting =
        (accepted->as == AcceptedAs::needs_action && state == AttemptState::needs_action) ||
        (accepted->as == AcceptedAs::pending && operation.state == OperationState::unknown &&
         (state == AttemptState::pending || operation.kind == OperationKind::refund ||
          (operation.kind == OperationKind::reversal && !operation.connector_operation_id.empty())));
    const bool same_action =
        accepted->next_action.empty() || accepted->next_action == snapshot.aggregate.attempt->next_action;
    if (still_waiting && same_action && operation.kind != OperationKind::void_authorisation)
      return in_vain(context, snapshot, true, now);
  }
  return event::OperationEnded{outcome, ask_at};
}

Task<Finality> make_final(Context& context, const PaymentSnapshot& snapshot, GatewayFinding& asked) {
  if (PLANTED(not_found_is_final)) co_return Finality::is_final;
  if (!may_be_fenced(context, snapshot)) co_return Finality::may_run;
  const FenceAnswer fence = co_await fence_at_gateway(context, snapshot);
  if (fence == FenceAnswer::holds) co_return Finality::is_final;
  if (PLANTED(unclear_fence_holds) && fence == FenceAnswer::unclear) co_return Finality::is_final;
  if (PLANTED(spent_key_holds) && fence == FenceAnswer::spent) co_return Finality::is_final;
  if (fence == FenceAnswer::unclear) co_return Finality::not_learnt;
  // The original was there first. Once it cannot still be running, what a consistent query does not show was
  // not executed: its key is spent, so a copy that comes late is not executed either.
  if (context.clock.wall() < executed_by(context.settings, *snapshot.aggregate.operation))
    co_return Finality::may_run;
  GatewayFinding consistent = co_await ask_gateway(context, snapshot, Road::consistent, Repeats::allowed);
  asked.gateway_us += consistent.gateway_us;
  asked.finding = std::move(consistent.finding);
  if (!asked.finding) co_return Finality::not_learnt;
  co_return std::holds_alternative<finding::NotFound>(*asked.finding) ? Finality::is_final
                                                                      : Finality::was_found;
}

// A callback may come before its payment is stored here; after these tries it is an orphan, and counted. It
// is looked at again, ever less often, for as long as a payment of a backup may be restored.
constexpr std::int64_t kOrphanTriesMax = 4;
constexpr Duration kOrphanPauseMax = hours(24);
// A gateway that tells of something and answers no query about it is asked for so long; the resolver goes on.
constexpr Duration kUnheardMax = hours(72);

}  // namespace

Task<FoundAtOnce> find_out_at_once(Context& context, const PaymentSnapshot& snapshot) {
  GatewayFinding asked = co_await ask_gateway(context, snapshot);
  FoundAtOnce result;
  result.gateway_us = asked.gateway_us;
  if (is_unanswered(asked)) co_return result;
  if (std::holds_alternative<finding::NotFound>(*asked.finding)) {
    if (PLANTED(moves_on_unfenced)) {
      result.outcome = outcome::NotSent{""};
      co_return result;
    }
    const std::int64_t before_us = asked.gateway_us;
    const Finality finality = co_await make_final(context, snapshot, asked);
    result.gateway_us += asked.gateway_us - before_us;
    if (finality == Finality::is_final)
      result.outcome = outcome::NotSent{"the gateway does not know this request and will refuse it"};
    if (finality != Finality::was_found) co_return result;
  }
  if (auto* found = asked.finding ? std::get_if<finding::Found>(&*asked.finding) : nullptr)
    result.outcome = std::move(found->outcome);
  co_return result;
}

Task<Result<Settled>> settle_operation(Context& context, std::int64_t operation_key, Fencing fencing) {
  std::int64_t gateway_us = 0;
  for (int round = 0; round < kConflictRetriesMax; ++round) {
    Result<PaymentSnapshot> loaded = co_await load_operation(context, operation_key);
    if (!loaded) co_return fail(std::move(loaded.error()));
    PaymentSnapshot snapshot = std::move(*loaded);
    if (snapshot.aggregate.operation->state == OperationState::done)
      co_return Settled{true, true, gateway_us};
    const Repeats repeats = fencing == Fencing::allowed ? Repeats::allowed : Repeats::forbidden;
    GatewayFinding asked = co_await ask_gateway(context, snapshot, Road::any, repeats);
    gateway_us += asked.gateway_us;
    if (asked.was_held_back) co_return Settled{false, true, gateway_us};
    const bool answered = !is_unanswered(asked) || !is_waited_for(snapshot);
    Finality finality = Finality::was_found;
    if (fencing == Fencing::allowed && asked.finding &&
        std::holds_alternative<finding::NotFound>(*asked.finding))
      finality = co_await make_final(context, snapshot, asked);
    const Instant now = context.clock.wall();
    PaymentEvent event = event_of(context, snapshot, asked, finality, now);
    if (fencing == Fencing::forbidden && std::holds_alternative<event::GaveUp>(event))
      co_return Settled{false, answered, gateway_us};
    // A sync that learnt nothing leaves the resolver's schedule alone; so does one that comes while the
    // request may still be on its way.
    if (std::holds_alternative<event::AskedInVain>(event)) {
      if (fencing == Fencing::forbidden) co_return Settled{false, answered, gateway_us};
      if (snapshot.aggregate.attempt->state == AttemptState::needs_action)
        std::get<event::AskedInVain>(event).ask_at =
            std::max(std::get<event::AskedInVain>(event).ask_at, now + kPayerPatience);
    }
    const PaymentState before = snapshot.aggregate.payment.state;
    Result<Decision> decision = decide(snapshot.aggregate, event, now);
    check(decision.has_value(), "what a gateway says was refused");
    store::ChangeSet changes;
    apply(context, snapshot, std::move(*decision), RowIs::stored, changes);
    const bool decided = snapshot.aggregate.operation->state == OperationState::done;
    if (changes.empty()) co_return Settled{decided, answered, gateway_us};
    store::CommitAnswer committed = co_await context.store.commit(std::move(changes));
    if (std::holds_alternative<store::commit::Committed>(committed)) {
      count_state(context, before, snapshot);
      if (const auto* ended = std::get_if<event::OperationEnded>(&event))
        learn_from(context, snapshot, ended->outcome);
      co_return Settled{decided, answered, gateway_us};
    }
    if (auto* failed = std::get_if<store::commit::Failed>(&committed))
      co_return fail(std::move(failed->error));
    if (auto* maybe = std::get_if<store::commit::Maybe>(&committed)) co_return fail(std::move(maybe->error));
  }
  co_return fail(Code::store_busy, "", "too many writers at once on this payment");
}

namespace {

bool may_have_been_wrong(const PaymentSnapshot& snapshot) {
  const PaymentAggregate& aggregate = snapshot.aggregate;
  if (aggregate.operation->state != OperationState::done) return false;  // the resolver's
  if (aggregate.operation->kind == OperationKind::refund)
    return aggregate.refund && (aggregate.refund->state == RefundState::succeeded ||
                                aggregate.refund->state == RefundState::failed);
  return aggregate.payment.state == PaymentState::requires_capture || !is_live(aggregate.attempt->state);
}

Task<Result<bool>> another_attempt_is_live(Context& context, const PaymentSnapshot& snapshot) {
  if (snapshot.aggregate.payment.attempt_count < 2) co_return false;
  const std::int64_t own_key = snapshot.aggregate.attempt->id.key;
  Result<std::vector<store::AttemptRow>> attempts =
      co_await store::list_attempts(context.store, snapshot.aggregate.payment.id.key);
  if (!attempts) co_return fail(std::move(attempts.error()));
  co_return std::ranges::any_of(*attempts, [&](const store::AttemptRow& row) {
    return row.attempt.id.key != own_key && is_live(row.attempt.state);
  });
}

void tell_of_late_success(Context& context, const PaymentSnapshot& snapshot) {
  ++context.telemetry.late_successes;
  context.log.write(LogLevel::error, "payment.succeeded_late",
                    {{"payment_id", snapshot.payment_id()},
                     {"attempt", to_string(snapshot.aggregate.attempt->state)},
                     {"status", to_string(snapshot.aggregate.payment.state)}});
}

// Asks the gateway about something that is over here, and takes its word for it. True when that was news.
Task<Result<bool>> look_again(Context& context, std::int64_t operation_key, Marks marks) {
  const OperationId reversal_id = context.new_id<OperationTag>();
  for (int round = 0; round < kConflictRetriesMax; ++round) {
    Result<PaymentSnapshot> loaded = co_await load_operation(context, operation_key);
    if (!loaded) co_return fail(std::move(loaded.error()));
    PaymentSnapshot snapshot = std::move(*loaded);
    if (!may_have_been_wrong(snapshot)) co_return false;
    const Result<bool> another = co_await another_attempt_is_live(context, snapshot);
    if (!another) co_return fail(another.error());
    const GatewayFinding asked = co_await ask_gateway(context, snapshot);
    if (is_unanswered(asked)) {
      if (!is_waited_for(snapshot)) co_return false;
      co_return fail(Code::connection_lost, "", "the gateway does not answer");
    }
    const auto* found = std::get_if<finding::Found>(&*asked.finding);
    event::Reported reported;
    reported.outcome = found ? found->outcome : outcome::Unknown{"the gateway does not know it", "", false};
    reported.another_attempt_is_live = *another;
    reported.reversal_id = reversal_id;
    const Instant now = context.clock.wall();
    reported.ask_at = first_ask(context.settings, now);
    const PaymentState before = snapshot.aggregate.payment.state;
    Result<Decision> decision = decide(snapshot.aggregate, reported, now);
    check(decision.has_value(), "what a gateway says was refused");
    const bool is_news = !decision->effects.empty();
    if (!is_news && marks == Marks::news_only) co_return false;
    const bool was_given_up = snapshot.aggregate.operation->kind != OperationKind::refund &&
                              !is_live(snapshot.aggregate.attempt->state);
    const Duration send_by = send_by_of(context);
    store::ChangeSet changes;
    apply(context, snapshot, std::move(*decision), RowIs::stored, changes);
    if (changes.empty()) co_return false;
    store::CommitAnswer committed = co_await context.store.commit(std::move(changes));
    if (std::holds_alternative<store::commit::Conflict>(committed)) continue;
    if (auto* failed = std::get_if<store::commit::Failed>(&committed))
      co_return fail(std::move(failed->error));
    if (auto* maybe = std::get_if<store::commit::Maybe>(&committed)) co_return fail(std::move(maybe->error));
    count_state(context, before, snapshot);
    if (is_news && was_given_up) tell_of_late_success(context, snapshot);
    if (snapshot.aggregate.operation->kind != OperationKind::reversal || context.review.is_under_way())
      co_return is_news;
    Result<Answer> sent = co_await send_and_conclude(context, std::move(snapshot), send_by, std::nullopt,
                                                     AnswerWith::payment, context.rendering);
    if (!sent) co_return fail(std::move(sent.error()));
    co_return true;
  }
  co_return fail(Code::store_busy, "", "too many writers at once on this payment");
}

// The newest attempt's, 0 when there is none.
Task<Result<std::int64_t>> newest_authorisation(Context& context, std::int64_t payment_key) {
  Result<std::optional<store::AttemptRow>> attempt =
      co_await store::find_newest_attempt(context.store, payment_key);
  if (!attempt) co_return fail(std::move(attempt.error()));
  if (!*attempt) co_return 0;
  const Result<std::optional<store::OperationRow>> operation =
      co_await store::find_authorisation(context.store, payment_key, (*attempt)->attempt.id.key);
  if (!operation) co_return fail(operation.error());
  co_return *operation ? (*operation)->operation.id.key : 0;
}

}  // namespace

Task<Result<bool>> look_at_held(Context& context, std::int64_t payment_key, Marks marks) {
  const Result<std::optional<store::PaymentRow>> row =
      co_await store::find_payment_by_key(context.store, payment_key);
  if (!row) co_return fail(row.error());
  if (!*row || (*row)->payment.state != PaymentState::requires_capture) co_return false;
  const Result<std::int64_t> authorisation = co_await newest_authorisation(context, payment_key);
  if (!authorisation) co_return fail(authorisation.error());
  if (*authorisation == 0) co_return false;
  Result<bool> looked = co_await look_again(context, *authorisation, marks);
  co_return looked;
}

Task<Result<bool>> reverse_attempt(Context& context, std::int64_t attempt_key) {
  if (context.review.is_under_way()) co_return false;
  const OperationId operation_id = context.new_id<OperationTag>();
  Result<PaymentSnapshot> loaded = co_await load_attempt(context, attempt_key);
  if (!loaded) co_return fail(std::move(loaded.error()));
  PaymentSnapshot snapshot = std::move(*loaded);
  const Instant now = context.clock.wall();
  Result<Decision> decision =
      decide(snapshot.aggregate, event::Reverse{operation_id, first_ask(context.settings, now)}, now);
  if (!decision) co_return fail(std::move(decision.error()));
  const Duration send_by = send_by_of(context);
  store::ChangeSet changes;
  apply(context, snapshot, std::move(*decision), RowIs::stored, changes);
  if (changes.empty()) co_return false;
  Result<Recorded> recorded =
      co_await record(context, std::move(changes), std::nullopt, AnswerWith::payment, context.rendering);
  if (!recorded) co_return fail(std::move(recorded.error()));
  if (recorded->conflict) co_return false;  // tried again later
  Result<Answer> sent = co_await send_and_conclude(context, std::move(snapshot), send_by, std::nullopt,
                                                   AnswerWith::payment, context.rendering);
  if (!sent) co_return fail(std::move(sent.error()));
  co_return true;
}

Task<Result<bool>> expire_payment(Context& context, std::int64_t payment_key) {
  const OperationId operation_id = context.new_id<OperationTag>();
  for (int round = 0; round < kConflictRetriesMax; ++round) {
    Result<PaymentSnapshot> loaded = co_await load_payment_by_key(context, payment_key);
    if (!loaded) co_return fail(std::move(loaded.error()));
    PaymentSnapshot snapshot = std::move(*loaded);
    const Instant now = context.clock.wall();
    const PaymentState before = snapshot.aggregate.payment.state;
    Result<Decision> decision =
        decide(snapshot.aggregate, event::Expire{operation_id, first_ask(context.settings, now)}, now);
    if (!decision) co_return fail(std::move(decision.error()));
    const bool sends = snapshot.aggregate.payment.state == PaymentState::requires_customer_action &&
                       decision->next.payment.state == PaymentState::processing;
    const Duration send_by = send_by_of(context);
    store::ChangeSet changes;
    apply(context, snapshot, std::move(*decision), RowIs::stored, changes);
    if (changes.empty()) co_return false;
    Result<Recorded> recorded =
        co_await record(context, std::move(changes), std::nullopt, AnswerWith::payment, context.rendering);
    if (!recorded) co_return fail(std::move(recorded.error()));
    if (recorded->conflict) continue;
    count_state(context, before, snapshot);
    if (!sends) co_return true;
    Result<Answer> answer = co_await send_and_conclude(context, std::move(snapshot), send_by, std::nullopt,
                                                       AnswerWith::payment, context.rendering);
    if (!answer) co_return fail(std::move(answer.error()));
    co_return true;
  }
  co_return false;
}

namespace {

// What a callback is about; payment 0 when it names none of this account's. The signature was the account's:
// a reference to somebody else's operation or payment is not believed.
struct Subject {
  std::int64_t payment_key = 0;
  std::int64_t operation_key = 0;  // 0: it names only the payment
};

Task<Result<Subject>> find_subject(Context& context, store::InboxRow row) {
  if (const Result<OperationId> id = parse_id<OperationTag>(row.operation_reference); id) {
    const OperationId wanted = *id;
    Result<std::optional<store::OperationRow>> found =
        co_await store::find_operation(context.store, wanted.key);
    if (!found) co_return fail(std::move(found.error()));
    if (*found && (*found)->operation.id == wanted && (*found)->operation.merchant_no == row.merchant_no &&
        (*found)->operation.connector_account_key == row.connector_account_key)
      co_return Subject{(*found)->operation.payment_key, wanted.key};
  }
  if (const Result<AttemptId> id = parse_id<AttemptTag>(row.operation_reference); id) {
    const AttemptId wanted = *id;
    Result<std::optional<store::AttemptRow>> found = co_await store::find_attempt(context.store, wanted.key);
    if (!found) co_return fail(std::move(found.error()));
    if (!*found || (*found)->attempt.id != wanted || (*found)->merchant_no != row.merchant_no ||
        (*found)->attempt.connector_account_key != row.connector_account_key)
      co_return Subject{};
    const std::int64_t payment_key = (*found)->attempt.payment_key;
    const Result<std::optional<store::OperationRow>> authorisation =
        co_await store::find_authorisation(context.store, payment_key, wanted.key);
    if (!authorisation) co_return fail(authorisation.error());
    co_return Subject{payment_key, *authorisation ? (*authorisation)->operation.id.key : 0};
  }
  if (row.payment_reference.empty()) co_return Subject{};
  Result<std::shared_ptr<const MerchantEntry>> merchant =
      co_await context.directory.merchant(row.merchant_no);
  if (!merchant) co_return fail(std::move(merchant.error()));
  if (!*merchant) co_return Subject{};
  std::shared_ptr<const MerchantEntry> owner = std::move(*merchant);
  Result<PaymentSnapshot> snapshot =
      co_await load_payment(context, std::move(owner), std::move(row.payment_reference));
  if (!snapshot && snapshot.error().code == Code::not_found) co_return Subject{};
  if (!snapshot) co_return fail(std::move(snapshot.error()));
  const std::optional<Attempt>& attempt = snapshot->aggregate.attempt;
  if (!attempt || attempt->connector_account_key != row.connector_account_key) co_return Subject{};
  co_return Subject{snapshot->aggregate.payment.id.key, 0};
}

Task<Result<bool>> may_overturn(Context& context, std::int64_t merchant_no,
                                std::int64_t connector_account_key, std::string event_type) {
  const Result<std::shared_ptr<const MerchantEntry>> merchant =
      co_await context.directory.merchant(merchant_no);
  if (!merchant) co_return fail(merchant.error());
  const auto account = *merchant ? (*merchant)->find_account(connector_account_key) : nullptr;
  co_return account && account->connector && account->connector->may_overturn(event_type);
}

// Whether a callback about a payment with nothing under way could tell of anything: most cannot, and one row
// tells.
bool could_be_news(const Payment& payment, const store::InboxRow& callback) {
  switch (payment.state) {
    case PaymentState::requires_capture:
    case PaymentState::failed:
    case PaymentState::cancelled:
    case PaymentState::expired: return true;
    case PaymentState::succeeded:
    case PaymentState::partially_captured:
      return payment.attempt_count > 1 || !callback.connector_refund_id.empty();
    case PaymentState::requires_payment_method:
    case PaymentState::requires_confirmation:
    case PaymentState::processing:
    case PaymentState::requires_customer_action:
    case PaymentState::conflicted:
    case PaymentState::requires_merchant_action: return payment.attempt_count > 1;  // of one before it
  }
  return false;
}

// A callback only says what to ask about: everything of this payment that is not decided yet, then what was
// decided and may have been wrong. False when the gateway did not answer.
Task<Result<bool>> settle_payment(Context& context, Subject subject, store::InboxRow callback) {
  Result<std::vector<store::OperationRow>> live =
      co_await store::list_live_operations(context.store, subject.payment_key);
  if (!live) co_return fail(std::move(live.error()));
  bool answered = true;
  for (const store::OperationRow& row : *live) {
    Result<Settled> settled = co_await settle_operation(context, row.operation.id.key, Fencing::forbidden);
    if (!settled) co_return fail(std::move(settled.error()));
    answered &= settled->answered;
  }
  const Result<std::optional<store::PaymentRow>> row =
      co_await store::find_payment_by_key(context.store, subject.payment_key);
  if (!row) co_return fail(row.error());
  if (!*row || !could_be_news((*row)->payment, callback)) co_return answered;
  if ((*row)->payment.state == PaymentState::requires_capture && !live->empty()) co_return answered;
  if ((*row)->payment.state != PaymentState::requires_capture) {
    const Result<bool> telling = co_await may_overturn(context, callback.merchant_no,
                                                       callback.connector_account_key, callback.event_type);
    if (!telling) co_return fail(telling.error());
    if (!*telling) co_return answered;
  }
  std::int64_t operation_key = subject.operation_key;
  if (operation_key == 0) {
    const Result<std::int64_t> newest = co_await newest_authorisation(context, subject.payment_key);
    if (!newest) co_return fail(newest.error());
    operation_key = *newest;
  }
  if (operation_key == 0) co_return answered;
  Result<bool> looked = co_await look_again(context, operation_key, Marks::news_only);
  if (!looked && looked.error().code == Code::connection_lost) co_return false;
  if (!looked) co_return fail(std::move(looked.error()));
  co_return answered;
}

}  // namespace

Task<Result<void>> work_off_callback(Context& context, std::int64_t inbox_key) {
  Result<std::optional<store::InboxRow>> found = co_await store::find_inbox(context.store, inbox_key);
  if (!found) co_return fail(std::move(found.error()));
  if (!*found || (*found)->state == store::InboxState::done) co_return Result<void>{};
  store::InboxRow row = std::move(**found);
  const Result<Subject> subject = co_await find_subject(context, row);
  if (!subject) co_return fail(subject.error());
  const Instant now = context.clock.wall();
  ++row.version;
  row.payment_key = subject->payment_key;
  if (subject->payment_key != 0) {
    const Result<bool> heard = co_await settle_payment(context, *subject, row);
    if (!heard) co_return fail(heard.error());
    if (*heard || now - row.received_at > kUnheardMax) {
      // What is still undecided is the resolver's: the gateway's own query lags behind its callback.
      ++row.try_count;
      row.state = store::InboxState::done;
    } else {
      row.state = store::InboxState::pending;
      row.due_at = now + kUnansweredPause;
    }
  } else if (++row.try_count <= kOrphanTriesMax) {
    row.due_at = next_ask(now, static_cast<std::int32_t>(row.try_count));
  } else {
    row.state = store::InboxState::orphan;
    const std::int64_t tries = std::min<std::int64_t>(row.try_count - kOrphanTriesMax, 24);
    row.due_at = now + std::min(hours(1) * tries, kOrphanPauseMax);
  }
  store::ChangeSet changes;
  changes.update(row);
  store::CommitAnswer committed = co_await context.store.commit(std::move(changes));
  if (auto* failed = std::get_if<store::commit::Failed>(&committed)) co_return fail(std::move(failed->error));
  if (auto* maybe = std::get_if<store::commit::Maybe>(&committed)) co_return fail(std::move(maybe->error));
  co_return Result<void>{};
}

}  // namespace payweir::flows
