#include "sandbox/alipay/refunds.hpp"

#include "sandbox/alipay/testkit.hpp"

namespace payweir::sandbox::alipay {
namespace {

using http::Method;

Seen query_refund_of(Client& client, std::string_view number, std::string_view request_no) {
  return client.call("alipay.trade.fastpay.refund.query", R"({"out_trade_no":")" + std::string(number) +
                                                              R"(","out_request_no":")" +
                                                              std::string(request_no) + R"("})");
}

TEST(AlipayRefunds, MoveMoneyOncePerRequestNumber) {
  Client client;
  static_cast<void>(client.buy("T1"));
  const Seen first = client.refund("T1", "8.88", "R1");
  EXPECT_EQ(first.text("fund_change"), "Y");
  EXPECT_EQ(first.text("refund_fee"), "8.88");
  const Seen again = client.refund("T1", "8.88", "R1");
  EXPECT_EQ(again.text("fund_change"), "N");
  EXPECT_EQ(again.text("refund_fee"), "8.88");
  EXPECT_TRUE(again.callbacks.empty());
  EXPECT_EQ(client.refund("T1", "8.89", "R1").code(), "ACQ.DISCORDANT_REPEAT_REQUEST");
  const Seen second = client.refund("T1", "10", "R2");
  EXPECT_EQ(second.text("refund_fee"), "18.88");  // of all so far
  ASSERT_EQ(second.callbacks.size(), 1u);
  const Params params = read_notification(second.callbacks[0].request, Client::alipay_key());
  EXPECT_EQ(get(params, "trade_status"), "TRADE_SUCCESS");
  EXPECT_EQ(get(params, "refund_fee"), "18.88");
  EXPECT_EQ(get(params, "out_biz_no"), "R2");
  EXPECT_EQ(get(params, "gmt_refund"), "2026-11-18 19:06:40.000");
}

TEST(AlipayRefunds, CloseTheTradeWhenAllIsBack) {
  Client client;
  static_cast<void>(client.buy("T1"));
  EXPECT_EQ(client.refund("T1", "88.89", "R1").code(), "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL");
  EXPECT_EQ(client.refund("T1", "8.88", "R1").code(), "10000");
  EXPECT_EQ(client.refund("T1", "80.01", "R2").code(), "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL");
  const Seen rest = client.refund("T1", "80", "R2");
  EXPECT_EQ(get(read_notification(rest.callbacks.at(0).request, Client::alipay_key()), "trade_status"),
            "TRADE_CLOSED");
  EXPECT_EQ(client.query("T1").text("trade_status"), "TRADE_CLOSED");
  EXPECT_EQ(client.refund("T1", "80", "R2").text("fund_change"), "N");
  EXPECT_EQ(client.precreate("T1").code(), "ACQ.TRADE_HAS_CLOSE");
}

TEST(AlipayRefunds, AreFoundWhenTheyWereMade) {
  Client client;
  static_cast<void>(client.buy("T1"));
  const Seen none = query_refund_of(client, "T1", "R1");
  EXPECT_EQ(none.code(), "10000");
  EXPECT_EQ(none.text("refund_status"), "");
  static_cast<void>(client.refund("T1", "8.88", "R1"));
  const Seen made = query_refund_of(client, "T1", "R1");
  EXPECT_EQ(made.text("refund_status"), "REFUND_SUCCESS");
  EXPECT_EQ(made.text("refund_amount"), "8.88");
  EXPECT_EQ(made.text("total_amount"), "88.88");
  EXPECT_EQ(query_refund_of(client, "T2", "R1").code(), "ACQ.TRADE_NOT_EXIST");
  EXPECT_TRUE(query_refund_of(client, "T1", "").text("sub_msg").contains("out_request_no"));
}

TEST(AlipayRefunds, NeedAPaidTradeAndANumberForAPart) {
  Client client;
  EXPECT_EQ(client.refund("T1", "1", "R1").code(), "ACQ.TRADE_NOT_EXIST");
  static_cast<void>(client.precreate("T1"));
  static_cast<void>(client.scan("T1", "open"));
  EXPECT_EQ(client.refund("T1", "1", "R1").code(), "ACQ.TRADE_STATUS_ERROR");
  static_cast<void>(client.scan("T1"));
  EXPECT_TRUE(client.refund("T1", "1", "").text("sub_msg").contains("out_request_no"));
  EXPECT_TRUE(client.refund("T1", "1.001", "R1").text("sub_msg").contains("refund_amount"));
  EXPECT_EQ(client.refund("T1", "88.88", "").text("fund_change"), "Y");
}

TEST(AlipayRefunds, AreRefusedWhileTheSellerHasNoMoney) {
  Client client;
  static_cast<void>(client.buy("T1"));
  const auto set = [&](const char* low) {
    return client
        .control(Method::post, "/balance",
                 R"({"app_id":"2021000000000001","is_low":)" + std::string(low) + "}")
        .status;
  };
  EXPECT_EQ(set("true"), 200);
  EXPECT_EQ(client.refund("T1", "1", "R1").code(), "ACQ.SELLER_BALANCE_NOT_ENOUGH");
  EXPECT_EQ(client.cancel("T1").code(), "ACQ.SELLER_BALANCE_NOT_ENOUGH");
  EXPECT_EQ(set("false"), 200);
  EXPECT_EQ(client.refund("T1", "1", "R1").code(), "10000");
  EXPECT_EQ(set("1"), 400);
}

TEST(AlipayRefunds, AreMadeInTheDashboardToo) {
  Client client;
  static_cast<void>(client.buy("T1"));
  const Seen made =
      client.control(Method::post, "/dashboard_refund", R"({"out_trade_no":"T1","amount":100})");
  EXPECT_EQ(made.text("amount"), "100");
  EXPECT_EQ(made.callbacks.size(), 1u);
  EXPECT_EQ(client.control(Method::post, "/dashboard_refund", R"({"out_trade_no":"T1"})").text("amount"),
            "8788");
  EXPECT_EQ(client.control(Method::post, "/dashboard_refund", R"({"out_trade_no":"T1"})").status, 400);
  EXPECT_EQ(client.control(Method::post, "/dashboard_refund", R"({"out_trade_no":"T9"})").status, 400);
}

}  // namespace
}  // namespace payweir::sandbox::alipay
