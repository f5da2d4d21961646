// tests/vectors/alipay.json: what Alipay's own library put on the wire and what it accepted, held against the
// connector's signing, its reading of answers and its callbacks.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/form.hpp"
#include "connectors/alipay/alipay.hpp"
#include "connectors/alipay/credentials.hpp"
#include "connectors/alipay/notification.hpp"
#include "connectors/alipay/request.hpp"
#include "connectors/alipay/response.hpp"
#include "connectors/alipay/signature.hpp"
#include "connectors/vectors_testkit.hpp"
#include "connectors/wire/china_time.hpp"
#include "crypto/aes_cbc.hpp"
#include "crypto/encoding.hpp"

namespace payweir::alipay {
namespace {

using json::Value;

const json::Document& vectors() {
  static const json::Document document = testkit::load_vectors("alipay.json");
  return document;
}

std::string text_of(const Value& value) {
  return std::string(value.text());
}

ConnectorCredentials key_credentials() {
  const Value keys = vectors().root()["keys"];
  ConnectorCredentials credentials;
  credentials.auth_type = "AlipayKey";
  credentials.set("app_id", Secret(text_of(keys["app_id"])));
  credentials.set("private_key", Secret(text_of(keys["app_private_key_pkcs1_pem"])));
  credentials.set("alipay_public_key", Secret(text_of(keys["alipay_public_key_pem"])));
  credentials.set("seller_id", Secret(text_of(keys["seller_id"])));
  return credentials;
}

std::shared_ptr<const Credentials> read(const ConnectorCredentials& credentials) {
  auto read = Credentials::read(credentials);
  EXPECT_TRUE(read) << (read ? "" : read.error().field + ": " + read.error().detail);
  return read ? std::move(*read) : nullptr;
}

form::Pairs pairs_of(const Value& object) {
  form::Pairs pairs;
  for (Value value = object.first(); value.present(); value = value.next())
    pairs.emplace_back(value.key(), value.text());
  return pairs;
}

TEST(Vectors, AlipayRequests) {
  const Value cases = vectors().root()["gateway_request_cases"];
  for (const char* const key : {"app_private_key_pkcs1_pem", "app_private_key_pkcs8_pem"}) {
    ConnectorCredentials credentials = key_credentials();
    credentials.set("private_key", Secret(text_of(vectors().root()["keys"][key])));
    const auto prepared = read(credentials);
    for (Value each = cases.first(); each.present(); each = each.next()) {
      form::Pairs parameters = pairs_of(each["params"]);
      EXPECT_EQ(sign_string(parameters), each["sign_string"].text()) << each["id"].text();
      std::erase_if(parameters, [](const auto& pair) { return pair.first == "sign"; });
      sign(parameters, *prepared);
      EXPECT_EQ(value_of(parameters, "sign"), each["sign"].text()) << each["id"].text();
    }
  }
}

// The same call, built by the connector under the case's clock, carries the same parameters.
TEST(Vectors, AlipayWire) {
  const Value cases = vectors().root()["gateway_request_cases"];
  int built = 0;
  for (Value each = cases.first(); each.present(); each = each.next()) {
    if (!each["wire"].present()) continue;
    const auto at = wire::parse_china_time(each["params"]["timestamp"].text());
    ASSERT_TRUE(at) << each["id"].text();
    ConnectorCredentials credentials = key_credentials();
    if (each["params"]["app_auth_token"].present())
      credentials.set("app_auth_token", Secret(text_of(each["params"]["app_auth_token"])));
    const auto prepared = read(credentials);
    const ConnectorContext context{
        credentials, "https://openapi.alipay.com", *at, seconds(300), prepared.get(), ""};
    const http::Request request =
        build_request({each["api_method"].text(), text_of(each["params"]["biz_content"]),
                       text_of(each["params"]["notify_url"]), ""},
                      context);
    EXPECT_EQ(http::path_of(request.target), "/gateway.do");
    auto parameters = form::decode(http::query_of(request.target));
    const auto body = form::decode(request.body);
    ASSERT_TRUE(parameters && body);
    for (const auto& pair : *body)
      parameters->push_back(pair);
    // `format` is optional, and ours; the library leaves it out. The signature differs for it.
    EXPECT_EQ(parameters->size(), pairs_of(each["params"]).size() + 1) << each["id"].text();
    for (const auto& [key, value] : pairs_of(each["params"]))
      if (key != "sign") EXPECT_EQ(value_of(*parameters, key), value) << each["id"].text() << ' ' << key;
    ++built;
  }
  EXPECT_GE(built, 10);
}

TEST(Vectors, AlipayAnswers) {
  const auto prepared = read(key_credentials());
  const Value cases = vectors().root()["response_cases"];
  for (Value each = cases.first(); each.present(); each = each.next()) {
    std::string method(each["response_key"].text());
    method.resize(method.size() - std::string_view("_response").size());
    std::ranges::replace(method, '_', '.');
    const http::Response answer{200, {}, testkit::body_of(each)};
    const Result<SignedAnswer> taken = take_apart(answer.body, method);
    ASSERT_TRUE(taken) << each["id"].text();
    if (each["signed_string"].present()) EXPECT_EQ(taken->content, each["signed_string"].text());
    const auto content = read_content(answer, method, *prepared);
    EXPECT_EQ(content ? "" : code_name(content.error().code), testkit::reason_of(each)) << each["id"].text();
  }
}

TEST(Vectors, AlipayNotifications) {
  const auto prepared = read(key_credentials());
  const Value cases = vectors().root()["notify_cases"];
  for (Value each = cases.first(); each.present(); each = each.next()) {
    const std::string body = testkit::body_of(each);
    const Result<GatewayEvent> event = read_notification(body, *prepared);
    std::string_view verdict = event ? "" : code_name(event.error().code);
    // What only flows know to compare: the amount of the order.
    if (event && each["order"].present()) {
      const auto amount = parse_major(each["order"]["total_amount"].text(), Currency::parse("CNY").value());
      if (event->amount != *amount) verdict = code_name(Code::webhook_amount_mismatch);
    }
    EXPECT_EQ(verdict, testkit::reason_of(each)) << each["id"].text();
    if (!event) continue;
    EXPECT_FALSE(event->event_id.empty());
    EXPECT_EQ(event->connector_payment_id, each["params"]["trade_no"].text());
    if (each["params"]["refund_fee"].empty())
      EXPECT_EQ(event->operation_reference, each["params"]["out_trade_no"].text());
    else
      EXPECT_EQ(event->operation_reference, each["params"]["out_biz_no"].text());
  }
}

TEST(Vectors, AlipayCertificates) {
  const Value certs = vectors().root()["certs"];
  EXPECT_EQ(cert_sn(certs["app_cert_pem"].text()).value(), certs["app_cert_sn"].text());
  EXPECT_EQ(cert_sn(certs["alipay_public_cert_pem"].text()).value(), certs["alipay_cert_sn"].text());
  EXPECT_EQ(root_cert_sn(certs["alipay_root_certs_pem"].text()).value(), certs["alipay_root_cert_sn"].text());

  ConnectorCredentials credentials = key_credentials();
  credentials.auth_type = "AlipayCertificate";
  credentials.set("app_cert", Secret(text_of(certs["app_cert_pem"])));
  credentials.set("alipay_cert", Secret(text_of(certs["alipay_public_cert_pem"])));
  credentials.set("alipay_root_cert", Secret(text_of(certs["alipay_root_certs_pem"])));
  const auto prepared = read(credentials);
  EXPECT_EQ(prepared->app_cert_sn, certs["app_cert_sn"].text());
  ASSERT_EQ(prepared->gateway_keys.size(), 1u);
  EXPECT_EQ(prepared->gateway_keys[0].cert_sn, certs["alipay_cert_sn"].text());
  const ConnectorContext context{credentials, "https://openapi.alipay.com", {}, seconds(300), prepared.get(),
                                 ""};
  const form::Pairs parameters = signed_parameters({kQuery, "{}", "", ""}, context);
  EXPECT_EQ(value_of(parameters, "app_cert_sn"), certs["app_cert_sn"].text());
  EXPECT_EQ(value_of(parameters, "alipay_root_cert_sn"), certs["alipay_root_cert_sn"].text());
}

TEST(Vectors, AlipayEncryption) {
  const Value cases = vectors().root()["aes_cases"];
  for (Value each = cases.first(); each.present(); each = each.next()) {
    const std::string key = crypto::from_base64(each["key_b64"].text()).value();
    const std::string iv = crypto::from_hex(each["iv_hex"].text()).value();
    const std::string sealed = crypto::from_base64(each["cipher_b64"].text()).value();
    EXPECT_EQ(crypto::aes_cbc_encrypt(key, iv, each["plain"].text()), sealed);
    EXPECT_EQ(crypto::aes_cbc_decrypt(key, iv, sealed).value(), each["plain"].text());
  }
}

TEST(Vectors, AlipayCaseCount) {
  const Value root = vectors().root();
  for (const char* const section : {"gateway_request_cases", "response_cases", "notify_cases", "aes_cases"})
    EXPECT_GT(root[section].size(), 0u) << section;
}

}  // namespace
}  // namespace payweir::alipay
