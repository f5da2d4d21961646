#include "checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.hpp"
#include "ledger/accounts.hpp"
#include "store/table_sql.hpp"

namespace payweir::sim {
namespace {

using Violations = std::vector<Violation>;

std::size_t index_of(const store::Table& table, std::string_view name) {
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    if (table.columns[i].name == name) return i;
  payweir::check(false, "a table has lost a column that the checker reads");
  return 0;
}

// From which state a payment may go where, whatever lies between two commits of it. The table of
// docs/statuses.md, not of domain/: two tables that must agree.
bool may_follow(PaymentState before, PaymentState after) {
  using enum PaymentState;
  if (before == after) return true;
  switch (before) {
    case requires_payment_method: return after != requires_payment_method;
    case requires_confirmation: return after != requires_payment_method;
    case processing:
    case requires_customer_action: return after != requires_payment_method && after != requires_confirmation;
    case requires_capture:
      return after == processing || after == succeeded || after == partially_captured || after == cancelled ||
             after == conflicted || after == requires_merchant_action || after == expired;
    case conflicted:
    case requires_merchant_action:  // a person, or the gateway after all
      return after == succeeded || after == partially_captured || after == cancelled || after == failed ||
             after == requires_capture || after == requires_customer_action || after == processing ||
             after == expired || after == conflicted;
    case failed:  // given up, and it succeeded at the gateway all the same
      return after == processing || after == succeeded || after == partially_captured ||
             after == requires_capture || after == conflicted ||
             // and was cancelled or expired in the same breath
             after == cancelled || after == expired;
    case cancelled:
    case expired: return after == conflicted;
    case succeeded:
    case partially_captured: return false;
  }
  return false;
}

bool is_refund_event(EventType type) {
  return type == EventType::refund_succeeded || type == EventType::refund_failed;
}

struct Sums {
  std::int64_t captured = 0, refunded = 0;
  std::int64_t late = 0;  // charged late, less what was given back
};

bool moves(const store::PostingRow& posting, const ledger::Posting& as) {
  return posting.debit_account == static_cast<std::int64_t>(as.debit) &&
         posting.credit_account == static_cast<std::int64_t>(as.credit);
}

Sums sums_of(const StoredPayment& stored, Violations& found) {
  Sums sums;
  const Currency currency = stored.row.payment.amount.currency;
  for (const store::PostingRow& posting : stored.postings) {
    if (posting.amount.currency != currency || posting.amount.minor < 1 ||
        posting.debit_account == posting.credit_account)
      found.push_back({"INV-08", "a posting of another currency, of nothing, or from an account to itself"});
    const bool is_return = std::ranges::any_of(
        stored.refunds, [&](const auto& row) { return row.refund.id.key == posting.key; });
    const ledger::Posting late = ledger::late_capture_posting(posting.amount);
    if (is_return)
      sums.refunded -= posting.amount.minor;
    else if (moves(posting, ledger::capture_posting(posting.amount)))
      sums.captured += posting.amount.minor;
    else if (moves(posting, ledger::refund_posting(posting.amount)))
      sums.refunded += posting.amount.minor;
    else if (moves(posting, late))
      sums.late += posting.amount.minor;
    else if (moves(posting, ledger::reverse(late)))
      sums.late -= posting.amount.minor;
    else
      found.push_back({"INV-11", "a posting between accounts that nothing moves money between"});
  }
  return sums;
}

bool came_late(AttemptState state) {
  return state == AttemptState::succeeded_late || state == AttemptState::reversed;
}

void check_amounts(const StoredPayment& now, Violations& found) {
  const Payment& payment = now.row.payment;
  std::int64_t captured = 0, live = 0, refunded = 0, reserved = 0;
  for (const store::AttemptRow& row : now.attempts) {
    const Attempt& attempt = row.attempt;
    if (attempt.captured_minor > attempt.authorised_minor)
      found.push_back({"INV-01", "more was captured than was authorised"});
    if (!came_late(attempt.state)) captured += attempt.captured_minor;
    live += is_live(attempt.state) ? 1 : 0;
  }
  if (captured != payment.captured_minor)
    found.push_back({"INV-01", "the payment and its attempts differ in what was captured"});
  for (const store::RefundRow& row : now.refunds) {
    const Refund& refund = row.refund;
    if (refund.state == RefundState::succeeded) refunded += refund.amount.minor;
    if (refund.state == RefundState::pending || refund.state == RefundState::requires_merchant_action)
      reserved += refund.amount.minor;
  }
  if (refunded != payment.refunded_minor || reserved != payment.refund_reserved_minor)
    found.push_back({"INV-02", "the payment and its refunds differ"});
  if (refunded + reserved > payment.captured_minor)
    found.push_back({"INV-02", "refunds exceed what was captured"});
  if (live > 1) found.push_back({"INV-03", "two attempts of a payment are live"});
  std::int64_t open = 0;
  for (const store::OperationRow& row : now.operations)
    if (row.operation.kind != OperationKind::refund && row.operation.kind != OperationKind::reversal &&
        row.operation.state != OperationState::done)
      ++open;
  if (open > 1) found.push_back({"INV-05", "two operations of one attempt are under way"});
}

void check_ledger(const StoredPayment& now, const StoredPayment* before, Violations& found) {
  const Payment& payment = now.row.payment;
  const Sums sums = sums_of(now, found);
  std::int64_t late = 0;
  for (const store::AttemptRow& row : now.attempts)
    if (row.attempt.state == AttemptState::succeeded_late) late += row.attempt.captured_minor;
  if (sums.late != late)
    found.push_back(
        {"INV-11", fmt::format("the ledger has {} that came late, the attempts {}", sums.late, late)});
  if (sums.captured != payment.captured_minor || sums.refunded != payment.refunded_minor)
    found.push_back(
        {"INV-11",
         fmt::format("the ledger has captured {} and refunded {}, the payment {} and {}", sums.captured,
                     sums.refunded, payment.captured_minor, payment.refunded_minor)});
  if (before == nullptr) return;
  const auto same = [](const store::PostingRow& a, const store::PostingRow& b) {
    return a.key == b.key && a.amount == b.amount && a.debit_account == b.debit_account &&
           a.credit_account == b.credit_account && a.created_at == b.created_at;
  };
  for (const store::PostingRow& earlier : before->postings)
    if (std::ranges::none_of(now.postings, [&](const auto& posting) { return same(posting, earlier); }))
      found.push_back({"INV-10", "a posting was changed or taken away"});
}

EventType event_of_end(PaymentState state) {
  switch (state) {
    case PaymentState::succeeded: return EventType::payment_succeeded;
    case PaymentState::partially_captured: return EventType::payment_captured;
    case PaymentState::cancelled: return EventType::payment_cancelled;
    case PaymentState::failed: return EventType::payment_failed;
    default: return EventType::payment_expired;
  }
}

void check_events(const StoredPayment& now, Violations& found) {
  const Payment& payment = now.row.payment;
  std::vector<std::int64_t> sequences;
  for (const store::OutboxRow& event : now.events)
    sequences.push_back(event.sequence);
  std::ranges::sort(sequences);
  for (std::size_t i = 0; i < sequences.size(); ++i)
    if (sequences[i] != static_cast<std::int64_t>(i + 1)) {
      found.push_back({"INV-06", "the events of a payment are not numbered 1 to n"});
      break;
    }
  if (static_cast<std::int64_t>(sequences.size()) != payment.event_sequence)
    found.push_back({"INV-06", "the payment counts other events than there are"});
  if (is_final(payment.state)) {
    const EventType wanted = event_of_end(payment.state);
    const auto ends =
        std::ranges::count_if(now.events, [&](const auto& event) { return event.type == wanted; });
    if (ends != 1)
      found.push_back(
          {"INV-06", fmt::format("{} events tell of the end {}", ends, to_string(payment.state))});
  }
  for (const store::RefundRow& row : now.refunds) {
    const auto told = std::ranges::count_if(now.events, [&](const auto& event) {
      return event.refund_key == row.refund.id.key && is_refund_event(event.type);
    });
    const bool is_over =
        row.refund.state == RefundState::succeeded || row.refund.state == RefundState::failed;
    // One that succeeded and came back, or was given up and done, is told of again.
    const bool is_retold = told == 2 && is_over;
    if (told != (is_over ? 1 : 0) && !is_retold)
      found.push_back({"INV-06", "a refund's end is not told exactly once"});
  }
}

std::string reason_of(const StoredPayment& stored) {
  return flows::PaymentDetails::parse(stored.row.details).routed_by_json;
}

// Whatever people change about routing: an attempt stays at its account, and its reason with it.
void check_accounts(const StoredPayment& now, const StoredPayment& before, Violations& found) {
  for (const store::AttemptRow& row : now.attempts) {
    const Attempt& attempt = row.attempt;
    for (const store::AttemptRow& earlier : before.attempts)
      if (earlier.attempt.id == attempt.id &&
          earlier.attempt.connector_account_key != attempt.connector_account_key)
        found.push_back({"F07", "an attempt moved to another account"});
    for (const store::OperationRow& each : now.operations)
      if (each.operation.attempt_key == attempt.id.key &&
          each.operation.connector_account_key != attempt.connector_account_key)
        found.push_back({"F07", "an operation goes to another account than its attempt"});
  }
  const bool is_under_way = !before.attempts.empty() && now.attempts.size() == before.attempts.size();
  if (is_under_way && now.row.details != before.row.details && reason_of(now) != reason_of(before))
    found.push_back({"F07", "the reason of a payment changed under way"});
}

void check_steps(const StoredPayment& now, const StoredPayment* before, Violations& found) {
  const Payment& payment = now.row.payment;
  if (payment.modified_at < payment.created_at)
    found.push_back({"INV-28", "a payment was modified before it was created"});
  if (before == nullptr) return;
  const Payment& was = before->row.payment;
  if (payment.version < was.version) found.push_back({"INV-15", "a version went back"});
  if (payment.version == was.version && payment != was)
    found.push_back({"INV-15", "a payment changed without a version"});
  if (!may_follow(was.state, payment.state))
    found.push_back({"INV-15", fmt::format("{} became {}", to_string(was.state), to_string(payment.state))});
  const bool is_tried =
      std::ranges::any_of(before->attempts, [](const auto& row) { return is_live(row.attempt.state); });
  if (is_tried && payment.amount != was.amount)
    found.push_back({"INV-36", "the amount changed while it was being paid"});
  if (payment.modified_at < was.modified_at) found.push_back({"INV-28", "the time of a payment went back"});
  std::int64_t returned = 0;
  for (const store::RefundRow& row : now.refunds)
    for (const store::RefundRow& earlier : before->refunds)
      if (row.refund.id == earlier.refund.id && row.refund.state == RefundState::failed &&
          earlier.refund.state == RefundState::succeeded)
        returned += row.refund.amount.minor;
  if (payment.captured_minor < was.captured_minor || payment.refunded_minor + returned < was.refunded_minor)
    found.push_back({"INV-15", "money that was booked vanished"});
  check_accounts(now, *before, found);
  if (now.attempts.size() < before->attempts.size() || now.operations.size() < before->operations.size() ||
      now.refunds.size() < before->refunds.size() || now.events.size() < before->events.size())
    found.push_back({"INV-10", "rows of a payment were taken away"});
}

}  // namespace

std::string StoredPayment::reference() const {
  return row.reference.empty() ? to_text(row.payment.id) : row.reference;
}

Names StoredPayment::names() const {
  Names names{reference(), earlier_attempts};
  for (const store::AttemptRow& attempt : attempts)
    names.attempts.insert(to_text(attempt.attempt.id));
  return names;
}

Violations check_payment(const StoredPayment& now, const StoredPayment* before) {
  Violations found;
  check_amounts(now, found);
  check_ledger(now, before, found);
  check_events(now, found);
  check_steps(now, before, found);
  return found;
}

namespace {

bool waits_for_a_person(const StoredPayment& stored) {
  const PaymentState state = stored.row.payment.state;
  return state == PaymentState::conflicted || state == PaymentState::requires_merchant_action;
}

}  // namespace

Violations check_against_books(const StoredPayment& now, const GatewayBooks& books, When when) {
  Violations found;
  const Payment& payment = now.row.payment;
  const Names names = now.names();
  const Truth truth = books.truth_of(names);
  std::int64_t late = 0, given_back = 0, late_charges = 0;
  for (const store::AttemptRow& row : now.attempts) {
    if (came_late(row.attempt.state)) late += row.attempt.captured_minor;
    if (came_late(row.attempt.state) && row.attempt.captured_minor > 0) ++late_charges;
    if (row.attempt.state == AttemptState::reversed) given_back += row.attempt.captured_minor;
  }
  // What came late is being given back, or has been.
  if (truth.charges > 1 + late_charges)
    found.push_back({"INV-04", fmt::format("charged {} times", truth.charges)});
  const std::int64_t captured = payment.captured_minor + late, refunded = payment.refunded_minor + given_back;
  const bool was_taken_back = captured > truth.captured && captured <= truth.captured + truth.taken_back;
  if (was_taken_back)
    found.push_back({"INV-19", std::string(kTakenBack)});
  else if (captured > truth.captured)
    found.push_back({"INV-19", "the switch says captured, the gateway does not"});
  if (refunded > truth.refunded + truth.returned)
    found.push_back({"INV-19", "the switch says refunded, the gateway does not"});
  for (const store::AttemptRow& row : now.attempts)
    if (!row.attempt.connector_payment_id.empty() && !books.is_of(row.attempt.connector_payment_id, names))
      found.push_back({"INV-19", "an attempt names a payment of somebody else's"});
  const bool has_ended_unpaid = payment.state == PaymentState::cancelled ||
                                payment.state == PaymentState::failed ||
                                payment.state == PaymentState::expired;
  const bool is_known = late > 0 || std::ranges::any_of(now.attempts, [](const auto& row) {
                          return came_late(row.attempt.state);
                        });
  // Refunded in full before the switch knew that it was paid: by somebody in the dashboard, or by the switch
  // before a backup was restored. Nobody lost anything, and the gateway does not tell it from an unpaid one.
  const bool came_and_went =
      has_ended_unpaid && captured == 0 && truth.captured > 0 && truth.came_and_went == truth.captured;
  if (came_and_went) return found;
  if (has_ended_unpaid && truth.captured + truth.held > 0 && !is_known)
    found.push_back(
        {"INV-40", fmt::format("{}, and the gateway holds or has money", to_string(payment.state))});
  if (when == When::at_commit || waits_for_a_person(now)) return found;
  if (captured != truth.captured && !was_taken_back)
    found.push_back({"INV-40", fmt::format("{}: the switch has captured {}, the gateway {}",
                                           to_string(payment.state), captured, truth.captured)});
  const bool refund_with_person = std::ranges::any_of(
      now.refunds, [](const auto& row) { return row.refund.state == RefundState::requires_merchant_action; });
  if (refunded > truth.refunded && refunded <= truth.refunded + truth.returned)
    found.push_back({"INV-40", std::string(kMissedReturn)});
  else if (refunded != truth.refunded && !refund_with_person)
    found.push_back(
        {"INV-40", fmt::format("the switch has refunded {}, the gateway {}", refunded, truth.refunded)});
  const bool says_held = payment.state == PaymentState::requires_capture;
  if (says_held != (truth.held > 0))
    found.push_back(
        {"INV-40", fmt::format("{}: the gateway holds {}", to_string(payment.state), truth.held)});
  return found;
}

// Constraints are the last line: a decision that one of them had to stop was wrong.
void Checker::on_answer(const store::CommitAnswer& answer) {
  const auto* failed = std::get_if<store::commit::Failed>(&answer);
  if (failed && failed->error.code == Code::internal) violate("INV-02", failed->error.detail);
}

void Checker::violate(std::string invariant, std::string what) {
  scheduler_.note("violation " + invariant + " " + what);
  violations_.push_back({std::move(invariant), std::move(what)});
}

void Checker::on_submit(const store::ChangeSet& changes) {
  for (const store::Change& change : changes.changes()) {
    if (change.op == store::ChangeOp::erase) continue;
    const std::string_view table = change.table->name;
    routing_changed_ |= table == "routing_algorithm" || table == "connector_account";
    std::string_view column;
    if (table == "payment")
      column = "key";
    else if (table == "attempt" || table == "operation" || table == "refund" || table == "posting")
      column = "payment_key";
    else if (table == "outbox")
      column = "aggregate_key";
    else
      continue;
    const auto values = changes.values_of(change);
    touched_.insert(std::get<std::int64_t>(values[index_of(*change.table, column)]));
    if (change.op != store::ChangeOp::insert || (table != "operation" && table != "attempt")) continue;
    const auto number = [&](std::string_view name) {
      return std::get<std::int64_t>(values[index_of(*change.table, name)]);
    };
    const std::string reference = table == "operation" ? to_text(OperationId{number("key"), number("salt")})
                                                       : to_text(AttemptId{number("key"), number("salt")});
    recorded_at_[reference] = scheduler_.now();
    if (table == "attempt") attempts_of_[number("payment_key")].insert(reference);
    if (table == "operation")
      check_dispatch(number("connector_account_key"), static_cast<OperationKind>(number("kind")), reference);
  }
}

void Checker::note_what_is_in_force() {
  if (std::exchange(routing_changed_, false)) {
    active_algorithms_.clear();
    disabled_accounts_.clear();
    store::sqlite::Statement& active =
        statement("SELECT profile_key, key FROM routing_algorithm WHERE active = 1");
    while (sqlite3_step(active.get()) == SQLITE_ROW)
      if (!active_algorithms_
               .emplace(sqlite3_column_int64(active.get(), 0), sqlite3_column_int64(active.get(), 1))
               .second)
        violate("F07", "two algorithms of a profile are active");
    sqlite3_reset(active.get());
    store::sqlite::Statement& disabled = statement("SELECT key FROM connector_account WHERE disabled = 1");
    while (sqlite3_step(disabled.get()) == SQLITE_ROW)
      disabled_accounts_.push_back(sqlite3_column_int64(disabled.get(), 0));
    sqlite3_reset(disabled.get());
  }
  const std::uint64_t changes = routes_.changes();
  std::vector<std::int64_t> left_alone = disabled_accounts_;
  if (breakers_)
    for (const auto& breaker : breakers_())
      if (breaker.kind == OperationKind::authorise && breaker.state != routing::BreakerState::closed)
        left_alone.push_back(breaker.account_key);
  routes_.note_commit(active_algorithms_, disabled_accounts_, left_alone);
  if (routes_.changes() == changes) return;
  const bool has_one_in_flight = std::ranges::any_of(known_, [](const auto& known) {
    return known.second.row.payment.state == PaymentState::processing ||
           known.second.row.payment.state == PaymentState::requires_customer_action;
  });
  if (has_one_in_flight) routes_.saw("rules changed while a payment was in flight");
}

void Checker::check_dispatch(std::int64_t account_key, OperationKind kind, const std::string& reference) {
  if (!breakers_) return;
  for (const auto& breaker : breakers_())
    if (breaker.account_key == account_key && breaker.kind == kind &&
        breaker.state == routing::BreakerState::open)
      violate("INV-27", reference + " is recorded for an account whose breaker is open");
}

// What is unknown is asked about all the same.
void Checker::note_resolved(const StoredPayment& now, const StoredPayment& before) {
  for (const store::OperationRow& was : before.operations) {
    if (was.operation.state != OperationState::unknown) continue;
    const bool is_done = std::ranges::any_of(now.operations, [&](const auto& row) {
      return row.operation.id == was.operation.id && row.operation.state == OperationState::done;
    });
    if (!is_done || !breakers_) continue;
    const Breakers breakers = breakers_();
    const bool is_open = std::ranges::any_of(breakers, [&](const auto& breaker) {
      return breaker.account_key == was.operation.connector_account_key &&
             breaker.state != routing::BreakerState::closed;
    });
    if (is_open) routes_.saw("what was unknown was resolved while its account's breaker was open");
  }
}

void Checker::on_batch() {
  note_what_is_in_force();
  for (const std::int64_t key : std::exchange(touched_, {}))
    check(key);
}

namespace {

constexpr std::int32_t kAttemptsOfARequestMax = 3;
constexpr std::int64_t kRetriesAtFirst = 10, kFirstAttemptsPerRetry = 10;

// The issuer wants the card not to be tried again, anywhere.
bool is_for_good(DeclineReason reason) {
  return reason == DeclineReason::lost_or_stolen || reason == DeclineReason::suspected_fraud ||
         reason == DeclineReason::invalid_account || reason == DeclineReason::stop_payment;
}

const Attempt* attempt_before(const StoredPayment& stored, const Attempt& attempt) {
  for (const store::AttemptRow& row : stored.attempts)
    if (row.attempt.number == attempt.number - 1) return &row.attempt;
  return nullptr;
}

bool has_certainly_failed(const Operation& operation) {
  return operation.state == OperationState::done &&
         (operation.result == OperationResult::declined || operation.result == OperationResult::rejected ||
          operation.result == OperationResult::not_sent);
}

}  // namespace

void Checker::note_attempt(const StoredPayment& now, const Attempt& attempt) {
  const Attempt* before = attempt_before(now, attempt);
  Tries& tries = tries_[before ? before->connector_account_key : attempt.connector_account_key];
  ++(before ? tries.retries : tries.first);
}

void Checker::check_moved_on(const StoredPayment& now, const Attempt& attempt) {
  const auto breach = [&](const char* invariant, std::string_view what) {
    violate(invariant, fmt::format("{}: attempt {}: {}", now.reference(), attempt.number, what));
  };
  if (attempt.number > kAttemptsOfARequestMax) breach("INV-26", "it is one too many");
  const Attempt* before = attempt_before(now, attempt);
  if (before == nullptr) return breach("INV-05", "there is none before it");
  for (const store::OperationRow& row : now.operations)
    if (row.operation.attempt_key == before->id.key && !has_certainly_failed(row.operation))
      breach("INV-05", "the one before it may still charge");
  if (before->state == AttemptState::declined && is_for_good(before->decline_reason))
    breach("F09", "the issuer wanted none");
  if (before->method != attempt.method) breach("INV-36", "it is paid by something else");
  const Tries& tries = tries_[before->connector_account_key];
  if (tries.retries > kRetriesAtFirst + tries.first / kFirstAttemptsPerRetry)
    breach("INV-26",
           fmt::format("retry {} of an account with {} first attempts", tries.retries, tries.first));
  const RoutedAccount *from = routes_.find(before->connector_account_key),
                      *to = routes_.find(attempt.connector_account_key);
  if (to == nullptr || from == nullptr || to->merchant != from->merchant)
    return breach("INV-21", "it went to an account of somebody else's");
  routes_.saw(from == to ? "an account was tried again" : "a payment moved on to another account");
}

// What became of a payment with more than one attempt.
void Checker::note_end(const StoredPayment& now, const StoredPayment& before) {
  const PaymentState state = now.row.payment.state;
  if (state == before.row.payment.state || now.attempts.size() < 2) return;
  const bool has_reversed = std::ranges::any_of(
      now.attempts, [](const auto& row) { return row.attempt.state == AttemptState::reversed; });
  const bool is_paid = state == PaymentState::succeeded || state == PaymentState::requires_capture ||
                       state == PaymentState::partially_captured;
  if (is_paid) routes_.saw(fmt::format("attempt {} succeeded", now.row.payment.attempt_count));
  const bool has_stepped_up = now.row.payment.authentication_type == AuthenticationType::three_ds;
  if (is_paid && has_stepped_up) routes_.saw("a payer authenticated after a decline, and paid");
  if (is_paid && has_reversed) routes_.saw("a late charge was given back, another attempt having charged");
  if (state == PaymentState::failed) routes_.saw("every attempt of several failed");
}

void Checker::check_routes(const StoredPayment& now, const StoredPayment* before) {
  const auto was_there = [&](const AttemptId& id) {
    return before != nullptr && std::ranges::any_of(before->attempts, [&](const auto& earlier) {
             return earlier.attempt.id == id;
           });
  };
  for (const store::AttemptRow& row : now.attempts) {
    const Attempt& attempt = row.attempt;
    const RoutedAccount* account = routes_.find(attempt.connector_account_key);
    if (account && !attempt.connector_payment_id.empty()) {
      const std::string holder = books_.account_of(attempt.connector_payment_id, now.names());
      if (!holder.empty() && holder != account->at_the_gateway)
        violate("INV-19", now.reference() + ": an attempt at one account names a charge at another");
    }
    if (was_there(attempt.id)) continue;
    if (attempt.amount != now.row.payment.amount)
      violate("INV-36", now.reference() + ": an attempt has another amount than its payment");
    note_attempt(now, attempt);
    if (attempt.number > 1) {
      check_moved_on(now, attempt);
      continue;
    }
    const auto details = flows::PaymentDetails::parse(now.row.details);
    if (const std::string wrong = routes_.judge(now.row.payment, details, attempt); !wrong.empty())
      violate("F07", fmt::format("{}: {} ({})", now.reference(), wrong, details.routed_by_json));
  }
}

void Checker::check(std::int64_t payment_key) {
  std::optional<StoredPayment> now = load(payment_key);
  const auto before = known_.find(payment_key);
  if (!now) {
    if (before != known_.end()) violate("INV-14", "a payment that was durable is gone");
    return;
  }
  Violations found = check_payment(*now, before == known_.end() ? nullptr : &before->second);
  const bool was_judged =
      (judged_ != nullptr && judged_->contains(now->reference())) || went_on_.contains(payment_key);
  for (Violation& each : check_against_books(*now, books_, When::at_commit))
    if (!is_forgotten(now->reference()) && !was_lied_about(now->reference()) &&
        (!was_judged || each.invariant == "INV-04"))
      found.push_back(std::move(each));
  for (Violation& each : found)
    violate(each.invariant, now->reference() + ": " + each.what);
  check_routes(*now, before == known_.end() ? nullptr : &before->second);
  if (before != known_.end()) {
    note_end(*now, before->second);
    note_resolved(*now, before->second);
  }
  const PaymentState state = now->row.payment.state;
  if (before != known_.end() && before->second.row.payment.state != state)
    ++steps_[{before->second.row.payment.state, state}];
  known_.insert_or_assign(payment_key, std::move(*now));
}

void Checker::on_crash() {
  statements_.clear();
  connection_.reset();
  touched_.clear();
}

void Checker::on_backup() {
  on_batch();
  in_backup_ = known_;
}

void Checker::on_restored() {
  touched_.clear();
  for (const auto& [key, payment] : known_) {
    const auto copied = in_backup_.find(key);
    if (copied == in_backup_.end()) forgotten_.insert(payment.reference());
    if (copied == in_backup_.end() || copied->second.row.payment != payment.row.payment) went_on_.insert(key);
  }
  known_ = in_backup_;
}

// A commit that nobody was told of may have been lost or kept; one that was told of may only have been
// followed by others.
void Checker::on_restart() {
  tries_.clear();
  routing_changed_ = true;
  const auto now = standings();
  for (const auto& [key, payment] : known_) {
    const auto found = now.find(key);
    if (found == now.end() || found->second.version != payment.row.payment.version) touched_.insert(key);
  }
  on_batch();
}

std::unordered_map<std::int64_t, Checker::Standing> Checker::standings() {
  store::sqlite::Statement& query = statement("SELECT key, version, state FROM payment");
  std::unordered_map<std::int64_t, Standing> found;
  while (sqlite3_step(query.get()) == SQLITE_ROW)
    found[sqlite3_column_int64(query.get(), 0)] = {
        sqlite3_column_int64(query.get(), 1),
        static_cast<PaymentState>(sqlite3_column_int64(query.get(), 2))};
  sqlite3_reset(query.get());
  return found;
}

store::sqlite::Connection& Checker::connection() {
  if (!connection_) {
    auto opened = store::sqlite::Connection::open("data/payweir.db", disk_.name(),
                                                  store::sqlite::Connection::Role::reader);
    payweir::check(opened.has_value(), "the checker can read the store");
    connection_ = std::move(*opened);
  }
  return *connection_;
}

store::sqlite::Statement& Checker::statement(const std::string& sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return found->second;
  auto prepared = connection().prepare(sql);
  payweir::check(prepared.has_value(), "the checker's statements fit the schema");
  return statements_.emplace(sql, std::move(*prepared)).first->second;
}

template <class Row>
std::vector<Row> Checker::rows(const std::string& sql, std::int64_t parameter) {
  store::sqlite::Statement& query = statement(sql);
  query.bind(1, parameter);
  std::vector<Row> found;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(query.get())) == SQLITE_ROW) {
    std::vector<store::Value> values;
    for (int i = 0; i < sqlite3_column_count(query.get()); ++i) {
      if (sqlite3_column_type(query.get(), i) == SQLITE_INTEGER) {
        values.emplace_back(sqlite3_column_int64(query.get(), i));
      } else {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(query.get(), i));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(query.get(), i));
        values.emplace_back(size == 0 ? std::string() : std::string(bytes, size));
      }
    }
    found.push_back(store::from_values<Row>(values));
  }
  sqlite3_reset(query.get());
  payweir::check(code == SQLITE_DONE, "the checker can read the store");
  return found;
}

namespace {
// Made once for each row type and column: statements are kept by their text.
template <class Row>
const std::string& select_by(std::string_view column) {
  static std::map<std::string_view, std::string> made;
  std::string& text = made[column];
  if (!text.empty()) return text;
  const store::Table& table = store::table_of<Row>();
  text = "SELECT ";
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    text.append(i == 0 ? "" : ", ").append(table.columns[i].name);
  return text.append(" FROM ").append(table.name).append(" WHERE ").append(column).append(" = ?1");
}
}  // namespace

std::optional<StoredPayment> Checker::load(std::int64_t payment_key) {
  auto payments = rows<store::PaymentRow>(select_by<store::PaymentRow>("key"), payment_key);
  if (payments.empty()) return std::nullopt;
  StoredPayment stored{std::move(payments.front()), {}, {}, {}, {}, {}, {}};
  // In two steps: each of the two partial indexes has a part of a payment's attempts.
  static const std::string live = select_by<store::AttemptRow>("payment_key") + " AND state <= 7 UNION ALL " +
                                  select_by<store::AttemptRow>("payment_key") + " AND state > 7";
  stored.attempts = rows<store::AttemptRow>(live, payment_key);
  stored.operations = rows<store::OperationRow>(select_by<store::OperationRow>("payment_key"), payment_key);
  if (stored.row.payment.captured_minor > 0)
    stored.refunds = rows<store::RefundRow>(select_by<store::RefundRow>("payment_key"), payment_key);
  const auto add_posting_of = [&](std::int64_t key) {
    for (store::PostingRow& posting : rows<store::PostingRow>(select_by<store::PostingRow>("key"), key))
      stored.postings.push_back(posting);
  };
  for (const store::OperationRow& row : stored.operations)
    add_posting_of(row.operation.id.key);
  for (const store::AttemptRow& row : stored.attempts)
    if (came_late(row.attempt.state)) add_posting_of(row.attempt.id.key);
  for (const store::RefundRow& row : stored.refunds)
    add_posting_of(row.refund.id.key);
  if (const auto known = attempts_of_.find(payment_key); known != attempts_of_.end())
    stored.earlier_attempts = known->second;
  stored.events = rows<store::OutboxRow>(select_by<store::OutboxRow>("aggregate_key"), payment_key);
  return stored;
}

std::vector<std::int64_t> Checker::all_payment_keys() {
  store::sqlite::Statement& query = statement("SELECT key FROM payment ORDER BY key");
  std::vector<std::int64_t> keys;
  while (sqlite3_step(query.get()) == SQLITE_ROW)
    keys.push_back(sqlite3_column_int64(query.get(), 0));
  sqlite3_reset(query.get());
  return keys;
}

std::optional<std::int64_t> Checker::key_of_reference(const std::string& reference) {
  if (const Result<PaymentId> id = parse_id<PaymentTag>(reference); id) return id->key;
  store::sqlite::Statement& query = statement("SELECT target_key FROM alias WHERE text = ?1 AND kind = 1");
  const store::Value text{reference};
  query.bind(1, text, store::ColumnType::text);
  const bool found = sqlite3_step(query.get()) == SQLITE_ROW;
  const std::int64_t key = found ? sqlite3_column_int64(query.get(), 0) : 0;
  sqlite3_reset(query.get());
  return found ? std::optional(key) : std::nullopt;
}

Names Checker::names_of(const std::string& reference) {
  Names names{reference, {}};
  if (const auto key = key_of_reference(reference))
    if (const auto known = attempts_of_.find(*key); known != attempts_of_.end())
      names.attempts = known->second;
  return names;
}

bool Checker::has_inbox(const std::string& event_id) {
  store::sqlite::Statement& query = statement("SELECT 1 FROM inbox WHERE event_id = ?1");
  const store::Value text{event_id};
  query.bind(1, text, store::ColumnType::text);
  const bool found = sqlite3_step(query.get()) == SQLITE_ROW;
  sqlite3_reset(query.get());
  return found;
}

std::int64_t Checker::count(const std::string& sql) {
  store::sqlite::Statement& query = statement(sql);
  payweir::check(sqlite3_step(query.get()) == SQLITE_ROW, "the checker can count");
  const std::int64_t number = sqlite3_column_int64(query.get(), 0);
  sqlite3_reset(query.get());
  return number;
}

std::optional<Instant> Checker::next_due() {
  // By the partial indexes that the jobs use themselves.
  static const std::array<std::string, 5> kDue = {
      "SELECT coalesce(min(modified_at) + 86400000, -1) FROM payment WHERE state = 5",
      "SELECT coalesce(min(ask_at), -1) FROM operation WHERE state <> 3",
      "SELECT coalesce(min(due_at), -1) FROM inbox WHERE state = 1",
      "SELECT coalesce(min(due_at), -1) FROM delivery WHERE state = 1",
      "SELECT coalesce(min(expires_at), -1) FROM payment WHERE state < 5 AND state <> 3"};
  std::optional<Instant> next;
  for (const std::string& sql : kDue) {
    const std::int64_t due = count(sql);
    if (due >= 0 && (!next || due < next->ms)) next = Instant{due};
  }
  return next;
}

void Checker::on_money(const std::string& reference, Duration send_window) {
  const auto recorded = recorded_at_.find(reference);
  if (recorded == recorded_at_.end()) return violate("INV-05", reference + " is sent and was never recorded");
  if (scheduler_.now() - recorded->second > send_window)
    return violate("INV-05", reference + " is sent after its time to send");
  const Result<OperationId> operation = parse_id<OperationTag>(reference);
  const Result<AttemptId> attempt = parse_id<AttemptTag>(reference);
  const bool is_durable =
      (operation &&
       !rows<store::OperationRow>(select_by<store::OperationRow>("key"), operation->key).empty()) ||
      (attempt && !rows<store::AttemptRow>(select_by<store::AttemptRow>("key"), attempt->key).empty());
  if (!is_durable) violate("INV-05", reference + " is sent before it is durable");
}

}  // namespace payweir::sim
