#include "sandbox/alipay/cashier.hpp"

#include "sandbox/alipay/testkit.hpp"

namespace payweir::sandbox::alipay {
namespace {

using http::Method;

std::string page_url(Client& client, std::string_view method, std::string_view product) {
  const Params params = client.request_params(
      method, Client::order("T1", "342.38", R"(,"product_code":")" + std::string(product) + '"'),
      {{"notify_url", Client::kNotifyUrl}, {"return_url", "http://shop.test/back?cart=1"}});
  return "/gateway.do?" + encode(params);
}

// The path behind http://bank.test/alipay.
std::string path_of_location(const Seen& seen) {
  const std::string location(seen.headers.get("Location"));
  return location.substr(std::min(location.size(), std::string_view("http://bank.test/alipay").size()));
}

TEST(AlipayCashier, TakesAPagePaymentAndSendsThePayerBackSigned) {
  Client client;
  const Seen opened =
      client.browse(Method::get, page_url(client, "alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"));
  ASSERT_EQ(opened.status, 302) << opened.body;
  const std::string page = path_of_location(opened);
  const Seen question = client.browse(Method::get, page);
  EXPECT_TRUE(question.body.contains("342.38"));
  EXPECT_TRUE(question.body.contains("测试商品"));
  EXPECT_EQ(client.query("T1").code(), "ACQ.TRADE_NOT_EXIST");  // nobody has logged in
  const Seen paid = client.browse(Method::post, page, "decision=approve");
  ASSERT_EQ(paid.status, 303) << paid.body;
  EXPECT_EQ(paid.callbacks.size(), 1u);
  const std::string back(paid.headers.get("Location"));
  EXPECT_TRUE(back.starts_with("http://shop.test/back?cart=1&"));
  const auto params = read_params(std::string_view(back).substr(back.find("cart=1&") + 7));
  const auto signature = crypto::from_base64(get(*params, "sign"));
  EXPECT_TRUE(Client::alipay_key().verify_sha256(text_to_sign(*params, false), *signature));
  EXPECT_EQ(get(*params, "total_amount"), "342.38");
  EXPECT_EQ(client.query("T1").text("trade_status"), "TRADE_SUCCESS");
  EXPECT_EQ(client.browse(Method::post, page, "decision=approve").status, 409);
}

TEST(AlipayCashier, LetsThePayerDecline) {
  Client client;
  const std::string page =
      path_of_location(client.browse(Method::get, page_url(client, "alipay.trade.wap.pay", "QUICK_WAP_WAY")));
  EXPECT_EQ(client.browse(Method::post, page, "decision=decline").status, 303);
  EXPECT_EQ(client.query("T1").text("trade_status"), "WAIT_BUYER_PAY");
  EXPECT_EQ(client.browse(Method::post, page, "decision=perhaps").status, 400);
  EXPECT_EQ(client.browse(Method::post, page, "decision=approve").status, 303);
}

TEST(AlipayCashier, SendsThePayerToAnAddressWithABlankToo) {
  Client client;
  const Params params = client.request_params(
      "alipay.trade.page.pay", Client::order("T1", "1.00", R"(,"product_code":"FAST_INSTANT_TRADE_PAY")"),
      {{"return_url", "http://shop.test/茶?a=b c"}});
  const std::string page = path_of_location(client.browse(Method::get, "/gateway.do?" + encode(params)));
  const Seen paid = client.browse(Method::post, page, "decision=approve");
  EXPECT_TRUE(paid.headers.get("Location").starts_with("http://shop.test/%E8%8C%B6?a=b%20c&app_id="));
}

TEST(AlipayCashier, ShowsABrowserWhatIsWrong) {
  Client client;
  const std::string url = page_url(client, "alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY");
  const Seen tampered = client.browse(Method::get, url + "&subject=x");
  EXPECT_TRUE(tampered.body.contains("isv.invalid-signature"));
  EXPECT_TRUE(tampered.body.starts_with("<!doctype html>"));
  EXPECT_TRUE(client.browse(Method::get, page_url(client, "alipay.trade.page.pay", "OTHER"))
                  .body.contains("product_code"));
  EXPECT_EQ(client.browse(Method::get, "/scan/nothing").status, 404);
  EXPECT_EQ(client.browse(Method::get, "/nothing").status, 404);
}

TEST(AlipayCashier, OpensAnOrderStringInTheApp) {
  Client client;
  const Params params = client.request_params(
      "alipay.trade.app.pay", Client::order("T1", "1.00", R"(,"product_code":"QUICK_MSECURITY_PAY")"));
  const Seen opened = client.browse(Method::post, "/app", encode(params));
  EXPECT_TRUE(opened.text("cashier_url").starts_with("http://bank.test/alipay/scan/"));
  EXPECT_EQ(client.scan("T1").text("trade_status"), "TRADE_SUCCESS");
  const Seen tampered = client.browse(Method::post, "/app", encode(params) + "&extra=1");
  EXPECT_EQ(tampered.status, 400);
  EXPECT_EQ(tampered.code(), "isv.invalid-signature");
}

TEST(AlipayCashier, MakesTheTradeWhenACodeIsLookedAtInABrowser) {
  Client client;
  const std::string qr_code = client.precreate("T1", "44.02").text("qr_code");
  const std::string page = qr_code.substr(std::string_view("http://bank.test/alipay").size());
  EXPECT_EQ(client.browse(Method::get, page).status, 200);
  EXPECT_EQ(client.query("T1").text("trade_status"), "WAIT_BUYER_PAY");
  const Seen poor = client.browse(Method::post, page, "decision=approve");
  EXPECT_TRUE(poor.body.contains("balance"));
  EXPECT_EQ(client.query("T1").text("trade_status"), "WAIT_BUYER_PAY");
  EXPECT_EQ(client.control(Method::post, "/scan", R"({"qr_code":")" + qr_code + R"(","decision":"approve"})")
                .status,
            409);
}

}  // namespace
}  // namespace payweir::sandbox::alipay
