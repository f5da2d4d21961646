// tests/vectors/wechatpay.json: what a library for WeChat Pay put on the wire and what it accepted, held
// against the connector's signing, its reading of answers and its callbacks.
#include <gtest/gtest.h>

#include "connectors/vectors_testkit.hpp"
#include "connectors/wechatpay/credentials.hpp"
#include "connectors/wechatpay/notification.hpp"
#include "connectors/wechatpay/request.hpp"
#include "connectors/wechatpay/response.hpp"
#include "connectors/wechatpay/signature.hpp"
#include "crypto/aead.hpp"
#include "crypto/encoding.hpp"
#include "crypto/rsa.hpp"

namespace payweir::wechatpay {
namespace {

using json::Value;

const json::Document& vectors() {
  static const json::Document document = testkit::load_vectors("wechatpay.json");
  return document;
}

std::string text_of(const Value& value) {
  return std::string(value.text());
}

ConnectorCredentials test_credentials() {
  const Value keys = vectors().root()["keys"];
  ConnectorCredentials credentials;
  credentials.auth_type = "WechatPay";
  credentials.set("mchid", Secret(text_of(keys["mchid"])));
  credentials.set("appid", Secret(text_of(keys["appid"])));
  credentials.set("serial_no", Secret(text_of(keys["merchant_serial_no"])));
  credentials.set("private_key", Secret(text_of(keys["merchant_private_key_pkcs8_pem"])));
  credentials.set("apiv3_key", Secret(text_of(keys["apiv3_key"])));
  std::string certificates;
  for (Value each = keys["platform"].first(); each.present(); each = each.next()) {
    certificates += each["cert_pem"].text();
    if (!each["serial_no"].text().starts_with("PUB_KEY_ID_")) continue;
    credentials.set("public_key_id", Secret(text_of(each["serial_no"])));
    credentials.set("public_key", Secret(text_of(each["public_key_pem"])));
  }
  credentials.set("platform_certificates", Secret(certificates));
  return credentials;
}

struct Merchant {
  ConnectorCredentials credentials = test_credentials();
  std::shared_ptr<const Credentials> prepared;
  Merchant() {
    auto read = Credentials::read(credentials);
    EXPECT_TRUE(read) << (read ? "" : read.error().field + ": " + read.error().detail);
    if (read) prepared = std::move(*read);
  }
  [[nodiscard]] ConnectorContext at(std::int64_t seconds_since_1970,
                                    Duration tolerance = seconds(300)) const {
    return {credentials,    "https://api.mch.weixin.qq.com", Instant{seconds_since_1970 * 1000}, tolerance,
            prepared.get(), std::string(16, '\x5a')};
  }
};

http::Headers headers_of(const Value& object) {
  http::Headers headers;
  for (Value value = object.first(); value.present(); value = value.next())
    headers.set(value.key(), value.text());
  return headers;
}

TEST(Vectors, WechatPayRequests) {
  const Merchant merchant;
  const Value cases = vectors().root()["request_cases"];
  for (Value each = cases.first(); each.present(); each = each.next()) {
    const std::string signed_text =
        request_sign_string(each["method"].text(), each["target"].text(), each["timestamp"].text(),
                            each["nonce_str"].text(), testkit::body_of(each));
    EXPECT_EQ(signed_text, each["sign_string"].text()) << each["id"].text();
    const std::string header =
        authorization(*merchant.prepared, each["timestamp"].text(), each["nonce_str"].text(), signed_text);
    EXPECT_TRUE(header.starts_with("WECHATPAY2-SHA256-RSA2048 mchid=\"" + text_of(each["mchid"]) + "\","));
    for (const auto& [name, value] :
         {std::pair<std::string_view, std::string_view>("signature", each["signature"].text()),
          {"serial_no", each["serial_no"].text()},
          {"nonce_str", each["nonce_str"].text()},
          {"timestamp", each["timestamp"].text()}})
      EXPECT_TRUE(header.contains(std::string(name) + "=\"" + std::string(value) + "\""))
          << each["id"].text();
    // The library's own answer is verified the way ours are.
    const Value response = each["response"];
    const http::Response answer{
        std::stoi(text_of(response["status"]).empty() ? std::to_string(response["status"].integer())
                                                      : text_of(response["status"])),
        headers_of(response["headers"]), testkit::body_of(response)};
    const std::int64_t at = std::stoll(std::string(answer.headers.get("Wechatpay-Timestamp")));
    const auto content = read_content(answer, merchant.at(at));
    EXPECT_TRUE(content) << each["id"].text() << (content ? "" : content.error().detail);
  }
}

TEST(Vectors, WechatPayInvocations) {
  const Merchant merchant;
  const Value cases = vectors().root()["pay_invoke_cases"];
  for (Value each = cases.first(); each.present(); each = each.next())
    EXPECT_EQ(pay_sign(*merchant.prepared, each["timeStamp"].text(), each["nonceStr"].text(),
                       each["fourth_line"].text()),
              each["signature"].text())
        << each["id"].text();
}

TEST(Vectors, WechatPayAnswers) {
  const Merchant merchant;
  const Value cases = vectors().root()["response_cases"];
  for (Value each = cases.first(); each.present(); each = each.next()) {
    const http::Response answer{static_cast<int>(each["status"].integer()), headers_of(each["headers"]),
                                testkit::body_of(each)};
    const ConnectorContext context = merchant.at(each["now"].integer());
    const auto content = read_content(answer, context);
    // That a refusal is read does not make it proof: see is_signed.
    EXPECT_EQ(content.has_value(), each["expect"]["ok"].boolean()) << each["id"].text();
    if (answer.status / 100 != 2 && content) EXPECT_FALSE(content->is_signed);
    if (content) continue;
    const auto verified = verify(answer.headers, answer.body, *merchant.prepared, context.now, seconds(300));
    EXPECT_EQ(code_name(verified.error().code), testkit::reason_of(each)) << each["id"].text();
  }
}

TEST(Vectors, WechatPayNotifications) {
  const Merchant merchant;
  const Value cases = vectors().root()["notify_cases"];
  for (Value each = cases.first(); each.present(); each = each.next()) {
    const Instant now{each["now"].integer() * 1000};
    const Duration tolerance = seconds(each["tolerance_s"].integer());
    const http::Headers headers = headers_of(each["headers"]);
    const std::string body = testkit::body_of(each);
    const auto opened = open_notification(headers, body, *merchant.prepared, now, tolerance);
    EXPECT_EQ(opened ? "" : code_name(opened.error().code), testkit::reason_of(each)) << each["id"].text();
    const auto event = read_notification(headers, body, *merchant.prepared, now, tolerance);
    EXPECT_EQ(event.has_value(), opened.has_value()) << each["id"].text();
    if (!opened) continue;
    EXPECT_EQ(opened->event_type, each["expect"]["event_type"].text());
    EXPECT_EQ(opened->id, each["expect"]["event_id"].text());
    EXPECT_EQ(opened->resource, each["expect"]["resource"].text());
  }
}

TEST(Vectors, WechatPayCertificates) {
  const Merchant merchant;
  const Value each = vectors().root()["certificates_case"];
  const auto document = json::parse(testkit::body_of(each));
  ASSERT_TRUE(document);
  std::size_t opened = 0;
  for (Value entry = document->root()["data"].first(); entry.present(); entry = entry.next()) {
    const Value sealed = entry["encrypt_certificate"];
    const auto pem = crypto::aes256gcm_open(merchant.prepared->apiv3_key.reveal(), sealed["nonce"].text(),
                                            sealed["associated_data"].text(),
                                            crypto::from_base64(sealed["ciphertext"].text()).value());
    ASSERT_TRUE(pem);
    EXPECT_EQ(*pem, each["expect"][entry["serial_no"].text()].text());
    ++opened;
  }
  EXPECT_GT(opened, 0u);
}

TEST(Vectors, WechatPaySealing) {
  const Value keys = vectors().root()["keys"];
  const Value aead = vectors().root()["aead_cases"];
  for (Value each = aead.first(); each.present(); each = each.next())
    EXPECT_EQ(
        crypto::aes256gcm_open(each["key_ascii"].text(), each["nonce_ascii"].text(), each["aad_utf8"].text(),
                               crypto::from_base64(each["ciphertext_and_tag_b64"].text()).value())
            .value(),
        each["plain"].text());
  const auto merchant_key = crypto::RsaPrivateKey::parse(keys["merchant_private_key_pkcs8_pem"].text());
  const auto platform_key =
      crypto::RsaPrivateKey::parse(keys["platform_private_key_for_simulator_pkcs8_pem"].text());
  ASSERT_TRUE(merchant_key && platform_key);
  const Value oaep = vectors().root()["oaep_cases"];
  for (Value each = oaep.first(); each.present(); each = each.next()) {
    const std::string sealed = crypto::from_base64(each["cipher_b64"].text()).value();
    const bool is_merchants = each["decrypt_with"].text().contains("merchant");
    EXPECT_EQ((is_merchants ? *merchant_key : *platform_key).decrypt_oaep_sha1(sealed).value_or(""),
              each["plain"].text());
  }
}

// A serial number is a number: zeros in front of it are the same key.
TEST(WechatPay, KnowsAPlatformCertificateWithZerosInFrontOfItsNumber) {
  const Merchant merchant;
  const std::string serial = merchant.prepared->platform_keys.back().serial;
  EXPECT_NE(merchant.prepared->find_platform_key(serial), nullptr);
  EXPECT_NE(merchant.prepared->find_platform_key("0" + serial), nullptr);
  EXPECT_EQ(merchant.prepared->find_platform_key(serial + "0"), nullptr);
  EXPECT_EQ(merchant.prepared->find_platform_key(""), nullptr);
}

TEST(Vectors, WechatPayCaseCount) {
  const Value root = vectors().root();
  for (const char* const section :
       {"request_cases", "pay_invoke_cases", "response_cases", "notify_cases", "aead_cases", "oaep_cases"})
    EXPECT_GT(root[section].size(), 0u) << section;
}

}  // namespace
}  // namespace payweir::wechatpay
