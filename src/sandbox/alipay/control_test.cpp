#include "sandbox/alipay/control.hpp"

#include "sandbox/alipay/testkit.hpp"
#include "sandbox/certificate_issuer.hpp"

namespace payweir::sandbox::alipay {
namespace {

using http::Method;

std::string own_public_key() {
  return crypto::to_base64(Client::key().public_key().to_der());
}

TEST(AlipayControl, RegistersApplicationsAndShowsNothingPrivate) {
  Client client;
  const Seen made =
      client.control(Method::post, "/apps",
                     R"({"app_id":"2021000000000002","app_public_key":")" + own_public_key() + R"("})");
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(made.text("alipay_public_key"), crypto::to_base64(Client::alipay_key().to_der()));
  client.app_id = "2021000000000002";
  EXPECT_EQ(client.precreate("T1").code(), "10000");
  const Seen listed = client.control(Method::get, "/apps");
  EXPECT_TRUE(listed.body.contains("2021000000000001"));
  EXPECT_FALSE(listed.body.contains("PRIVATE"));
}

TEST(AlipayControl, ReplacesKeysAtOnce) {
  Client client;
  EXPECT_EQ(client.precreate("T1").code(), "10000");
  const std::string other = crypto::to_base64(gateway_key().public_key().to_der());
  EXPECT_EQ(client
                .control(Method::post, "/apps",
                         R"({"app_id":"2021000000000001","app_public_key":")" + other + R"("})")
                .status,
            200);
  EXPECT_EQ(client.query("T1").code(), "isv.invalid-signature");
}

TEST(AlipayControl, NamesTheFieldOfARegistrationThatIsWrong) {
  Client client;
  const auto field_of = [&](const std::string& fields) {
    const Seen refused = client.control(Method::post, "/apps", "{" + fields + "}");
    EXPECT_EQ(refused.status, 400) << fields;
    const auto document = json::parse(refused.body);
    return std::string(document->root()["error"]["field"].text());
  };
  const std::string key = R"("app_public_key":")" + own_public_key() + '"';
  EXPECT_EQ(field_of(""), "app_id");
  EXPECT_EQ(field_of(R"("app_id":1)"), "app_id");
  EXPECT_EQ(field_of(R"("app_id":"2")"), "app_public_key");
  EXPECT_EQ(field_of(R"("app_id":"2","app_public_key":"x")"), "app_public_key");
  EXPECT_EQ(field_of(R"("app_id":"2","app_cert":"x")"), "app_cert");
  EXPECT_EQ(field_of(R"("app_id":"2","alipay_private_key":"x",)" + key), "alipay_private_key");
  EXPECT_EQ(field_of(R"("app_id":"2","aes_key":"x",)" + key), "aes_key");
}

TEST(AlipayControl, WorksWithCertificates) {
  Client client;
  std::string pem = issue_certificate({.serial_hex = "a1b2c3",
                                       .issuer = "Some CA",
                                       .subject = "a shop",
                                       .not_before = client.now,
                                       .not_after = client.now + days(365)},
                                      Client::key().public_key(), Client::key());
  for (std::size_t at = 0; (at = pem.find('\n', at)) != std::string::npos; at += 2)
    pem.replace(at, 1, "\\n");
  const Seen made =
      client.control(Method::post, "/apps", R"({"app_id":"2021000000000003","app_cert":")" + pem + R"("})");
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(made.text("alipay_cert_sn").size(), 32u);
  EXPECT_TRUE(made.text("alipay_cert").starts_with("-----BEGIN CERTIFICATE-----"));
  client.app_id = "2021000000000003";
  EXPECT_EQ(client.precreate("T1").code(), "isv.invalid-app-cert-sn");
  const Params serials = {{"app_cert_sn", made.text("app_cert_sn")},
                          {"alipay_root_cert_sn", made.text("alipay_root_cert_sn")}};
  const Seen answer = client.call("alipay.trade.precreate", Client::order("T1"), serials);
  EXPECT_EQ(answer.code(), "10000");
  EXPECT_TRUE(answer.is_verified);
  EXPECT_TRUE(answer.body.contains(R"("alipay_cert_sn":")" + made.text("alipay_cert_sn") + '"'));
}

TEST(AlipayControl, KeepsBooksByReference) {
  Client client;
  static_cast<void>(client.call("alipay.trade.precreate",
                                Client::order("T1", "1.00", R"(,"passback_params":"payment_id%3Dpay_1")")));
  static_cast<void>(client.call("alipay.trade.precreate",
                                Client::order("T2", "1.00", R"(,"passback_params":"payment_id%3Dpay_1")")));
  static_cast<void>(client.scan("T1"));
  const auto books = [&](const char* query) {
    return json::parse(client.control(Method::get, std::string("/books") + query).body);
  };
  EXPECT_EQ(books("")->root()["charges_by_reference"]["pay_1"]["captured_minor"].integer(), 100);
  EXPECT_EQ(books("")->root()["repeated_references"].size(), 0u);
  static_cast<void>(client.scan("T2"));
  static_cast<void>(client.refund("T2", "0.40", "R1"));
  const auto both = books("?reference=pay_1");
  EXPECT_EQ(both->root()["charges_by_reference"]["pay_1"]["charge_count"].integer(), 2);
  EXPECT_EQ(both->root()["charges_by_reference"]["pay_1"]["refunded_minor"].integer(), 40);
  EXPECT_EQ(both->root()["repeated_references"].first().text(), "pay_1");
  EXPECT_EQ(both->root()["orders"].size(), 2u);
  EXPECT_EQ(books("?limit=1")->root()["orders"].size(), 1u);
  EXPECT_EQ(books("?limit=1&after=0")->root()["orders"].first()["out_trade_no"].text(), "T2");
  EXPECT_FALSE(books("?summary=true")->root()["orders"].present());
  EXPECT_EQ(client.control(Method::get, "/books?limit=0").status, 400);
}

TEST(AlipayControl, ForgetsEverythingButTheDemoApplication) {
  Client client;
  static_cast<void>(client.buy("T1"));
  EXPECT_EQ(client.control(Method::post, "/reset").status, 200);
  EXPECT_EQ(client.query("T1").code(), "ACQ.TRADE_NOT_EXIST");
  EXPECT_EQ(client.control(Method::get, "/nothing").status, 404);
}

TEST(AlipayControl, BendsCallbacks) {
  Client client;
  const auto mode = [&](const char* name) {
    return client.control(Method::post, "/webhooks", R"({"mode":")" + std::string(name) + R"("})").status;
  };
  EXPECT_EQ(mode("duplicate"), 200);
  EXPECT_EQ(client.buy("T1").callbacks.size(), 2u);
  EXPECT_EQ(mode("drop"), 200);
  EXPECT_TRUE(client.buy("T2").callbacks.empty());
  EXPECT_EQ(mode("hold"), 200);
  EXPECT_TRUE(client.buy("T3").callbacks.empty());
  EXPECT_EQ(client.control(Method::post, "/webhooks/release").callbacks.size(), 1u);
  EXPECT_EQ(mode("early"), 200);
  const std::string pay =
      Client::order("T4", "1.00", R"(,"scene":"bar_code","auth_code":"285251072831110000")");
  const Seen early = client.call("alipay.trade.pay", pay, {{"notify_url", Client::kNotifyUrl}});
  ASSERT_EQ(early.callbacks.size(), 1u);
  EXPECT_LT(early.callbacks[0].after, early.delay);
}

}  // namespace
}  // namespace payweir::sandbox::alipay
