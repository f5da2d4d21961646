#include "crypto/rsa.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/vectors_testkit.hpp"
#include "crypto/encoding.hpp"
#include "crypto/openssl_testkit.hpp"

namespace payweir::crypto {
namespace {

using json::Value;
using payweir::testkit::load_vectors;
using testkit::encoded;

// Making one takes a tenth of a second, more under sanitizers.
const testkit::Pkey& key_2048() {
  static const testkit::Pkey key = testkit::rsa_key(2048);
  return key;
}

RsaPrivateKey private_key() {
  return RsaPrivateKey::parse(testkit::pkcs8_pem(key_2048())).value();
}

std::string bare(std::string_view der) {
  return to_base64(der);
}

std::string flipped(std::string text, std::size_t bit) {
  text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
  return text;
}

TEST(Rsa, ReadsAPrivateKeyHoweverItIsWritten) {
  const std::string pkcs8 = encoded(key_2048(), EVP_PKEY_KEYPAIR, "DER", "PrivateKeyInfo");
  const std::string pkcs1 = encoded(key_2048(), EVP_PKEY_KEYPAIR, "DER", "type-specific");
  std::string wrapped = bare(pkcs8);
  for (std::size_t at = 64; at < wrapped.size(); at += 66)
    wrapped.insert(at, "\r\n");
  const std::string expected = private_key().sign_sha256("text");
  for (const std::string& text :
       {testkit::pkcs8_pem(key_2048()), testkit::pkcs1_pem(key_2048()), bare(pkcs8), bare(pkcs1), wrapped,
        " \n" + bare(pkcs1) + "\t\n", "a remark\n" + testkit::pkcs8_pem(key_2048())}) {
    const auto key = RsaPrivateKey::parse(text);
    ASSERT_TRUE(key) << text.substr(0, 30);
    EXPECT_EQ(key->sign_sha256("text"), expected);
  }
}

TEST(Rsa, ReadsAPublicKeyHoweverItIsWritten) {
  const std::string signature = private_key().sign_sha256("text");
  for (const std::string& text :
       {testkit::public_pem(key_2048()), encoded(key_2048(), EVP_PKEY_PUBLIC_KEY, "PEM", "type-specific"),
        bare(encoded(key_2048(), EVP_PKEY_PUBLIC_KEY, "DER", "SubjectPublicKeyInfo")),
        bare(encoded(key_2048(), EVP_PKEY_PUBLIC_KEY, "DER", "type-specific")),
        testkit::certificate_pem(key_2048(), "17")}) {
    const auto key = RsaPublicKey::parse(text);
    ASSERT_TRUE(key) << text.substr(0, 30);
    EXPECT_TRUE(key->verify_sha256("text", signature));
  }
}

TEST(Rsa, RefusesWhatIsNoKeyOfItsKind) {
  const std::string pem = testkit::pkcs8_pem(key_2048());
  const std::string ec = testkit::pkcs8_pem(testkit::ec_key());
  const std::string weak = testkit::pkcs8_pem(testkit::rsa_key(1024));
  for (const std::string& text :
       {std::string(), std::string(" "), std::string("secret"), std::string("AAAA"), std::string("MIIB"),
        pem.substr(0, pem.size() / 2), ec, weak, testkit::public_pem(key_2048()),
        bare(encoded(key_2048(), EVP_PKEY_PUBLIC_KEY, "DER", "SubjectPublicKeyInfo")),
        testkit::certificate_pem(key_2048(), "17"), std::string("-----BEGIN PRIVATE KEY-----\n\n-----END"),
        std::string(70'000, 'A')}) {
    const auto key = RsaPrivateKey::parse(text);
    ASSERT_FALSE(key) << text.substr(0, 60);
    EXPECT_EQ(key.error().code, Code::invalid_value);
    EXPECT_EQ(key.error().detail.find("MII"), std::string::npos) << "no error holds a key";
  }
  EXPECT_EQ(RsaPrivateKey::parse(weak).error().detail, "an RSA key below 2048 bits");
  EXPECT_EQ(RsaPrivateKey::parse(ec).error().detail, "not an RSA key");

  for (const std::string& text :
       {std::string(), std::string("AAAA"), testkit::public_pem(testkit::ec_key()),
        testkit::public_pem(testkit::rsa_key(1024)), testkit::certificate_pem(testkit::ec_key(), "17"),
        std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")})
    EXPECT_FALSE(RsaPublicKey::parse(text)) << text.substr(0, 60);
}

// The terminal is not asked for a password: a server has none, and would wait.
TEST(Rsa, RefusesKeysUnderAPassword) {
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(RsaPrivateKey::parse(
      encoded(key_2048(), EVP_PKEY_KEYPAIR, "PEM", "EncryptedPrivateKeyInfo", "secret")));
  EXPECT_FALSE(RsaPrivateKey::parse(encoded(key_2048(), EVP_PKEY_KEYPAIR, "PEM", "type-specific", "secret")));
  std::string certificate = testkit::certificate_pem(key_2048(), "17");
  certificate.insert(certificate.find('\n') + 1,
                     "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\n");
  EXPECT_FALSE(RsaPublicKey::parse(certificate));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(Rsa, VerifiesWhatItSignedAndNothingElse) {
  const RsaPrivateKey key = private_key();
  const RsaPublicKey other = RsaPublicKey::parse(testkit::public_pem(testkit::rsa_key(2048))).value();
  for (const std::string& text : {std::string(), std::string("text"), std::string(100'000, 'x')}) {
    const std::string signature = key.sign_sha256(text);
    EXPECT_EQ(signature.size(), 256u);
    EXPECT_EQ(key.sign_sha256(text), signature) << "PKCS#1 v1.5 draws no randomness";
    EXPECT_TRUE(key.public_key().verify_sha256(text, signature));
    EXPECT_FALSE(key.public_key().verify_sha256(text + " ", signature));
    EXPECT_FALSE(other.verify_sha256(text, signature));
    EXPECT_FALSE(key.public_key().verify_sha256(text, ""));
    EXPECT_FALSE(key.public_key().verify_sha256(text, signature.substr(1)));
    EXPECT_FALSE(key.public_key().verify_sha256(text, signature + '\0'));
    EXPECT_FALSE(key.public_key().verify_sha256(text, std::string(256, '\0')));
  }
}

TEST(Rsa, EveryFlippedBitOfASignatureIsRefused) {
  const RsaPrivateKey key = private_key();
  const RsaPublicKey verifier = key.public_key();
  const std::string signature = key.sign_sha256("text");
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit)
    EXPECT_FALSE(verifier.verify_sha256("text", flipped(signature, bit))) << bit;
}

TEST(Rsa, OpensWhatWasSealedForIt) {
  const RsaPrivateKey key = private_key();
  // 2048 bits less two SHA-1 and two bytes: RFC 8017 §7.1.1.
  for (const std::size_t size : {0u, 1u, 20u, 214u}) {
    const std::string plain(size, 'x');
    const auto sealed = key.public_key().encrypt_oaep_sha1(plain);
    ASSERT_TRUE(sealed) << size;
    EXPECT_EQ(sealed->size(), 256u);
    EXPECT_EQ(key.decrypt_oaep_sha1(*sealed).value(), plain);
  }
  EXPECT_NE(key.public_key().encrypt_oaep_sha1("x").value(), key.public_key().encrypt_oaep_sha1("x").value());
  EXPECT_EQ(key.public_key().encrypt_oaep_sha1(std::string(215, 'x')).error().code, Code::invalid_value);
}

TEST(Rsa, DoesNotOpenWhatWasChangedOrSealedForAnother) {
  const RsaPrivateKey key = private_key();
  const std::string sealed = key.public_key().encrypt_oaep_sha1("secret").value();
  for (const std::size_t bit : {std::size_t{0}, std::size_t{7}, std::size_t{1000}, sealed.size() * 8 - 1})
    EXPECT_EQ(key.decrypt_oaep_sha1(flipped(sealed, bit)).error().code, Code::decrypt_failed) << bit;
  for (const std::string& text : {std::string(), sealed.substr(1), sealed + 'x', std::string(256, '\0')})
    EXPECT_EQ(key.decrypt_oaep_sha1(text).error().code, Code::decrypt_failed) << text.size();
  const auto other = RsaPrivateKey::parse(testkit::pkcs8_pem(testkit::rsa_key(2048))).value();
  EXPECT_EQ(other.decrypt_oaep_sha1(sealed).error().code, Code::decrypt_failed);
}

// ── vectors ───────────────────────────────────────────────────────────────────────────────────────

std::string text_of(const Value& value) {
  return std::string(value.text());
}

TEST(Vectors, AlipaySignatures) {
  const auto document = load_vectors("alipay.json");
  const Value keys = document.root()["keys"];
  const auto pkcs1 = RsaPrivateKey::parse(keys["app_private_key_pkcs1_pem"].text()).value();
  const auto pkcs8 = RsaPrivateKey::parse(keys["app_private_key_pkcs8_pem"].text()).value();
  const auto verifier = RsaPublicKey::parse(keys["app_public_key_pem"].text()).value();
  const Value cases = document.root()["gateway_request_cases"];
  ASSERT_GT(cases.size(), 0u);
  for (Value one = cases.first(); one.present(); one = one.next()) {
    const std::string signature = from_base64(one["sign"].text()).value();
    EXPECT_EQ(to_base64(pkcs1.sign_sha256(one["sign_string"].text())), one["sign"].text())
        << text_of(one["id"]);
    EXPECT_EQ(pkcs8.sign_sha256(one["sign_string"].text()), signature) << text_of(one["id"]);
    EXPECT_TRUE(verifier.verify_sha256(one["sign_string"].text(), signature));
    EXPECT_FALSE(verifier.verify_sha256(text_of(one["sign_string"]) + "&", signature));
  }
}

TEST(Vectors, WeChatPaySignatures) {
  const auto document = load_vectors("wechatpay.json");
  const Value keys = document.root()["keys"];
  const auto key = RsaPrivateKey::parse(keys["merchant_private_key_pkcs8_pem"].text()).value();
  const auto certificate = RsaPublicKey::parse(keys["merchant_cert_pem"].text()).value();
  const auto unrelated = RsaPublicKey::parse(keys["unrelated_public_key_pem"].text()).value();
  const Value cases = document.root()["request_cases"];
  ASSERT_GT(cases.size(), 0u);
  for (Value one = cases.first(); one.present(); one = one.next()) {
    const std::string signature = from_base64(one["signature"].text()).value();
    EXPECT_EQ(key.sign_sha256(one["sign_string"].text()), signature) << text_of(one["id"]);
    EXPECT_TRUE(certificate.verify_sha256(one["sign_string"].text(), signature));
    EXPECT_FALSE(unrelated.verify_sha256(one["sign_string"].text(), signature));
  }
}

TEST(Vectors, WeChatPaySealedFields) {
  const auto document = load_vectors("wechatpay.json");
  const auto key =
      RsaPrivateKey::parse(document.root()["keys"]["merchant_private_key_pkcs8_pem"].text()).value();
  const Value cases = document.root()["oaep_cases"];
  ASSERT_GT(cases.size(), 0u);
  for (Value one = cases.first(); one.present(); one = one.next())
    EXPECT_EQ(key.decrypt_oaep_sha1(from_base64(one["cipher_b64"].text()).value()).value(),
              one["plain"].text());
}

}  // namespace
}  // namespace payweir::crypto
