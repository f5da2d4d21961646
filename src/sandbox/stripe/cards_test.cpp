#include "sandbox/stripe/cards.hpp"

#include <gtest/gtest.h>

namespace payweir::sandbox::stripe {
namespace {

TEST(Cards, KnowTheBrandOfANumber) {
  const std::pair<const char*, Brand> table[] = {
      {"4242424242424242", Brand::visa},       {"5555555555554444", Brand::mastercard},
      {"2223003122003222", Brand::mastercard}, {"378282246310005", Brand::amex},
      {"6011111111111117", Brand::discover},   {"38000000000006", Brand::diners},
      {"3566002020360505", Brand::jcb},        {"6200000000000005", Brand::unionpay},
      {"9000000000000001", Brand::unknown},
  };
  for (const auto& [number, brand] : table)
    EXPECT_EQ(brand_of(number), brand) << number;
}

TEST(Cards, CheckTheLastDigit) {
  EXPECT_TRUE(passes_luhn("4242424242424242"));
  EXPECT_TRUE(passes_luhn("38000000000006"));
  EXPECT_TRUE(passes_luhn("378282246310005"));
  EXPECT_FALSE(passes_luhn("4242424242424241"));
  EXPECT_FALSE(passes_luhn("123456"));
}

TEST(Cards, EveryTestMethodLeadsToANumberThatIsKnown) {
  for (const char* name : {"pm_card_visa", "pm_card_amex", "pm_card_chargeDeclined", "pm_card_refundFail",
                           "pm_card_threeDSecure2Required", "pm_card_pendingRefund"}) {
    const std::string_view number = number_of_test_method(name);
    EXPECT_TRUE(passes_luhn(number)) << name;
    EXPECT_NE(behaviour(behaviour_of(number)).decline, Decline::test_mode_live_card) << name;
  }
  EXPECT_EQ(number_of_test_method("pm_card_nothing"), "");
}

TEST(Cards, ANumberThatNobodyListedIsALiveCard) {
  EXPECT_EQ(behaviour(behaviour_of("4532015112830366")).decline, Decline::test_mode_live_card);
  EXPECT_EQ(behaviour(behaviour_of("")).decline, Decline::test_mode_live_card);
}

}  // namespace
}  // namespace payweir::sandbox::stripe
