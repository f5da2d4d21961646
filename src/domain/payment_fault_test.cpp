// Faults of the catalogue, as far as the pure machine has to survive them.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>

#include "domain/testkit.hpp"

namespace payweir {
namespace {

using testkit::kNow;
using testkit::read_aggregate;
using testkit::read_event;
using testkit::usd;
using testkit::write_result;
using testkit::write_state;

// Sends events one after the other, each on what the one before left.
class Story {
 public:
  explicit Story(std::string_view state) : aggregate_(read_aggregate(state)) {}

  Result<Decision> tell(std::string_view word) {
    const auto [event, now] = read_event(word, serial_);
    Result<Decision> result = decide(aggregate_, event, now);
    if (result) {
      aggregate_ = result->next;
      aggregate_.superseded.reset();
      aggregate_.superseded_attempt.reset();
    }
    return result;
  }
  [[nodiscard]] const PaymentAggregate& now() const { return aggregate_; }
  [[nodiscard]] const Payment& payment() const { return aggregate_.payment; }

 private:
  PaymentAggregate aggregate_;
  std::int64_t serial_ = 1000;
};

constexpr const char* kSent = "processing dispatching authorise:dispatching";

TEST(Faults, A06_AnotherAmountOrCurrencyIsQuarantined) {
  for (const char* word : {"accepted captured 99", "accepted captured 101", "accepted captured 0",
                           "accepted captured 100 EUR", "accepted authorised 99", "contradicts"}) {
    Story story(kSent);
    const Result<Decision> result = story.tell(word);
    EXPECT_EQ(write_state(story.now()), "conflicted quarantined authorise:done") << word;
    EXPECT_EQ(write_result(result), "update_attempt update_operation") << word;  // no posting, no event
    EXPECT_EQ(story.payment().captured_minor, 0) << word;
    EXPECT_EQ(story.now().attempt->error.code, "integrity_failure") << word;
  }
}

TEST(Faults, A14_NoVoidWhileACaptureIsUnknown) {
  Story story("manual requires_capture authorised authorise:done");
  ASSERT_TRUE(story.tell("capture 100").has_value());
  ASSERT_TRUE(story.tell("unknown").has_value());
  EXPECT_EQ(write_result(story.tell("cancel")), "illegal_transition");
  ASSERT_TRUE(story.tell("accepted captured 100").has_value());  // the resolver learnt it
  EXPECT_EQ(write_state(story.now()), "manual succeeded captured capture:done");
}

TEST(Faults, A14_AfterACaptureThatDidNotHappenTheVoidMayGo) {
  Story story("manual requires_capture authorised authorise:done");
  ASSERT_TRUE(story.tell("capture 100").has_value());
  ASSERT_TRUE(story.tell("unknown").has_value());
  ASSERT_TRUE(story.tell("not_sent").has_value());  // fenced: certainly not executed
  ASSERT_TRUE(story.tell("cancel").has_value());
  EXPECT_EQ(write_state(story.now()), "manual processing authorised void:dispatching");
}

TEST(Faults, B01_AnAnswerBehindItsCallbackChangesNothing) {
  Story story(kSent);
  ASSERT_TRUE(story.tell("accepted captured 100").has_value());  // the callback led to a query
  const Payment before = story.payment();
  for (const char* late : {"accepted captured 100", "unknown", "declined", "not_sent"}) {
    const Result<Decision> result = story.tell(late);
    ASSERT_TRUE(result.has_value()) << late;
    EXPECT_TRUE(result->effects.empty()) << late;
    EXPECT_FALSE(result->payment_changes) << late;
    EXPECT_EQ(story.payment(), before) << late;
  }
}

TEST(Faults, B02_AHundredCopiesOfACallbackCountOnce) {
  Story story(kSent);
  std::int64_t posted = 0, emitted = 0;
  for (int copy = 0; copy < 100; ++copy) {
    const Decision decision = story.tell("accepted captured 100").value();
    for (const PaymentEffect& each : decision.effects) {
      posted += std::holds_alternative<effect::PostCapture>(each);
      emitted += std::holds_alternative<effect::Emit>(each);
    }
  }
  EXPECT_EQ(posted, 1);
  EXPECT_EQ(emitted, 1);
  EXPECT_EQ(story.payment().version, 6);
}

TEST(Faults, B03_TruthsInAnyOrderEndInTheSameState) {
  const std::array<const char*, 3> truths = {"accepted pending 100", "accepted needs_action 100",
                                             "accepted captured 100"};
  std::array<std::size_t, 3> order = {0, 1, 2};
  do {
    Story story(kSent);
    for (const std::size_t index : order)
      ASSERT_TRUE(story.tell(truths[index]).has_value());
    EXPECT_EQ(write_state(story.now()), "succeeded captured authorise:done");
    EXPECT_EQ(story.payment().captured_minor, 100);
  } while (std::ranges::next_permutation(order).found);
}

// Two writers decide on the same version; the store lets one in, and the other decides again on what is
// stored then.
TEST(Faults, D09_OfACaptureAndAVoidAtOnceOneIsLegal) {
  const PaymentAggregate loaded = read_aggregate("manual requires_capture authorised authorise:done");
  std::int64_t serial = 1000;
  const auto capture = read_event("capture 100", serial).event;
  const auto cancel = read_event("cancel", serial).event;
  const Decision first = decide(loaded, capture, kNow).value();
  const Decision second = decide(loaded, cancel, kNow).value();
  EXPECT_EQ(first.next.payment.version, second.next.payment.version);  // the store's conflict
  EXPECT_EQ(decide(first.next, cancel, kNow).error().code, Code::illegal_transition);
  EXPECT_EQ(decide(second.next, capture, kNow).error().code, Code::illegal_transition);
}

TEST(Faults, E01_LargestAmountsDoNotOverflow) {
  PaymentAggregate aggregate = read_aggregate("succeeded captured authorise:done");
  constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
  aggregate.payment.amount = usd(kLargest);
  aggregate.payment.captured_minor = aggregate.attempt->captured_minor = kLargest;
  aggregate.payment.refunded_minor = 1;
  std::int64_t serial = 1000;
  EXPECT_EQ(aggregate.payment.refundable_minor(), kLargest - 1);
  const event::CreateRefund too_much{{++serial, 0}, kLargest, {++serial, 0}, kNow};
  EXPECT_EQ(decide(aggregate, too_much, kNow).error().code, Code::amount_exceeds_captured);
  const event::CreateRefund all{{++serial, 0}, kLargest - 1, {++serial, 0}, kNow};
  const Decision decision = decide(aggregate, all, kNow).value();
  EXPECT_EQ(decision.next.payment.refundable_minor(), 0);
  const event::CreateRefund negative{
      {++serial, 0}, std::numeric_limits<std::int64_t>::min(), {++serial, 0}, kNow};
  EXPECT_EQ(decide(aggregate, negative, kNow).error().code, Code::invalid_value);
}

TEST(Faults, E04_CapturesStayWithinTheAuthorisation) {
  Story story("manual requires_capture authorised authorise:done");
  EXPECT_EQ(write_result(story.tell("capture 101")), "amount_exceeds_authorized");
  ASSERT_TRUE(story.tell("capture 40").has_value());
  ASSERT_TRUE(story.tell("accepted captured 40").has_value());
  EXPECT_EQ(story.payment().captured_minor, 40);
  EXPECT_EQ(write_result(story.tell("capture 40")), "illegal_transition");  // the rest was released
}

TEST(Faults, E05_PendingRefundsCountAsSpent) {
  Story story("succeeded captured authorise:done");
  ASSERT_TRUE(story.tell("refund 60").has_value());
  ASSERT_TRUE(story.tell("accepted pending 60").has_value());
  EXPECT_EQ(write_result(story.tell("refund 41")), "amount_exceeds_captured");
  EXPECT_TRUE(story.tell("refund 40").has_value());
  EXPECT_EQ(story.payment().refundable_minor(), 0);
}

TEST(Faults, E06_AnUnknownRefundCountsAsSpentUntilItIsDecided) {
  Story story("succeeded captured authorise:done");
  ASSERT_TRUE(story.tell("refund 100").has_value());
  ASSERT_TRUE(story.tell("unknown").has_value());
  EXPECT_EQ(write_result(story.tell("refund 1")), "amount_exceeds_captured");
  ASSERT_TRUE(story.tell("declined").has_value());  // now it certainly did not happen
  EXPECT_EQ(story.payment().refund_reserved_minor, 0);
  EXPECT_TRUE(story.tell("refund 1").has_value());
}

// What the payer authenticates is one amount, at one merchant (PSD2: dynamic linking).
TEST(Faults, F10_AnAmountThatIsBeingAuthenticatedStays) {
  Story story(kSent);
  ASSERT_TRUE(story.tell("accepted needs_action 100").has_value());
  const PaymentAggregate asked = story.now();
  EXPECT_EQ(write_result(story.tell("change_amount 150")), "illegal_transition");
  EXPECT_EQ(story.payment(), asked.payment);
  ASSERT_TRUE(story.tell("accepted captured 150").has_value());  // as if the old challenge paid the new one
  EXPECT_EQ(write_state(story.now()), "conflicted quarantined authorise:done");
}

TEST(Faults, F10_AnotherAmountTakesAnotherAuthentication) {
  Story story(kSent);
  ASSERT_TRUE(story.tell("accepted needs_action 100").has_value());
  const PaymentAggregate old = story.now();
  ASSERT_TRUE(story.tell("release").has_value());
  EXPECT_EQ(write_result(story.tell("change_amount 150")), "illegal_transition");  // it may still be paid
  ASSERT_TRUE(story.tell("accepted voided 100").has_value());
  ASSERT_EQ(story.now().attempt->state, AttemptState::voided);
  ASSERT_TRUE(story.tell("change_amount 150").has_value());
  ASSERT_TRUE(story.tell("give_method").has_value());
  ASSERT_TRUE(story.tell("confirm").has_value());
  const PaymentAggregate& fresh = story.now();
  EXPECT_EQ(fresh.attempt->amount, usd(150));
  EXPECT_NE(fresh.attempt->id, old.attempt->id);
  EXPECT_NE(fresh.operation->id, old.operation->id);  // and with it the key: nothing of the old one is used
  EXPECT_EQ(fresh.attempt->state, AttemptState::dispatching);
  EXPECT_TRUE(fresh.attempt->next_action.empty());
  ASSERT_TRUE(story.tell("accepted needs_action 150").has_value());
  EXPECT_EQ(write_state(story.now()), "requires_customer_action needs_action authorise:unknown");
}

TEST(Faults, E06_ARefundOfAnotherAmountStaysSpent) {
  Story story("succeeded captured authorise:done");
  ASSERT_TRUE(story.tell("refund 100").has_value());
  ASSERT_TRUE(story.tell("accepted refunded 99").has_value());
  EXPECT_EQ(story.now().refund->state, RefundState::requires_merchant_action);
  EXPECT_EQ(story.payment().refundable_minor(), 0);
}

}  // namespace
}  // namespace payweir
