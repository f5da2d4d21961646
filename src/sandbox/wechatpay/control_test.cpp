#include "sandbox/wechatpay/control.hpp"

#include "sandbox/certificate_issuer.hpp"
#include "sandbox/wechatpay/testkit.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

using http::Method;

std::string in_json(std::string pem) {
  for (std::size_t at = 0; (at = pem.find('\n', at)) != std::string::npos; at += 2)
    pem.replace(at, 1, "\\n");
  return pem;
}

std::string registration(std::string_view mchid, std::string_view more = {}) {
  return R"({"mchid":")" + std::string(mchid) + R"(","appid":"wx0000000000000001","serial_no":"AB",)" +
         R"("apiv3_key":"0123456789abcdef0123456789abcdef","merchant_public_key":")" +
         in_json(to_pem(Client::key().public_key())) + '"' + std::string(more) + "}";
}

TEST(WechatPayControl, RegistersMerchantsAndShowsNothingPrivate) {
  Client client;
  const Seen made = client.tell("/merchants", registration("1900000002"));
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(made.text({"platform_serial"}), platform_key().id);
  EXPECT_TRUE(made.text({"platform_certificate"}).starts_with("-----BEGIN CERTIFICATE-----"));
  client.mchid = "1900000002";
  client.serial = "ab";
  EXPECT_EQ(client.native("ORDER1").status, 200);
  const Seen listed = client.control(Method::get, "/merchants");
  EXPECT_TRUE(listed.body.contains("1900000001"));
  EXPECT_FALSE(listed.body.contains("PRIVATE"));
  EXPECT_FALSE(listed.body.contains("apiv3"));
}

TEST(WechatPayControl, TakesAMerchantsCertificate) {
  Client client;
  const std::string pem = issue_certificate({.serial_hex = "7d1f",
                                             .issuer = "Some CA",
                                             .subject = "a shop",
                                             .not_before = client.now,
                                             .not_after = client.now + days(365)},
                                            Client::key().public_key(), Client::key());
  const Seen made =
      client.tell("/merchants", R"({"mchid":"1900000003","appid":"wx0000000000000001","apiv3_key":)"
                                R"("0123456789abcdef0123456789abcdef","merchant_cert":")" +
                                    in_json(pem) + R"("})");
  EXPECT_EQ(made.text({"serial_no"}), "7D1F");
}

TEST(WechatPayControl, SignsUnderAPublicKeyIdWhenAsked) {
  Client client;
  const Seen made =
      client.tell("/merchants", registration("1900000001", R"(,"public_key_id":"PUB_KEY_ID_01")"));
  EXPECT_EQ(made.text({"public_key_id"}), "PUB_KEY_ID_01");
  client.serial = "AB";
  EXPECT_EQ(client.native("ORDER1").headers.get("Wechatpay-Serial"), "PUB_KEY_ID_01");
  EXPECT_EQ(client.get("/v3/certificates").code(), "RESOURCE_NOT_EXISTS");
}

TEST(WechatPayControl, RotatesThePlatformsKeyUnderANewName) {
  Client client;
  static_cast<void>(client.buy("ORDER1"));
  const Seen rotated = client.tell("/platform_key", R"({"mchid":"1900000001"})");
  ASSERT_EQ(rotated.status, 200) << rotated.body;
  EXPECT_NE(rotated.text({"platform_serial"}), platform_key().id);
  const Seen seen = client.query("ORDER1");
  EXPECT_EQ(seen.headers.get("Wechatpay-Serial"), rotated.text({"platform_serial"}));
  EXPECT_FALSE(seen.is_verified);
  const auto next = crypto::RsaPublicKey::parse(rotated.text({"platform_certificate"}));
  EXPECT_TRUE(is_signed(seen.headers, seen.body, *next));
  EXPECT_EQ(client.tell("/platform_key", R"({"mchid":"1900000001"})").text({"platform_serial"}),
            platform_key().id);
  EXPECT_EQ(client.tell("/platform_key", R"({"mchid":"1"})").status, 400);
}

TEST(WechatPayControl, NamesTheFieldOfARegistrationThatIsWrong) {
  Client client;
  const auto field_of = [&](const std::string& body) {
    const Seen refused = client.tell("/merchants", body);
    EXPECT_EQ(refused.status, 400) << body;
    return refused.text({"error", "field"});
  };
  EXPECT_EQ(field_of("{}"), "mchid");
  EXPECT_EQ(field_of(R"({"mchid":"1"})"), "appid");
  EXPECT_EQ(field_of(R"({"mchid":"1","appid":"2"})"), "apiv3_key");
  EXPECT_EQ(field_of(R"({"mchid":"1","appid":"2","apiv3_key":"short"})"), "apiv3_key");
  const std::string start = R"({"mchid":"1","appid":"2","apiv3_key":"0123456789abcdef0123456789abcdef")";
  EXPECT_EQ(field_of(start + "}"), "merchant_public_key");
  EXPECT_EQ(field_of(start + R"(,"merchant_public_key":"x"})"), "merchant_public_key");
  EXPECT_EQ(field_of(registration("1", R"(,"platform_serial":"xyz")")), "platform_serial");
  EXPECT_EQ(field_of(registration("1", R"(,"public_key_id":"xyz")")), "public_key_id");
  EXPECT_EQ(field_of(registration("1", R"(,"platform_private_key":"xyz")")), "platform_private_key");
}

TEST(WechatPayControl, KeepsBooksByReference) {
  Client client;
  for (const char* number : {"ORDER1", "ORDER2"}) {
    static_cast<void>(client.post("/v3/pay/transactions/native",
                                  client.order(number, 100, R"(,"attach":"payment_id=pay_1")")));
    static_cast<void>(client.scan(number));
  }
  const auto books = json::parse(client.control(Method::get, "/books").body);
  EXPECT_EQ(books->root()["charges_by_reference"]["pay_1"]["captured_minor"].integer(), 200);
  EXPECT_EQ(books->root()["repeated_references"].first().text(), "pay_1");
  EXPECT_EQ(books->root()["accounts"].first()["totals"]["CNY"]["charges"].integer(), 2);
  EXPECT_EQ(client.tell("/reset", "").status, 200);
  EXPECT_EQ(client.query("ORDER1").code(), "ORDER_NOT_EXIST");
  EXPECT_EQ(client.control(Method::get, "/nothing").status, 404);
}

}  // namespace
}  // namespace payweir::sandbox::wechatpay
