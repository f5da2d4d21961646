#include "connectors/wire/decimal_amount.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

namespace payweir::wire {
namespace {

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

TEST(DecimalAmount, ReadsYuanToTheFen) {
  EXPECT_EQ(fen_from_yuan("12.34"), 1234);
  EXPECT_EQ(fen_from_yuan("0.01"), 1);
  EXPECT_EQ(fen_from_yuan("7"), 700);
  EXPECT_EQ(fen_from_yuan("7.5"), 750);
  EXPECT_EQ(fen_from_yuan("0.10000"), 10) << "zeros behind the fen say nothing";
  EXPECT_EQ(fen_from_yuan("99999999.99"), 9'999'999'999);
  EXPECT_EQ(fen_from_yuan("92233720368547758.07"), kMax);
  EXPECT_EQ(fen_from_yuan("-92233720368547758.08", Sign::allowed), kMin);
  EXPECT_EQ(fen_from_yuan("-0.05", Sign::allowed), -5);
  EXPECT_EQ(fen_from_yuan("-0.00", Sign::allowed), 0) << "what Alipay writes for no refunds";
  EXPECT_EQ(parse_decimal("13.79808", 5, Sign::refused), 1'379'808);
  EXPECT_EQ(parse_decimal("4", 0, Sign::refused), 4);
}

TEST(DecimalAmount, RefusesWhatIsNotOne) {
  for (const char* text : {"",         " ",   "-",   ".",     "5.",  ".5", "-5", "+5",  " 5",   "5 ",   "5\t",
                           "1,234.56", "1e3", "0x1", "1.2.3", "--1", "1-", "５", "NaN", "5.0a", "1.2-3"})
    EXPECT_EQ(fen_from_yuan(text).error().code, Code::invalid_value) << text;
  for (const char* text : {"0.001", "0.0000001", "12.345"})
    EXPECT_EQ(fen_from_yuan(text).error().code, Code::invalid_value) << text << " has a part of a fen";
  for (const char* text : {"92233720368547758.08", "922337203685477580", "99999999999999999999999999"})
    EXPECT_EQ(fen_from_yuan(text).error().code, Code::overflow) << text;
  for (const char* text : {"-92233720368547758.09", "--1", "-", "- 1", "-.5"})
    EXPECT_FALSE(fen_from_yuan(text, Sign::allowed)) << text;
}

TEST(DecimalAmount, WritesFen) {
  EXPECT_EQ(yuan_from_fen(0), "0.00");
  EXPECT_EQ(yuan_from_fen(5), "0.05");
  EXPECT_EQ(yuan_from_fen(-5), "-0.05");
  EXPECT_EQ(yuan_from_fen(1234), "12.34");
  EXPECT_EQ(yuan_from_fen(kMax), "92233720368547758.07");
  EXPECT_EQ(yuan_from_fen(kMin), "-92233720368547758.08");
}

TEST(DecimalAmount, ReadsWhatItWrites) {
  EXPECT_TRUE(rc::check("fen to yuan and back is the identity", [](std::int64_t fen) {
    RC_ASSERT(fen_from_yuan(yuan_from_fen(fen), Sign::allowed).value() == fen);
  }));
}

TEST(DecimalAmount, RoundsPartsOfAFenHalfAwayFromZero) {
  EXPECT_EQ(fen_from_hundred_thousandths(359'304), 359);
  EXPECT_EQ(fen_from_hundred_thousandths(359'500), 360);
  EXPECT_EQ(fen_from_hundred_thousandths(359'499), 359);
  EXPECT_EQ(fen_from_hundred_thousandths(-359'500), -360);
  EXPECT_EQ(fen_from_hundred_thousandths(-359'499), -359);
  EXPECT_EQ(fen_from_hundred_thousandths(0), 0);
}

}  // namespace
}  // namespace payweir::wire
