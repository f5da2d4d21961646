#include "sandbox/wechatpay/protocol.hpp"

#include "sandbox/wechatpay/testkit.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

using http::Method;

TEST(WechatPayProtocol, SignsAnswersEmptyOnesAndErrorsToo) {
  Client client;
  const Seen made = client.native("ORDER1");
  EXPECT_EQ(made.status, 200);
  EXPECT_TRUE(made.is_verified);
  EXPECT_EQ(made.headers.get("Wechatpay-Serial"), platform_key().id);
  const Seen closed = client.close("ORDER1");
  EXPECT_EQ(closed.status, 204);
  EXPECT_TRUE(closed.body.empty());
  EXPECT_TRUE(closed.is_verified);
  const Seen missing = client.query("ORDER2");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.code(), "ORDER_NOT_EXIST");
  EXPECT_TRUE(missing.is_verified);
}

TEST(WechatPayProtocol, RefusesWhatIsNotRightlySigned) {
  const auto refused = [](auto spoil) {
    Client client;
    spoil(client);
    const Seen seen = client.native("ORDER1");
    EXPECT_EQ(seen.status, 401) << seen.body;
    EXPECT_EQ(seen.code(), "SIGN_ERROR");
    EXPECT_TRUE(seen.is_verified);
    EXPECT_EQ(client.model.state().books.size(), 0u);
  };
  refused([](Client& client) { client.tampering = " "; });
  refused([](Client& client) { client.mchid = "1900000002"; });
  refused([](Client& client) { client.serial = "22"; });
  refused([](Client& client) { client.clock_error = seconds(301); });
  refused([](Client& client) { client.clock_error = seconds(-301); });
  Client client;
  EXPECT_EQ(client.browse(Method::get, "/v3/certificates").status, 401);
  client.clock_error = seconds(300);
  EXPECT_EQ(client.native("ORDER1").status, 200);
}

TEST(WechatPayProtocol, TakesASignatureOverThePathInFrontAsWell) {
  Client client;
  const std::string target = "/v3/certificates";
  EXPECT_EQ(client.send(Method::get, target, {}, "/wechatpay" + target).status, 200);
  EXPECT_EQ(client.send(Method::get, target, {}, "/other" + target).status, 401);
}

TEST(WechatPayProtocol, ProbesWithSignaturesThatMustBeRefused) {
  Client client;
  EXPECT_EQ(client.tell("/probes", R"({"rate":1})").status, 200);
  const Seen probe = client.native("ORDER1");
  EXPECT_TRUE(probe.headers.get("Wechatpay-Signature").starts_with("WECHATPAY/SIGNTEST/"));
  EXPECT_FALSE(probe.is_verified);
  const Seen paid = client.scan("ORDER1");
  ASSERT_EQ(paid.callbacks.size(), 1u);
  http::Request request = paid.callbacks[0].request;
  EXPECT_FALSE(is_signed(request.headers, request.body, Client::platform()));
  paid.callbacks[0].sign_again(request, client.now + seconds(15));
  EXPECT_EQ(open_callback(request, Client::platform()).event_type, "TRANSACTION.SUCCESS");
  EXPECT_EQ(client.tell("/probes", R"({"rate":2})").status, 400);
}

TEST(WechatPayProtocol, GivesItsCertificateSealed) {
  Client client;
  const Seen listed = client.get("/v3/certificates");
  ASSERT_EQ(listed.status, 200);
  const auto document = json::parse(listed.body);
  const json::Value first = document->root()["data"].first();
  EXPECT_EQ(first["serial_no"].text(), platform_key().id);
  const json::Value sealed = first["encrypt_certificate"];
  const auto ciphertext = crypto::from_base64(sealed["ciphertext"].text());
  const auto pem = crypto::aes256gcm_open(kTestApiV3Key, sealed["nonce"].text(), "certificate", *ciphertext);
  EXPECT_EQ(crypto::RsaPublicKey::parse(*pem)->to_der(), Client::platform().to_der());
}

TEST(WechatPayProtocol, KnowsItsPathsOnly) {
  Client client;
  EXPECT_EQ(client.get("/v3/nothing").status, 404);
  EXPECT_EQ(client.get("/v3/pay/transactions/native").status, 404);
  EXPECT_EQ(client.post("/v3/pay/transactions/native/x", "{}").status, 404);
  EXPECT_EQ(client.post("/v3/pay/transactions/native", "[]").code(), "PARAM_ERROR");
}

}  // namespace
}  // namespace payweir::sandbox::wechatpay
