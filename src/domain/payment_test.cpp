// The payment's machine as a table: what is stored, what happens, what is stored next, what must be done.
#include "domain/payment.hpp"

#include <gtest/gtest.h>

#include <array>
#include <sstream>

#include "domain/testkit.hpp"

namespace payweir {
namespace {

using testkit::read_aggregate;
using testkit::read_event;
using testkit::write_result;
using testkit::write_state;

std::string trimmed(std::string text) {
  text.erase(0, text.find_first_not_of(' '));
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

// Each line: state | event | next | effects (or the error, and next is "-").
void check_table(const char* table) {
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    if (trimmed(line).empty()) continue;
    std::array<std::string, 4> cells;
    std::istringstream row(line);
    for (std::string& cell : cells) {
      std::getline(row, cell, '|');
      cell = trimmed(cell);
    }
    std::int64_t serial = 1000;
    const auto [event, now] = read_event(cells[1], serial);
    const Result<Decision> result = decide(read_aggregate(cells[0]), event, now);
    EXPECT_EQ(result ? write_state(result->next) : "-", cells[2]) << line;
    EXPECT_EQ(write_result(result), cells[3]) << line;
  }
}

TEST(PaymentDecide, OpensAndConfirms) {
  check_table(R"(
    requires_payment_method | give_method      | requires_confirmation                        |
    requires_confirmation   | give_method      | requires_confirmation                        |
    requires_payment_method | change_amount 70 | requires_payment_method                      |
    requires_confirmation   | change_amount 70 | requires_confirmation                        |
    requires_confirmation   | change_amount 0  | -                                            | invalid_value
    requires_payment_method | confirm          | -                                            | payment_method_missing
    requires_confirmation   | confirm          | processing dispatching authorise:dispatching | insert_attempt insert_operation
    processing dispatching authorise:dispatching | confirm          | -                       | illegal_transition
    processing dispatching authorise:dispatching | give_method      | -                       | illegal_transition
    processing dispatching authorise:dispatching | change_amount 70 | -                       | illegal_transition
    succeeded captured authorise:done            | confirm          | -                       | illegal_transition
    failed declined authorise:done               | confirm          | -                       | illegal_transition
  )");
}

TEST(PaymentDecide, GivesABankTheDaysThatItNeeds) {
  PaymentAggregate open = read_aggregate("requires_confirmation");
  const Instant now = open.payment.created_at;
  open.payment.expires_at = now + minutes(15);
  event::Confirm confirm;
  const Result<Decision> by_card = decide(open, confirm, now);
  ASSERT_TRUE(by_card);
  EXPECT_EQ(by_card->next.payment.expires_at, open.payment.expires_at);
  confirm.method = PaymentMethod::ach_bank_transfer;
  EXPECT_EQ(decide(open, confirm, now)->next.payment.expires_at, now + days(14));
  open.payment.expires_at = now + days(30);
  EXPECT_EQ(decide(open, confirm, now)->next.payment.expires_at, now + days(30));
}

TEST(PaymentDecide, HearsTheAnswerToAnAuthorisation) {
  check_table(R"(
    processing dispatching authorise:dispatching        | accepted captured 100     | succeeded captured authorise:done                        | update_attempt update_operation post_capture:100 emit:payment_succeeded
    manual processing dispatching authorise:dispatching | accepted authorised 100   | manual requires_capture authorised authorise:done        | update_attempt update_operation emit:payment_authorized
    processing dispatching authorise:dispatching        | accepted authorised 100   | processing pending authorise:unknown                     | update_attempt update_operation
    processing dispatching authorise:dispatching        | accepted pending 100      | processing pending authorise:unknown                     | update_attempt update_operation emit:payment_processing
    processing unknown authorise:unknown                | accepted pending 100      | processing pending authorise:unknown                     | update_attempt update_operation
    processing dispatching authorise:dispatching        | accepted needs_action 100 | requires_customer_action needs_action authorise:unknown  | update_attempt update_operation emit:action_required
    processing dispatching authorise:dispatching        | accepted voided 100       | cancelled voided authorise:done                          | update_attempt update_operation emit:payment_cancelled
    processing dispatching authorise:dispatching        | accepted refunded 100     | conflicted quarantined authorise:done                    | update_attempt update_operation
    processing dispatching authorise:dispatching        | accepted captured 40      | conflicted quarantined authorise:done                    | update_attempt update_operation
    processing dispatching authorise:dispatching        | accepted captured 100 EUR | conflicted quarantined authorise:done                    | update_attempt update_operation
    manual processing dispatching authorise:dispatching | accepted authorised 101   | manual conflicted quarantined authorise:done             | update_attempt update_operation
    processing dispatching authorise:dispatching        | contradicts               | conflicted quarantined authorise:done                    | update_attempt update_operation
    processing dispatching authorise:dispatching        | unknown                   | processing unknown authorise:unknown                     | update_attempt update_operation
    processing pending authorise:unknown                | unknown                   | processing pending authorise:unknown                     | update_attempt update_operation
    processing dispatching authorise:dispatching        | asked_in_vain             | processing dispatching authorise:unknown                 | update_operation
    processing unknown authorise:unknown                | asked_in_vain             | processing unknown authorise:unknown                     | update_operation
    processing dispatching authorise:dispatching        | declined                  | failed declined authorise:done                           | update_attempt update_operation emit:payment_failed
    processing dispatching authorise:dispatching        | rejected                  | failed failed authorise:done                             | update_attempt update_operation emit:payment_failed
    processing dispatching authorise:dispatching        | not_sent                  | failed failed authorise:done                             | update_attempt update_operation emit:payment_failed
  )");
}

TEST(PaymentDecide, WaitsForThePayer) {
  check_table(R"(
    requires_customer_action needs_action authorise:unknown        | accepted needs_action 100  | requires_customer_action needs_action authorise:unknown | update_attempt update_operation
    requires_customer_action needs_action authorise:unknown        | unknown                    | requires_customer_action needs_action authorise:unknown | update_attempt update_operation
    requires_customer_action needs_action authorise:unknown        | accepted captured 100      | succeeded captured authorise:done                       | update_attempt update_operation post_capture:100 emit:payment_succeeded
    manual requires_customer_action needs_action authorise:unknown | accepted authorised 100    | manual requires_capture authorised authorise:done       | update_attempt update_operation emit:payment_authorized
    requires_customer_action needs_action authorise:unknown        | accepted authorised 100    | processing pending authorise:unknown                    | update_attempt update_operation
    requires_customer_action needs_action authorise:unknown        | accepted pending 100       | processing pending authorise:unknown                    | update_attempt update_operation
    requires_customer_action needs_action authorise:unknown        | declined                   | failed declined authorise:done                          | update_attempt update_operation emit:payment_failed
    requires_customer_action needs_action authorise:unknown        | accepted voided 100        | cancelled voided authorise:done                         | update_attempt update_operation emit:payment_cancelled
    requires_customer_action needs_action authorise:unknown        | accepted voided 100 late   | expired expired authorise:done                          | update_attempt update_operation emit:payment_expired
  )");
}

TEST(PaymentDecide, Captures) {
  check_table(R"(
    manual requires_capture authorised authorise:done        | capture 100             | manual processing authorised capture:dispatching          | insert_operation
    manual requires_capture authorised authorise:done        | capture 40              | manual processing authorised capture:dispatching          | insert_operation
    manual requires_capture authorised authorise:done        | capture 0               | -                                                         | invalid_value
    manual requires_capture authorised authorise:done        | capture 101             | -                                                         | amount_exceeds_authorized
    succeeded captured authorise:done                        | capture 40              | -                                                         | illegal_transition
    manual processing authorised capture:dispatching         | capture 40              | -                                                         | illegal_transition
    manual processing authorised capture:dispatching         | accepted captured 100   | manual succeeded captured capture:done                    | update_attempt update_operation post_capture:100 emit:payment_succeeded
    manual processing authorised capture40:dispatching       | accepted captured 40    | manual partially_captured partially_captured capture:done | update_attempt update_operation post_capture:40 emit:payment_captured
    manual processing authorised capture40:dispatching       | accepted captured 100   | manual conflicted quarantined capture:done                | update_attempt update_operation
    manual processing authorised capture:dispatching         | accepted authorised 100 | manual requires_capture authorised capture:done           | update_attempt update_operation
    manual processing authorised capture:dispatching         | accepted pending 100    | manual processing authorised capture:unknown              | update_attempt update_operation
    manual processing authorised capture:dispatching         | accepted voided 100     | manual cancelled voided capture:done                      | update_attempt update_operation emit:payment_cancelled
    manual processing authorised capture:dispatching         | accepted needs_action 100 | manual processing authorised capture:unknown            | update_attempt update_operation
    manual processing authorised capture:dispatching         | unknown                 | manual processing authorised capture:unknown              | update_attempt update_operation
    manual processing authorised capture:dispatching         | declined                | manual requires_capture authorised capture:done           | update_attempt update_operation
    manual processing authorised capture:dispatching         | rejected                | manual requires_capture authorised capture:done           | update_attempt update_operation
    manual processing authorised capture:dispatching         | not_sent                | manual requires_capture authorised capture:done           | update_attempt update_operation
  )");
}

TEST(PaymentDecide, MovesOnAfterACertainNo) {
  check_table(R"(
    processing dispatching authorise:dispatching            | move_on declined          | processing dispatching authorise:dispatching | update_superseded_attempt update_superseded insert_attempt insert_operation
    processing dispatching authorise:dispatching            | move_on rejected          | processing dispatching authorise:dispatching | update_superseded_attempt update_superseded insert_attempt insert_operation
    processing unknown authorise:unknown                    | move_on not_sent          | processing dispatching authorise:dispatching | update_superseded_attempt update_superseded insert_attempt insert_operation
    manual processing dispatching authorise:dispatching     | move_on declined steps_up | manual processing dispatching authorise:dispatching | update_superseded_attempt update_superseded insert_attempt insert_operation
    processing dispatching authorise:dispatching            | move_on unknown           | -                                            | illegal_transition
    processing dispatching authorise:dispatching            | move_on accepted captured | -                                            | illegal_transition
    processing dispatching authorise:dispatching            | move_on stolen            | -                                            | illegal_transition
    processing dispatching authorise:dispatching            | move_on declined late     | -                                            | illegal_transition
    processing pending authorise:unknown                    | move_on declined          | -                                            | illegal_transition
    requires_customer_action needs_action authorise:unknown | move_on declined          | -                                            | illegal_transition
    manual processing authorised capture:dispatching        | move_on declined          | -                                            | illegal_transition
    failed declined authorise:done                          | move_on declined          | -                                            | illegal_transition
    succeeded captured authorise:done                       | move_on declined          | -                                            | illegal_transition
  )");
}

TEST(PaymentDecide, TheAttemptMovedOnFromKeepsWhatItsGatewaySaid) {
  std::int64_t serial = 1000;
  const PaymentAggregate before = read_aggregate("processing dispatching authorise:dispatching");
  const auto [event, now] = read_event("move_on declined steps_up", serial);
  const Decision decision = decide(before, event, now).value();
  const PaymentAggregate& next = decision.next;
  ASSERT_TRUE(next.superseded_attempt && next.superseded);
  EXPECT_EQ(next.superseded_attempt->state, AttemptState::declined);
  EXPECT_EQ(next.superseded_attempt->error.code, "card_declined");
  EXPECT_EQ(next.superseded_attempt->decline_reason, DeclineReason::insufficient_funds);
  EXPECT_EQ(next.superseded_attempt->connector_payment_id, "pi_1");
  EXPECT_EQ(next.superseded->result, OperationResult::declined);
  EXPECT_EQ(next.attempt->number, before.attempt->number + 1);
  EXPECT_EQ(next.attempt->connector_account_key, 4);
  EXPECT_EQ(next.operation->connector_account_key, 4);
  EXPECT_EQ(next.attempt->method, before.attempt->method);
  EXPECT_TRUE(next.attempt->connector_payment_id.empty());
  EXPECT_TRUE(next.attempt->error.code.empty());
  EXPECT_EQ(next.payment.attempt_count, before.payment.attempt_count + 1);
  EXPECT_EQ(next.payment.authentication_type, AuthenticationType::three_ds);
  EXPECT_EQ(next.payment.version, before.payment.version + 1);

  PaymentAggregate tired = before;
  tired.payment.attempt_count = kAttemptsMax;
  EXPECT_EQ(decide(tired, event, now).error().code, Code::illegal_transition);
}

TEST(PaymentDecide, CancelsAndExpires) {
  check_table(R"(
    requires_payment_method                                 | cancel                    | cancelled                                              | emit:payment_cancelled
    requires_confirmation                                   | cancel                    | cancelled                                              | emit:payment_cancelled
    manual requires_capture authorised authorise:done       | cancel                    | manual processing authorised void:dispatching          | insert_operation
    manual requires_capture authorised                      | cancel                    | manual processing authorised void:dispatching          | insert_operation
    requires_customer_action needs_action authorise:unknown | cancel                    | processing needs_action void:dispatching               | update_superseded insert_operation
    processing dispatching authorise:dispatching            | cancel                    | -                                                      | illegal_transition
    succeeded captured authorise:done                       | cancel                    | -                                                      | illegal_transition
    cancelled voided void:done                              | cancel                    | -                                                      | illegal_transition
    processing needs_action void:dispatching                | accepted voided 100       | cancelled voided void:done                             | update_attempt update_operation emit:payment_cancelled
    processing needs_action void:dispatching                | accepted voided 100 late  | expired expired void:done                              | update_attempt update_operation emit:payment_expired
    manual processing authorised void:dispatching           | accepted voided 100 late  | manual cancelled voided void:done                      | update_attempt update_operation emit:payment_cancelled
    processing needs_action void:dispatching                | unknown                   | processing needs_action void:unknown                   | update_attempt update_operation
    processing needs_action void:dispatching                | rejected                  | requires_customer_action needs_action void:unknown     | update_attempt update_operation
    manual processing authorised void:dispatching           | rejected                  | manual requires_capture authorised void:done           | update_attempt update_operation
    processing needs_action void:unknown                    | accepted captured 100     | succeeded captured void:done                           | update_attempt update_operation post_capture:100 emit:payment_succeeded
    manual processing authorised void:dispatching           | accepted captured 40      | manual partially_captured partially_captured void:done | update_attempt update_operation post_capture:40 emit:payment_captured
    manual processing authorised void:dispatching           | accepted captured 101     | manual conflicted quarantined void:done                | update_attempt update_operation
    manual processing needs_action void:unknown             | accepted authorised 100   | manual requires_capture authorised void:done           | update_attempt update_operation emit:payment_authorized
    processing needs_action void:unknown                    | accepted authorised 100   | processing pending void:unknown                        | update_attempt update_operation
    processing pending void:unknown                         | declined                  | processing pending void:unknown                        | update_attempt update_operation
    requires_payment_method                                 | expire                    | requires_payment_method                                |
    requires_payment_method                                 | expire late               | expired                                                | emit:payment_expired
    requires_confirmation                                   | expire late               | expired                                                | emit:payment_expired
    requires_customer_action needs_action authorise:unknown | expire late               | processing needs_action void:dispatching               | update_superseded insert_operation
    manual requires_capture authorised authorise:done       | expire late               | manual requires_capture authorised authorise:done      |
    processing unknown authorise:unknown                    | expire late               | processing unknown authorise:unknown                   |
  )");
}

// A restored database: nobody knows any more whether it was paid.
TEST(PaymentDecide, ExpiresAtOnceWhateverTimeIsLeft) {
  const auto expire_at_once = [](std::string_view state) {
    const event::Expire expire{{1001, 0}, testkit::kAskAt, true};
    const Result<Decision> decision = decide(read_aggregate(state), expire, testkit::kNow);
    return decision ? write_state(decision->next) + " | " + write_result(decision) : "refused";
  };
  ASSERT_LT(testkit::kNow, testkit::kExpires);
  EXPECT_EQ(expire_at_once("requires_confirmation"), "expired | emit:payment_expired");
  EXPECT_EQ(expire_at_once("requires_customer_action needs_action authorise:unknown"),
            "processing needs_action void:dispatching | update_superseded insert_operation");
  EXPECT_EQ(expire_at_once("processing unknown authorise:unknown"),
            "processing unknown authorise:unknown | ");
}

TEST(PaymentDecide, MovesNoMoneyOfAPaymentThatHasNoAttempt) {
  check_table(R"(
    manual requires_capture | capture 40 | - | illegal_transition
    succeeded               | refund 40  | - | illegal_transition
    partially_captured      | refund 40  | - | illegal_transition
  )");
}

// The payer of a payment page who changes their mind, or whose card was declined.
TEST(PaymentDecide, LetsThePayerPayAnotherWay) {
  std::int64_t serial = 1000;
  const auto tell = [&](PaymentAggregate before, const char* word) {
    const auto [event, now] = read_event(word, serial);
    const Result<Decision> decision = decide(before, event, now);
    EXPECT_TRUE(decision.has_value()) << word;
    return decision ? decision->next : before;
  };
  PaymentAggregate waits = read_aggregate("requires_customer_action needs_action authorise:unknown");
  waits.payment.attempt_count = 1;
  PaymentAggregate next = tell(waits, "release");
  EXPECT_EQ(next.payment.state, PaymentState::processing);
  EXPECT_EQ(next.operation->kind, OperationKind::void_authorisation);
  next.superseded.reset();
  next.superseded_attempt.reset();
  EXPECT_EQ(tell(next, "accepted captured 100").payment.state, PaymentState::succeeded) << "paid meanwhile";
  next = tell(next, "accepted voided 100");
  EXPECT_EQ(next.payment.state, PaymentState::requires_payment_method);
  EXPECT_FALSE(next.payment.has_payment_method);
  next = tell(tell(next, "give_method"), "confirm");
  EXPECT_EQ(next.payment.attempt_count, 2);
  EXPECT_EQ(next.attempt->number, 2);
  EXPECT_FALSE(next.attempt->is_released);

  next = tell(next, "declined");
  EXPECT_EQ(next.payment.state, PaymentState::failed);
  EXPECT_EQ(tell(next, "pay_again").payment.state, PaymentState::requires_payment_method);
  const auto [again, late] = read_event("pay_again late", serial);
  EXPECT_EQ(decide(next, again, late).error().code, Code::illegal_transition) << "the time to pay is over";
  next.payment.attempt_count = kAttemptsMax;
  EXPECT_EQ(decide(next, event::PayAgain{}, next.payment.created_at).error().code, Code::illegal_transition);
}

// A void that was refused is no release: what cancels it afterwards ends the payment.
TEST(PaymentDecide, AReleaseThatFailedLeavesCancelAsItIs) {
  std::int64_t serial = 1000;
  const auto tell = [&](const PaymentAggregate& before, const char* word) {
    const auto [event, now] = read_event(word, serial);
    PaymentAggregate next = decide(before, event, now).value().next;
    next.superseded.reset();
    next.superseded_attempt.reset();
    return next;
  };
  PaymentAggregate next =
      tell(read_aggregate("requires_customer_action needs_action authorise:unknown"), "release");
  next = tell(tell(tell(next, "rejected"), "cancel"), "accepted voided 100");
  EXPECT_EQ(next.payment.state, PaymentState::cancelled);
}

// As a row may hold it that another version wrote.
TEST(PaymentDecide, ChangesNothingInAStateThatItDoesNotKnow) {
  PaymentAggregate aggregate = read_aggregate("manual requires_capture authorised authorise:done");
  aggregate.payment.state = PaymentState{99};
  std::int64_t serial = 1000;
  for (const char* command : {"give_method", "change_amount 70", "confirm", "capture 40", "cancel",
                              "refund 40", "by_hand captured 100"}) {
    const auto [event, now] = read_event(command, serial);
    EXPECT_EQ(write_result(decide(aggregate, event, now)), "illegal_transition") << command;
  }
  const auto [expire, late] = read_event("expire late", serial);
  const Decision decision = decide(aggregate, expire, late).value();
  EXPECT_FALSE(decision.payment_changes);
  EXPECT_TRUE(decision.effects.empty());
}

TEST(PaymentDecide, Refunds) {
  check_table(R"(
    succeeded captured authorise:done                        | refund 40             | succeeded captured refund:dispatching refund=pending              | insert_refund insert_operation
    partially_captured partially_captured void:done          | refund 40             | partially_captured partially_captured refund:dispatching refund=pending | insert_refund insert_operation
    partially_captured partially_captured void:done          | refund 41             | -                                                                 | amount_exceeds_captured
    succeeded captured authorise:done                        | refund 0              | -                                                                 | invalid_value
    succeeded captured authorise:done                        | refund 101            | -                                                                 | amount_exceeds_captured
    manual requires_capture authorised authorise:done        | refund 40             | -                                                                 | illegal_transition
    succeeded captured refund:dispatching refund=pending     | accepted refunded 40  | succeeded captured refund:done refund=succeeded                   | update_refund update_operation post_refund:40 emit:refund_succeeded
    succeeded captured refund:dispatching refund=pending     | accepted pending 40   | succeeded captured refund:unknown refund=pending                  | update_refund update_operation
    succeeded captured refund:dispatching refund=pending     | accepted refunded 41  | succeeded captured refund:done refund=review                      | update_refund update_operation
    succeeded captured refund:dispatching refund=pending     | accepted captured 40  | succeeded captured refund:done refund=review                      | update_refund update_operation
    succeeded captured refund:dispatching refund=pending     | unknown               | succeeded captured refund:unknown refund=pending                  | update_operation
    succeeded captured refund:dispatching refund=pending     | contradicts           | succeeded captured refund:done refund=review                      | update_refund update_operation
    succeeded captured refund:unknown refund=pending         | asked_in_vain         | succeeded captured refund:unknown refund=pending                  | update_operation
    succeeded captured refund:dispatching refund=pending     | declined              | succeeded captured refund:done refund=failed                      | update_refund update_operation emit:refund_failed
    succeeded captured refund:dispatching refund=pending     | rejected              | succeeded captured refund:done refund=failed                      | update_refund update_operation emit:refund_failed
    succeeded captured refund:dispatching refund=pending     | not_sent              | succeeded captured refund:done refund=failed                      | update_refund update_operation emit:refund_failed
  )");
}

TEST(PaymentDecide, ToldTwiceChangesNothing) {
  check_table(R"(
    succeeded captured authorise:done               | accepted captured 100 | succeeded captured authorise:done               |
    failed declined authorise:done                  | declined              | failed declined authorise:done                  |
    failed failed authorise:done                    | unknown               | failed failed authorise:done                    |
    cancelled voided void:done                      | asked_in_vain         | cancelled voided void:done                      |
    succeeded captured refund:done refund=succeeded | accepted refunded 40  | succeeded captured refund:done refund=succeeded |
  )");
}

TEST(PaymentDecide, AsksAPersonWhenItHasAskedForTooLong) {
  check_table(R"(
    processing unknown authorise:unknown                | gave_up        | requires_merchant_action unknown authorise:unknown | update_operation emit:action_required
    requires_merchant_action unknown authorise:unknown  | gave_up        | requires_merchant_action unknown authorise:unknown | update_operation
    requires_merchant_action unknown authorise:unknown  | accepted captured 100 | succeeded captured authorise:done           | update_attempt update_operation post_capture:100 emit:payment_succeeded
    requires_merchant_action unknown authorise:unknown  | not_sent       | failed failed authorise:done                       | update_attempt update_operation emit:payment_failed
    succeeded captured refund:unknown refund=pending    | gave_up        | succeeded captured refund:unknown refund=review    | update_operation update_refund
    succeeded captured refund:unknown refund=review     | gave_up        | succeeded captured refund:unknown refund=review    | update_operation
    failed failed authorise:done                        | gave_up        | failed failed authorise:done                       |
  )");
}

TEST(PaymentDecide, TakesTheGatewaysWordOnWhatItHolds) {
  check_table(R"(
    manual requires_capture authorised authorise:done | reported accepted authorised 100 | manual requires_capture authorised authorise:done          |
    manual requires_capture authorised authorise:done | reported unknown                 | manual requires_capture authorised authorise:done          |
    manual requires_capture authorised authorise:done | reported accepted voided 0       | manual cancelled voided authorise:done                     | update_attempt emit:payment_cancelled
    manual requires_capture authorised authorise:done | reported accepted captured 40    | manual partially_captured partially_captured authorise:done | update_attempt update_operation post_capture:40 emit:payment_captured
    manual requires_capture authorised authorise:done | reported accepted captured 101   | manual conflicted quarantined authorise:done               | update_attempt update_operation
    succeeded captured authorise:done                 | reported accepted voided 0       | succeeded captured authorise:done                          |
  )");
}

// Catalogue A15: the gateway let go of an authorisation because its days were over; nobody cancelled it.
TEST(Faults, A15_AnAuthorisationThatLapsedExpiresThePayment) {
  const outcome::Accepted lapsed{.as = AcceptedAs::voided, .has_lapsed = true};
  const auto after = [](std::string_view state, const PaymentEvent& event) {
    const Result<Decision> decision = decide(read_aggregate(state), event, testkit::kNow);
    return decision ? write_state(decision->next) + " | " + write_result(decision) : "refused";
  };
  EXPECT_EQ(after("manual requires_capture authorised authorise:done", event::Reported{.outcome = lapsed}),
            "manual expired expired authorise:done | update_attempt emit:payment_expired");
  EXPECT_EQ(
      after("manual processing authorised capture:unknown", event::OperationEnded{lapsed, testkit::kNow}),
      "manual expired expired capture:done | update_attempt update_operation emit:payment_expired");
}

TEST(PaymentDecide, TakesAPersonsWordWhereOneIsAsked) {
  check_table(R"(
    conflicted quarantined authorise:done              | by_hand captured 100  | succeeded captured authorise:done            | update_attempt update_operation post_capture:100 emit:payment_succeeded
    conflicted quarantined authorise:done              | by_hand captured 40   | partially_captured partially_captured authorise:done | update_attempt update_operation post_capture:40 emit:payment_captured
    conflicted quarantined authorise:done              | by_hand captured 101  | -                                            | invalid_value
    conflicted quarantined authorise:done              | by_hand not_executed  | failed failed authorise:done                 | update_attempt update_operation emit:payment_failed
    conflicted quarantined authorise:done              | by_hand voided        | cancelled voided authorise:done              | update_attempt update_operation emit:payment_cancelled
    conflicted quarantined authorise:done              | by_hand refunded      | -                                            | illegal_transition
    conflicted quarantined authorise:done              | by_hand authorised    | -                                            | illegal_transition
    manual conflicted quarantined authorise:done       | by_hand authorised    | manual requires_capture authorised authorise:done | update_attempt update_operation emit:payment_authorized
    requires_merchant_action unknown authorise:unknown | by_hand captured 100  | succeeded captured authorise:done            | update_attempt update_operation post_capture:100 emit:payment_succeeded
    manual requires_merchant_action authorised capture:unknown | by_hand not_executed | manual requires_capture authorised capture:done | update_attempt update_operation
    requires_merchant_action needs_action void:unknown | by_hand not_executed  | -                                            | illegal_transition
    succeeded captured refund:done refund=review       | by_hand refunded      | succeeded captured refund:done refund=succeeded | update_refund update_operation post_refund:40 emit:refund_succeeded
    succeeded captured refund:unknown refund=review    | by_hand not_executed  | succeeded captured refund:done refund=failed | update_refund update_operation emit:refund_failed
    succeeded captured refund:unknown refund=pending   | by_hand refunded      | -                                            | illegal_transition
    processing unknown authorise:unknown               | by_hand captured 100  | -                                            | illegal_transition
  )");
}

TEST(PaymentDecide, TakesNoWordOfAPersonOnAnOperationThatIsDecided) {
  PaymentAggregate waiting = read_aggregate("conflicted quarantined authorise:done");
  const event::SettledByHand settled{AcceptedAs::captured, 100};
  EXPECT_TRUE(decide(waiting, settled, testkit::kNow).has_value());
  for (const OperationResult decided : {OperationResult::accepted, OperationResult::declined,
                                        OperationResult::rejected, OperationResult::not_sent}) {
    waiting.operation->result = decided;
    EXPECT_EQ(write_result(decide(waiting, settled, testkit::kNow)), "illegal_transition");
  }
}

TEST(PaymentDecide, TakesNoWordOfAPersonThatItDoesNotKnow) {
  const PaymentAggregate waiting = read_aggregate("conflicted quarantined authorise:done");
  const event::SettledByHand settled{AcceptedAs{99}, 100};
  EXPECT_EQ(write_result(decide(waiting, settled, testkit::kNow)), "illegal_transition");
}

TEST(PaymentDecide, DoesNotSlowDownForAGatewayThatIsAway) {
  std::int64_t serial = 1000;
  const PaymentAggregate unknown = read_aggregate("processing unknown authorise:unknown");
  const auto asked = read_event("asked_in_vain", serial), unanswered = read_event("unanswered", serial);
  EXPECT_EQ(decide(unknown, asked.event, asked.now)->next.operation->ask_count, 1);
  EXPECT_EQ(decide(unknown, unanswered.event, unanswered.now)->next.operation->ask_count, 0);
}

TEST(PaymentDecide, KeepsItsTimesInOrderWhateverTheClockDoes) {
  std::int64_t serial = 1000;
  PaymentAggregate unknown = read_aggregate("processing unknown authorise:unknown");
  unknown.payment.modified_at = testkit::kLate;
  const auto ended = read_event("accepted captured 100", serial);
  const Result<Decision> decision = decide(unknown, ended.event, ended.now);
  ASSERT_LT(ended.now, testkit::kLate);
  EXPECT_EQ(decision->next.payment.modified_at, testkit::kLate);
  EXPECT_EQ(decision->next.attempt->modified_at, testkit::kLate);
}

TEST(PaymentDecide, SaysWhyACommandIsRefused) {
  std::int64_t serial = 1000;
  const auto refusal = [&](const char* state, const char* word) {
    const auto [event, now] = read_event(word, serial);
    return decide(read_aggregate(state), event, now).error().detail;
  };
  EXPECT_EQ(refusal("succeeded captured", "cancel"),
            "You cannot cancel this payment because it has status succeeded");
  EXPECT_EQ(refusal("succeeded captured", "capture 40"),
            "This Payment could not be captured because it has a payment.status of succeeded. "
            "The expected state is requires_capture");
  EXPECT_EQ(refusal("failed declined", "refund 40"),
            "This Payment could not be refund because it has a payment.status of failed. "
            "The expected state is succeeded, partially_captured");
}

TEST(PaymentDecide, KeepsWhatTheGatewayToldOfADecline) {
  std::int64_t serial = 1000;
  const auto [event, now] = read_event("declined", serial);
  const Decision decision =
      decide(read_aggregate("processing dispatching authorise:dispatching"), event, now).value();
  const Attempt& attempt = *decision.next.attempt;
  EXPECT_EQ(attempt.decline_reason, DeclineReason::insufficient_funds);
  EXPECT_EQ(attempt.retry_class, RetryClass::retry_later);
  EXPECT_EQ(attempt.connector_payment_id, "pi_1");
  EXPECT_EQ(attempt.checks.cvc_check, "pass");
  EXPECT_EQ(attempt.error.code, "card_declined");
  EXPECT_EQ(decision.next.operation->result, OperationResult::declined);
}

TEST(PaymentDecide, MakesTheOperationOfWhatWasLoaded) {
  std::int64_t serial = 1000;
  const auto [event, now] = read_event("refund 40", serial);
  const PaymentAggregate before = read_aggregate("succeeded captured");
  const Decision decision = decide(before, event, now).value();
  const Operation& operation = *decision.next.operation;
  EXPECT_EQ(operation.merchant_no, before.payment.merchant_no);
  EXPECT_EQ(operation.payment_key, before.payment.id.key);
  EXPECT_EQ(operation.attempt_key, before.attempt->id.key);
  EXPECT_EQ(operation.connector_account_key, before.attempt->connector_account_key);
  EXPECT_EQ(operation.refund_key, decision.next.refund->id.key);
  EXPECT_EQ(operation.state, OperationState::dispatching);
  EXPECT_EQ(operation.amount, testkit::usd(40));
  EXPECT_EQ(operation.created_at, now);
  EXPECT_EQ(operation.ask_at, now + seconds(1));
}

TEST(PaymentSums, SayWhatIsLeft) {
  EXPECT_EQ(read_aggregate("manual requires_capture authorised").payment.capturable_minor(), 100);
  EXPECT_EQ(read_aggregate("succeeded captured").payment.capturable_minor(), 0);
  EXPECT_EQ(read_aggregate("succeeded captured refund:unknown refund=pending").payment.refundable_minor(),
            60);
  EXPECT_EQ(read_aggregate("succeeded captured refund:done refund=succeeded").payment.refundable_minor(), 60);
  EXPECT_EQ(read_aggregate("succeeded captured refund:done refund=failed").payment.refundable_minor(), 100);
}

TEST(NextAsk, ClimbsTheLadderAndStaysAtAnHour) {
  const Instant since{1'000'000};
  const std::array expected = {seconds(1),  seconds(5), seconds(30), minutes(2),
                               minutes(10), hours(1),   hours(1),    hours(1)};
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(next_ask(since, static_cast<std::int32_t>(i)) - since, expected[i]) << i;
  EXPECT_EQ(next_ask(since, 2'000'000'000) - since, hours(1));
  EXPECT_EQ(next_ask(since, -1) - since, seconds(1));
}

}  // namespace
}  // namespace payweir
