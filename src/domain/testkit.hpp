#pragma once
// For tests of the payment's machine: aggregates built from a line of text, events likewise, and the
// invariants that hold for every step from anywhere. Texts, so that a test reads as a table.
//
//   state:  "processing dispatching authorise:dispatching"        (attempt and operation may be missing)
//           "manual requires_capture authorised capture:done"     (manual capture)
//           "succeeded captured refund:unknown refund=pending"    (with a refund of 40)
//   event:  "confirm", "capture 40", "accepted captured 100", "unknown", "move_on declined", "expire late",
//   …;
//           a last word "late" puts it after the payment's expiry
//
// Every payment is of USD 1.00 (100); a partially captured one holds 40; a refund is of 40.
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/payment.hpp"

namespace payweir::testkit {

inline constexpr Instant kCreated{1'700'000'000'000};
inline constexpr Instant kNow = kCreated + minutes(5);
inline constexpr Instant kExpires = kCreated + minutes(15);
inline constexpr Instant kLate = kCreated + minutes(20);
inline constexpr Instant kAskAt = kNow + seconds(1);

[[nodiscard]] Money usd(std::int64_t minor);

[[nodiscard]] PaymentAggregate read_aggregate(std::string_view text);
[[nodiscard]] std::string write_state(const PaymentAggregate& aggregate);

struct TimedEvent {
  PaymentEvent event;
  Instant now = kNow;
};
// New ids are drawn from `serial`, which rises.
[[nodiscard]] TimedEvent read_event(std::string_view text, std::int64_t& serial);
[[nodiscard]] std::string write_effects(const std::vector<PaymentEffect>& effects);
// The name of an error, or the effects.
[[nodiscard]] std::string write_result(const Result<Decision>& result);

// Enumerators' own names; to_string() gives the wire's words, some of them to two states.
[[nodiscard]] std::string_view name_of(AttemptState state);
[[nodiscard]] std::span<const PaymentState> all_payment_states();
[[nodiscard]] std::span<const AttemptState> all_attempt_states();

// Every combination that the machine can be in, as text; a test holds the reachable ones against it.
[[nodiscard]] const std::vector<std::string>& consistent_states();
// Every event worth telling apart, as text.
[[nodiscard]] const std::vector<std::string>& all_events();

// Whether the rows are there that flows load before they decide on this event.
[[nodiscard]] bool has_its_rows(const PaymentAggregate& aggregate, const PaymentEvent& event);

// What is wrong with this step, one line each; empty when nothing is.
[[nodiscard]] std::vector<std::string> breaches(const PaymentAggregate& before, Instant now,
                                                const Result<Decision>& result);

// One decision on the way through everything that can be reached from a new payment.
struct Step {
  PaymentAggregate before;
  std::string event;
  Instant now;
  Result<Decision> result;
};
void explore(const std::function<void(const Step&)>& visit);

}  // namespace payweir::testkit
