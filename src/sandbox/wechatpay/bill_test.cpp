#include "sandbox/wechatpay/bill.hpp"

#include <algorithm>

#include "crypto/hash.hpp"
#include "sandbox/wechatpay/testkit.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

std::string download(Client& client, const Seen& link) {
  const std::string url = link.text({"download_url"});
  const Seen file = client.get(url.substr(std::string_view("http://bank.test/wechatpay").size()));
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.headers.get("Wechatpay-Signature"), "");
  return file.body;
}

TEST(WechatPayBills, ListWhatWasPaidAndRefundedThatDay) {
  Client client;
  static_cast<void>(client.buy("ORDER1"));
  static_cast<void>(client.buy("ORDER2", 1000));
  static_cast<void>(client.refund("ORDER2", "REFUND1", 400, 1000));
  client.now = client.now + days(1);
  const Seen link = client.get("/v3/bill/tradebill?bill_date=2026-11-18&bill_type=ALL");
  const std::string text = download(client, link);
  crypto::Sha1 hash;
  hash.update(text);
  EXPECT_EQ(link.text({"hash_value"}), crypto::to_hex(hash.finish()));
  EXPECT_TRUE(text.starts_with("\xef\xbb\xbf交易时间,公众账号ID,"));
  EXPECT_TRUE(text.contains(",`ORDER1,"));
  EXPECT_TRUE(text.contains(",`88.88,`0.00,`0,`0,`0.00,"));
  EXPECT_TRUE(text.contains("`0.53328,`0.60%,`88.88,"));
  EXPECT_TRUE(text.contains(",`REFUND1,`4.00,"));
  EXPECT_TRUE(text.ends_with("`3,`98.88,`4.00,`0.00,`0.56928,`98.88,`4.00\r\n"));
  const std::size_t start = text.find("\r\n") + 2;
  const std::string row = text.substr(start, text.find("\r\n", start) - start);
  EXPECT_EQ(std::ranges::count(row, '`'), 27);
  const std::string funds = download(client, client.get("/v3/bill/fundflowbill?bill_date=2026-11-18"));
  EXPECT_TRUE(funds.ends_with("`3,`2,`98.88,`1,`4.00\r\n"));
}

TEST(WechatPayBills, ArePackedWhenAsked) {
  Client client;
  static_cast<void>(client.buy("ORDER1"));
  EXPECT_EQ(client.tell("/bills", R"({"of_today":true})").status, 200);
  const Seen link = client.get("/v3/bill/tradebill?bill_date=2026-11-18&tar_type=GZIP");
  EXPECT_TRUE(download(client, link).starts_with("\x1f\x8b\x08"));
}

TEST(WechatPayBills, OfDaysWithoutOneAreRefused) {
  Client client;
  const auto ask = [&](const char* query) { return client.get(std::string("/v3/bill/tradebill?") + query); };
  EXPECT_EQ(ask("bill_date=2026-11-18").code(), "NO_STATEMENT_EXIST");
  EXPECT_EQ(ask("bill_date=2026-11-19").code(), "NO_STATEMENT_EXIST");
  EXPECT_EQ(ask("bill_date=2026-11-17").code(), "NO_STATEMENT_EXIST");
  EXPECT_EQ(ask("bill_date=2026-01-01").text({"detail", "field"}), "bill_date");
  EXPECT_EQ(ask("").text({"detail", "field"}), "bill_date");
  EXPECT_EQ(ask("bill_date=2026-11-17&bill_type=X").text({"detail", "field"}), "bill_type");
  EXPECT_EQ(client.get("/v3/billdownload/file?token=x").status, 404);
}

}  // namespace
}  // namespace payweir::sandbox::wechatpay
