#include "sandbox/alipay/trades.hpp"

#include "sandbox/alipay/testkit.hpp"

namespace payweir::sandbox::alipay {
namespace {

using http::Method;

constexpr const char* kPays = "285251072831110000";
constexpr const char* kAsksThenPays = "285251072831110003";
constexpr const char* kAsksThenDeclines = "285251072831110013";
constexpr const char* kAsks = "285251072831110023";

TEST(AlipayTrades, ExistOnlyOnceTheirCodeIsScanned) {
  Client client;
  const Seen made = client.precreate("T1");
  EXPECT_TRUE(made.text("qr_code").starts_with("http://bank.test/alipay/scan/bax"));
  EXPECT_EQ(client.query("T1").code(), "ACQ.TRADE_NOT_EXIST");
  EXPECT_EQ(client.close("T1").code(), "ACQ.TRADE_NOT_EXIST");
  EXPECT_EQ(client.scan("T1", "open").status, 200);
  EXPECT_EQ(client.query("T1").text("trade_status"), "WAIT_BUYER_PAY");
  EXPECT_EQ(client.scan("T1").text("trade_status"), "TRADE_SUCCESS");
  const Seen paid = client.query("T1");
  EXPECT_EQ(paid.text("trade_status"), "TRADE_SUCCESS");
  EXPECT_EQ(paid.text("total_amount"), "88.88");
  EXPECT_EQ(paid.text("receipt_amount"), "88.88");
  EXPECT_EQ(paid.text("send_pay_date"), "2026-11-18 19:06:40");
  EXPECT_EQ(client.call("alipay.trade.query", R"({"trade_no":")" + paid.text("trade_no") + "\"}")
                .text("out_trade_no"),
            "T1");
}

TEST(AlipayTrades, AreTheSameUnderTheSameNumberAndTerms) {
  Client client;
  const Seen made = client.precreate("T1");
  EXPECT_EQ(client.precreate("T1").text("qr_code"), made.text("qr_code"));
  EXPECT_EQ(client.precreate("T1", "88.89").code(), "ACQ.CONTEXT_INCONSISTENT");
  static_cast<void>(client.scan("T1"));
  EXPECT_EQ(client.precreate("T1").code(), "ACQ.TRADE_HAS_SUCCESS");
  EXPECT_EQ(client.pay("T1", kPays).code(), "ACQ.TRADE_HAS_SUCCESS");
  EXPECT_TRUE(client.model.state().books.repeated_references().empty());
}

TEST(AlipayTrades, NameTheFieldThatIsWrong) {
  Client client;
  const auto refused = [&](std::string content) {
    const Seen seen = client.call("alipay.trade.precreate", std::move(content));
    EXPECT_EQ(seen.code(), "ACQ.INVALID_PARAMETER");
    return seen.text("sub_msg");
  };
  EXPECT_TRUE(refused(Client::order("")).contains("out_trade_no"));
  EXPECT_TRUE(refused(Client::order("T-1")).contains("out_trade_no"));
  EXPECT_TRUE(refused(Client::order(std::string(65, 'T'))).contains("out_trade_no"));
  for (const char* amount : {"", "0", "0.00", "-1", "1.234", "1e2", "100000000.01", "x"})
    EXPECT_TRUE(refused(Client::order("T1", amount)).contains("total_amount")) << amount;
  EXPECT_TRUE(refused(R"({"out_trade_no":"T1","total_amount":"1"})").contains("subject"));
  for (const char* span : {"0m", "16d", "1x", "m", "1", "-1m"})
    EXPECT_TRUE(refused(Client::order("T1", "1", R"(,"timeout_express":")" + std::string(span) + '"'))
                    .contains("timeout_express"))
        << span;
  EXPECT_TRUE(
      refused(Client::order("T1", "1", R"(,"time_expire":"2020-01-01 00:00:00")")).contains("time_expire"));
  EXPECT_TRUE(client.call("alipay.trade.precreate", Client::order("T1"), {{"notify_url", "ftp://x"}})
                  .text("sub_msg")
                  .contains("notify_url"));
  EXPECT_TRUE(client.call("alipay.trade.create", Client::order("T1")).text("sub_msg").contains("buyer_id"));
}

TEST(AlipayTrades, OfAMiniProgramExistAtOnce) {
  Client client;
  const Seen made =
      client.call("alipay.trade.create", Client::order("T1", "1.00", R"(,"buyer_id":"2088000011112222")"));
  EXPECT_EQ(made.text("trade_no").size(), 28u);
  EXPECT_EQ(client.query("T1").text("trade_status"), "WAIT_BUYER_PAY");
  EXPECT_EQ(client.close("T1").code(), "10000");
  EXPECT_EQ(client.query("T1").text("trade_status"), "TRADE_CLOSED");
  EXPECT_EQ(client.close("T1").code(), "ACQ.TRADE_STATUS_ERROR");
}

TEST(AlipayTrades, ByBarcodeArePaidAtOnceOrLater) {
  Client client;
  EXPECT_EQ(client.pay("T1", kPays).text("buyer_pay_amount"), "88.88");
  const Seen asked = client.pay("T2", kAsksThenPays);
  EXPECT_EQ(asked.code(), "10003");
  EXPECT_EQ(client.query("T2").text("trade_status"), "WAIT_BUYER_PAY");
  EXPECT_EQ(client.pay("T3", kAsksThenDeclines).code(), "10003");
  EXPECT_EQ(client.pay("T4", kAsks).code(), "10003");
  client.now = client.now + seconds(5);
  EXPECT_EQ(client.query("T2").text("trade_status"), "TRADE_SUCCESS");
  EXPECT_EQ(client.query("T3").text("trade_status"), "TRADE_CLOSED");
  EXPECT_EQ(client.query("T4").text("trade_status"), "WAIT_BUYER_PAY");
  EXPECT_EQ(client.pay("T4", kAsks).code(), "10003");
  EXPECT_EQ(client.scan("T4").status, 200);
  EXPECT_EQ(client.query("T4").text("trade_status"), "TRADE_SUCCESS");
}

TEST(AlipayTrades, ByBarcodeAreRefusedAsTheCodeSays) {
  Client client;
  EXPECT_EQ(client.pay("T1", "285251072831110401").code(), "ACQ.PAYMENT_AUTH_CODE_INVALID");
  EXPECT_EQ(client.pay("T1", "285251072831110402").code(), "ACQ.BUYER_BALANCE_NOT_ENOUGH");
  EXPECT_EQ(client.pay("T1", "1").code(), "ACQ.PAYMENT_AUTH_CODE_INVALID");
  EXPECT_EQ(client.pay("T1", kPays, "44.02").code(), "ACQ.BUYER_BALANCE_NOT_ENOUGH");
  EXPECT_EQ(client.query("T1").code(), "ACQ.TRADE_NOT_EXIST");
  EXPECT_EQ(client.pay("T1", kPays).code(), "10000");  // another code, the same order
}

TEST(AlipayTrades, AreCancelledUnpaidPaidAndUnknown) {
  Client client;
  static_cast<void>(client.precreate("T1"));
  EXPECT_EQ(client.cancel("T1").text("action"), "close");
  EXPECT_EQ(client.scan("T1").status, 409);
  EXPECT_EQ(client.query("T1").code(), "ACQ.TRADE_NOT_EXIST");

  static_cast<void>(client.buy("T2"));
  EXPECT_EQ(client.refund("T2", "8.88", "R1").code(), "10000");
  const Seen cancelled = client.cancel("T2");
  EXPECT_EQ(cancelled.text("action"), "refund");
  EXPECT_EQ(cancelled.text("retry_flag"), "N");
  EXPECT_EQ(client.cancel("T2").text("action"), "refund");  // again: the same
  EXPECT_EQ(client.query("T2").text("trade_status"), "TRADE_CLOSED");
  EXPECT_EQ(client.model.state().books.totals_of_reference("T2").refunded, 8888);

  EXPECT_EQ(client.cancel("T3").code(), "10000");
  EXPECT_EQ(client.query("T3").code(), "ACQ.TRADE_NOT_EXIST");
  for (const char* number : {"T1", "T2", "T3"}) {
    EXPECT_EQ(client.precreate(number).code(), "ACQ.TRADE_HAS_CLOSE") << number;
    EXPECT_EQ(client.pay(number, kPays).code(), "ACQ.TRADE_HAS_CLOSE") << number;
  }
}

TEST(AlipayTrades, CloseThemselvesInTime) {
  Client client;
  static_cast<void>(client.call("alipay.trade.precreate",
                                Client::order("T1", "1.00", R"(,"timeout_express":"30m")"),
                                {{"notify_url", Client::kNotifyUrl}}));
  EXPECT_EQ(client.scan("T1", "open").status, 200);
  client.now = client.now + minutes(30);
  const Seen closed = client.query("T1");
  EXPECT_EQ(closed.text("trade_status"), "TRADE_CLOSED");
  ASSERT_EQ(closed.callbacks.size(), 1u);
  EXPECT_EQ(get(read_notification(closed.callbacks[0].request, Client::alipay_key()), "trade_status"),
            "TRADE_CLOSED");
  EXPECT_EQ(client.scan("T1").status, 409);
}

TEST(AlipayTrades, CannotBePaidByACodeOfTwoHoursAgo) {
  Client client;
  static_cast<void>(client.precreate("T1"));
  client.now = client.now + hours(2);
  EXPECT_TRUE(client.scan("T1").body.contains("expired"));
  static_cast<void>(client.precreate("T1"));  // renewed
  EXPECT_EQ(client.scan("T1").status, 200);
}

TEST(AlipayTrades, NotifyAndAreHeardByTheWordSuccess) {
  Client client;
  const Seen paid = client.buy("T1");
  ASSERT_EQ(paid.callbacks.size(), 1u);
  const Callback& callback = paid.callbacks[0];
  EXPECT_EQ(callback.request.origin, "http://shop.test");
  EXPECT_EQ(callback.request.target, "/notify?ch=1");
  EXPECT_EQ(callback.retries.size(), 7u);
  EXPECT_FALSE(callback.is_acknowledged_by({.status = 200, .body = "ok"}));
  EXPECT_FALSE(callback.is_acknowledged_by({.status = 500, .body = "success"}));
  EXPECT_TRUE(callback.is_acknowledged_by({.status = 200, .body = "success"}));
  const Params params = read_notification(callback.request, Client::alipay_key());
  EXPECT_EQ(get(params, "trade_status"), "TRADE_SUCCESS");
  EXPECT_EQ(get(params, "total_amount"), "88.88");
  EXPECT_EQ(get(params, "seller_id"), kTestSellerId);
  EXPECT_EQ(get(params, "subject"), "测试商品");

  http::Request again = callback.request;
  callback.sign_again(again, client.now + minutes(4));
  const Params retried = read_notification(again, Client::alipay_key());
  EXPECT_EQ(get(retried, "notify_id"), get(params, "notify_id"));
  EXPECT_EQ(get(retried, "notify_time"), "2026-11-18 19:10:40");
}

TEST(AlipayTrades, FinishAfterNinetyDays) {
  Client client;
  static_cast<void>(client.buy("T1"));
  client.now = client.now + days(90);
  EXPECT_EQ(client.query("T1").text("trade_status"), "TRADE_FINISHED");
  EXPECT_EQ(client.refund("T1", "1.00", "R1").code(), "ACQ.TRADE_HAS_FINISHED");
  EXPECT_EQ(client.cancel("T1").code(), "ACQ.TRADE_HAS_FINISHED");
}

}  // namespace
}  // namespace payweir::sandbox::alipay
