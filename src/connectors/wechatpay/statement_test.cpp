#include "connectors/wechatpay/statement.hpp"

#include <gtest/gtest.h>

#include <cstdio>

#include "base/vectors_testkit.hpp"
#include "connectors/statement_testkit.hpp"
#include "connectors/wire/decimal_amount.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace payweir::wechatpay {
namespace {

using json::Value;
using testkit::gzip_of;
using testkit::ReadStatement;

std::unique_ptr<StatementReader> reader(StatementSink sink) {
  return make_statement_reader(std::move(sink));
}

ReadStatement read(std::string_view bytes, std::size_t piece_size = std::size_t{64} * 1024) {
  return testkit::read_statement(reader, bytes, piece_size);
}

// The columns that count, and one that does not; in another order than WeChat Pay's, which must not matter.
const std::string kHead =
    "\xEF\xBB\xBF商户号,交易时间,微信订单号,商户订单号,交易状态,货币种类,应结订单金额,微信退款单号,"
    "商户退款单号,"
    "退款金额,退款状态,商品名称,手续费,订单金额,申请退款金额\r\n";
const std::string kPayment =
    "`12,`2026-01-15 11:00:00,`42001,`O1,`SUCCESS,`CNY,`9.00,`0,`0,`0.00,`,`咖啡,`0.05400,`10.00,`0.00\r\n";
const std::string kRefund =
    "`12,`2026-01-15 "
    "12:00:00,`42001,`O1,`REFUND,`CNY,`0.00,`5030,`R1,`2.25,`SUCCESS,`咖啡,`-0.01350,`0.00,`2.50\r\n";
const std::string kRevoked =
    "`12,`2026-01-15 13:00:00,`42002,`O2,`REVOKED,`CNY,`1.00,`0,`0,`0.00,`,`咖啡,`0.00600,`1.00,`0.00\r\n";
const std::string kSumHead =
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n";
const std::string kSums = kSumHead + "`3,`10.00,`2.25,`0.00,`0.04650,`11.00,`2.50\r\n";
const std::string kStatement = kHead + kPayment + kRefund + kRevoked + kSums;

std::string error_of(std::string_view table) {
  const auto statement = read(gzip_of(table));
  return statement.summary ? "no error" : statement.summary.error().detail;
}

TEST(WeChatPayStatement, ReadsPaymentsRefundsAndTheRest) {
  const auto statement = read(gzip_of(kStatement));
  ASSERT_TRUE(statement.summary) << statement.summary.error().detail;
  ASSERT_EQ(statement.lines.size(), 3u);
  const StatementLine& payment = statement.lines[0];
  EXPECT_EQ(payment.kind, StatementKind::payment);
  EXPECT_EQ(payment.connector_payment_id, "42001");
  EXPECT_EQ(payment.payment_reference, "O1");
  EXPECT_EQ(payment.connector_refund_id, "");
  EXPECT_EQ(payment.refund_reference, "");
  EXPECT_EQ(format_iso8601(payment.booked_at), "2026-01-15T03:00:00.000Z");
  EXPECT_EQ(payment.gross, (Money{1000, Currency::parse("CNY").value()}));
  EXPECT_EQ(payment.settled.minor, 900);
  EXPECT_EQ(payment.fee.minor, 5) << "5.4 fen, for people";
  EXPECT_EQ(payment.fee_hundred_thousandths, 5400);
  EXPECT_EQ(payment.status, "SUCCESS");
  EXPECT_EQ(payment.row, 2u);
  const StatementLine& refund = statement.lines[1];
  EXPECT_EQ(refund.kind, StatementKind::refund);
  EXPECT_EQ(refund.connector_refund_id, "5030");
  EXPECT_EQ(refund.refund_reference, "R1");
  EXPECT_EQ(refund.gross.minor, -250);
  EXPECT_EQ(refund.settled.minor, -225);
  EXPECT_EQ(refund.fee_hundred_thousandths, -1350);
  EXPECT_EQ(refund.status, "SUCCESS") << "the refund's own";
  EXPECT_EQ(statement.lines[2].kind, StatementKind::other);
  EXPECT_EQ(statement.lines[2].status, "REVOKED");
  EXPECT_EQ(statement.lines[2].gross.minor, 100);
  EXPECT_EQ(statement.summary->line_count, 3);
  EXPECT_EQ(statement.summary->payment_gross->minor, 1100);
  EXPECT_EQ(statement.summary->payment_settled->minor, 1000);
  EXPECT_EQ(statement.summary->refund_gross->minor, -250);
  EXPECT_EQ(statement.summary->refund_settled->minor, -225);
  EXPECT_EQ(statement.summary->fee_hundred_thousandths, 4650);
  EXPECT_EQ(statement.summary->bytes_unpacked, kStatement.size());
}

TEST(WeChatPayStatement, ReadsAFileThatIsNotPacked) {
  EXPECT_TRUE(read(kStatement).summary);
}

TEST(WeChatPayStatement, NamesRowAndColumnOfWhatItRefuses) {
  const auto with = [](std::string_view before, std::string_view after) {
    std::string row = kPayment;
    row.replace(row.find(before), before.size(), after);
    return error_of(kHead + kRefund + row + kRevoked + kSums);
  };
  EXPECT_EQ(with("0.05400", "0.054001"), "row 3: 手续费: an amount with too many decimals");
  EXPECT_EQ(with("0.05400", "free"), "row 3: 手续费: not an amount");
  EXPECT_EQ(with("10.00", ""), "row 3: 订单金额: not an amount");
  EXPECT_EQ(with("9.00", "-9.00"), "row 3: 应结订单金额: not an amount");
  EXPECT_EQ(with("CNY", "USD"), "row 3: 货币种类: not CNY");
  EXPECT_EQ(with("42001", ""), "row 3: 微信订单号: empty");
  EXPECT_EQ(with("2026-01-15 11", "2026-01-15 25"), "row 3: 交易时间: not a time");
  EXPECT_EQ(with("SUCCESS", "REFUND"), "row 3: 微信退款单号: empty");
  EXPECT_EQ(with("`0.00,`,", "`0.01,`,"), "row 3: 退款金额: a payment with a refund's amount");
  EXPECT_EQ(with("咖啡", "\xff"), "row 3: 商品名称: not in the file's encoding");
  EXPECT_EQ(with("`12,", "12,"), "row 3: not a row of the table");
  EXPECT_EQ(with("`12,", "`12,`13,"), "row 3: it has 16 columns, and the header 15");
  std::string refund = kRefund;
  refund.replace(refund.find("`0.00,`5030"), 5, "`0.01");
  EXPECT_EQ(error_of(kHead + refund + kSums), "row 2: 应结订单金额: a refund with an order's amount");
  EXPECT_EQ(error_of("a,b\r\n"), "row 1: 交易时间: there is no such column");
  EXPECT_EQ(error_of(kStatement + kPayment), "row 7: a row behind the sums");
  EXPECT_EQ(error_of(kHead + kSumHead + "3\r\n"), "row 3: not the row of the sums");
  EXPECT_EQ(error_of(kHead + kSumHead + "`3\r\n"),
            "row 3: the sums have another number of columns than their header");
  EXPECT_EQ(error_of(kHead + kSumHead + "`0,`x,`0,`0,`0,`0,`0\r\n"), "row 3: 应结订单总金额: not an amount");
}

TEST(WeChatPayStatement, HoldsTheStatedSumsAgainstItsRows) {
  const struct {
    const char* sums;
    const char* column;
  } rows[] = {
      {"`4,`10.00,`2.25,`0.00,`0.04650,`11.00,`2.50", "总交易单数"},
      {"`3,`10.01,`2.25,`0.00,`0.04650,`11.00,`2.50", "应结订单总金额"},
      {"`3,`10.00,`2.24,`0.00,`0.04650,`11.00,`2.50", "退款总金额"},
      {"`3,`10.00,`2.25,`0.00,`0.04651,`11.00,`2.50", "手续费总金额"},
      {"`3,`10.00,`2.25,`0.00,`0.04650,`11.01,`2.50", "订单总金额"},
      {"`3,`10.00,`2.25,`0.00,`0.04650,`11.00,`2.51", "申请退款总金额"},
  };
  for (const auto& row : rows) {
    const auto statement = read(kHead + kPayment + kRefund + kRevoked + kSumHead + row.sums + "\r\n");
    ASSERT_FALSE(statement.summary) << row.column;
    EXPECT_EQ(statement.summary.error().code, Code::statement_mismatch);
    EXPECT_EQ(statement.summary.error().field, row.column);
  }
}

TEST(WeChatPayStatement, HoldsTheAnnouncedHashAgainstTheUnpackedBytes) {
  crypto::Sha1 sha1;
  sha1.update(kStatement);
  const std::string announced = crypto::to_hex(sha1.finish());
  const auto finished = [&](const std::string& hash, std::string_view bytes) {
    const auto statement =
        make_statement_reader([](const StatementLine&) -> Result<void> { return {}; }, hash);
    EXPECT_TRUE(statement->feed(bytes));
    return statement->finish();
  };
  EXPECT_TRUE(finished(announced, gzip_of(kStatement)));
  EXPECT_TRUE(finished(announced, kStatement));
  for (const std::string& other : {std::string(40, '0'), announced.substr(1), std::string("no hash")})
    EXPECT_EQ(finished(other, gzip_of(kStatement)).error().code, Code::statement_mismatch) << other;
  std::string tampered = kStatement;
  tampered.replace(tampered.find("O1"), 2, "O7");
  EXPECT_EQ(finished(announced, tampered).error().code, Code::statement_mismatch);
}

TEST(WeChatPayStatement, StopsAtItsLimits) {
  const StatementSink ignore = [](const StatementLine&) -> Result<void> { return {}; };
  EXPECT_EQ(make_statement_reader(ignore, "", {.row_count_max = 1})->feed(kStatement).error().detail,
            "row 3: more than 1 rows");
  for (const std::string& bytes : {kStatement, gzip_of(kStatement)})
    EXPECT_EQ(make_statement_reader(ignore, "", {.bytes_unpacked_max = 100})->feed(bytes).error().code,
              Code::statement_too_large);
  EXPECT_EQ(make_statement_reader(ignore)->feed(gzip_of(kStatement) + "x").error().code,
            Code::statement_malformed);
}

// ── faults ────────────────────────────────────────────────────────────────────────────────────────

TEST(Faults, G05_ATruncatedStatementOfWeChatPayIsAnError) {
  const std::string packed = gzip_of(kStatement);
  for (std::size_t size = 0; size < packed.size(); ++size)
    EXPECT_EQ(read(std::string_view(packed).substr(0, size)).summary.error().code, Code::statement_truncated)
        << size;
  // The last digit may be a zero, which says nothing; the announced hash is there for that.
  const std::size_t needed = kStatement.rfind("2.50") + 3;
  for (std::size_t size = 0; size < needed; ++size)
    EXPECT_FALSE(read(std::string_view(kStatement).substr(0, size)).summary) << size;
  EXPECT_EQ(error_of(kHead + kPayment), "the file ends behind row 2, without sums");
  EXPECT_EQ(error_of(kHead + kPayment + kRefund.substr(0, 40)),
            "row 3: it has too few columns, and the file ends");
}

TEST(Faults, G05_CommasQuotesAndLineEndsInATextOfWeChatPayPartNothing) {
  const auto subject_of = [](const std::string& subject, std::size_t piece_size) {
    std::string row = kPayment;
    row.replace(row.find("咖啡"), std::string("咖啡").size(), subject);
    const auto statement = read(gzip_of(kHead + row + kRefund + kRevoked + kSums), piece_size);
    EXPECT_TRUE(statement.summary) << statement.summary.error().detail;
    EXPECT_EQ(statement.lines.size(), 3u);
    return statement.lines.empty() ? "no line" : statement.lines[0].subject;
  };
  for (const std::size_t piece : {1u, 2u, 3u, 1000u}) {
    EXPECT_EQ(subject_of("咖啡, 大杯", piece), "咖啡, 大杯");
    EXPECT_EQ(subject_of("\"咖啡\"", piece), "\"咖啡\"");
    EXPECT_EQ(subject_of("咖\r\n啡\r\n", piece), "咖\n啡\n");
    EXPECT_EQ(subject_of("\"咖\n`啡", piece), "\"咖\n`啡");
  }
}

TEST(Faults, G05_LinesOfWeChatPayMayEndWithoutACarriageReturn) {
  std::string text = kStatement.substr(3);  // and without a byte order mark
  std::erase(text, '\r');
  EXPECT_TRUE(read(text.substr(0, text.size() - 1)).summary);
}

TEST(Faults, G05_SeparatorsOfThousandsInAStatementOfWeChatPayAreRefused) {
  std::string row = kPayment;
  row.replace(row.find("10.00"), 5, "1,000.00");
  EXPECT_EQ(error_of(kHead + row + kSums), "row 2: 订单金额: not an amount");
}

// ── vectors ───────────────────────────────────────────────────────────────────────────────────────

void check_row(const StatementLine& line, const Value& row) {
  SCOPED_TRACE(std::string(row["商户订单号"].text()));
  EXPECT_EQ(line.connector_payment_id, row["微信订单号"].text());
  EXPECT_EQ(line.payment_reference, row["商户订单号"].text());
  EXPECT_EQ(line.subject, row["商品名称"].text());
  const auto or_none = [](const std::string& number) { return number.empty() ? "0" : number; };
  EXPECT_EQ(or_none(line.connector_refund_id), row["微信退款单号"].text());
  EXPECT_EQ(or_none(line.refund_reference), row["商户退款单号"].text());
  const bool is_refund = row["交易状态"].text() == "REFUND";
  EXPECT_EQ(line.kind == StatementKind::refund, is_refund);
  EXPECT_EQ(line.kind == StatementKind::payment, row["交易状态"].text() == "SUCCESS");
  EXPECT_EQ(line.status, row[is_refund ? "退款状态" : "交易状态"].text());
  const auto number = [&](const char* column, int decimals) {
    return wire::parse_decimal(row[column].text(), decimals, wire::Sign::allowed).value();
  };
  EXPECT_EQ(line.gross.minor, number("订单金额", 2) - number("申请退款金额", 2));
  EXPECT_EQ(line.settled.minor, number("应结订单金额", 2) - number("退款金额", 2));
  EXPECT_EQ(line.fee_hundred_thousandths, number("手续费", 5));
  std::string time(row["交易时间"].text());
  time[10] = 'T';
  EXPECT_EQ(line.booked_at, parse_iso8601(time + "+08:00").value());
}

void check_case(const Value& bill_case, std::string_view bytes, std::size_t piece_size) {
  std::vector<StatementLine> lines;
  const auto statement = make_statement_reader(
      [&](const StatementLine& line) -> Result<void> {
        lines.push_back(line);
        return {};
      },
      std::string(bill_case["hash_value"].text()));
  for (std::string_view rest = bytes; !rest.empty(); rest.remove_prefix(std::min(piece_size, rest.size())))
    ASSERT_TRUE(statement->feed(rest.substr(0, piece_size)));
  const auto summary = statement->finish();
  ASSERT_TRUE(summary) << summary.error().detail;
  const Value sums = bill_case["parsed"]["summary"];
  const auto stated = [&](const char* column, int decimals) {
    return wire::parse_decimal(sums[column].text(), decimals, wire::Sign::allowed).value();
  };
  EXPECT_EQ(summary->line_count, stated("总交易单数", 0));
  EXPECT_EQ(summary->payment_gross->minor, stated("订单总金额", 2));
  EXPECT_EQ(summary->payment_settled->minor, stated("应结订单总金额", 2));
  EXPECT_EQ(-summary->refund_gross->minor, stated("申请退款总金额", 2));
  EXPECT_EQ(-summary->refund_settled->minor, stated("退款总金额", 2));
  EXPECT_EQ(summary->fee_hundred_thousandths, stated("手续费总金额", 5));
  const Value rows = bill_case["parsed"]["rows"];
  ASSERT_EQ(lines.size(), rows.size());
  Value row = rows.first();
  for (const StatementLine& line : lines) {
    check_row(line, row);
    row = row.next();
  }
}

TEST(WeChatPayBillVectors, EveryCase) {
  const auto vectors = testkit::load_vectors("wechatpay.json");
  const Value cases = vectors.root()["bill_cases"];
  ASSERT_GT(cases.size(), 0u);
  for (Value bill_case = cases.first(); bill_case.present(); bill_case = bill_case.next()) {
    SCOPED_TRACE(std::string(bill_case["id"].text()));
    const std::string gzip = crypto::from_base64(bill_case["gzip_b64"].text()).value();
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, gzip.size()})
      check_case(bill_case, gzip, piece);
    check_case(bill_case, crypto::from_base64(bill_case["plain_b64"].text()).value(), 100);
  }
  std::printf("vectors wechatpay.json bill_cases=%zu\n", cases.size());
}

}  // namespace
}  // namespace payweir::wechatpay
