#include "connectors/stripe/amounts.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>
#include <set>
#include <string>

namespace payweir::stripe {
namespace {

Money money(std::int64_t minor, std::string_view code) {
  return {minor, Currency::parse(code).value()};
}

TEST(StripeAmounts, MatchesStripesOwnExamples) {
  EXPECT_EQ(to_stripe_amount(money(1099, "USD")).value(), 1099);
  EXPECT_EQ(to_stripe_amount(money(500, "JPY")).value(), 500);
  EXPECT_EQ(to_stripe_amount(money(5, "ISK")).value(), 500);  // "to charge 5 ISK, provide 500"
  EXPECT_EQ(to_stripe_amount(money(5, "UGX")).value(), 500);  // the same
  EXPECT_EQ(to_stripe_amount(money(5120, "KWD")).value(), 5120);
  EXPECT_EQ(to_stripe_amount(money(300, "MGA")).value(), 3);  // two decimals by ISO, none at Stripe
  EXPECT_EQ(to_stripe_amount(money(1000, "HUF")).value(), 1000);
  EXPECT_EQ(to_stripe_amount(money(1000, "TWD")).value(), 1000);
}

TEST(StripeAmounts, RefusesWhatStripesUnitCannotHold) {
  for (const char* const code : {"BHD", "JOD", "KWD", "OMR", "TND"}) {
    EXPECT_TRUE(to_stripe_amount(money(5120, code))) << code;
    for (std::int64_t digit = 1; digit < 10; ++digit)
      EXPECT_EQ(to_stripe_amount(money(5120 + digit, code)).error().code, Code::invalid_value)
          << code << digit;
  }
  EXPECT_EQ(to_stripe_amount(money(301, "MGA")).error().code, Code::invalid_value);
  EXPECT_EQ(to_stripe_amount(money(std::numeric_limits<std::int64_t>::max(), "ISK")).error().code,
            Code::overflow);
  for (const char* const code : {"IQD", "LYD", "CLF"})
    EXPECT_EQ(to_stripe_amount(money(1000, code)).error().code, Code::unknown_currency) << code;
}

TEST(StripeAmounts, ReadsAnswersStrictly) {
  EXPECT_EQ(from_stripe_amount(500, "isk").value(), money(5, "ISK"));
  EXPECT_EQ(from_stripe_amount(3, "mga").value(), money(300, "MGA"));
  EXPECT_EQ(from_stripe_amount(550, "isk").error().code, Code::invalid_value);
  EXPECT_EQ(from_stripe_amount(1, "").error().code, Code::unknown_currency);
  EXPECT_EQ(from_stripe_amount(500, "ISK").value(), money(5, "ISK"));
  for (const char* const code :
       {"zzz", "us{", "us", "usdd", "iqd"})  // the last is a currency, not one of Stripe's
    EXPECT_EQ(from_stripe_amount(1, code).error().code, Code::unknown_currency) << code;
  EXPECT_EQ(from_stripe_amount(std::numeric_limits<std::int64_t>::max(), "mga").error().code, Code::overflow);
}

// E03: every currency of ISO 4217 either makes the round trip exactly or is refused before anything is
// sent; nothing is rounded.
TEST(Faults, E03_EveryCurrencyMakesTheRoundTripThroughStripesUnitsOrIsRefused) {
  std::set<std::string> refused;
  for (const Currency currency : Currency::all()) {
    bool taken = false;
    for (std::int64_t minor = 0; minor <= 2000; ++minor) {
      const auto amount = to_stripe_amount({minor, currency});
      if (!amount) continue;
      taken = taken || minor > 0;
      EXPECT_EQ(from_stripe_amount(*amount, currency_text(currency)).value(), (Money{minor, currency}));
    }
    EXPECT_TRUE(to_stripe_amount({1000, currency}).has_value() == taken) << currency.code();
    if (!taken) refused.insert(std::string(currency.code()));
  }
  EXPECT_EQ(refused, (std::set<std::string>{"CLF", "IQD", "LYD"}));
}

TEST(StripeAmounts, AmountsOfEverySizeMakeTheRoundTrip) {
  const auto currencies = Currency::all();
  EXPECT_TRUE(rc::check("to then from is the identity", [&] {
    const Money whole{*rc::gen::inRange<std::int64_t>(0, kAmountMax), *rc::gen::elementOf(currencies)};
    const auto amount = to_stripe_amount(whole);
    if (amount) RC_ASSERT(from_stripe_amount(*amount, currency_text(whole.currency)).value() == whole);
  }));
}

}  // namespace
}  // namespace payweir::stripe
