#pragma once
// For tests: a merchant of tests/vectors/wechatpay.json who works with fetched certificates, and WeChat Pay's
// side of it.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "base/json_writer.hpp"
#include "connectors/vectors_testkit.hpp"
#include "connectors/wechatpay/credentials.hpp"
#include "crypto/aead.hpp"
#include "crypto/encoding.hpp"
#include "crypto/rsa.hpp"

namespace payweir::wechatpay::testkit {

inline const json::Document& vectors() {
  static const json::Document document = payweir::testkit::load_vectors("wechatpay.json");
  return document;
}

inline std::string key_text(std::string_view name) {
  return std::string(vectors().root()["keys"][name].text());
}

struct Merchant {
  ConnectorCredentials credentials;
  std::shared_ptr<const Credentials> prepared;
  std::shared_ptr<const Artefact> artefact;
  Instant now{1'795'600'000'000};  // 2026-11-25T09:46:40Z
  std::string base_url = "https://api.mch.weixin.qq.com";

  Merchant() {
    credentials.auth_type = "WechatPay";
    credentials.set("mchid", Secret(key_text("mchid")));
    credentials.set("appid", Secret(key_text("appid")));
    credentials.set("serial_no", Secret(key_text("merchant_serial_no")));
    credentials.set("private_key", Secret(key_text("merchant_private_key_pkcs8_pem")));
    credentials.set("apiv3_key", Secret(key_text("apiv3_key")));
    auto read = Credentials::read(credentials);
    EXPECT_TRUE(read) << (read ? "" : read.error().field + ": " + read.error().detail);
    if (read) prepared = std::move(*read);
  }
  [[nodiscard]] ConnectorContext context(bool may_need = false) const {
    return {credentials, base_url, now, seconds(300), prepared.get(), std::string(16, '\x5a'),
            artefact,    may_need};
  }
};

// WeChat Pay's certificates, of which it signs with the first.
inline std::string platform_serial(std::size_t index) {
  json::Value each = vectors().root()["keys"]["platform"].first();
  for (; index > 0; --index)
    each = each.next();
  return std::string(each["serial_no"].text());
}
inline std::string platform_certificate(std::size_t index) {
  json::Value each = vectors().root()["keys"]["platform"].first();
  for (; index > 0; --index)
    each = each.next();
  return std::string(each["cert_pem"].text());
}

inline http::Response signed_answer(int status, std::string body, Instant at,
                                    const std::string& serial = platform_serial(0)) {
  const auto key = crypto::RsaPrivateKey::parse(key_text("platform_private_key_for_simulator_pkcs8_pem"));
  const std::string timestamp = std::to_string(at.ms / 1000), nonce = "a-nonce";
  http::Response answer{status, {}, std::move(body)};
  answer.headers.set("Wechatpay-Timestamp", timestamp);
  answer.headers.set("Wechatpay-Nonce", nonce);
  answer.headers.set("Wechatpay-Serial", serial);
  std::string text = timestamp + "\n";
  text.append(nonce).append("\n").append(answer.body).append("\n");
  answer.headers.set("Wechatpay-Signature", crypto::to_base64(key->sign_sha256(text)));
  return answer;
}

// The answer to GET /v3/certificates that lists these, by their place.
inline std::string listing(std::initializer_list<std::size_t> places, const std::string& apiv3_key) {
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const std::size_t place : places) {
    const std::string sealed =
        crypto::aes256gcm_seal(apiv3_key, "nonce-of-12-", "certificate", platform_certificate(place));
    out.begin_object().field("serial_no", platform_serial(place)).key("encrypt_certificate").begin_object();
    out.field("algorithm", "AEAD_AES_256_GCM").field("nonce", "nonce-of-12-");
    out.field("associated_data", "certificate").field("ciphertext", crypto::to_base64(sealed));
    out.end_object().end_object();
  }
  out.end_array().end_object();
  return std::move(out).take();
}

}  // namespace payweir::wechatpay::testkit
