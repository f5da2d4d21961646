#include "sandbox/alipay/protocol.hpp"

#include "crypto/aes_cbc.hpp"
#include "sandbox/alipay/testkit.hpp"

namespace payweir::sandbox::alipay {
namespace {

using http::Method;

// A key that is not the application's.
const crypto::RsaPrivateKey& other_key() {
  return gateway_key();
}

TEST(AlipayProtocol, SignsTheRawInnerObject) {
  Client client;
  const Seen made = client.precreate("T1");
  EXPECT_EQ(made.status, 200);
  EXPECT_TRUE(made.is_verified);
  EXPECT_TRUE(made.body.starts_with(R"({"alipay_trade_precreate_response":{"code":"10000",)"));
  EXPECT_EQ(made.headers.get("Content-Type"), "application/json;charset=utf-8");
}

TEST(AlipayProtocol, TakesParametersWhereverTheyStand) {
  Client client;
  const Params params = client.request_params("alipay.trade.precreate", Client::order("T1"));
  const http::Request in_query{.method = Method::get, .target = "/gateway.do?" + encode(params)};
  const http::Request in_body{.method = Method::post, .target = "/gateway.do", .body = encode(params)};
  for (const http::Request& request : {in_query, in_body}) {
    const Reaction reaction = client.model.handle(request, client.now, client.draws);
    EXPECT_TRUE(reaction.response->body.contains(R"("code":"10000")")) << reaction.response->body;
  }
}

TEST(AlipayProtocol, RefusesWhatIsNotRightlySignedAndSignsThat) {
  Client client;
  Params params = client.request_params("alipay.trade.precreate", Client::order("T1"));
  params["biz_content"] = Client::order("T1", "0.01");
  const Seen tampered = client.send(params);
  EXPECT_EQ(tampered.status, 200);
  EXPECT_EQ(tampered.text("code"), "40002");
  EXPECT_EQ(tampered.code(), "isv.invalid-signature");
  EXPECT_TRUE(tampered.is_verified);
  EXPECT_EQ(client.query("T1").code(), "ACQ.TRADE_NOT_EXIST");

  params = client.request_params("alipay.trade.query", Client::number("T1"));
  params["sign"] = crypto::to_base64(other_key().sign_sha256(text_to_sign(params, true)));
  EXPECT_EQ(client.send(params).code(), "isv.invalid-signature");
  params["sign"] = "no base64!";
  EXPECT_EQ(client.send(params).code(), "isv.invalid-signature");
}

TEST(AlipayProtocol, NamesThePublicParameterAtFault) {
  Client client;
  const auto without = [&](std::string_view name) {
    Params params = client.request_params("alipay.trade.query", Client::number("T1"));
    params.erase(params.find(name));
    return client.send(params).code();
  };
  EXPECT_EQ(without("app_id"), "isv.missing-app-id");
  EXPECT_EQ(without("method"), "isv.missing-method");
  EXPECT_EQ(without("sign"), "isv.missing-signature");
  EXPECT_EQ(without("sign_type"), "isv.missing-sign-type");
  EXPECT_EQ(without("timestamp"), "isv.missing-timestamp");
  EXPECT_EQ(without("version"), "isv.missing-version");
  const auto with = [&](std::string name, std::string value) {
    return client.call("alipay.trade.query", Client::number("T1"), {{std::move(name), std::move(value)}})
        .code();
  };
  EXPECT_EQ(with("app_id", "2021999999999999"), "isv.invalid-app-id");
  EXPECT_EQ(with("sign_type", "RSA"), "isv.invalid-signature-type");
  EXPECT_EQ(with("encrypt_type", "AES"), "isv.decryption-error");
  EXPECT_EQ(client.call("alipay.no.such", "{}").code(), "isv.invalid-method");
  EXPECT_EQ(client.call("alipay.trade.query", "[]").code(), "isv.invalid-parameter");
  EXPECT_EQ(client.call("alipay.trade.query", "{").code(), "isv.invalid-parameter");
  EXPECT_EQ(client.call("alipay.trade.query", "").code(), "isv.missing-biz-content");
}

TEST(AlipayProtocol, LeavesEmptyParametersOutWhenTheyWereNotSigned) {
  Client client;
  Params params = client.request_params("alipay.trade.precreate", Client::order("T1"));
  params["app_auth_token"] = "";
  EXPECT_EQ(client.send(params).code(), "10000");
}

TEST(AlipayProtocol, EncryptsContentForAnApplicationWithAKey) {
  Client client;
  const std::string aes_key(16, 'k'), start(16, '\0');
  const std::string public_key = crypto::to_base64(Client::key().public_key().to_der());
  const Seen made = client.control(Method::post, "/apps",
                                   R"({"app_id":"2021000000000002","app_public_key":")" + public_key +
                                       R"(","aes_key":")" + crypto::to_base64(aes_key) + R"("})");
  ASSERT_EQ(made.status, 200) << made.body;
  client.app_id = "2021000000000002";
  const std::string sealed = crypto::to_base64(crypto::aes_cbc_encrypt(aes_key, start, Client::order("T1")));
  const Seen answer = client.call("alipay.trade.precreate", sealed, {{"encrypt_type", "AES"}});
  ASSERT_TRUE(answer.inner.starts_with('"')) << answer.body;
  EXPECT_TRUE(answer.is_verified);
  const auto bytes = crypto::from_base64(answer.inner.substr(1, answer.inner.size() - 2));
  EXPECT_TRUE(crypto::aes_cbc_decrypt(aes_key, start, *bytes)->starts_with(R"({"code":"10000")"));
}

}  // namespace
}  // namespace payweir::sandbox::alipay
