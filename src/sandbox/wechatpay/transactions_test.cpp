#include "sandbox/wechatpay/transactions.hpp"

#include "sandbox/wechatpay/testkit.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

using http::Method;

constexpr const char* kPays = "130061098828000000";
constexpr const char* kAsksThenPays = "130061098828000003";
constexpr const char* kAsksThenFails = "130061098828000013";
constexpr const char* kAsks = "130061098828000023";

TEST(WechatPayTransactions, ArePaidByScanning) {
  Client client;
  const Seen made = client.native("ORDER1");
  EXPECT_TRUE(made.text({"code_url"}).starts_with("weixin://wxpay/bizpayurl?pr="));
  EXPECT_EQ(client.query("ORDER1").state(), "NOTPAY");
  const Seen paid =
      client.tell("/scan", R"({"code_url":")" + made.text({"code_url"}) + R"(","decision":"approve"})");
  EXPECT_EQ(paid.state(), "SUCCESS");
  const Seen seen = client.query("ORDER1");
  EXPECT_EQ(seen.state(), "SUCCESS");
  EXPECT_EQ(seen.text({"amount", "payer_total"}), "8888");
  EXPECT_EQ(seen.text({"success_time"}), "2026-11-18T19:06:40+08:00");
  EXPECT_EQ(seen.text({"trade_type"}), "NATIVE");
  const std::string id = seen.text({"transaction_id"});
  EXPECT_EQ(id.size(), 28u);
  EXPECT_EQ(client.get("/v3/pay/transactions/id/" + id + "?mchid=" + client.mchid).text({"out_trade_no"}),
            "ORDER1");
}

TEST(WechatPayTransactions, TellWhoAskedToBeTold) {
  Client client;
  const Seen paid = client.buy("ORDER1");
  ASSERT_EQ(paid.callbacks.size(), 1u);
  const Callback& callback = paid.callbacks[0];
  EXPECT_EQ(callback.request.target, "/notify");
  EXPECT_EQ(callback.retries.size(), 15u);
  EXPECT_EQ(callback.timeout, seconds(5));
  EXPECT_TRUE(callback.is_acknowledged_by({.status = 204}));
  EXPECT_TRUE(callback.is_acknowledged_by({.status = 200}));
  EXPECT_FALSE(callback.is_acknowledged_by({.status = 202}));
  const Told told = open_callback(callback.request, Client::platform());
  EXPECT_EQ(told.event_type, "TRANSACTION.SUCCESS");
  const auto resource = json::parse(told.resource);
  EXPECT_EQ(resource->root()["trade_state"].text(), "SUCCESS");
  EXPECT_EQ(resource->root()["amount"]["total"].integer(), 8888);
  http::Request again = callback.request;
  callback.sign_again(again, client.now + hours(6));
  EXPECT_EQ(again.headers.get("Wechatpay-Timestamp"), std::to_string((client.now + hours(6)).ms / 1000));
  EXPECT_EQ(open_callback(again, Client::platform()).resource, told.resource);
}

TEST(WechatPayTransactions, AreTheSameUnderTheSameNumberAndParameters) {
  Client client;
  const Seen made = client.native("ORDER1");
  EXPECT_EQ(client.native("ORDER1").text({"code_url"}), made.text({"code_url"}));
  EXPECT_EQ(client.native("ORDER1", 1).code(), "INVALID_REQUEST");
  EXPECT_EQ(client.post("/v3/pay/transactions/app", client.order("ORDER1")).code(), "OUT_TRADE_NO_USED");
  static_cast<void>(client.scan("ORDER1"));
  EXPECT_EQ(client.native("ORDER1").code(), "ORDERPAID");
  EXPECT_EQ(client.close("ORDER1").code(), "ORDERPAID");
}

TEST(WechatPayTransactions, CloseAgainAndAgain) {
  Client client;
  static_cast<void>(client.native("ORDER1"));
  EXPECT_EQ(client.close("ORDER1").status, 204);
  EXPECT_EQ(client.close("ORDER1").status, 204);
  EXPECT_EQ(client.query("ORDER1").state(), "CLOSED");
  EXPECT_EQ(client.native("ORDER1").code(), "ORDER_CLOSED");
  EXPECT_EQ(client.scan("ORDER1").status, 409);
  EXPECT_EQ(client.close("ORDER2").code(), "ORDER_NOT_EXIST");
}

TEST(WechatPayTransactions, NameTheFieldThatIsWrong) {
  Client client;
  const auto field_of = [&](std::string body, const char* path = "native") {
    const Seen refused = client.post(std::string("/v3/pay/transactions/") + path, std::move(body));
    EXPECT_EQ(refused.code(), "PARAM_ERROR") << refused.body;
    return refused.text({"detail", "field"});
  };
  EXPECT_EQ(field_of(client.order("SHORT")), "/out_trade_no");
  EXPECT_EQ(field_of(client.order("WITH BLANK")), "/out_trade_no");
  EXPECT_EQ(field_of(client.order(std::string(33, '1'))), "/out_trade_no");
  EXPECT_EQ(field_of(client.order("ORDER1", 0)), "/amount/total");
  EXPECT_EQ(field_of(client.order("ORDER1"), "jsapi"), "/payer/openid");
  EXPECT_EQ(field_of(client.order("ORDER1"), "h5"), "/scene_info/payer_client_ip");
  EXPECT_EQ(field_of(client.order("ORDER1"), "codepay"), "/payer/auth_code");
  EXPECT_EQ(field_of(client.order("ORDER1", 1, R"(,"time_expire":"2020-01-01T00:00:00+08:00")")),
            "/time_expire");
  const std::string start = R"({"appid":"wx0000000000000001","mchid":"1900000001","out_trade_no":"ORDER1")";
  EXPECT_EQ(field_of(start + "}"), "/description");
  EXPECT_EQ(field_of(start + R"(,"description":"x"})"), "/amount/total");
  EXPECT_EQ(field_of(start + R"(,"description":"x","amount":{"total":1,"currency":"USD"}})"),
            "/amount/currency");
  EXPECT_EQ(field_of(start + R"(,"description":"x","amount":{"total":1}})"), "/notify_url");
  EXPECT_EQ(field_of(start + R"(,"description":"x","amount":{"total":1},"notify_url":"http://a/?b"})"),
            "/notify_url");
  EXPECT_EQ(field_of(R"({"appid":"wx0000000000000001","mchid":"2"})"), "/mchid");
  EXPECT_EQ(client.post("/v3/pay/transactions/native", R"({"appid":"wx2","mchid":"1900000001"})").code(),
            "APPID_MCHID_NOT_MATCH");
  static_cast<void>(client.native("ORDER1"));
  EXPECT_EQ(client.get("/v3/pay/transactions/out-trade-no/ORDER1").text({"detail", "field"}), "mchid");
}

TEST(WechatPayTransactions, OfEveryKindLeadToAPayer) {
  Client client;
  const auto make = [&](const char* path, const char* number, const char* more) {
    return client.post(std::string("/v3/pay/transactions/") + path, client.order(number, 100, more));
  };
  const Seen jsapi = make("jsapi", "ORDER1", R"(,"payer":{"openid":"oOne"})");
  EXPECT_TRUE(jsapi.text({"prepay_id"}).starts_with("wx"));
  const Seen app = make("app", "ORDER2", "");
  const Seen h5 =
      make("h5", "ORDER3", R"(,"scene_info":{"payer_client_ip":"1.2.3.4","h5_info":{"type":"Wap"}})");
  EXPECT_TRUE(h5.text({"h5_url"})
                  .starts_with("http://bank.test/wechatpay/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx"));
  for (const std::string& by :
       {R"("prepay_id":")" + jsapi.text({"prepay_id"}), R"("prepay_id":")" + app.text({"prepay_id"}),
        R"("h5_url":")" + h5.text({"h5_url"})})
    EXPECT_EQ(client.tell("/scan", "{" + by + R"(","decision":"approve"})").state(), "SUCCESS") << by;
  EXPECT_EQ(client.query("ORDER1").text({"payer", "openid"}), "oOne");
  EXPECT_EQ(client.query("ORDER3").text({"trade_type"}), "MWEB");
}

TEST(WechatPayTransactions, ByBarcodeArePaidAtOnceOrLater) {
  Client client;
  EXPECT_EQ(client.pay_by_code("ORDER1", kPays).state(), "SUCCESS");
  const Seen asked = client.pay_by_code("ORDER2", kAsksThenPays);
  EXPECT_EQ(asked.status, 202);
  EXPECT_EQ(asked.code(), "USERPAYING");
  EXPECT_EQ(client.query("ORDER2").state(), "USERPAYING");
  EXPECT_EQ(client.pay_by_code("ORDER3", kAsksThenFails).status, 202);
  EXPECT_EQ(client.pay_by_code("ORDER4", kAsks).status, 202);
  client.now = client.now + seconds(5);
  EXPECT_EQ(client.query("ORDER2").state(), "SUCCESS");
  EXPECT_EQ(client.query("ORDER3").state(), "PAYERROR");
  EXPECT_EQ(client.query("ORDER4").state(), "USERPAYING");
  EXPECT_EQ(client.scan("ORDER4", "decline").state(), "PAYERROR");
  EXPECT_EQ(client.pay_by_code("ORDER5", "130061098828000402").code(), "NOT_ENOUGH");
  EXPECT_EQ(client.pay_by_code("ORDER5", kPays, 4402).code(), "NOT_ENOUGH");
  EXPECT_EQ(client.pay_by_code("ORDER5", kPays).state(), "SUCCESS");
}

TEST(WechatPayTransactions, ByBarcodeAreReversed) {
  Client client;
  static_cast<void>(client.pay_by_code("ORDER1", kPays));
  static_cast<void>(client.pay_by_code("ORDER2", kAsksThenPays));
  EXPECT_EQ(client.close("ORDER1").code(), "INVALID_REQUEST");
  for (const char* number : {"ORDER1", "ORDER2"}) {
    EXPECT_EQ(client.reverse(number).status, 200);
    EXPECT_EQ(client.reverse(number).status, 200);
  }
  client.now = client.now + seconds(5);
  for (const char* number : {"ORDER1", "ORDER2"}) {
    EXPECT_EQ(client.query(number).state(), "REVOKED");
    EXPECT_EQ(client.pay_by_code(number, kPays).code(), "ORDER_CLOSED");
  }
  EXPECT_EQ(client.model.state().books.totals_of_reference("ORDER1").refunded, 8888);
  EXPECT_EQ(client.model.state().books.totals_of_reference("ORDER2").captured, 0);
  static_cast<void>(client.native("ORDER3"));
  EXPECT_EQ(client.reverse("ORDER3").code(), "INVALID_REQUEST");
  EXPECT_EQ(client.reverse("ORDER4").code(), "ORDER_NOT_EXIST");
}

TEST(WechatPayTransactions, EndInTime) {
  Client client;
  static_cast<void>(
      client.post("/v3/pay/transactions/native",
                  client.order("ORDER1", 100, R"(,"time_expire":"2026-11-18T19:36:40+08:00")")));
  static_cast<void>(client.native("ORDER2"));
  client.now = client.now + minutes(30);
  EXPECT_EQ(client.query("ORDER1").state(), "CLOSED");
  client.now = client.now + minutes(90);
  EXPECT_TRUE(client.scan("ORDER2").body.contains("expired"));
  static_cast<void>(client.native("ORDER2"));  // renewed
  EXPECT_EQ(client.scan("ORDER2").state(), "SUCCESS");
}

TEST(WechatPayTransactions, StayUnpaidWhenThePayerDeclines) {
  Client client;
  static_cast<void>(client.native("ORDER1"));
  EXPECT_EQ(client.scan("ORDER1", "decline").state(), "NOTPAY");
  static_cast<void>(client.native("ORDER2", 4402));
  EXPECT_EQ(client.scan("ORDER2").status, 409);
  EXPECT_EQ(client.query("ORDER2").state(), "NOTPAY");
  EXPECT_EQ(client.scan("ORDER1", "perhaps").status, 400);
}

}  // namespace
}  // namespace payweir::sandbox::wechatpay
