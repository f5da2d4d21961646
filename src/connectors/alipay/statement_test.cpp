#include "connectors/alipay/statement.hpp"

#include <gtest/gtest.h>

#include "base/vectors_testkit.hpp"
#include "connectors/statement_testkit.hpp"
#include "connectors/wire/decimal_amount.hpp"
#include "crypto/encoding.hpp"

namespace payweir::alipay {
namespace {

using json::Value;
using testkit::alipay_zip;
using testkit::gbk;
using testkit::ReadStatement;

std::unique_ptr<StatementReader> reader(StatementSink sink) {
  return make_statement_reader(std::move(sink));
}

ReadStatement read(std::string_view bytes, std::size_t piece_size = std::size_t{64} * 1024) {
  return testkit::read_statement(reader, bytes, piece_size);
}

// The table's columns that count, and two that do not; in another order than Alipay's, which must not matter.
const std::string kHead =
    "#支付宝业务明细查询\r\n#账号：[2088]\r\n#------业务明细列表------\r\n"
    "备注,支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,订单金额（元）,商家实收（元）,"
    "退款批次号/请求号,服务费（元）\r\n";
const std::string kPayment = ",20261\t,T1\t,交易\t,咖啡,x,2026-01-15 10:00:05,10.00,9.00,\t,0.06\r\n";
const std::string kRefund = ",20261\t,T1\t,退款\t,咖啡,x,2026-01-15 11:00:05,-2.50,-2.50,R1\t,-0.02\r\n";
const std::string kEnd = "#------业务明细列表结束------\r\n";
std::string sums(std::string_view payments, std::string_view refunds) {
  return "#交易合计：" + std::string(payments) + "元，商家优惠共0.00元\r\n#退款合计：" +
         std::string(refunds) + "元，商家优惠退款共0.00元\r\n#导出时间：[2026年01月16日 06:27:10]\r\n";
}
const std::string kSums = sums("1笔，商家实收共9.00", "1笔，商家实收退款共-2.50");
const std::string kStatement = kHead + kPayment + kRefund + kEnd + kSums;

std::string error_of(std::string_view table) {
  const auto statement = read(alipay_zip(table));
  return statement.summary ? "no error" : statement.summary.error().detail;
}

TEST(AlipayStatement, ReadsPaymentsAndRefunds) {
  const auto statement = read(alipay_zip(kStatement));
  ASSERT_TRUE(statement.summary) << statement.summary.error().detail;
  ASSERT_EQ(statement.lines.size(), 2u);
  const StatementLine& payment = statement.lines[0];
  EXPECT_EQ(payment.kind, StatementKind::payment);
  EXPECT_EQ(payment.connector_payment_id, "20261");
  EXPECT_EQ(payment.payment_reference, "T1");
  EXPECT_EQ(payment.refund_reference, "");
  EXPECT_EQ(format_iso8601(payment.booked_at), "2026-01-15T02:00:05.000Z");
  EXPECT_EQ(payment.gross, (Money{1000, Currency::parse("CNY").value()}));
  EXPECT_EQ(payment.settled.minor, 900);
  EXPECT_EQ(payment.fee.minor, 6);
  EXPECT_EQ(payment.fee_hundred_thousandths, 6000);
  EXPECT_EQ(payment.status, "交易");
  EXPECT_EQ(payment.subject, "咖啡");
  EXPECT_EQ(payment.row, 5u);
  const StatementLine& refund = statement.lines[1];
  EXPECT_EQ(refund.kind, StatementKind::refund);
  EXPECT_EQ(refund.refund_reference, "R1");
  EXPECT_EQ(refund.gross.minor, -250);
  EXPECT_EQ(refund.fee.minor, -2);
  EXPECT_EQ(refund.row, 6u);
  EXPECT_EQ(statement.summary->account, "2088");
  EXPECT_EQ(statement.summary->payment_count, 1);
  EXPECT_EQ(statement.summary->payment_settled->minor, 900);
  EXPECT_EQ(statement.summary->refund_count, 1);
  EXPECT_EQ(statement.summary->refund_settled->minor, -250);
  EXPECT_EQ(statement.summary->lines_read, 2u);
}

TEST(AlipayStatement, ReadsTheTableAlone) {
  EXPECT_EQ(read(gbk(kStatement)).lines.size(), 2u);
  EXPECT_TRUE(read(gbk(kStatement)).summary);
}

TEST(AlipayStatement, NamesRowAndColumnOfWhatItRefuses) {
  const auto with_row = [](const std::string& row) {
    return error_of(kHead + kPayment + row + kEnd + kSums);
  };
  EXPECT_EQ(with_row(",20262\t,T1\t,交易\t,x,x,2026-01-15 10:00:05,10.00,9.00,\t,O.06\r\n"),
            "row 6: 服务费（元）: not an amount");
  EXPECT_EQ(with_row(",20262\t,T1\t,交易\t,x,x,2026-01-15 10:00:05,10.001,9.00,\t,0.06\r\n"),
            "row 6: 订单金额（元）: an amount with too many decimals");
  EXPECT_EQ(with_row(",20262\t,T1\t,交易\t,x,x,2026-01-15 10:00:05,10.00,,\t,0.06\r\n"),
            "row 6: 商家实收（元）: not an amount");
  EXPECT_EQ(with_row(",20262\t,T1\t,交易\t,x,x,yesterday,10.00,9.00,\t,0.06\r\n"),
            "row 6: 完成时间: not a time");
  EXPECT_EQ(with_row(",\t,T1\t,交易\t,x,x,2026-01-15 10:00:05,10.00,9.00,\t,0.06\r\n"),
            "row 6: 支付宝交易号: empty");
  EXPECT_EQ(with_row(",20262\t,T1\t,退款\t,x,x,2026-01-15 10:00:05,10.00,9.00,\t,0.06\r\n"),
            "row 6: 订单金额（元）: its sign is not that of such a row");
  EXPECT_EQ(with_row(",20262\t,T1\t,交易\t,x,x,2026-01-15 10:00:05,10.00,-9.00,\t,0.06\r\n"),
            "row 6: 商家实收（元）: its sign is not that of such a row");
  EXPECT_EQ(with_row(",20262\t,T1\t,交易\t,咖啡, 大杯,x,2026-01-15 10:00:05,10.00,9.00,\t,0.06\r\n"),
            "row 6: it has 12 columns, and the header 11")
      << "a comma in a text moves all behind it";
  EXPECT_EQ(with_row("#remark\r\n"), "row 6: a line with # inside the table");
  EXPECT_EQ(error_of(kHead + kEnd + kPayment), "row 6: a row behind the table's end");
  EXPECT_EQ(error_of("a,b\r\n"), "row 1: not a statement of Alipay");
  EXPECT_EQ(error_of("#x\r\na,b\r\n"), "row 2: 支付宝交易号: there is no such column");
}

TEST(AlipayStatement, HoldsTheStatedSumsAgainstItsRows) {
  const auto with_sums = [](std::string_view payments, std::string_view refunds) {
    return error_of(kHead + kPayment + kRefund + kEnd + sums(payments, refunds));
  };
  EXPECT_EQ(with_sums("2笔，商家实收共9.00", "1笔，商家实收退款共-2.50"),
            "交易合计: the file states 2 rows and has 1");
  EXPECT_EQ(with_sums("1笔，商家实收共9.01", "1笔，商家实收退款共-2.50"),
            "交易合计: the file states 9.01 and its rows come to 9.00");
  EXPECT_EQ(with_sums("1笔，商家实收共9.00", "1笔，商家实收退款共2.50"),
            "退款合计: the file states 2.50 and its rows come to -2.50");
  EXPECT_EQ(with_sums("1笔，商家实收共9,00", "1笔，商家实收退款共-2.50"), "row 8: 交易合计: not a sum");
}

// A word that this reader does not know is neither guessed at nor left out.
TEST(AlipayStatement, HandsOnRowsOfOtherTypes) {
  const auto statement =
      read(alipay_zip(kHead + kPayment + kRefund +
                      ",20262\t,T1\t,调账\t,x,x,2026-01-15 10:00:05,-10.00,9.00,\t,0.06\r\n" + kEnd + kSums));
  ASSERT_TRUE(statement.summary) << statement.summary.error().detail;
  ASSERT_EQ(statement.lines.size(), 3u);
  EXPECT_EQ(statement.lines[2].kind, StatementKind::other);
  EXPECT_EQ(statement.lines[2].status, "调账");
}

TEST(AlipayStatement, WantsExactlyOneTable) {
  const std::string table = gbk("x_业务明细.csv"), sums_table = gbk("x_业务明细(汇总).csv");
  const auto detail = [](const std::vector<testkit::ZipEntry>& entries) {
    const auto statement = read(testkit::zip_of(entries));
    return statement.summary ? "no error" : statement.summary.error().detail;
  };
  EXPECT_EQ(detail({{.name = table, .bytes = gbk(kStatement)}}), "no error");
  EXPECT_EQ(detail({{.name = "x_业务明细.csv", .bytes = gbk(kStatement), .name_is_utf8 = true}}), "no error");
  EXPECT_EQ(detail({{.name = sums_table, .bytes = "#"}}), "the ZIP file has no table of 业务明细");
  EXPECT_EQ(detail({{.name = table, .bytes = gbk(kStatement)}, {.name = table, .bytes = gbk(kStatement)}}),
            "the ZIP file has two tables of 业务明细");
}

TEST(AlipayStatement, KeepsItsErrorAndTheSinksOwn) {
  const auto stopped = make_statement_reader(
      [](const StatementLine&) -> Result<void> { return fail(Code::store_full, "", "no room"); });
  EXPECT_EQ(stopped->feed(gbk(kStatement)).error().code, Code::store_full);
  EXPECT_EQ(stopped->feed("x").error().code, Code::store_full);
  EXPECT_EQ(stopped->finish().error().code, Code::store_full);
}

TEST(AlipayStatement, StopsAtItsLimits) {
  const StatementSink ignore = [](const StatementLine&) -> Result<void> { return {}; };
  EXPECT_EQ(make_statement_reader(ignore, {.row_count_max = 1})->feed(gbk(kStatement)).error().detail,
            "row 6: more than 1 rows");
  EXPECT_EQ(make_statement_reader(ignore, {.bytes_unpacked_max = 100})->feed(gbk(kStatement)).error().code,
            Code::statement_too_large);
  EXPECT_EQ(
      make_statement_reader(ignore, {.bytes_unpacked_max = 100})->feed(alipay_zip(kStatement)).error().code,
      Code::statement_too_large);
}

// ── faults ────────────────────────────────────────────────────────────────────────────────────────

TEST(Faults, G05_ATruncatedStatementOfAlipayIsAnError) {
  const std::string zip = alipay_zip(kStatement);
  for (std::size_t size = 0; size < zip.size(); ++size)
    EXPECT_EQ(read(std::string_view(zip).substr(0, size)).summary.error().code, Code::statement_truncated)
        << size;
  // The ZIP is whole, and the text in it is not. What says when it was made is not needed.
  const std::string needed = gbk(kStatement.substr(0, kStatement.find("元，商家优惠退款共")));
  for (std::size_t size = 1; size < needed.size(); ++size)
    EXPECT_FALSE(read(std::string_view(gbk(kStatement)).substr(0, size)).summary) << size;
  EXPECT_EQ(error_of(kHead + kPayment), "the file ends behind row 5, before the table does");
  EXPECT_EQ(error_of(kHead + kEnd), "the file ends behind row 5 without 交易合计");
}

TEST(Faults, G05_GbkCharactersMayBeCutAnywhere) {
  const auto whole = read(alipay_zip(kStatement));
  for (const std::string& bytes : {alipay_zip(kStatement), gbk(kStatement)}) {
    for (const std::size_t piece : {1u, 2u, 3u, 7u, 100u}) {
      const auto statement = read(bytes, piece);
      ASSERT_TRUE(statement.summary) << statement.summary.error().detail;
      ASSERT_EQ(statement.lines.size(), 2u);
      EXPECT_EQ(statement.lines[1].subject, whole.lines[1].subject);
      EXPECT_EQ(line_key(statement.lines[1]), line_key(whole.lines[1]));
    }
  }
  std::string broken = gbk(kStatement);
  broken.replace(broken.find(gbk("咖啡")), 4, "\xff\xff\xff\xff");
  EXPECT_EQ(read(broken).summary.error().detail, "row 5: 商品名称: not in the file's encoding");
}

TEST(Faults, G05_AByteOrderMarkSaysThatAStatementOfAlipayIsUtf8) {
  const auto statement = read("\xEF\xBB\xBF" + kStatement);
  ASSERT_TRUE(statement.summary) << statement.summary.error().detail;
  EXPECT_EQ(statement.lines[0].subject, "咖啡");
  EXPECT_EQ(statement.lines[0].row, 5u);
}

TEST(Faults, G05_LinesMayEndWithoutACarriageReturn) {
  std::string text = kStatement;
  std::erase(text, '\r');
  const auto statement = read(alipay_zip(text.substr(0, text.size() - 1)));
  ASSERT_TRUE(statement.summary) << statement.summary.error().detail;
  EXPECT_EQ(statement.lines.size(), 2u);
}

TEST(Faults, G05_QuotedCellsOfAlipayMayHoldLineEndsAndCommas) {
  const auto quoted = [](const std::string& subject) {
    std::string row = kPayment;
    row.replace(row.find("咖啡"), std::string("咖啡").size(), subject);
    return read(alipay_zip(kHead + row + kRefund + kEnd + kSums));
  };
  const auto subject_of = [](const ReadStatement& statement) {
    EXPECT_TRUE(statement.summary) << statement.summary.error().detail;
    return statement.lines.empty() ? "no line" : statement.lines[0].subject;
  };
  EXPECT_EQ(subject_of(quoted("\"咖啡, 大杯\"")), "咖啡, 大杯");
  EXPECT_EQ(subject_of(quoted("\"咖\r\n啡\r\n\"")), "咖\n啡\n");
  EXPECT_EQ(quoted("\"咖\r\n啡\r\n\"").lines[1].row, 8u) << "rows count as an editor counts lines";
  EXPECT_EQ(subject_of(quoted("\"#\r\n#\"\"\"")), "#\n#\"");
  EXPECT_EQ(subject_of(quoted("\"好\" 咖啡")), "\"好\" 咖啡") << "quotes that quote nothing";
  EXPECT_EQ(subject_of(quoted("\"咖啡")), "\"咖啡") << "a text that begins with a quote";
  EXPECT_EQ(quoted("\"咖啡, 大杯").summary.error().detail, "row 5: the file ends inside a quoted cell");
  EXPECT_EQ(quoted("\"" + std::string(100'000, 'x')).summary.error().detail,
            "row 5: longer than 65536 bytes");
}

TEST(Faults, G05_SeparatorsOfThousandsAreRefusedNotGuessed) {
  std::string row = kPayment;
  row.replace(row.find("10.00"), 5, "\"1,000.00\"");
  EXPECT_EQ(error_of(kHead + row + kRefund + kEnd + kSums), "row 5: 订单金额（元）: not an amount");
  row = kPayment;
  row.replace(row.find("10.00"), 5, "1,000.00");
  EXPECT_EQ(error_of(kHead + row + kRefund + kEnd + kSums), "row 5: it has 12 columns, and the header 11");
}

// ── vectors ───────────────────────────────────────────────────────────────────────────────────────

void check_row(const StatementLine& line, const Value& expect) {
  SCOPED_TRACE(std::string(expect["trade_no"].text()));
  EXPECT_EQ(line.connector_payment_id, expect["trade_no"].text());
  EXPECT_EQ(line.payment_reference, expect["out_trade_no"].text());
  EXPECT_EQ(statement_kind_name(line.kind), expect["type"].text());
  EXPECT_EQ(wire::yuan_from_fen(line.gross.minor), expect["order_amount"].text());
  EXPECT_EQ(wire::yuan_from_fen(line.settled.minor), expect["merchant_received"].text());
  EXPECT_EQ(wire::yuan_from_fen(line.fee.minor), expect["service_fee"].text());
  EXPECT_EQ(line.fee_hundred_thousandths, line.fee.minor * 1000);
  EXPECT_EQ(line.refund_reference, expect["refund_request_no"].text());
  EXPECT_EQ(line.subject, expect["subject"].text());
  std::string finished(expect["finished"].text());
  finished[10] = 'T';
  EXPECT_EQ(line.booked_at, parse_iso8601(finished + "+08:00").value());
}

void check_case(const Value& bill_case, std::string_view bytes, std::size_t piece_size) {
  const auto statement = read(bytes, piece_size);
  ASSERT_TRUE(statement.summary) << statement.summary.error().detail;
  const Value expect = bill_case["expect"];
  EXPECT_EQ(statement.summary->account, expect["account"].text());
  EXPECT_EQ(statement.summary->payment_count, expect["payment_count"].integer());
  EXPECT_EQ(statement.summary->refund_count, expect["refund_count"].integer());
  const auto fen = [](const Value& yuan) {
    return wire::fen_from_yuan(yuan.text(), wire::Sign::allowed).value();
  };
  EXPECT_EQ(statement.summary->payment_settled->minor, fen(expect["payment_total"]));
  EXPECT_EQ(statement.summary->refund_settled->minor, fen(expect["refund_total"]));
  ASSERT_EQ(statement.lines.size(), expect["rows"].size());
  Value row = expect["rows"].first();
  for (const StatementLine& line : statement.lines) {
    check_row(line, row);
    row = row.next();
  }
}

TEST(AlipayBillVectors, EveryCase) {
  const auto vectors = testkit::load_vectors("alipay_bill.json");
  const Value cases = vectors.root()["bill_cases"];
  ASSERT_GT(cases.size(), 0u);
  for (Value bill_case = cases.first(); bill_case.present(); bill_case = bill_case.next()) {
    SCOPED_TRACE(std::string(bill_case["id"].text()));
    const std::string zip = crypto::from_base64(bill_case["zip_b64"].text()).value();
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, zip.size()})
      check_case(bill_case, zip, piece);
    check_case(bill_case, gbk(bill_case["detail_text_utf8"].text()), 100);
  }
  std::printf("vectors alipay_bill.json bill_cases=%zu\n", cases.size());
}

}  // namespace
}  // namespace payweir::alipay
