#pragma once
// The payment: a pure state machine. decide() takes what is stored and an event, and says what is
// stored next and what must happen. No I/O, clock, randomness or coroutine; ids and times are arguments.
//
//   requires_payment_method ─ PaymentMethodGiven ─▶ requires_confirmation ─ Confirm ─▶ processing
//        │ Confirm with a method ───────────────────────────────────────────────────────▲ │
//        │                                                                                │ OperationEnded
//        ▼ Cancel / Expire                                                                ▼
//   cancelled ◀─ void ─ requires_capture ◀── authorised ──┬── needs_action ─▶ requires_customer_action
//   expired               │ Capture                       ├── captured ─────▶ succeeded
//                         ▼                               ├── declined, rejected, not sent ─▶ failed
//        succeeded / partially_captured ◀── captured      └── unknown, pending ─▶ processing (asked about)
//                                                         ├── contradicts ─▶ conflicted
//                                                         └── asked for too long ─▶ requires_merchant_action
// A person leads out of the last two (SettledByHand), and so may the gateway's word out of the very last.
//
// What was given up may have succeeded all the same (Reported). A failed payment without another live attempt
// then becomes what the gateway says. Whatever else charged or held money is `succeeded_late`, and is given
// back by an operation of its own (reversal), which is recorded in the same decision.
//
// A failed payment may take another attempt (PayAgain), and one that waits for its payer may be let go of
// (Release): both lead back to requires_payment_method, on the payment page.
//
// While a request still holds what is paid with, an authorisation that certainly was not executed need not
// end the payment: its attempt is closed and the next one recorded in one decision (MoveOn), at another
// gateway or at the same. The payment stays `processing`.
//
// A payment has at most one live attempt; an attempt has at most one money operation under way. Every
// operation is stored, state `dispatching`, before its first byte leaves (effect: dispatch).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/id.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/outcome.hpp"
#include "domain/payment_method.hpp"

namespace payweir {

enum class PaymentState : std::uint8_t {
  requires_payment_method = 1,
  requires_confirmation = 2,
  processing = 3,
  requires_customer_action = 4,
  requires_capture = 5,
  succeeded = 6,
  partially_captured = 7,
  cancelled = 8,
  failed = 9,
  expired = 10,
  conflicted = 11,               // the gateway's word contradicts ours; a person decides
  requires_merchant_action = 12  // cannot be decided within policy; a person decides
};

enum class AttemptState : std::uint8_t {
  dispatching = 1,   // recorded, perhaps sent
  unknown = 2,       // sent, no usable answer
  pending = 3,       // accepted, undecided at the gateway
  needs_action = 4,  // waits for the payer (3-D Secure)
  authorised = 5,
  captured = 6,            // all of it
  partially_captured = 7,  // the rest is released
  declined = 8,
  failed = 9,  // not sent or rejected: certainly not executed
  voided = 10,
  expired = 11,
  succeeded_late = 12,  // came good after it was given up, and must be given back
  quarantined = 13,
  reversed = 14  // had succeeded late, and was given back
};

enum class OperationKind : std::uint8_t {
  authorise = 1,
  capture = 2,
  void_authorisation = 3,
  refund = 4,
  reversal = 5  // gives back what succeeded late: a void when it is held, a refund when it was charged
};
enum class OperationState : std::uint8_t { dispatching = 1, unknown = 2, done = 3 };
// How a finished operation ended.
enum class OperationResult : std::uint8_t {
  none = 0,
  accepted = 1,
  declined = 2,
  rejected = 3,
  not_sent = 4
};

enum class CaptureMethod : std::uint8_t { automatic = 1, manual = 2 };
enum class AuthenticationType : std::uint8_t { no_three_ds = 1, three_ds = 2 };

[[nodiscard]] std::string_view to_string(PaymentState state);  // also the wire's IntentStatus
[[nodiscard]] std::string_view to_string(AttemptState state);
[[nodiscard]] std::string_view to_string(OperationKind kind);
[[nodiscard]] std::string_view to_string(OperationState state);
[[nodiscard]] std::string_view to_string(CaptureMethod method);
[[nodiscard]] std::string_view to_string(AuthenticationType type);
[[nodiscard]] Result<CaptureMethod> parse_capture_method(std::string_view text);
[[nodiscard]] Result<AuthenticationType> parse_authentication_type(std::string_view text);

// No further event of the payer or the merchant changes it, except a refund.
[[nodiscard]] bool is_final(PaymentState state);
// Counted by the unique index "one live attempt a payment".
[[nodiscard]] bool is_live(AttemptState state);

// Of one payment; beyond, whoever tries is not a payer.
inline constexpr std::int32_t kAttemptsMax = 20;

struct Payment {
  PaymentId id;
  std::int64_t merchant_no = 0;
  std::int64_t profile_key = 0;
  std::int64_t version = 1;  // +1 with every stored change
  PaymentState state = PaymentState::requires_payment_method;
  Money amount;
  std::int64_t captured_minor = 0;
  std::int64_t refunded_minor = 0;         // refunds that the gateway confirmed
  std::int64_t refund_reserved_minor = 0;  // refunds under way: dispatching, unknown, pending
  CaptureMethod capture_method = CaptureMethod::automatic;
  AuthenticationType authentication_type = AuthenticationType::no_three_ds;
  bool has_payment_method = false;
  std::int32_t attempt_count = 0;
  std::int64_t event_sequence = 0;  // of the last event emitted for this payment; 1..n without gaps
  Instant created_at;
  Instant modified_at;
  Instant expires_at;  // unpaid by then, it expires

  [[nodiscard]] std::int64_t capturable_minor() const;
  [[nodiscard]] std::int64_t refundable_minor() const;  // captured - refunded - reserved
  friend bool operator==(const Payment&, const Payment&) = default;
};

struct Attempt {
  AttemptId id;
  std::int64_t payment_key = 0;
  std::int64_t connector_account_key = 0;
  std::int64_t version = 1;
  std::int32_t number = 1;
  AttemptState state = AttemptState::dispatching;
  Money amount;
  std::int64_t authorised_minor = 0;
  std::int64_t captured_minor = 0;
  std::string connector_payment_id;
  GatewayError error;
  DeclineReason decline_reason = DeclineReason::unspecified;
  RetryClass retry_class = RetryClass::do_not_retry;
  CardChecks checks;
  PaymentMethod method = PaymentMethod::card;
  NextAction next_action;
  bool is_released = false;  // being let go of, so that the payer can pay another way
  Instant created_at;
  Instant modified_at;
  friend bool operator==(const Attempt&, const Attempt&) = default;
};

struct Operation {
  OperationId id;  // its text is the gateway's idempotency key and our reference, for ever
  std::int64_t merchant_no = 0;
  std::int64_t payment_key = 0;
  std::int64_t attempt_key = 0;
  std::int64_t refund_key = 0;  // refunds only
  std::int64_t connector_account_key = 0;
  std::int64_t version = 1;
  OperationKind kind = OperationKind::authorise;
  OperationState state = OperationState::dispatching;
  OperationResult result = OperationResult::none;
  Money amount;
  std::int32_t ask_count = 0;  // how often the resolver asked
  Instant ask_at;              // when it asks next, while not done
  Instant created_at;
  std::string connector_operation_id;  // the gateway's id of this operation, once known
  friend bool operator==(const Operation&, const Operation&) = default;
};

enum class RefundState : std::uint8_t {
  pending = 1,
  succeeded = 2,
  failed = 3,
  requires_merchant_action = 4
};
[[nodiscard]] std::string_view to_string(
    RefundState state);  // the wire's: pending, succeeded, failed, review

struct Refund {
  RefundId id;
  std::int64_t merchant_no = 0;
  std::int64_t payment_key = 0;
  std::int64_t attempt_key = 0;
  std::int64_t version = 1;
  RefundState state = RefundState::pending;
  Money amount;
  std::string connector_refund_id;
  GatewayError error;
  Instant created_at;
  Instant modified_at;
  friend bool operator==(const Refund&, const Refund&) = default;
};

// What is loaded and decided together.
struct PaymentAggregate {
  Payment payment;
  std::optional<Attempt> attempt;      // the one that the event is about, else the newest
  std::optional<Operation> operation;  // the one that the event is about, or the live one of the attempt
  std::optional<Refund> refund;        // the one that the event is about
  // Closed by this decision because `operation` took its place: a void while the payer is asked, or the next
  // attempt's authorisation.
  std::optional<Operation> superseded;
  std::optional<Attempt> superseded_attempt;  // likewise, by `attempt`
};

enum class EventType : std::uint8_t {
  payment_succeeded = 1,
  payment_failed = 2,
  payment_processing = 3,
  payment_cancelled = 4,
  payment_authorized = 5,
  payment_captured = 6,
  payment_expired = 7,
  action_required = 8,
  refund_succeeded = 9,
  refund_failed = 10
};
[[nodiscard]] std::string_view to_string(EventType type);

// ── Events ────────────────────────────────────────────────────────────────────────────────────────
namespace event {
struct PaymentMethodGiven {};
struct AmountChanged {
  Money amount;
};
// Starts an attempt. Ids are drawn by the caller; ask_at is when the resolver may first ask.
struct Confirm {
  AttemptId attempt_id;
  OperationId operation_id;
  std::int64_t connector_account_key = 0;
  Instant ask_at;
  PaymentMethod method = PaymentMethod::card;
};
// The authorisation was certainly not executed, and another attempt follows at once. Requires: the sender of
// the operation still holds what is paid with.
struct MoveOn {
  Outcome outcome;  // of the attempt that ends; a no (is_certain_no) that may be tried again
  AttemptId attempt_id;
  OperationId operation_id;
  std::int64_t connector_account_key = 0;
  Instant ask_at;
  bool steps_up = false;  // this time the payer authenticates (3-D Secure)
};
struct Capture {
  std::int64_t amount_minor = 0;
  OperationId operation_id;
  Instant ask_at;
};
struct Cancel {
  OperationId operation_id;  // used when an authorisation must be voided at the gateway
  Instant ask_at;
};
// Lets go of an attempt that waits for its payer, so that they can pay another way: the payment does not end.
struct Release {
  OperationId operation_id;
  Instant ask_at;
};
// After an attempt that came to nothing: the payment takes another one, while there is time.
struct PayAgain {};
struct CreateRefund {
  RefundId refund_id;
  std::int64_t amount_minor = 0;
  OperationId operation_id;
  Instant ask_at;
};
// The gateway answered the operation, or a query or callback told its outcome.
struct OperationEnded {
  Outcome outcome;
  Instant ask_at;  // when to ask (again), if this leaves it unknown or pending
};
// The resolver asked and learnt nothing. `was_answered`: by a gateway that is there; one that is not must not
// make the resolver slow down, or it would be slow still when the gateway is back.
struct AskedInVain {
  Instant ask_at;
  bool was_answered = true;
};
// It was asked about for as long as the policy allows: from now on a person is needed, and asking goes on.
struct GaveUp {
  Instant ask_at;
};
// The gateway's word on something for which nothing is under way here. A callback came, or it was time to
// look: at money that is held, at an attempt that was given up (which may have succeeded late), at a refund
// that is over (which may have come back). `operation` is the attempt's authorisation, or the refund's.
struct Reported {
  Outcome outcome;
  // Of this payment, so that there would be two charges.
  bool another_attempt_is_live = false;
  OperationId reversal_id;  // used when what succeeded late must be given back
  Instant ask_at;
};
// A reversal was certainly not executed: the next try. Requires: no operation of the attempt under way.
struct Reverse {
  OperationId operation_id;
  Instant ask_at;
};
// A person looked at the gateway's side and says what became of an operation that the switch cannot decide.
struct SettledByHand {
  // authorised, captured, voided or refunded; nothing: it was not executed.
  std::optional<AcceptedAs> executed_as;
  std::int64_t amount_minor = 0;  // captured only
};
// Nobody paid in time. operation_id is used when the gateway must let go of the attempt first.
struct Expire {
  OperationId operation_id;
  Instant ask_at;
  bool at_once = false;  // whatever time is left: nobody knows any more whether it was paid
};
}  // namespace event
using PaymentEvent =
    std::variant<event::PaymentMethodGiven, event::AmountChanged, event::Confirm, event::MoveOn,
                 event::Capture, event::Cancel, event::Release, event::PayAgain, event::CreateRefund,
                 event::OperationEnded, event::AskedInVain, event::GaveUp, event::Reported, event::Reverse,
                 event::SettledByHand, event::Expire>;

// ── Effects: what the shell must do with the next aggregate ───────────────────────────────────────
namespace effect {
// Insert rows that are new in `next` (the attempt, the operation, the refund), update those that exist.
struct InsertAttempt {};
struct UpdateAttempt {};
struct InsertOperation {};  // state dispatching: to be sent once it is durable
struct UpdateOperation {};
// The superseded rows; before the new ones, which take their places under the unique indexes.
struct UpdateSuperseded {};
struct UpdateSupersededAttempt {};
struct InsertRefund {};
struct UpdateRefund {};
// Book money in the same commit.
struct PostCapture {
  Money amount;
};
struct PostRefund {
  Money amount;
};
// Charged by an attempt that was given up: owed to nobody but the payer.
struct PostLateCapture {
  Money amount;
};
struct PostReversal {
  Money amount;
};
// A refund that had succeeded came back.
struct PostRefundReturned {
  Money amount;
};
// One outbox row, sequence = next.payment.event_sequence at that point.
struct Emit {
  EventType type;
  std::int64_t sequence = 0;
};
}  // namespace effect
using PaymentEffect =
    std::variant<effect::InsertAttempt, effect::UpdateAttempt, effect::InsertOperation,
                 effect::UpdateOperation, effect::UpdateSuperseded, effect::UpdateSupersededAttempt,
                 effect::InsertRefund, effect::UpdateRefund, effect::PostCapture, effect::PostRefund,
                 effect::PostLateCapture, effect::PostReversal, effect::PostRefundReturned, effect::Emit>;

struct Decision {
  PaymentAggregate next;
  std::vector<PaymentEffect> effects;
  // Whether the payment's own row changes; without effects, too, the event said nothing new (a duplicate
  // callback) and nothing is stored.
  bool payment_changes = true;
};

// Errors: illegal_transition (detail names the state and what would be legal),
// amount_exceeds_authorized, amount_exceeds_captured, payment_method_missing, invalid_value, overflow.
[[nodiscard]] Result<Decision> decide(const PaymentAggregate& current, const PaymentEvent& event,
                                      Instant now);

// When the resolver asks for the n-th time (0 = first) about an operation that became unknown at `since`:
// 1 s, 5 s, 30 s, 2 m, 10 m, 1 h, then every hour. Asks that nobody answered do not count.
[[nodiscard]] Instant next_ask(Instant since, std::int32_t ask_count);

}  // namespace payweir
