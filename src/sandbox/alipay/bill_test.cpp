#include "sandbox/alipay/bill.hpp"

#include <algorithm>

#include "sandbox/alipay/testkit.hpp"

namespace payweir::sandbox::alipay {
namespace {

using http::Method;

Seen ask(Client& client, std::string_view day, std::string_view type = "trade") {
  return client.call(
      "alipay.data.dataservice.bill.downloadurl.query",
      R"({"bill_type":")" + std::string(type) + R"(","bill_date":")" + std::string(day) + R"("})");
}

std::string path_of(const Seen& link) {
  return link.text("bill_download_url").substr(std::string_view("http://bank.test/alipay").size());
}

TEST(AlipayBills, ListWhatWasPaidAndRefundedThatDay) {
  Client client;
  static_cast<void>(client.buy("T1"));
  static_cast<void>(client.buy("T2", "10.00"));
  static_cast<void>(client.refund("T2", "4.00", "R1"));
  const std::uint32_t account = 0;
  const Instant day = china_midnight(client.now);
  const std::string text = bill_details(client.model.state(), account, day, client.now);
  EXPECT_TRUE(
      text.starts_with("#支付宝业务明细查询\r\n#账号：[20880000000000010156]\r\n"
                       "#起始日期：[2026年11月18日 00:00:00]   终止日期：[2026年11月19日 00:00:00]\r\n"));
  EXPECT_TRUE(text.contains("\tT1\t,交易,测试商品,") || text.contains(",T1\t,交易,测试商品,"));
  EXPECT_TRUE(text.contains(",88.88,88.88,"));
  EXPECT_TRUE(text.contains(",-4.00,-4.00,"));
  EXPECT_TRUE(text.contains(",R1\t,0.00,"));
  EXPECT_TRUE(text.contains("#交易合计：2笔，商家实收共98.88元"));
  EXPECT_TRUE(text.contains("#退款合计：1笔，商家实收退款共-4.00元"));
  for (std::size_t at = text.find("T1\t"); at != std::string::npos; at = std::string::npos) {
    const std::size_t start = text.rfind("\r\n", at) + 2, end = text.find("\r\n", at);
    EXPECT_EQ(std::ranges::count(text.substr(start, end - start), ','), 24);
  }
  EXPECT_TRUE(bill_details(client.model.state(), account, day - days(1), client.now).contains("共0.00元"));
}

TEST(AlipayBills, AreReadyTheNextDayForThirtySeconds) {
  Client client;
  static_cast<void>(client.buy("T1"));
  EXPECT_EQ(ask(client, "2026-11-18").code(), "isp.bill_not_exist");
  EXPECT_EQ(ask(client, "2026-11-19").code(), "isp.bill_not_exist");
  EXPECT_EQ(client.control(Method::post, "/bills", R"({"of_today":true})").status, 200);
  EXPECT_EQ(ask(client, "2026-11-18").code(), "10000");
  EXPECT_EQ(client.control(Method::post, "/bills", R"({"of_today":false})").status, 200);
  client.now = client.now + days(1);
  const Seen link = ask(client, "2026-11-18");
  const Seen file = client.browse(Method::get, path_of(link));
  EXPECT_EQ(file.status, 200);
  EXPECT_TRUE(file.body.starts_with("PK\x03\x04"));
  EXPECT_TRUE(file.body.contains("20880000000000010156_20261118_\xd2\xb5\xce\xf1\xc3\xf7\xcf\xb8.csv"));
  client.now = client.now + seconds(30);
  EXPECT_EQ(client.browse(Method::get, path_of(link)).status, 403);
}

TEST(AlipayBills, NameTheFieldThatIsWrong) {
  Client client;
  EXPECT_TRUE(ask(client, "2026-13-01").text("sub_msg").contains("bill_date"));
  EXPECT_TRUE(ask(client, "yesterday").text("sub_msg").contains("bill_date"));
  EXPECT_TRUE(ask(client, "2026-11-17", "other").text("sub_msg").contains("bill_type"));
}

}  // namespace
}  // namespace payweir::sandbox::alipay
