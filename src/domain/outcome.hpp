#pragma once
// Outcome: what a gateway call came to. Exactly five cases, so that the compiler makes every reader
// handle all of them; only not_sent, rejected and a retryable decline may move on to another gateway.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/money.hpp"
#include "base/time.hpp"

namespace payweir {

// Who can do something about a decline, and when.
enum class RetryClass : std::uint8_t { do_not_retry, retry_later, needs_customer };

// One vocabulary for all gateways' reasons.
enum class DeclineReason : std::uint8_t {
  unspecified,
  insufficient_funds,
  card_expired,
  incorrect_number,
  incorrect_cvc,
  incorrect_postal_code,
  incorrect_pin,
  authentication_required,
  authentication_failed,
  lost_or_stolen,
  suspected_fraud,
  restricted,
  limit_exceeded,
  not_permitted,
  currency_not_supported,
  issuer_unavailable,
  processing_error,
  try_again_later,
  invalid_account,
  stop_payment,
};

// What the gateway said, in its words, for the merchant. Holds no card data.
struct GatewayError {
  std::string code;     // e.g. "card_declined"
  std::string message;  // composed by the connector as the API shows it
  // By the retry rule for it, JSON: flows/routing/error_meaning.hpp. "" when there is none.
  std::string meaning{};
  friend bool operator==(const GatewayError&, const GatewayError&) = default;
};

// Facts about the card that the gateway reports and the API shows; all optional, none sensitive.
struct CardChecks {
  std::string cvc_check, address_line1_check, address_postal_code_check;  // "pass", "fail", …, "" unknown
  std::string network;                                                    // "visa"
  std::string network_transaction_id;
  friend bool operator==(const CardChecks&, const CardChecks&) = default;
};

enum class AcceptedAs : std::uint8_t {
  authorised,    // held, to be captured
  captured,      // charged
  pending,       // will be decided later; a callback or a query tells
  needs_action,  // the payer must do something: next_action
  voided,        // a cancel was done
  refunded,      // a refund was done
};

// What the payer must do, and with what. The numbers are stored.
enum class NextActionKind : std::uint8_t {
  none = 0,
  redirect = 1,  // go to this address
  qr_code = 2,   // scan a code that says this
  sdk = 3,       // the gateway's own SDK, in an app or a page inside its wallet, takes this JSON or text
  // Send the money to an account: JSON,
  // {"ach_credit_transfer":{"account_number","bank_name","routing_number",
  // "swift_code"},"receiver":{"amount_received","amount_charged","amount_remaining"}}, amounts in minor
  // units.
  bank_transfer = 4,
};
struct NextAction {
  NextActionKind kind = NextActionKind::none;
  std::string data;
  [[nodiscard]] bool empty() const { return kind == NextActionKind::none; }
  friend bool operator==(const NextAction&, const NextAction&) = default;
};

namespace outcome {

// Not one byte went out.
struct NotSent {
  std::string why;
  // For a reason of ours (no free connection, its time to be sent had passed): says nothing about the
  // gateway.
  bool is_ours = false;
};
// Answered, and certainly not executed: bad request, bad key, rate limit.
struct Rejected {
  GatewayError error;
  enum class Cause : std::uint8_t { request, credentials, rate_limit } cause = Cause::request;
  Duration
      retry_after{};  // rate_limit: how long the gateway wants to be left alone, zero when it did not say
};
struct Declined {
  GatewayError error;
  DeclineReason reason = DeclineReason::unspecified;
  RetryClass retry = RetryClass::do_not_retry;
  std::string connector_payment_id;  // the gateway's id of what it declined, "" when it made none
  CardChecks checks;
};
struct Accepted {
  AcceptedAs as = AcceptedAs::pending;
  std::string connector_payment_id;  // the gateway's id of the payment (or, of a refund, its refund id)
  Money amount;                      // what the gateway says it holds, charged or refunded
  NextAction next_action;            // needs_action only; none: it is known already
  CardChecks checks;
  bool has_lapsed = false;  // voided: by the gateway itself, because nobody captured in time
};
// Money may have moved. `why` is for people; the resolver asks until the gateway answers.
struct Unknown {
  std::string why;
  std::string connector_payment_id;  // when the answer at least told it
  // The answer contradicts what was asked for (amount, currency, reference): nothing may be concluded
  // from it, and a person has to look.
  bool contradicts = false;
  // The answer was meant for somebody else's request: nothing was learnt, and what it came by is not trusted.
  bool not_ours = false;
};

}  // namespace outcome

using Outcome =
    std::variant<outcome::NotSent, outcome::Rejected, outcome::Declined, outcome::Accepted, outcome::Unknown>;

// Whether another gateway may be tried: only when this one certainly has not charged and never will, and when
// another could say otherwise.
[[nodiscard]] bool may_move_on(const Outcome& outcome);
// The weaker half of that: it certainly has not charged and never will.
[[nodiscard]] bool is_certain_no(const Outcome& outcome);
// Declines that no rule softens: asking again, anywhere, would be refused, and costs the merchant its
// standing with the card schemes.
[[nodiscard]] bool is_hard(DeclineReason reason);

// What a query (never a money call) says about an operation whose outcome is not known.
namespace finding {
// The gateway knows it, and this is its outcome. Never NotSent; Unknown = still cannot tell.
struct Found {
  Outcome outcome;
};
// The gateway does not know it. Final only when the connector's fence says so.
struct NotFound {};
}  // namespace finding
using Finding = std::variant<finding::Found, finding::NotFound>;

[[nodiscard]] std::string_view to_string(DeclineReason reason);
[[nodiscard]] std::string_view to_string(RetryClass retry);
[[nodiscard]] std::string_view to_string(AcceptedAs as);

}  // namespace payweir
