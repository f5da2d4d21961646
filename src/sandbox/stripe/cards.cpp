#include "sandbox/stripe/cards.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/check.hpp"

namespace payweir::sandbox::stripe {
namespace {

struct TestCard {
  std::string_view number;
  CardBehaviour behaviour;
};

// https://docs.stripe.com/testing, read 2026-11-22, and the numbers of the Hyperswitch collection. The
// first two rows are not numbers: an ordinary card, and one that test mode does not know.
constexpr std::array kCards = std::to_array<TestCard>({
    {"", {}},
    {"", {.decline = Decline::test_mode_live_card}},
    {"4000000000000002", {.decline = Decline::generic_decline}},
    {"4000000000009995", {.decline = Decline::insufficient_funds}},
    {"4000000000009987", {.decline = Decline::lost_card}},
    {"4000000000009979", {.decline = Decline::stolen_card}},
    {"4000000000000069", {.decline = Decline::expired_card}},
    {"4000000000000127", {.decline = Decline::incorrect_cvc}},
    {"4000000000000119", {.decline = Decline::processing_error}},
    {"4100000000000019", {.decline = Decline::fraudulent}},
    {"4000000000000101", {.fails_cvc_check = true}},
    {"4000000000000036", {.fails_postal_code_check = true}},
    {"4000000000000028", {.fails_line1_check = true}},
    {"4000000000000010", {.fails_line1_check = true, .fails_postal_code_check = true}},
    {"4000000000003063", {.challenge = Challenge::always}},
    {"4000000000003220", {.challenge = Challenge::always}},
    {"4000002760003184", {.challenge = Challenge::always}},
    {"4000003800000446", {.challenge = Challenge::first_use_only}},
    {"4000002500003155", {.challenge = Challenge::first_use_only}},
    {"4000000000003113", {.challenge = Challenge::after_decline}},  // the sandbox's own
    {"4000008400001629", {.decline = Decline::generic_decline, .challenge = Challenge::always}},
    {"4000008260003178", {.decline = Decline::insufficient_funds, .challenge = Challenge::always}},
    {"4000000000007726", {.refund_fate = RefundFate::pending_then_succeeds}},
    {"4000000000005126", {.refund_fate = RefundFate::succeeds_then_fails}},
    // https://docs.stripe.com/payments/ach-direct-debit/accept-a-payment#test-account-numbers and
    // https://docs.stripe.com/payments/sepa-debit/accept-a-payment, read 2026-11-23.
    {"000222222227", {.decline = Decline::account_without_funds}},
    {"000111111113", {.decline = Decline::account_closed}},
    {"000111111116", {.decline = Decline::no_account}},
    {"000333333335", {.decline = Decline::debit_not_authorized}},
    {"DE62370400440532013001", {.decline = Decline::debit_not_authorized}},
});
constexpr BehaviourIndex kOrdinary = 0, kNotATestCard = 1;
constexpr std::size_t kAccountCount = 5;  // the last of them

constexpr std::array kOrdinaryNumbers = std::to_array<std::string_view>({
    "4242424242424242", "4000056655665556", "4111111111111111", "5555555555554444", "2223003122003222",
    "5200828282828210", "5105105105105100", "378282246310005",  "371449635398431",  "6011111111111117",
    "6011000990139424", "3056930009020004", "36227206271667",   "38000000000006",   "30569309025904",
    "3566002020360505", "6200000000000005", "6200000000000047", "4000000000003055",
});

constexpr std::array kTestMethods = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"pm_card_visa", "4242424242424242"},
    {"pm_card_mastercard", "5555555555554444"},
    {"pm_card_amex", "378282246310005"},
    {"pm_card_discover", "6011111111111117"},
    {"pm_card_chargeDeclined", "4000000000000002"},
    {"pm_card_visa_chargeDeclined", "4000000000000002"},
    {"pm_card_visa_chargeDeclinedInsufficientFunds", "4000000000009995"},
    {"pm_card_visa_chargeDeclinedLostCard", "4000000000009987"},
    {"pm_card_visa_chargeDeclinedStolenCard", "4000000000009979"},
    {"pm_card_chargeDeclinedExpiredCard", "4000000000000069"},
    {"pm_card_chargeDeclinedIncorrectCvc", "4000000000000127"},
    {"pm_card_chargeDeclinedProcessingError", "4000000000000119"},
    {"pm_card_threeDSecure2Required", "4000000000003220"},
    {"pm_card_authenticationRequired", "4000002760003184"},
    {"pm_card_pendingRefund", "4000000000007726"},
    {"pm_card_refundFail", "4000000000005126"},
});

constexpr std::string_view kDeclined = "Your card was declined.";

// Indexed by Decline.
constexpr std::array kWords = std::to_array<DeclineWords>({
    {},
    {"card_declined", "generic_decline", kDeclined, ""},
    {"card_declined", "insufficient_funds", "Your card has insufficient funds.", ""},
    {"card_declined", "lost_card", kDeclined, ""},
    {"card_declined", "stolen_card", kDeclined, ""},
    {"expired_card", "expired_card", "Your card has expired.", "exp_month"},
    {"incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.", "cvc"},
    {"processing_error", "processing_error",
     "An error occurred while processing your card. Try again in a little bit.", ""},
    {"card_declined", "fraudulent", kDeclined, ""},
    {"authentication_required", "authentication_required",
     "Your card was declined. This transaction requires authentication.", ""},
    {"payment_intent_authentication_failure", "",
     "We are unable to authenticate your payment method. Please choose a different payment method and try "
     "again.",
     ""},
    {"card_declined", "test_mode_live_card",
     "Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of "
     "valid "
     "test cards, visit: https://stripe.com/docs/testing.",
     ""},
    {"payment_intent_payment_attempt_expired", "", "The latest attempt to pay has expired.", ""},
    {"insufficient_funds", "", "The customer's account has insufficient funds to cover this payment.", ""},
    {"account_closed", "", "The customer's bank account has been closed.", ""},
    {"no_account", "", "The customer's bank account could not be located.", ""},
    {"debit_not_authorized", "", "The customer has notified their bank that this payment was unauthorized.",
     ""},
});

bool starts_in(std::string_view number, std::size_t digits, int from, int to) {
  if (number.size() < digits) return false;
  int value = 0;
  for (const char c : number.substr(0, digits))
    value = value * 10 + (c - '0');
  return value >= from && value <= to;
}

}  // namespace

const CardBehaviour& behaviour(BehaviourIndex index) {
  check(index < kCards.size(), "a card behaviour that does not exist");
  return kCards[index].behaviour;
}

BehaviourIndex behaviour_of(std::string_view number) {
  if (std::ranges::find(kOrdinaryNumbers, number) != kOrdinaryNumbers.end()) return kOrdinary;
  const auto at = std::ranges::find(kCards, number, &TestCard::number);
  if (number.empty() || at == kCards.end()) return kNotATestCard;
  return static_cast<BehaviourIndex>(at - kCards.begin());
}

BehaviourIndex behaviour_of_account(std::string_view number) {
  const auto accounts = std::span(kCards).last(kAccountCount);
  const auto at = std::ranges::find(accounts, number, &TestCard::number);
  if (number.empty() || at == accounts.end()) return kOrdinary;
  return static_cast<BehaviourIndex>(kCards.size() - kAccountCount +
                                     static_cast<std::size_t>(at - accounts.begin()));
}

Brand brand_of(std::string_view number) {
  if (starts_in(number, 1, 4, 4)) return Brand::visa;
  if (starts_in(number, 2, 51, 55) || starts_in(number, 4, 2221, 2720)) return Brand::mastercard;
  if (starts_in(number, 2, 34, 34) || starts_in(number, 2, 37, 37)) return Brand::amex;
  if (starts_in(number, 4, 6011, 6011) || starts_in(number, 2, 64, 65)) return Brand::discover;
  if (starts_in(number, 3, 300, 305) || starts_in(number, 2, 36, 36) || starts_in(number, 2, 38, 39))
    return Brand::diners;
  if (starts_in(number, 4, 3528, 3589)) return Brand::jcb;
  if (starts_in(number, 2, 62, 62)) return Brand::unionpay;
  return Brand::unknown;
}

bool passes_luhn(std::string_view number) {
  int sum = 0;
  bool doubled = false;
  for (std::size_t i = number.size(); i-- > 0; doubled = !doubled) {
    int digit = number[i] - '0';
    if (doubled) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

std::string_view number_of_test_method(std::string_view payment_method) {
  const auto at = std::ranges::find(kTestMethods, payment_method, [](const auto& row) { return row.first; });
  return at == kTestMethods.end() ? std::string_view{} : at->second;
}

std::string_view to_string(Brand brand) {
  switch (brand) {
    case Brand::visa: return "visa";
    case Brand::mastercard: return "mastercard";
    case Brand::amex: return "amex";
    case Brand::discover: return "discover";
    case Brand::diners: return "diners";
    case Brand::jcb: return "jcb";
    case Brand::unionpay: return "unionpay";
    case Brand::unknown: return "unknown";
  }
  return "unknown";
}

std::string_view to_string(Check check) {
  switch (check) {
    case Check::unavailable: return "";
    case Check::pass: return "pass";
    case Check::fail: return "fail";
  }
  return "";
}

const DeclineWords& words(Decline decline) {
  return kWords[static_cast<std::size_t>(decline)];
}

}  // namespace payweir::sandbox::stripe
