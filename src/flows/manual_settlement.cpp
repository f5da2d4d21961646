#include "flows/manual_settlement.hpp"

#include <algorithm>
#include <utility>

#include "flows/operate.hpp"
#include "store/queries/operator_queries.hpp"

namespace payweir::flows {
namespace {

using State = store::ManualSettlementRow::State;

constexpr std::size_t kNoteBytesMax = 500;
constexpr std::string_view kSharedOperator = "admin";  // Principal::operator_name of the key that all share

std::unexpected<Error> no_such_operation() {
  return fail(Code::not_found, "operation_id", "no such operation waits for a person");
}

std::int64_t stored_outcome(std::optional<AcceptedAs> executed_as) {
  return executed_as ? static_cast<std::int64_t>(std::to_underlying(*executed_as)) + 1 : 0;
}

bool says_the_same(const store::ManualSettlementRow& proposal, const SettleManually& command) {
  return proposal.outcome == stored_outcome(command.executed_as) &&
         proposal.amount_minor == command.amount_minor;
}

// The key that all share is nobody's: whoever has it may be the other one, too.
bool are_two_people(std::string_view one, std::string_view other) {
  return one != other && one != kSharedOperator && other != kSharedOperator;
}

std::string reason_of(const PaymentSnapshot& snapshot) {
  const PaymentAggregate& aggregate = snapshot.aggregate;
  const GatewayError& error = aggregate.refund ? aggregate.refund->error : aggregate.attempt->error;
  if (aggregate.operation->state != OperationState::done)
    return "the gateway has said nothing usable for longer than the policy allows";
  return error.message;
}

// The operation that a payment or a refund waits for, with everything around it.
Task<Result<std::optional<UnresolvedView>>> view_of_question(Context& context, std::int64_t payment_key,
                                                             std::int64_t refund_key) {
  auto operation = co_await store::find_operation_in_question(context.store, payment_key, refund_key);
  if (!operation) co_return fail(std::move(operation.error()));
  if (!*operation) co_return std::nullopt;
  Result<PaymentSnapshot> snapshot = co_await load_operation(context, (*operation)->operation.id.key);
  if (!snapshot) co_return fail(std::move(snapshot.error()));
  auto proposal = co_await store::find_proposed_settlement(context.store, (*operation)->operation.id.key);
  if (!proposal) co_return fail(std::move(proposal.error()));
  const PaymentAggregate& aggregate = snapshot->aggregate;
  UnresolvedView view;
  view.operation = *aggregate.operation;
  view.merchant_id = snapshot->merchant->row.merchant_id;
  view.payment_id = snapshot->payment_id();
  if (aggregate.refund) view.refund_id = snapshot->refund_id();
  view.payment_state = aggregate.payment.state;
  if (snapshot->account) {
    view.connector = snapshot->account->row.connector;
    view.merchant_connector_id = to_text(snapshot->account->row.id);
  }
  view.connector_payment_id = aggregate.attempt->connector_payment_id;
  view.reason = reason_of(*snapshot);
  view.since = aggregate.refund ? aggregate.refund->modified_at : aggregate.payment.modified_at;
  view.proposal = std::move(*proposal);
  co_return view;
}

// The person's word as a row: the proposal that it agrees with, or a new one. Whether it counts at once.
struct Word {
  store::ManualSettlementRow row;
  bool is_new = true;
  bool counts = false;
  std::optional<store::ManualSettlementRow> replaced;
};

Word take_word(Context& context, const Principal& principal, const SettleManually& command,
               const Operation& operation, std::optional<store::ManualSettlementRow> proposal, Instant now) {
  // Whatever was asked for is at stake: to say that less was captured settles the whole.
  const std::int64_t at_stake = std::max(command.amount_minor, operation.amount.minor);
  Word word;
  if (proposal && says_the_same(*proposal, command) &&
      are_two_people(proposal->proposed_by, principal.operator_name)) {
    word.row = std::move(*proposal);
    word.is_new = false;
    word.counts = true;
    ++word.row.version;
  } else {
    word.row.key = context.new_key();
    word.row.merchant_no = operation.merchant_no;
    word.row.operation_key = operation.id.key;
    word.row.outcome = stored_outcome(command.executed_as);
    word.row.amount_minor = command.amount_minor;
    word.row.proposed_by = principal.operator_name;
    word.row.note = command.note;
    word.row.created_at = now;
    word.counts = at_stake <= context.settings.four_eyes_above_minor;
    if (proposal) {
      proposal->state = State::replaced;
      proposal->modified_at = now;
      ++proposal->version;
      word.replaced = std::move(proposal);
    }
  }
  if (word.counts) {
    word.row.state = State::done;
    word.row.approved_by = principal.operator_name;
  }
  word.row.modified_at = now;
  return word;
}

Result<void> check_command(const SettleManually& command) {
  if (command.note.empty() || command.note.size() > kNoteBytesMax)
    return fail(Code::invalid_value, "note", "say why, in 1 to 500 characters");
  if (command.amount_minor < 0) return fail(Code::invalid_value, "amount", "amount must not be negative");
  if (command.amount_minor > 0 && command.executed_as != AcceptedAs::captured)
    return fail(Code::invalid_value, "amount", "amount goes with the outcome captured only");
  return {};
}

}  // namespace

Task<Result<std::vector<UnresolvedView>>> list_unresolved(Context& context, Principal principal,
                                                          std::size_t limit) {
  if (principal.role != Role::admin) co_return fail(Code::forbidden, "", "");
  std::vector<UnresolvedView> views;
  Result<std::vector<std::int64_t>> payments =
      co_await store::list_payments_with_operator(context.store, limit);
  if (!payments) co_return fail(std::move(payments.error()));
  for (const std::int64_t payment_key : *payments) {
    Result<std::optional<UnresolvedView>> view = co_await view_of_question(context, payment_key, 0);
    if (!view) co_return fail(std::move(view.error()));
    if (*view) views.push_back(std::move(**view));
  }
  Result<std::vector<store::RefundRow>> refunds =
      co_await store::list_refunds_with_operator(context.store, limit);
  if (!refunds) co_return fail(std::move(refunds.error()));
  for (const store::RefundRow& row : *refunds) {
    Result<std::optional<UnresolvedView>> view =
        co_await view_of_question(context, row.refund.payment_key, row.refund.id.key);
    if (!view) co_return fail(std::move(view.error()));
    if (*view) views.push_back(std::move(**view));
  }
  co_return views;
}

Task<Result<Answer>> settle_manually(Context& context, Principal principal, Key key, SettleManually command,
                                     const SettlementRendering& rendering) {
  if (principal.role != Role::admin) co_return fail(Code::forbidden, "", "");
  if (Result<void> usable = check_command(command); !usable) co_return fail(std::move(usable.error()));
  const Result<OperationId> id = parse_id<OperationTag>(command.operation_id);
  if (!id) co_return no_such_operation();
  const OperationId wanted = *id;
  for (int round = 0; round < kConflictRetriesMax; ++round) {
    Result<PaymentSnapshot> loaded = co_await load_operation(context, wanted.key);
    if (!loaded && loaded.error().code == Code::not_found) co_return no_such_operation();
    if (!loaded) co_return fail(std::move(loaded.error()));
    PaymentSnapshot snapshot = std::move(*loaded);
    if (snapshot.aggregate.operation->id != wanted) co_return no_such_operation();
    auto proposal = co_await store::find_proposed_settlement(context.store, wanted.key);
    if (!proposal) co_return fail(std::move(proposal.error()));
    const Instant now = context.clock.wall();
    const PaymentState before = snapshot.aggregate.payment.state;
    // Decided even when it is only proposed: what could not be done must not be proposed.
    Result<Decision> decision =
        decide(snapshot.aggregate, event::SettledByHand{command.executed_as, command.amount_minor}, now);
    if (!decision) {
      Result<Answer> answer = co_await replay_or_fail(context, key, std::move(decision.error()),
                                                      AnswerWith::payment, context.rendering);
      co_return answer;
    }
    Word word =
        take_word(context, principal, command, *snapshot.aggregate.operation, std::move(*proposal), now);
    store::ChangeSet changes;
    std::optional<std::int64_t> claim_key;
    if (key) claim_key = claim(context, changes, *key, snapshot.aggregate.payment.id.key);
    if (word.replaced) changes.update(*word.replaced);
    if (word.is_new)
      changes.insert(word.row);
    else
      changes.update(word.row);
    if (word.counts) apply(context, snapshot, std::move(*decision), RowIs::stored, changes);
    SettlementView view;
    view.settlement = word.row;
    view.operation_id = command.operation_id;
    view.merchant_id = snapshot.merchant->row.merchant_id;
    view.payment_id = snapshot.payment_id();
    if (snapshot.aggregate.refund) view.refund_id = snapshot.refund_id();
    view.payment_state = snapshot.aggregate.payment.state;
    Answer answer;
    answer.body = rendering.settlement(view);
    if (claim_key) store_answer(context, changes, *claim_key, answer);
    Result<Recorded> recorded =
        co_await record(context, std::move(changes), key, AnswerWith::payment, context.rendering);
    if (!recorded) co_return fail(std::move(recorded.error()));
    if (recorded->replayed) co_return std::move(*recorded->replayed);
    if (recorded->conflict) continue;
    count_state(context, before, snapshot);
    context.log.write(LogLevel::warning, word.counts ? "operator.settled" : "operator.proposed",
                      {{"operator", std::string_view(principal.operator_name)},
                       {"operation", std::string_view(view.operation_id)},
                       {"payment_id", std::string_view(view.payment_id)},
                       {"outcome", word.row.outcome},
                       {"amount", word.row.amount_minor}});
    co_return answer;
  }
  co_return fail(Code::store_busy, "", "too many writers at once on this payment; try again");
}

}  // namespace payweir::flows
