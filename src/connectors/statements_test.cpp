// What holds for the statements of every gateway: size, bombs, and lines that come twice.
#include "connectors/statements.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <map>
#include <set>

#include "connectors/alipay/statement.hpp"
#include "connectors/statement_testkit.hpp"
#include "connectors/wechatpay/statement.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace payweir {
namespace {

using testkit::Gateway;
using testkit::gbk;
using testkit::gzip_of;
using testkit::LongStatement;
using testkit::stream_statement;

constexpr std::int64_t kMebibyte = 1 << 20;
// Of memory that reading may take, whatever the size; most of it is the generator's, and what ASan keeps.
constexpr std::int64_t kMemoryMax = 24 * kMebibyte;

std::int64_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * 1024;
}

const StatementSink kIgnore = [](const StatementLine&) -> Result<void> { return {}; };

std::unique_ptr<StatementReader> reader_of(Gateway gateway, StatementSink sink) {
  return make_statement_reader(gateway == Gateway::alipay ? "alipay" : "wechatpay", std::move(sink));
}

TEST(Statements, AreReadForTheGatewaysThatHaveThem) {
  EXPECT_NE(make_statement_reader("alipay", kIgnore), nullptr);
  EXPECT_NE(make_statement_reader("wechatpay", kIgnore), nullptr);
  EXPECT_EQ(make_statement_reader("stripe", kIgnore), nullptr);
  EXPECT_EQ(make_statement_reader("", kIgnore), nullptr);
}

TEST(Statements, OfNothingAreAnError) {
  for (const Gateway gateway : {Gateway::alipay, Gateway::wechatpay})
    EXPECT_EQ(reader_of(gateway, kIgnore)->finish().error().code, Code::statement_truncated);
}

// 64 MiB here; `make statements` does it with gibibytes.
TEST(Faults, G05_ALongStatementNeedsNoMoreMemoryThanAShortOne) {
  for (const Gateway gateway : {Gateway::alipay, Gateway::wechatpay}) {
    const auto run = [&](std::int64_t size) {
      std::uint64_t lines = 0;
      const auto reader = reader_of(gateway, [&](const StatementLine&) -> Result<void> {
        ++lines;
        return {};
      });
      const auto made = stream_statement({.gateway = gateway, .text_size = static_cast<std::uint64_t>(size)},
                                         [&](std::string_view packed) { return reader->feed(packed); });
      ASSERT_TRUE(made) << made.error().detail;
      const auto summary = reader->finish();
      ASSERT_TRUE(summary) << summary.error().detail;
      EXPECT_EQ(lines, made->rows);
      EXPECT_EQ(summary->bytes_unpacked, made->text_size);
    };
    run(kMebibyte);
    const std::int64_t before = peak_memory();
    run(64 * kMebibyte);
    EXPECT_LT(peak_memory() - before, kMemoryMax);
  }
}

TEST(Faults, G05_ABadRowNearTheEndOfALongStatementIsNamed) {
  for (const Gateway gateway : {Gateway::alipay, Gateway::wechatpay}) {
    LongStatement wanted{.gateway = gateway, .text_size = 4 * kMebibyte};
    const auto good = stream_statement(wanted, [](std::string_view) -> Result<void> { return {}; });
    wanted.bad_row = good->last_row - 1;
    const auto reader = reader_of(gateway, kIgnore);
    const auto made = stream_statement(wanted, [&](std::string_view packed) { return reader->feed(packed); });
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().detail, "row " + std::to_string(wanted.bad_row) +
                                       (gateway == Gateway::alipay ? ": 服务费（元）" : ": 手续费") +
                                       ": not an amount");
  }
}

const std::string kHead =
    "交易时间,微信订单号,商户订单号,交易状态,货币种类,应结订单金额,微信退款单号,商户退款单号,退款金额,"
    "退款状态,"
    "商品名称,手续费,订单金额,申请退款金额\r\n";

// ── J12 ───────────────────────────────────────────────────────────────────────────────────────────

std::string repeated(std::string_view text, std::size_t size) {
  std::string bytes;
  bytes.reserve(size + text.size());
  while (bytes.size() < size)
    bytes += text;
  return bytes;
}

// A bomb of a single line ends at the row's limit, after 64 KiB of its 64 MiB.
TEST(Faults, J12_AZipBombOfOneLineEndsAtTheLimitOfARow) {
  const std::string line = "#" + repeated("0", 64 * kMebibyte);
  const std::string zip = testkit::zip_of({{.name = gbk("业务明细.csv"), .bytes = line}}),
                    gzip = gzip_of(line);
  EXPECT_LT(zip.size(), 1u << 20);
  EXPECT_EQ(reader_of(Gateway::alipay, kIgnore)->feed(zip).error().detail, "row 1: longer than 65536 bytes");
  EXPECT_EQ(reader_of(Gateway::wechatpay, kIgnore)->feed(gzip).error().detail,
            "row 1: longer than 65536 bytes");
}

// A bomb of many lines ends at the limit of all bytes, and takes no memory till then.
TEST(Faults, J12_AZipBombDoesNotExhaustMemory) {
  const StatementLimits limits{.bytes_unpacked_max = 48 * kMebibyte};
  std::string zip, unread, gzip;
  {
    const std::string lines = repeated("#" + std::string(1000, '0') + "\n", 64 * kMebibyte);
    zip = testkit::zip_of({{.name = gbk("业务明细.csv"), .bytes = lines}});
    // What is not the table is unpacked too, to find its end.
    unread = testkit::zip_of({{.name = "other", .bytes = lines, .has_descriptor = true}});
    testkit::LongStatement wanted{.gateway = Gateway::wechatpay, .text_size = 64 * kMebibyte};
    ASSERT_TRUE(stream_statement(wanted, [&](std::string_view packed) -> Result<void> {
      gzip += packed;
      return {};
    }));
  }
  const std::int64_t before = peak_memory();
  for (const std::string& bytes : {zip, unread})
    EXPECT_EQ(alipay::make_statement_reader(kIgnore, limits)->feed(bytes).error().code,
              Code::statement_too_large);
  EXPECT_EQ(wechatpay::make_statement_reader(kIgnore, "", limits)->feed(gzip).error().code,
            Code::statement_too_large);
  EXPECT_LT(peak_memory() - before, kMemoryMax);
}

// A row that goes on in line after line is split anew with each of them: it costs little only while they are
// few.
TEST(Faults, J12_ARowOfManyLinesEndsAtTheirLimit) {
  const auto error_of = [](Gateway gateway, const std::string& bytes) {
    const auto fed = reader_of(gateway, kIgnore)->feed(bytes);
    return fed ? "no error" : fed.error().detail;
  };
  const std::string lines(1000, '\n');
  EXPECT_EQ(
      error_of(Gateway::alipay,
               gbk("#\n支付宝交易号,商户订单号,业务类型,商品名称,完成时间,订单金额（元）,商家实收（元）,"
                   "退款批次号/请求号,服务费（元）\n1,T1,交易,\"x") +
                   lines),
      "row 3: a quoted cell that does not end");
  EXPECT_EQ(error_of(Gateway::wechatpay, kHead + "`2026-01-15 11:00:00,`42001,`x" + lines),
            "row 2: a text that does not end, or too few columns");
}

// A ZIP inside the ZIP is bytes, and no table.
TEST(Faults, J12_AnArchiveInAnArchiveIsNotUnpacked) {
  const std::string inner = testkit::zip_of({{.name = gbk("业务明细.csv"), .bytes = "#"}});
  EXPECT_EQ(reader_of(Gateway::alipay, kIgnore)
                ->feed(testkit::zip_of({{.name = gbk("业务明细.csv"), .bytes = inner}}))
                .error()
                .code,
            Code::statement_malformed);
  EXPECT_EQ(reader_of(Gateway::wechatpay, kIgnore)->feed(gzip_of(gzip_of("x") + "\n")).error().code,
            Code::statement_malformed);
}

// ── G04 ───────────────────────────────────────────────────────────────────────────────────────────

// The fold that a reconciliation makes: a file once by its hash, a movement of money once by its key.
class Books {
 public:
  Result<void> take_file(std::string_view bytes) {
    if (!files_.insert(crypto::sha256(bytes)).second) return {};
    std::map<std::string, StatementLine> lines;
    const auto reader = make_statement_reader("wechatpay", [&](const StatementLine& line) -> Result<void> {
      lines.emplace(line_key(line), line);
      return {};
    });
    if (auto fed = reader->feed(bytes); !fed) return fed;
    if (auto summary = reader->finish(); !summary) return std::unexpected(summary.error());
    for (const auto& [key, line] : lines)
      if (lines_.insert(key).second) balance_ += line.gross.minor;
    return {};
  }
  [[nodiscard]] std::int64_t balance() const { return balance_; }
  [[nodiscard]] std::size_t lines() const { return lines_.size(); }

 private:
  std::set<std::string> files_, lines_;
  std::int64_t balance_ = 0;
};

const std::string kSumHead =
    "总交易单数,应结订单总金额,退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n";
const std::string kPayment =
    "`2026-01-15 11:00:00,`42001,`O1,`SUCCESS,`CNY,`10.00,`0,`0,`0.00,`,`x,`0.00,`10.00,`0.00\r\n";
const std::string kOther =
    "`2026-01-15 11:00:00,`42002,`O2,`SUCCESS,`CNY,`10.00,`0,`0,`0.00,`,`x,`0.00,`10.00,`0.00\r\n";
const std::string kRefund =
    "`2026-01-15 12:00:00,`42001,`O1,`REFUND,`CNY,`0.00,`5030,`R1,`2.50,`SUCCESS,`x,`0.00,`0.00,`2.50\r\n";

TEST(Faults, G04_LinesAndFilesThatComeTwiceOrInAnotherOrderCountOnce) {
  const std::string file =
      kHead + kPayment + kOther + kRefund + kSumHead + "`3,`20.00,`2.50,`0.00,`20.00,`2.50\r\n";
  const std::string reordered =
      kHead + kRefund + kOther + kPayment + kSumHead + "`3,`20.00,`2.50,`0.00,`20.00,`2.50\r\n";
  const std::string doubled =
      kHead + kPayment + kOther + kRefund + kRefund + kSumHead + "`4,`20.00,`5.00,`0.00,`20.00,`5.00\r\n";
  for (const std::vector<std::string>& files : {std::vector{file},
                                                {file, file},
                                                {file, reordered},
                                                {reordered, doubled},
                                                {doubled},
                                                {doubled, file, gzip_of(file)}}) {
    Books books;
    for (const std::string& bytes : files) {
      const auto taken = books.take_file(bytes);
      EXPECT_TRUE(taken) << taken.error().detail;
    }
    EXPECT_EQ(books.lines(), 3u);
    EXPECT_EQ(books.balance(), 1750);
  }
}

// A file that turns out not to add up has changed nothing.
TEST(Faults, G04_AFileThatDoesNotAddUpIsNotTaken) {
  Books books;
  EXPECT_FALSE(books.take_file(kHead + kPayment + kSumHead + "`1,`11.00,`0.00,`0.00,`10.00,`0.00\r\n"));
  EXPECT_EQ(books.lines(), 0u);
}

}  // namespace
}  // namespace payweir
