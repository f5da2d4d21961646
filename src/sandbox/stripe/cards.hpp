#pragma once
// What the modelled network knows of cards: Stripe's test numbers and how each behaves. A number is
// looked at once, when it arrives; nothing here keeps it.
#include <cstdint>
#include <optional>
#include <string_view>

namespace payweir::sandbox::stripe {

enum class Brand : std::uint8_t { visa, mastercard, amex, discover, diners, jcb, unionpay, unknown };

// Why the issuer says no. `none` is a yes.
enum class Decline : std::uint8_t {
  none,
  generic_decline,
  insufficient_funds,
  lost_card,
  stolen_card,
  expired_card,
  incorrect_cvc,
  processing_error,
  fraudulent,
  authentication_required,
  authentication_failed,
  test_mode_live_card,
  attempt_expired,  // the payer did nothing for too long
  // What banks say of debits.
  account_without_funds,
  account_closed,
  no_account,
  debit_not_authorized,
};

enum class Challenge : std::uint8_t {
  none,
  always,          // asks the payer every time
  first_use_only,  // asks unless the payer is absent (off_session) and the card was set up before
  after_decline,   // the issuer declines until the merchant asks for 3-D Secure by itself
};

enum class RefundFate : std::uint8_t { succeeds, pending_then_succeeds, succeeds_then_fails };

enum class Check : std::uint8_t { unavailable, pass, fail };

struct CardBehaviour {
  Decline decline = Decline::none;
  Challenge challenge = Challenge::none;
  RefundFate refund_fate = RefundFate::succeeds;
  bool fails_line1_check = false;
  bool fails_postal_code_check = false;
  bool fails_cvc_check = false;
};

// Index into the table of behaviours: what is kept of a card besides brand, last four and expiry.
using BehaviourIndex = std::uint8_t;

[[nodiscard]] const CardBehaviour& behaviour(BehaviourIndex index);
// Digits only. A number that Stripe does not list is a live card, which test mode refuses.
[[nodiscard]] BehaviourIndex behaviour_of(std::string_view number);
// Of a bank account, by its number or IBAN: an ordinary one, unless Stripe lists it as a test account.
[[nodiscard]] BehaviourIndex behaviour_of_account(std::string_view number);
[[nodiscard]] Brand brand_of(std::string_view number);
[[nodiscard]] bool passes_luhn(std::string_view number);
// The number behind a ready-made payment method ("pm_card_visa"), "" for an unknown one.
[[nodiscard]] std::string_view number_of_test_method(std::string_view payment_method);

[[nodiscard]] std::string_view to_string(Brand brand);
[[nodiscard]] std::string_view to_string(Check check);  // "" when unavailable

// How Stripe words a decline: https://docs.stripe.com/declines/codes, read 2026-11-22.
struct DeclineWords {
  std::string_view code;
  std::string_view decline_code;  // "" when Stripe gives none
  std::string_view message;
  std::string_view param;
};
[[nodiscard]] const DeclineWords& words(Decline decline);

}  // namespace payweir::sandbox::stripe
