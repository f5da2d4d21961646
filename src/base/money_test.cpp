#include "base/money.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace payweir {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

Currency currency(std::string_view code) {
  return Currency::parse(code).value();
}
Money usd(std::int64_t minor) {
  return {minor, currency("USD")};
}

rc::Gen<Currency> any_currency() {
  return rc::gen::elementOf(Currency::all());
}

// ── Currency ──────────────────────────────────────────────────────────────────────────────────────

TEST(Currency, KnowsTheMinorUnitsOfIso4217) {
  const std::pair<const char*, int> rows[] = {{"JPY", 0}, {"KRW", 0}, {"ISK", 0}, {"UGX", 0},
                                              {"USD", 2}, {"CNY", 2}, {"HUF", 2}, {"TWD", 2},
                                              {"MGA", 2}, {"BHD", 3}, {"KWD", 3}, {"CLF", 4}};
  for (const auto& [code, exponent] : rows)
    EXPECT_EQ(currency(code).exponent(), exponent) << code;
}

TEST(Currency, EveryRowIsFoundByCodeAndByNumberAndOnlyOnce) {
  std::set<std::string_view> codes;
  std::set<int> numbers;
  for (const Currency row : Currency::all()) {
    EXPECT_EQ(Currency::parse(row.code()).value(), row) << row.code();
    EXPECT_EQ(Currency::from_numeric(row.numeric()).value(), row) << row.code();
    EXPECT_TRUE(codes.insert(row.code()).second) << row.code();
    EXPECT_TRUE(numbers.insert(row.numeric()).second) << row.code();
    EXPECT_EQ(row.code().size(), 3u);
    EXPECT_TRUE(row.numeric() > 0 && row.numeric() < 1000) << row.code();
  }
  EXPECT_GT(codes.size(), 140u);
}

TEST(Currency, RefusesWhatIsNoCodeOfAPayment) {
  for (const char* const code : {"", "US", "USDX", "usd", "Usd", "US ", "XXX", "ZZZ", "AAA", "840"})
    EXPECT_EQ(Currency::parse(code).error().code, Code::unknown_currency) << code;
  EXPECT_EQ(Currency::from_numeric(0).error().code, Code::unknown_currency);
  EXPECT_EQ(Currency::from_numeric(-840).error().code, Code::unknown_currency);
}

// ── Sums ──────────────────────────────────────────────────────────────────────────────────────────

TEST(Money, SumsAndDifferencesAreExact) {
  EXPECT_EQ(add(usd(1), usd(2)).value(), usd(3));
  EXPECT_EQ(subtract(usd(1), usd(2)).value(), usd(-1));
  EXPECT_TRUE(rc::check("what is added can be taken away again", [](std::int32_t a, std::int32_t b) {
    const Money sum = add(usd(a), usd(b)).value();
    RC_ASSERT(sum.minor == std::int64_t{a} + b);
    RC_ASSERT(subtract(sum, usd(b)).value() == usd(a));
  }));
}

TEST(Money, TwoCurrenciesMakeNoSum) {
  const Money yen{1, currency("JPY")};
  EXPECT_EQ(add(usd(1), yen).error().code, Code::currency_mismatch);
  EXPECT_EQ(subtract(usd(1), yen).error().code, Code::currency_mismatch);
}

// E01: no sum of money wraps around.
TEST(Faults, E01_OverflowOfASumIsAnError) {
  EXPECT_EQ(add(usd(kMax), usd(1)).error().code, Code::overflow);
  EXPECT_EQ(add(usd(kMin), usd(-1)).error().code, Code::overflow);
  EXPECT_EQ(subtract(usd(kMin), usd(1)).error().code, Code::overflow);
  EXPECT_EQ(subtract(usd(0), usd(kMin)).error().code, Code::overflow);
  EXPECT_EQ(add(usd(kMax), usd(0)).value(), usd(kMax));
  EXPECT_TRUE(rc::check("a sum is exact or an error", [](std::int64_t a, std::int64_t b) {
    const auto wide_sum = static_cast<__int128>(a) + b;
    const auto sum = add_minor(a, b);
    RC_ASSERT(sum.has_value() == (wide_sum >= kMin && wide_sum <= kMax));
    if (sum) RC_ASSERT(*sum == wide_sum);
    const auto wide_difference = static_cast<__int128>(a) - b;
    const auto difference = subtract_minor(a, b);
    RC_ASSERT(difference.has_value() == (wide_difference >= kMin && wide_difference <= kMax));
    if (difference) RC_ASSERT(*difference == wide_difference);
  }));
}

// ── Decimals ──────────────────────────────────────────────────────────────────────────────────────

TEST(Money, FormatsWithTheDecimalsOfItsCurrency) {
  EXPECT_EQ(format_major(usd(0)), "0.00");
  EXPECT_EQ(format_major(usd(5)), "0.05");
  EXPECT_EQ(format_major(usd(-5)), "-0.05");
  EXPECT_EQ(format_major(usd(123456)), "1234.56");
  EXPECT_EQ(format_major({500, currency("JPY")}), "500");
  EXPECT_EQ(format_major({1, currency("KWD")}), "0.001");
  EXPECT_EQ(format_major({1, currency("CLF")}), "0.0001");
  EXPECT_EQ(format_major(usd(kMin)), "-92233720368547758.08");
}

TEST(Money, ReadsDecimalsExactly) {
  EXPECT_EQ(parse_major("12.34", currency("USD")).value(), usd(1234));
  EXPECT_EQ(parse_major("12.3", currency("USD")).value(), usd(1230));
  EXPECT_EQ(parse_major("12", currency("USD")).value(), usd(1200));
  EXPECT_EQ(parse_major("0", currency("JPY")).value().minor, 0);
  EXPECT_EQ(parse_major("92233720368547758.07", currency("USD")).value(), usd(kMax));
}

TEST(Money, EveryCurrencyMakesTheRoundTripThroughItsDecimals) {
  EXPECT_TRUE(rc::check("format then parse is the identity", [] {
    const Money money{*rc::gen::inRange<std::int64_t>(0, kMax), *any_currency()};
    RC_ASSERT(parse_major(format_major(money), money.currency).value() == money);
  }));
}

// E02, in decimals: one grammar, and nothing that other readers would round, sign or stretch.
TEST(Faults, E02_DecimalsOfAnotherGrammarAreRefused) {
  for (const char* const text : {"",       ".",
                                 "1.",     ".5",
                                 "-1",     "+1",
                                 "1e3",    "1E3",
                                 "1,00",   " 1",
                                 "1 ",     "0x10",
                                 "NaN",    "Infinity",
                                 "1.2.3",  "1.234",
                                 "12.34.", "92233720368547758.08",
                                 "１",     "99999999999999999999999999"})
    EXPECT_EQ(parse_major(text, currency("USD")).error().code, Code::invalid_value) << text;
  EXPECT_FALSE(parse_major("1.0", currency("JPY")));
  EXPECT_FALSE(parse_major("1.0000", currency("KWD")));
}

// ── Shares ────────────────────────────────────────────────────────────────────────────────────────

TEST(Money, AllocatesByLargestRemainder) {
  const std::array<std::int64_t, 3> thirds = {1, 1, 1};
  EXPECT_EQ(allocate(usd(100), thirds).value(), (std::vector{usd(34), usd(33), usd(33)}));
  const std::array<std::int64_t, 3> uneven = {50, 30, 20};
  EXPECT_EQ(allocate(usd(99), uneven).value(), (std::vector{usd(49), usd(30), usd(20)}));
  const std::array<std::int64_t, 2> nothing_for_one = {0, 7};
  EXPECT_EQ(allocate(usd(5), nothing_for_one).value(), (std::vector{usd(0), usd(5)}));
}

// E07: whatever the weights, the parts sum to the whole, and none is off by a whole unit.
TEST(Faults, E07_SharesSumToTheWhole) {
  EXPECT_TRUE(rc::check("the parts sum to the whole", [] {
    const auto weights =
        *rc::gen::suchThat(rc::gen::container<std::vector<std::int64_t>>(
                               rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 53)),
                           [](const auto& list) {
                             return std::ranges::any_of(list, [](std::int64_t weight) { return weight > 0; });
                           });
    const Money whole = usd(*rc::gen::inRange<std::int64_t>(0, kMax));
    const auto parts = allocate(whole, weights).value();
    RC_ASSERT(parts.size() == weights.size());
    __int128 total_weight = 0, total = 0;
    for (const std::int64_t weight : weights)
      total_weight += weight;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      total += parts[i].minor;
      const auto floor = static_cast<__int128>(whole.minor) * weights[i] / total_weight;
      RC_ASSERT(parts[i].minor >= floor && parts[i].minor <= floor + 1);
      RC_ASSERT(parts[i].currency == whole.currency);
    }
    RC_ASSERT(total == whole.minor);
  }));
}

}  // namespace
}  // namespace payweir
