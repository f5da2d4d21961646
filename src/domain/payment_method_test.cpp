#include "domain/payment_method.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace payweir {
namespace {

TEST(PaymentMethod, EachHasAWordThatIsReadBack) {
  std::set<std::string_view> words;
  for (int number = 1; number <= static_cast<int>(kPaymentMethodLast); ++number) {
    const auto method = static_cast<PaymentMethod>(number);
    const std::string_view word = to_string(method);
    EXPECT_FALSE(word.empty()) << number;
    EXPECT_TRUE(words.insert(word).second) << word;
    EXPECT_FALSE(family_of(method).empty()) << word;
    const bool is_local = method != PaymentMethod::card && !is_wallet(method);
    EXPECT_EQ(parse_wallet(word).has_value(), is_wallet(method)) << word;
    EXPECT_EQ(parse_local_method(word).has_value(), is_local) << word;
    if (is_local) EXPECT_EQ(*parse_local_method(word), method);
    if (is_wallet(method)) EXPECT_EQ(*parse_wallet(word), method);
    EXPECT_EQ(is_wallet(method), family_of(method) == "wallet") << word;
    EXPECT_EQ(is_bank_debit(method), family_of(method) == "bank_debit") << word;
  }
  EXPECT_FALSE(parse_local_method(""));
  EXPECT_FALSE(parse_local_method("card"));
}

TEST(PaymentMethod, ANumberOfANewerVersionHasNoName) {
  EXPECT_EQ(to_string(static_cast<PaymentMethod>(200)), "");
  EXPECT_EQ(family_of(static_cast<PaymentMethod>(200)), "");
}

TEST(PaymentMethod, WhatABankTakesDaysForHasDays) {
  EXPECT_EQ(time_to_pay(PaymentMethod::card), Duration{});
  EXPECT_EQ(time_to_pay(PaymentMethod::ideal), Duration{});
  for (const PaymentMethod method : {PaymentMethod::ach_bank_transfer, PaymentMethod::ach_bank_debit})
    EXPECT_GE(time_to_pay(method), days(12)) << to_string(method);  // small deposits, then ten days to look
}

}  // namespace
}  // namespace payweir
