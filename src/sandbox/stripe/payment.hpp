#pragma once
// What happens to an intent once it is confirmed: the challenge, the issuer's word, the money. The
// handlers of the API, the challenge page and the passing of time all come through here.
#include "sandbox/stripe/call.hpp"
#include "sandbox/stripe/payment_method.hpp"

namespace payweir::sandbox::stripe {

// An authorisation lasts this long: https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
inline constexpr Duration kAuthorizationLasts = days(7);
// When a refund that is pending, or will fail, settles.
inline constexpr Duration kRefundSettlesAfter = seconds(5);
// How long money from a bank account is on its way once the payer agreed.
inline constexpr Duration kTransferTakes = seconds(5);

// Changes to the books that were caused by a call, by a page or by time.
struct Actor {
  State& state;
  WebhookDesk::Cause cause;
  Instant now;
  Draws& draws;
  bool charge_twice = false;

  void emit(std::string_view type, const Recipe& object) const;
  void emit_intent(const Intent& intent, std::string_view type) const;
};
[[nodiscard]] Actor actor_of(Call& call);

// The intent takes this method for its next attempt.
void adopt(Intent& intent, const GivenMethod& given);

struct Presence {
  bool off_session = false;               // the payer is not there to be asked
  bool method_was_set_up = false;         // and agreed to that earlier
  bool error_on_requires_action = false;  // decline rather than ask
};
// Requires: the intent has a method and was opened for change. Ends in requires_action, requires_capture,
// succeeded, or requires_payment_method with last_error.
void confirm(const Actor& actor, Intent& intent, const Presence& presence);

enum class ChallengeResult : std::uint8_t { approved, declined, lapsed };
// Requires: status requires_action.
void complete_challenge(const Actor& actor, Intent& intent, ChallengeResult result);

// Requires: capturable() >= amount > 0.
void capture(const Actor& actor, Intent& intent, std::int64_t amount);
// Requires: a status that can be canceled.
void cancel(const Actor& actor, Intent& intent, std::string_view reason);

// Requires: amount within what is left of the charge. Gives the refund's ordinal.
std::size_t refund(const Actor& actor, Intent& intent, std::uint16_t charge, std::int64_t amount,
                   std::string_view reason, PackedPairs metadata);

// One thing that came due; it may have become moot.
void expire_authorization(const Actor& actor, Intent& intent, std::uint16_t charge);
void settle_payment(const Actor& actor, Intent& intent);
void settle_refund(const Actor& actor, Intent& intent, std::uint16_t refund);

}  // namespace payweir::sandbox::stripe
