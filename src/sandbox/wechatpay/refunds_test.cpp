#include "sandbox/wechatpay/refunds.hpp"

#include "sandbox/wechatpay/lifecycle.hpp"
#include "sandbox/wechatpay/testkit.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

TEST(WechatPayRefunds, AreUnderWayAndThenSucceed) {
  Client client;
  static_cast<void>(client.buy("ORDER1"));
  const Seen made = client.refund("ORDER1", "REFUND1", 888);
  EXPECT_EQ(made.text({"status"}), "PROCESSING");
  EXPECT_EQ(made.text({"amount", "refund"}), "888");
  EXPECT_EQ(client.query("ORDER1").state(), "REFUND");
  EXPECT_EQ(client.refund("ORDER1", "REFUND1", 888).text({"refund_id"}), made.text({"refund_id"}));
  client.now = client.now + kRefundTakes;
  const Seen settled = client.query_refund("REFUND1");
  EXPECT_EQ(settled.text({"status"}), "SUCCESS");
  ASSERT_EQ(settled.callbacks.size(), 1u);
  const Told told = open_callback(settled.callbacks[0].request, Client::platform());
  EXPECT_EQ(told.event_type, "REFUND.SUCCESS");
  EXPECT_EQ(json::parse(told.resource)->root()["refund_status"].text(), "SUCCESS");
  EXPECT_EQ(client.refund("ORDER1", "REFUND1", 888).text({"status"}), "SUCCESS");
  EXPECT_EQ(client.model.state().books.totals_of_reference("ORDER1").refunded, 888);
}

TEST(WechatPayRefunds, OfSomeAmountsEndOtherwise) {
  Client client;
  static_cast<void>(client.buy("ORDER1", 100'000));
  static_cast<void>(client.refund("ORDER1", "ABNORMAL1", 4403, 100'000));
  static_cast<void>(client.refund("ORDER1", "CLOSED1", 4404, 100'000));
  static_cast<void>(client.refund("ORDER1", "ENDLESS1", 4405, 100'000));
  client.now = client.now + kRefundTakes;
  const Seen abnormal = client.query_refund("ABNORMAL1");
  EXPECT_EQ(abnormal.text({"status"}), "ABNORMAL");
  EXPECT_EQ(abnormal.callbacks.size(), 2u);
  EXPECT_EQ(open_callback(abnormal.callbacks.at(0).request, Client::platform()).event_type,
            "REFUND.ABNORMAL");
  EXPECT_EQ(open_callback(abnormal.callbacks.at(1).request, Client::platform()).event_type, "REFUND.CLOSED");
  EXPECT_EQ(client.query_refund("CLOSED1").text({"status"}), "CLOSED");
  EXPECT_EQ(client.query_refund("ENDLESS1").text({"status"}), "PROCESSING");
  EXPECT_EQ(client.model.state().books.totals_of_reference("ORDER1").refunded, 4405);
  // What is abnormal is not free to be refunded again.
  EXPECT_EQ(client.refund("ORDER1", "REST1", 100'000 - 4405, 100'000).code(), "INVALID_REQUEST");
  EXPECT_EQ(client.refund("ORDER1", "REST1", 100'000 - 4405 - 4403, 100'000).status, 200);
}

TEST(WechatPayRefunds, KeepToWhatWasPaid) {
  Client client;
  static_cast<void>(client.buy("ORDER1"));
  EXPECT_EQ(client.refund("ORDER1", "REFUND1", 8889).code(), "INVALID_REQUEST");
  EXPECT_EQ(client.refund("ORDER1", "REFUND1", 1, 1).code(), "INVALID_REQUEST");
  EXPECT_EQ(client.refund("ORDER1", "REFUND1", 8000).status, 200);
  EXPECT_EQ(client.refund("ORDER1", "REFUND1", 8001).code(), "INVALID_REQUEST");
  EXPECT_EQ(client.refund("ORDER1", "REFUND2", 889).code(), "INVALID_REQUEST");
  EXPECT_EQ(client.refund("ORDER1", "REFUND2", 888).status, 200);
  EXPECT_EQ(client.refund("ORDER2", "REFUND3", 1).code(), "RESOURCE_NOT_EXISTS");
  static_cast<void>(client.native("ORDER2"));
  EXPECT_EQ(client.refund("ORDER2", "REFUND3", 1).code(), "INVALID_REQUEST");
  EXPECT_EQ(client.refund("ORDER2", "REFUND1", 8000).code(), "INVALID_REQUEST");
  EXPECT_EQ(client.query_refund("REFUND3").code(), "RESOURCE_NOT_EXISTS");
}

TEST(WechatPayRefunds, AreFiftyAnOrderAndAYearLongPossible) {
  Client client;
  static_cast<void>(client.buy("ORDER1"));
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(client.refund("ORDER1", "REFUND" + std::to_string(i), 1).status, 200);
  EXPECT_TRUE(client.refund("ORDER1", "REFUND50", 1).body.contains("50"));
  static_cast<void>(client.buy("ORDER2"));
  client.now = client.now + days(365);
  EXPECT_EQ(client.refund("ORDER2", "REFUND51", 1).code(), "INVALID_REQUEST");
}

TEST(WechatPayRefunds, NameTheFieldThatIsWrong) {
  Client client;
  const auto field_of = [&](std::string body) {
    return client.post("/v3/refund/domestic/refunds", std::move(body)).text({"detail", "field"});
  };
  EXPECT_EQ(field_of("{}"), "/out_refund_no");
  EXPECT_EQ(field_of(R"({"out_refund_no":"R1"})"), "/amount/refund");
  EXPECT_EQ(field_of(R"({"out_refund_no":"R1","amount":{"refund":1}})"), "/amount/total");
  EXPECT_EQ(field_of(R"({"out_refund_no":"R1","amount":{"refund":1,"total":1}})"), "/amount/currency");
  EXPECT_EQ(field_of(R"({"out_refund_no":"R1","amount":{"refund":1,"total":1,"currency":"CNY"}})"),
            "/out_trade_no");
}

TEST(WechatPayRefunds, AreRefusedWhileTheMerchantHasNoMoney) {
  Client client;
  static_cast<void>(client.buy("ORDER1"));
  EXPECT_EQ(client.tell("/balance", R"({"mchid":"1900000001","is_low":true})").status, 200);
  const Seen refused = client.refund("ORDER1", "REFUND1", 1);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.code(), "NOT_ENOUGH");
  EXPECT_EQ(client.tell("/balance", R"({"mchid":"1900000001","is_low":false})").status, 200);
  EXPECT_EQ(client.refund("ORDER1", "REFUND1", 1).status, 200);  // under the same number
  EXPECT_EQ(client.tell("/dashboard_refund", R"({"out_trade_no":"ORDER1"})").text({"amount"}), "8887");
  EXPECT_EQ(client.tell("/dashboard_refund", R"({"out_trade_no":"ORDER1"})").status, 400);
}

}  // namespace
}  // namespace payweir::sandbox::wechatpay
