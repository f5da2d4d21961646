#include "sandbox/wechatpay/cashier.hpp"

#include "base/form.hpp"
#include "sandbox/wechatpay/testkit.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

using http::Method;

TEST(WechatPayCashier, ShowsACodeAndTakesADecision) {
  Client client;
  const std::string code_url = client.native("ORDER1").text({"code_url"});
  const std::string by_url = "/scan?code_url=" + form::percent_encode(code_url);
  const Seen question = client.browse(Method::get, by_url);
  EXPECT_EQ(question.status, 200);
  EXPECT_TRUE(question.body.contains("88.88"));
  EXPECT_TRUE(question.body.contains("ORDER1"));
  EXPECT_EQ(client.browse(Method::post, by_url, "decision=perhaps").status, 400);
  const std::string by_code = "/scan/" + code_url.substr(code_url.find("pr=") + 3);
  const Seen paid = client.browse(Method::post, by_code, "decision=approve");
  EXPECT_EQ(paid.status, 200);
  EXPECT_EQ(paid.callbacks.size(), 1u);
  EXPECT_EQ(client.browse(Method::post, by_code, "decision=approve").status, 409);
  EXPECT_EQ(client.browse(Method::get, "/scan/nothing").status, 404);
  EXPECT_EQ(client.browse(Method::get, "/scan").status, 404);
}

TEST(WechatPayCashier, OpensAnH5LinkForFiveMinutes) {
  Client client;
  const std::string body =
      client.order("ORDER1", 100, R"(,"scene_info":{"payer_client_ip":"1.2.3.4","h5_info":{"type":"Wap"}})");
  const std::string url = client.post("/v3/pay/transactions/h5", body).text({"h5_url"});
  const std::string target = url.substr(std::string_view("http://bank.test/wechatpay").size()) +
                             "&redirect_url=http%3A%2F%2Fshop.test%2Fback";
  const Seen opened = client.browse(Method::get, target);
  ASSERT_EQ(opened.status, 302);
  const std::string page(
      opened.headers.get("Location").substr(std::string_view("http://bank.test/wechatpay").size()));
  const Seen paid = client.browse(Method::post, page, "decision=approve");
  EXPECT_EQ(paid.status, 303);
  EXPECT_EQ(paid.headers.get("Location"), "http://shop.test/back");
  client.now = client.now + minutes(5);
  EXPECT_EQ(client.browse(Method::get, target).status, 410);
}

TEST(WechatPayCashier, ChecksTheSignatureOfAnInvocation) {
  Client client;
  const std::string prepay_id =
      client.post("/v3/pay/transactions/jsapi", client.order("ORDER1", 100, R"(,"payer":{"openid":"oOne"})"))
          .text({"prepay_id"});
  const std::string package = "prepay_id=" + prepay_id;
  const std::string text = std::string(kTestAppid) + "\n1795000000\nnonce\n" + package + "\n";
  const auto invoke = [&](std::string_view signature) {
    return client.browse(
        Method::post, "/invoke",
        R"({"appId":"wx0000000000000001","timeStamp":"1795000000","nonceStr":"nonce","package":")" + package +
            R"(","signType":"RSA","paySign":")" + std::string(signature) + R"("})");
  };
  const Seen opened = invoke(crypto::to_base64(Client::key().sign_sha256(text)));
  EXPECT_EQ(opened.text({"cashier_url"}), "http://bank.test/wechatpay/scan/" + prepay_id);
  EXPECT_EQ(invoke("AAAA").status, 400);
  EXPECT_EQ(client.browse(Method::post, "/invoke", "{}").status, 400);
}

}  // namespace
}  // namespace payweir::sandbox::wechatpay
