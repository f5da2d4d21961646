#include "domain/statement.hpp"

#include <gtest/gtest.h>

#include <set>

namespace payweir {
namespace {

StatementLine test_line() {
  StatementLine line;
  line.kind = StatementKind::refund;
  line.connector_payment_id = "2026";
  line.connector_refund_id = "5030";
  line.refund_reference = "R1";
  line.gross = {-100, Currency::parse("CNY").value()};
  return line;
}

TEST(StatementLineKey, IsThatOfTheMovementOfMoney) {
  const StatementLine line = test_line();
  StatementLine again = test_line();
  again.row = 17;
  again.subject = "tea";
  again.status = "SUCCESS";
  again.booked_at = Instant{1};
  EXPECT_EQ(line_key(again), line_key(line));
}

TEST(StatementLineKey, DiffersWithEachPartOfIt) {
  std::set<std::string> keys = {line_key(test_line())};
  StatementLine line = test_line();
  line.kind = StatementKind::payment;
  keys.insert(line_key(line));
  line = test_line();
  line.connector_payment_id = "2027";
  keys.insert(line_key(line));
  line = test_line();
  line.connector_refund_id.clear();
  keys.insert(line_key(line));
  line = test_line();
  line.refund_reference = "R2";
  keys.insert(line_key(line));
  line = test_line();
  line.gross.minor = -101;
  keys.insert(line_key(line));
  line = test_line();
  line.gross.currency = Currency::parse("USD").value();
  keys.insert(line_key(line));
  EXPECT_EQ(keys.size(), 7u);
}

TEST(StatementLineKey, CannotBeMadeByAnIdThatLooksLikeTwo) {
  StatementLine one = test_line(), other = test_line();
  one.connector_payment_id = "1:1:2";
  one.connector_refund_id = "3";
  other.connector_payment_id = "1";
  other.connector_refund_id = "2:1:3";
  EXPECT_NE(line_key(one), line_key(other));
}

TEST(StatementKind, HasAName) {
  std::set<std::string_view> names;
  for (const auto kind : {StatementKind::payment, StatementKind::refund, StatementKind::fee,
                          StatementKind::payout, StatementKind::adjustment, StatementKind::other})
    names.insert(statement_kind_name(kind));
  EXPECT_EQ(names.size(), 6u);
}

}  // namespace
}  // namespace payweir
