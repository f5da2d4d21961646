// What the gateway says of something that is over here, and what is given back.
#include <gtest/gtest.h>

#include <string>

#include "domain/testkit.hpp"

namespace payweir {
namespace {

using testkit::read_aggregate;
using testkit::read_event;
using testkit::write_result;
using testkit::write_state;

// Events one after the other, each on what the one before left; "next state | effects" of the last.
std::string after(std::string_view state, std::initializer_list<std::string_view> words) {
  PaymentAggregate aggregate = read_aggregate(state);
  std::int64_t serial = 1000;
  std::string told;
  for (const std::string_view word : words) {
    const auto [event, now] = read_event(word, serial);
    const Result<Decision> result = decide(aggregate, event, now);
    if (result) aggregate = result->next;
    told = write_state(aggregate) + " | " + write_result(result);
  }
  return told;
}

TEST(Faults, B09_ASuccessAfterAFailureIsTheTruth) {
  EXPECT_EQ(after("failed failed authorise:done", {"reported accepted captured 100"}),
            "succeeded captured authorise:done | update_attempt update_operation post_capture:100 "
            "emit:payment_succeeded");
  EXPECT_EQ(after("manual failed failed authorise:done", {"reported accepted authorised 100"}),
            "manual requires_capture authorised authorise:done | update_attempt update_operation "
            "emit:payment_authorized");
  // It captures by itself, later.
  EXPECT_EQ(after("failed declined authorise:done", {"reported accepted authorised 100"}),
            "processing pending authorise:unknown | update_attempt update_operation");
  EXPECT_EQ(after("failed failed authorise:done", {"reported accepted captured 99"}),
            "conflicted quarantined authorise:done | update_attempt update_operation");
  for (const char* nothing : {"reported declined", "reported unknown", "reported accepted pending 100",
                              "reported accepted voided 100", "reported accepted refunded 100"})
    EXPECT_EQ(after("failed failed authorise:done", {nothing}), "failed failed authorise:done | ") << nothing;
}

TEST(Faults, B09_WhatWasCancelledIsGivenBack) {
  EXPECT_EQ(after("manual cancelled voided void:done", {"reported accepted captured 40"}),
            "manual cancelled succeeded_late reversal:dispatching | post_late_capture:40 update_attempt "
            "insert_operation");
  EXPECT_EQ(after("expired expired void:done", {"reported accepted captured 100"}),
            "expired succeeded_late reversal:dispatching | post_late_capture:100 update_attempt "
            "insert_operation");
  EXPECT_EQ(after("manual cancelled voided void:done", {"reported accepted authorised 100"}),
            "manual cancelled succeeded_late reversal:dispatching | update_attempt insert_operation");
}

// What is under way is asked about, and its answer is what counts.
TEST(Faults, B09_NothingIsConcludedBesideAnOperationUnderWay) {
  for (const std::string under_way : {"failed failed authorise:unknown", "cancelled voided void:unknown",
                                      "expired expired void:dispatching", "cancelled voided reversal:done",
                                      "succeeded captured refund:unknown refund=pending"})
    EXPECT_EQ(after(under_way, {"reported accepted captured 100"}), under_way + " | ");
}

TEST(Faults, F03_TheLaterOfTwoChargesIsGivenBackInTheSameDecision) {
  EXPECT_EQ(after("failed failed authorise:done", {"reported beside_another accepted captured 100"}),
            "failed succeeded_late reversal:dispatching | post_late_capture:100 update_attempt "
            "insert_operation");
  // The other one is held, not charged: that is not what the gateway speaks of.
  EXPECT_EQ(after("manual requires_capture failed authorise:done",
                  {"reported beside_another accepted captured 100"}),
            "manual requires_capture succeeded_late reversal:dispatching | post_late_capture:100 "
            "update_attempt insert_operation");
  EXPECT_EQ(after("manual requires_capture failed authorise:done", {"reported accepted voided 0"}),
            "manual requires_capture failed authorise:done | ");
  // The gateway tells of it again: once is enough.
  EXPECT_EQ(after("failed failed authorise:done", {"reported beside_another accepted captured 100",
                                                   "reported beside_another accepted captured 100"}),
            "failed succeeded_late reversal:dispatching | ");
  // Another amount cannot be given back as ours; the payment has its charge and stays as it is.
  EXPECT_EQ(after("failed failed authorise:done", {"reported beside_another accepted captured 99"}),
            "failed quarantined authorise:done | update_attempt");
}

TEST(Faults, F04_AReversalIsTriedUntilTheGatewayHasDoneIt) {
  const char* const late = "cancelled succeeded_late reversal:dispatching";  // charged
  EXPECT_EQ(after(late, {"accepted refunded 100"}),
            "cancelled reversed reversal:done | update_attempt update_operation post_reversal:100");
  for (const char* open : {"unknown", "contradicts", "accepted pending 100", "accepted needs_action 100"})
    EXPECT_EQ(after(late, {open}), "cancelled succeeded_late reversal:unknown | update_operation") << open;
  for (const char* no : {"not_sent", "rejected", "declined"}) {
    EXPECT_EQ(after(late, {no}), "cancelled succeeded_late reversal:done | update_attempt update_operation")
        << no;
    EXPECT_EQ(after(late, {no, "reverse"}),
              "cancelled succeeded_late reversal:dispatching | insert_operation")
        << no;
  }
  EXPECT_EQ(after("cancelled succeeded_late", {"reverse"}),  // none under way was found
            "cancelled succeeded_late reversal:dispatching | insert_operation");
  EXPECT_EQ(after(late, {"unknown", "reverse"}), "cancelled succeeded_late reversal:unknown | ");
  EXPECT_EQ(after(late, {"unknown", "asked_in_vain", "accepted refunded 100"}),
            "cancelled reversed reversal:done | update_attempt update_operation post_reversal:100");
  EXPECT_EQ(after(late, {"accepted refunded 100", "accepted refunded 100", "reverse"}),
            "cancelled reversed reversal:done | ");
  EXPECT_EQ(after(late, {"gave_up"}), "cancelled succeeded_late reversal:unknown | update_operation");
  EXPECT_EQ(after(late, {"by_hand not_executed"}),
            "cancelled succeeded_late reversal:dispatching | illegal_transition");
}

// Held, not charged, when it was noticed: let go of; unless it is charged in between.
TEST(Faults, F04_AReversalOfWhatIsHeldIsAVoid) {
  const char* const voided = "manual cancelled voided void:done";
  const char* const held = "reported accepted authorised 100";
  EXPECT_EQ(after(voided, {held, "accepted voided 100"}),
            "manual cancelled reversed reversal:done | update_attempt update_operation");
  EXPECT_EQ(after(voided, {held, "accepted authorised 100"}),
            "manual cancelled succeeded_late reversal:done | update_attempt update_operation");
  EXPECT_EQ(after(voided, {held, "accepted captured 100"}),
            "manual cancelled succeeded_late reversal:done | post_late_capture:100 update_attempt "
            "update_operation");
  EXPECT_EQ(after(voided, {held, "accepted captured 100", "reverse", "accepted refunded 100"}),
            "manual cancelled reversed reversal:done | update_attempt update_operation post_reversal:100");
  EXPECT_EQ(after(voided, {held, "accepted captured 100 EUR"}),
            "manual cancelled succeeded_late reversal:unknown | update_operation");
}

TEST(Faults, E10_ARefundThatComesBackIsOwedAgain) {
  const char* const refunded = "succeeded captured refund:done refund=succeeded";
  EXPECT_EQ(after(refunded, {"reported declined"}),
            "succeeded captured refund:done refund=failed | update_refund post_refund_returned:40 "
            "emit:refund_failed");
  // It may be refunded again, and the gateway's second word changes nothing.
  EXPECT_EQ(after(refunded, {"reported declined", "reported declined", "reported accepted refunded 40"}),
            "succeeded captured refund:done refund=failed | ");
  EXPECT_EQ(after(refunded, {"reported declined", "refund 100"}),
            "succeeded captured refund:dispatching refund=pending | insert_refund insert_operation");
  for (const char* nothing : {"reported accepted refunded 40", "reported accepted pending 40",
                              "reported unknown", "reported accepted captured 100"})
    EXPECT_EQ(after(refunded, {nothing}), std::string(refunded) + " | ") << nothing;
}

TEST(Faults, E10_ARefundThatWasGivenUpAndDoneIsBooked) {
  const char* const failed = "succeeded captured refund:done refund=failed";
  EXPECT_EQ(after(failed, {"reported accepted refunded 40"}),
            "succeeded captured refund:done refund=succeeded | update_refund post_refund:40 "
            "emit:refund_succeeded");
  EXPECT_EQ(after(failed, {"reported accepted refunded 41"}), std::string(failed) + " | ");
  PaymentAggregate spent = read_aggregate(failed);
  spent.payment.refunded_minor = 61;  // refunded again since
  std::int64_t serial = 1000;
  const auto [event, now] = read_event("reported accepted refunded 40", serial);
  EXPECT_EQ(write_result(decide(spent, event, now)), "");
}

// An answer that names no id, or another one: what is known stays known.
TEST(PaymentDecide, KeepsTheGatewaysIdsUnlessItNamesOthers) {
  struct Row {
    std::string named, kept;
  };
  for (const auto& [named, kept] : {Row{"", "known_1"}, Row{"new_2", "new_2"}}) {
    const auto accepted = [&](AcceptedAs as, std::int64_t minor) {
      return outcome::Accepted{.as = as, .connector_payment_id = named, .amount = testkit::usd(minor)};
    };
    PaymentAggregate failed = read_aggregate("failed failed authorise:done");
    failed.attempt->connector_payment_id = "known_1";
    const event::Reported charged{.outcome = accepted(AcceptedAs::captured, 100)};
    EXPECT_EQ(decide(failed, charged, testkit::kNow)->next.attempt->connector_payment_id, kept);

    PaymentAggregate refund = read_aggregate("succeeded captured refund:done refund=failed");
    refund.refund->connector_refund_id = "known_1";
    const event::Reported refunded{.outcome = accepted(AcceptedAs::refunded, 40)};
    EXPECT_EQ(decide(refund, refunded, testkit::kNow)->next.refund->connector_refund_id, kept);

    PaymentAggregate reversal = read_aggregate("cancelled succeeded_late reversal:dispatching");
    reversal.operation->connector_operation_id = "known_1";
    const event::OperationEnded pending{accepted(AcceptedAs::pending, 100), testkit::kAskAt};
    EXPECT_EQ(decide(reversal, pending, testkit::kNow)->next.operation->connector_operation_id, kept);
  }
}

}  // namespace
}  // namespace payweir
