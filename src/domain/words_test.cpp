// The words of the enums: each its own, each non-empty, and read back where they are read.
#include <gtest/gtest.h>

#include <set>

#include "domain/testkit.hpp"

namespace payweir {
namespace {

// The words of all enumerators from first to last, in the enum's numbering.
template <class Enum>
std::set<std::string> words(Enum first, Enum last) {
  std::set<std::string> found;
  for (int value = static_cast<int>(first); value <= static_cast<int>(last); ++value)
    found.emplace(to_string(static_cast<Enum>(value)));
  return found;
}

TEST(Words, AreEachTheirOwn) {
  EXPECT_EQ(words(PaymentState::requires_payment_method, PaymentState::requires_merchant_action).size(), 12u);
  EXPECT_EQ(words(OperationKind::authorise, OperationKind::reversal).size(), 5u);
  EXPECT_EQ(words(OperationState::dispatching, OperationState::done).size(), 3u);
  EXPECT_EQ(words(RefundState::pending, RefundState::requires_merchant_action).size(), 4u);
  EXPECT_EQ(words(EventType::payment_succeeded, EventType::refund_failed).size(), 10u);
  EXPECT_EQ(words(DeclineReason::unspecified, DeclineReason::stop_payment).size(), 20u);
  EXPECT_EQ(words(RetryClass::do_not_retry, RetryClass::needs_customer).size(), 3u);
  EXPECT_EQ(words(AcceptedAs::authorised, AcceptedAs::refunded).size(), 6u);
  // Unknown and pending, declined and failed are the same to the outside.
  EXPECT_EQ(words(AttemptState::dispatching, AttemptState::quarantined).size(), 11u);
}

// A row may hold a number that this version has no enumerator for: it is shown as what promises the least.
TEST(Words, OfANumberThatNoEnumeratorHasPromiseNothing) {
  EXPECT_EQ(to_string(PaymentState{99}), "processing");
  EXPECT_EQ(to_string(AttemptState{99}), "pending");
  EXPECT_EQ(to_string(OperationKind{99}), "authorise");
  EXPECT_EQ(to_string(OperationState{99}), "unknown");
  EXPECT_EQ(to_string(CaptureMethod{99}), "automatic");
  EXPECT_EQ(to_string(AuthenticationType{99}), "no_three_ds");
  EXPECT_EQ(to_string(RefundState{99}), "pending");
  EXPECT_EQ(to_string(EventType{99}), "payment_processing");
  EXPECT_EQ(to_string(DeclineReason{99}), "unspecified");
  EXPECT_EQ(to_string(RetryClass{99}), "do_not_retry");
  EXPECT_EQ(to_string(AcceptedAs{99}), "pending");
  EXPECT_FALSE(is_final(PaymentState{99}));
  EXPECT_FALSE(is_live(AttemptState{99}));
}

TEST(Words, AreReadBack) {
  for (const CaptureMethod method : {CaptureMethod::automatic, CaptureMethod::manual})
    EXPECT_EQ(parse_capture_method(to_string(method)).value(), method);
  for (const AuthenticationType type : {AuthenticationType::no_three_ds, AuthenticationType::three_ds})
    EXPECT_EQ(parse_authentication_type(to_string(type)).value(), type);
}

TEST(Words, OthersAreRefusedByField) {
  EXPECT_EQ(parse_capture_method("sometimes").error().code, Code::invalid_value);
  EXPECT_EQ(parse_capture_method("sometimes").error().field, "capture_method");
  EXPECT_EQ(parse_authentication_type("").error().field, "authentication_type");
  for (const char* known : {"manual_multiple", "scheduled", "sequential_automatic"})
    EXPECT_EQ(parse_capture_method(known).error().code, Code::capture_method_not_supported);
}

// The unique index "one live attempt a payment" counts these and no others.
TEST(AttemptStates, LiveOnesMayStillTakeMoney) {
  std::set<std::string_view> live;
  for (const AttemptState state : testkit::all_attempt_states())
    if (is_live(state)) live.insert(testkit::name_of(state));
  EXPECT_EQ(live, (std::set<std::string_view>{"dispatching", "unknown", "pending", "needs_action",
                                              "authorised", "captured", "partially_captured"}));
}

TEST(PaymentStates, FinalOnesAreTheEndsOfAPayment) {
  std::set<std::string_view> ends;
  for (const PaymentState state : testkit::all_payment_states())
    if (is_final(state)) ends.insert(to_string(state));
  EXPECT_EQ(ends, (std::set<std::string_view>{"succeeded", "partially_captured", "cancelled", "failed",
                                              "expired"}));
}

}  // namespace
}  // namespace payweir
