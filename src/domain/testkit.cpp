#include "domain/testkit.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <utility>

#include "base/check.hpp"

namespace payweir::testkit {
namespace {

constexpr std::array kPaymentStates = {PaymentState::requires_payment_method,
                                       PaymentState::requires_confirmation,
                                       PaymentState::processing,
                                       PaymentState::requires_customer_action,
                                       PaymentState::requires_capture,
                                       PaymentState::succeeded,
                                       PaymentState::partially_captured,
                                       PaymentState::cancelled,
                                       PaymentState::failed,
                                       PaymentState::expired,
                                       PaymentState::conflicted,
                                       PaymentState::requires_merchant_action};

constexpr std::array kAttemptStates = {AttemptState::dispatching,
                                       AttemptState::unknown,
                                       AttemptState::pending,
                                       AttemptState::needs_action,
                                       AttemptState::authorised,
                                       AttemptState::captured,
                                       AttemptState::declined,
                                       AttemptState::failed,
                                       AttemptState::voided,
                                       AttemptState::expired,
                                       AttemptState::succeeded_late,
                                       AttemptState::quarantined,
                                       AttemptState::partially_captured,
                                       AttemptState::reversed};

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; in >> word;)
    words.push_back(word);
  return words;
}

std::int64_t number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  check(error == std::errc() && end == text.data() + text.size(), "a table names no number");
  return number;
}

// The one of `all` that `name` gives this word.
template <class Enum, class Name>
Enum find_named(std::string_view word, std::span<const Enum> all, Name name) {
  const auto found = std::ranges::find_if(all, [&](Enum each) { return name(each) == word; });
  check(found != all.end(), "a table names no such state");
  return *found;
}

constexpr std::array kKinds = {OperationKind::authorise, OperationKind::capture,
                               OperationKind::void_authorisation, OperationKind::refund,
                               OperationKind::reversal};
constexpr std::array kOperationStates = {OperationState::dispatching, OperationState::unknown,
                                         OperationState::done};
constexpr std::array kAccepted = {AcceptedAs::authorised,   AcceptedAs::captured, AcceptedAs::pending,
                                  AcceptedAs::needs_action, AcceptedAs::voided,   AcceptedAs::refunded};
constexpr std::array kRefundStates = {RefundState::pending, RefundState::succeeded, RefundState::failed,
                                      RefundState::requires_merchant_action};

constexpr auto kWord = [](auto value) { return to_string(value); };
constexpr std::int64_t kWhole = 100;
constexpr std::int64_t kPart = 40;

Attempt make_attempt(AttemptState state, std::int64_t captured_minor) {
  Attempt attempt;
  attempt.id = {20, 0};
  attempt.payment_key = 10;
  attempt.connector_account_key = 3;
  attempt.version = 2;
  attempt.state = state;
  attempt.amount = usd(kWhole);
  attempt.captured_minor = captured_minor;
  const bool came_late = state == AttemptState::succeeded_late || state == AttemptState::reversed;
  if (came_late) attempt.captured_minor = kWhole;
  if (state == AttemptState::authorised || attempt.captured_minor > 0) attempt.authorised_minor = kWhole;
  if (state == AttemptState::needs_action)
    attempt.next_action = {NextActionKind::redirect, "https://gateway.example/3ds"};
  if (state != AttemptState::dispatching) attempt.connector_payment_id = "pi_1";
  attempt.created_at = attempt.modified_at = kCreated;
  return attempt;
}

// "capture40:unknown": kind, amount (the whole when left out, a part for a refund), state.
Operation read_operation(std::string_view word) {
  const std::size_t colon = word.find(':');
  std::string_view kind = word.substr(0, colon);
  const std::size_t digits = std::min(kind.find_first_of("0123456789"), kind.size());
  Operation operation;
  operation.id = {30, 0};
  operation.merchant_no = 1;
  operation.payment_key = 10;
  operation.attempt_key = 20;
  operation.connector_account_key = 3;
  operation.version = 2;
  operation.kind = find_named<OperationKind>(kind.substr(0, digits), kKinds, kWord);
  operation.state = find_named<OperationState>(word.substr(colon + 1), kOperationStates, kWord);
  const std::int64_t usual = operation.kind == OperationKind::refund ? kPart : kWhole;
  operation.amount = usd(digits < kind.size() ? number_of(kind.substr(digits)) : usual);
  if (operation.kind == OperationKind::refund) operation.refund_key = 40;
  operation.ask_at = kNow;
  operation.created_at = kCreated;
  return operation;
}

Refund make_refund(RefundState state) {
  Refund refund;
  refund.id = {40, 0};
  refund.merchant_no = 1;
  refund.payment_key = 10;
  refund.attempt_key = 20;
  refund.version = 2;
  refund.state = state;
  refund.amount = usd(kPart);
  refund.created_at = refund.modified_at = kCreated;
  return refund;
}

Money read_amount(const std::vector<std::string>& words, std::size_t at) {
  const Currency currency = Currency::parse(words.size() > at + 1 ? words[at + 1] : "USD").value();
  return {words.size() > at ? number_of(words[at]) : kWhole, currency};
}

Outcome read_outcome(const std::vector<std::string>& words) {
  const GatewayError error{"card_declined", "Your card was declined."};
  if (words[0] == "not_sent") return outcome::NotSent{"connection refused"};
  if (words[0] == "rejected") return outcome::Rejected{{"parameter_missing", "Missing parameter."}};
  if (words[0] == "declined")
    return outcome::Declined{
        error, DeclineReason::insufficient_funds, RetryClass::retry_later, "pi_1", {.cvc_check = "pass"}};
  if (words[0] == "stolen")
    return outcome::Declined{error, DeclineReason::lost_or_stolen, RetryClass::retry_later, "pi_1", {}};
  if (words[0] == "unknown") return outcome::Unknown{"timeout", "pi_1"};
  if (words[0] == "contradicts") return outcome::Unknown{"another payment's answer", "", true};
  check(words[0] == "accepted", "a table names no such event");
  outcome::Accepted accepted;
  accepted.as = find_named<AcceptedAs>(words.at(1), kAccepted, kWord);
  accepted.amount = read_amount(words, 2);
  accepted.connector_payment_id = "pi_1";
  accepted.checks.cvc_check = "pass";
  if (accepted.as == AcceptedAs::needs_action)
    accepted.next_action = {NextActionKind::redirect, "https://gateway.example/3ds"};
  return accepted;
}

}  // namespace

Money usd(std::int64_t minor) {
  return {minor, Currency::parse("USD").value()};
}

std::span<const PaymentState> all_payment_states() {
  return kPaymentStates;
}
std::span<const AttemptState> all_attempt_states() {
  return kAttemptStates;
}

std::string_view name_of(AttemptState state) {
  switch (state) {
    case AttemptState::dispatching: return "dispatching";
    case AttemptState::unknown: return "unknown";
    case AttemptState::pending: return "pending";
    case AttemptState::needs_action: return "needs_action";
    case AttemptState::authorised: return "authorised";
    case AttemptState::captured: return "captured";
    case AttemptState::partially_captured: return "partially_captured";
    case AttemptState::declined: return "declined";
    case AttemptState::failed: return "failed";
    case AttemptState::voided: return "voided";
    case AttemptState::expired: return "expired";
    case AttemptState::succeeded_late: return "succeeded_late";
    case AttemptState::quarantined: return "quarantined";
    case AttemptState::reversed: return "reversed";
  }
  return "";
}

PaymentAggregate read_aggregate(std::string_view text) {
  PaymentAggregate aggregate;
  Payment& payment = aggregate.payment;
  payment.id = {10, 0};
  payment.merchant_no = 1;
  payment.profile_key = 2;
  payment.version = 5;
  payment.amount = usd(kWhole);
  payment.event_sequence = 3;
  payment.created_at = payment.modified_at = kCreated;
  payment.expires_at = kExpires;

  std::vector<std::string> words = words_of(text);
  if (words.front() == "manual") {
    payment.capture_method = CaptureMethod::manual;
    words.erase(words.begin());
  }
  payment.state = find_named<PaymentState>(words.at(0), kPaymentStates, kWord);
  payment.has_payment_method = payment.state != PaymentState::requires_payment_method;
  if (payment.state == PaymentState::succeeded) payment.captured_minor = kWhole;
  if (payment.state == PaymentState::partially_captured) payment.captured_minor = kPart;
  if (words.size() > 1) {
    payment.attempt_count = 1;
    const auto state = find_named<AttemptState>(words[1], kAttemptStates, name_of);
    aggregate.attempt = make_attempt(state, payment.captured_minor);
  }
  if (words.size() > 2) aggregate.operation = read_operation(words[2]);
  if (words.size() > 3) {
    const auto state = find_named<RefundState>(words[3].substr(words[3].find('=') + 1), kRefundStates, kWord);
    aggregate.refund = make_refund(state);
    if (state == RefundState::succeeded)
      payment.refunded_minor = kPart;
    else if (state != RefundState::failed)
      payment.refund_reserved_minor = kPart;
  }
  return aggregate;
}

std::string write_state(const PaymentAggregate& aggregate) {
  std::string text = aggregate.payment.capture_method == CaptureMethod::manual ? "manual " : "";
  text += to_string(aggregate.payment.state);
  if (aggregate.attempt) text.append(" ").append(name_of(aggregate.attempt->state));
  if (aggregate.operation)
    text.append(" ")
        .append(to_string(aggregate.operation->kind))
        .append(":")
        .append(to_string(aggregate.operation->state));
  if (aggregate.refund) text.append(" refund=").append(to_string(aggregate.refund->state));
  return text;
}

TimedEvent read_event(std::string_view text, std::int64_t& serial) {
  std::vector<std::string> words = words_of(text);
  TimedEvent timed;
  if (words.back() == "late") {
    timed.now = kLate;
    words.pop_back();
  }
  const Instant ask_at = timed.now + seconds(1);
  const std::string& verb = words.front();
  if (verb == "give_method") {
    timed.event = event::PaymentMethodGiven{};
  } else if (verb == "change_amount") {
    timed.event = event::AmountChanged{read_amount(words, 1)};
  } else if (verb == "confirm") {
    const AttemptId attempt_id{++serial, 0};
    timed.event = event::Confirm{attempt_id, {++serial, 0}, 3, ask_at};
  } else if (verb == "move_on") {
    words.erase(words.begin());
    event::MoveOn move;
    move.steps_up = words.back() == "steps_up";
    if (move.steps_up) words.pop_back();
    move.outcome = read_outcome(words);
    move.attempt_id = {++serial, 0};
    move.operation_id = {++serial, 0};
    move.connector_account_key = 4;
    move.ask_at = ask_at;
    timed.event = move;
  } else if (verb == "capture") {
    timed.event = event::Capture{number_of(words.at(1)), {++serial, 0}, ask_at};
  } else if (verb == "cancel") {
    timed.event = event::Cancel{{++serial, 0}, ask_at};
  } else if (verb == "release") {
    timed.event = event::Release{{++serial, 0}, ask_at};
  } else if (verb == "pay_again") {
    timed.event = event::PayAgain{};
  } else if (verb == "refund") {
    const RefundId refund_id{++serial, 0};
    timed.event = event::CreateRefund{refund_id, number_of(words.at(1)), {++serial, 0}, ask_at};
  } else if (verb == "asked_in_vain") {
    timed.event = event::AskedInVain{ask_at};
  } else if (verb == "unanswered") {
    timed.event = event::AskedInVain{ask_at, false};
  } else if (verb == "gave_up") {
    timed.event = event::GaveUp{ask_at};
  } else if (verb == "reported") {
    words.erase(words.begin());
    event::Reported reported;
    reported.another_attempt_is_live = words.front() == "beside_another";
    if (reported.another_attempt_is_live) words.erase(words.begin());
    reported.outcome = read_outcome(words);
    reported.reversal_id = {++serial, 0};
    reported.ask_at = ask_at;
    timed.event = reported;
  } else if (verb == "reverse") {
    timed.event = event::Reverse{{++serial, 0}, ask_at};
  } else if (verb == "by_hand") {
    event::SettledByHand settled;
    if (words.at(1) != "not_executed")
      settled.executed_as = find_named<AcceptedAs>(words.at(1), kAccepted, kWord);
    if (words.size() > 2) settled.amount_minor = number_of(words.at(2));
    timed.event = settled;
  } else if (verb == "expire") {
    timed.event = event::Expire{{++serial, 0}, ask_at};
  } else {
    timed.event = event::OperationEnded{read_outcome(words), ask_at};
  }
  return timed;
}

namespace {
std::string write(const effect::InsertAttempt&) {
  return "insert_attempt";
}
std::string write(const effect::UpdateAttempt&) {
  return "update_attempt";
}
std::string write(const effect::InsertOperation&) {
  return "insert_operation";
}
std::string write(const effect::UpdateOperation&) {
  return "update_operation";
}
std::string write(const effect::UpdateSuperseded&) {
  return "update_superseded";
}
std::string write(const effect::UpdateSupersededAttempt&) {
  return "update_superseded_attempt";
}
std::string write(const effect::InsertRefund&) {
  return "insert_refund";
}
std::string write(const effect::UpdateRefund&) {
  return "update_refund";
}
std::string write(const effect::PostCapture& post) {
  return "post_capture:" + std::to_string(post.amount.minor);
}
std::string write(const effect::PostRefund& post) {
  return "post_refund:" + std::to_string(post.amount.minor);
}
std::string write(const effect::PostLateCapture& post) {
  return "post_late_capture:" + std::to_string(post.amount.minor);
}
std::string write(const effect::PostReversal& post) {
  return "post_reversal:" + std::to_string(post.amount.minor);
}
std::string write(const effect::PostRefundReturned& post) {
  return "post_refund_returned:" + std::to_string(post.amount.minor);
}
std::string write(const effect::Emit& emit) {
  return "emit:" + std::string(to_string(emit.type));
}
}  // namespace

std::string write_effects(const std::vector<PaymentEffect>& effects) {
  std::string text;
  for (const PaymentEffect& each : effects)
    text += (text.empty() ? "" : " ") + std::visit([](const auto& what) { return write(what); }, each);
  return text;
}

std::string write_result(const Result<Decision>& result) {
  return result ? write_effects(result->effects) : std::string(code_name(result.error().code));
}

const std::vector<std::string>& all_events() {
  static const std::vector<std::string> events = [] {
    std::vector<std::string> made = {"give_method",
                                     "change_amount 0",
                                     "change_amount 70",
                                     "confirm",
                                     "capture 0",
                                     "capture 40",
                                     "capture 100",
                                     "capture 101",
                                     "cancel",
                                     "refund 0",
                                     "refund 40",
                                     "refund 41",
                                     "refund 100",
                                     "refund 101",
                                     "not_sent",
                                     "rejected",
                                     "declined",
                                     "unknown",
                                     "contradicts",
                                     "asked_in_vain",
                                     "expire",
                                     "expire late",
                                     "unanswered",
                                     "gave_up",
                                     "by_hand not_executed",
                                     "reverse",
                                     "reported declined",
                                     "reported unknown",
                                     "release",
                                     "pay_again",
                                     "move_on declined",
                                     "move_on rejected",
                                     "move_on not_sent",
                                     "move_on declined steps_up",
                                     "move_on stolen",
                                     "move_on unknown",
                                     "move_on accepted captured",
                                     "move_on declined late"};
    for (const AcceptedAs as : kAccepted)
      for (const char* amount : {" 0", " 40", " 100", " 101", " 100 EUR", " 100 late"})
        made.push_back("accepted " + std::string(to_string(as)) + amount);
    for (const AcceptedAs as : kAccepted)
      for (const char* amount : {" 0", " 40", " 100", " 101"})
        made.push_back("by_hand " + std::string(to_string(as)) + amount);
    for (const AcceptedAs as : kAccepted)
      for (const char* amount : {" 0", " 40", " 100", " 101", " 100 EUR"})
        made.push_back("reported accepted " + std::string(to_string(as)) + amount);
    for (const AcceptedAs as : kAccepted)
      for (const char* amount : {" 40", " 100", " 100 EUR"})
        made.push_back("reported beside_another accepted " + std::string(to_string(as)) + amount);
    return made;
  }();
  return events;
}

}  // namespace payweir::testkit
