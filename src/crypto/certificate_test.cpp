#include "crypto/certificate.hpp"

#include <gtest/gtest.h>

#include "base/vectors_testkit.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/openssl_testkit.hpp"

namespace payweir::crypto {
namespace {

using json::Value;
using payweir::testkit::load_vectors;

TEST(Certificate, IsReadWithWhatNamesIt) {
  const std::string pem = testkit::certificate_pem(testkit::rsa_key(2048), "15592559842474062573");
  const auto read = parse_certificates(pem);
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->size(), 1u);
  const Certificate& certificate = read->front();
  EXPECT_EQ(certificate.serial_decimal, "15592559842474062573");
  EXPECT_EQ(certificate.serial_hex, "D863E69055AFF2ED");
  EXPECT_EQ(certificate.issuer_reversed, "CN=Test Root,O=茶, Ltd,C=CN");
  EXPECT_TRUE(certificate.is_signed_with_rsa);
  EXPECT_EQ(format_iso8601(certificate.not_before), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(format_iso8601(certificate.not_after), "2027-01-01T00:00:00.000Z");
  EXPECT_EQ(certificate.pem, pem);
}

TEST(Certificate, SerialNumbersHaveNoLeadingZeros) {
  const auto key = testkit::ec_key();
  EXPECT_EQ(parse_certificates(testkit::certificate_pem(key, "2748"))->front().serial_hex, "ABC");
  EXPECT_EQ(parse_certificates(testkit::certificate_pem(key, "255"))->front().serial_hex, "FF");
  EXPECT_FALSE(parse_certificates(testkit::certificate_pem(key, "1"))->front().is_signed_with_rsa);
}

TEST(Certificate, AreReadInTheirOrderWithTextBetween) {
  const auto key = testkit::ec_key();
  const std::string first = testkit::certificate_pem(key, "1"), second = testkit::certificate_pem(key, "2");
  const auto read = parse_certificates("first:\n" + first + "\nsecond:\n" + second + "the end\n");
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].pem, first);
  EXPECT_EQ((*read)[1].pem, second);
}

TEST(Certificate, OneThatCannotBeReadRefusesThemAll) {
  const auto key = testkit::ec_key();
  const std::string good = testkit::certificate_pem(key, "1");
  std::string damaged = good;
  damaged.replace(damaged.find("MII"), 3, "AAA");
  std::string sealed = good;
  sealed.insert(sealed.find('\n') + 1,
                "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\n");
  for (const std::string& text :
       {std::string(), std::string("no certificate"), damaged, good + damaged,
        good.substr(0, good.size() / 2), good + good.substr(0, good.size() / 2), sealed,
        testkit::public_pem(key), std::string(std::size_t{300} * 1024, 'x')})
    EXPECT_FALSE(parse_certificates(text)) << text.substr(0, 200);
  // One under a password: a server has none, and must not wait for somebody to type it.
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(parse_certificates(sealed));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_TRUE(parse_certificates(good)) << "a former error is not taken for a new one";
}

// ── vectors ───────────────────────────────────────────────────────────────────────────────────────

// How Alipay names a certificate.
std::string alipay_serial(const Certificate& certificate) {
  return to_hex(md5(certificate.issuer_reversed + certificate.serial_decimal));
}

TEST(Vectors, AlipayCertificateSerials) {
  const auto document = load_vectors("alipay.json");
  const Value certs = document.root()["certs"];
  const auto one = [&](const char* name) { return parse_certificates(certs[name].text()).value().front(); };
  EXPECT_EQ(alipay_serial(one("app_cert_pem")), certs["app_cert_sn"].text());
  EXPECT_EQ(one("app_cert_pem").serial_hex, certs["app_cert_serial_hex"].text());
  EXPECT_EQ(alipay_serial(one("alipay_public_cert_pem")), certs["alipay_cert_sn"].text());
  std::string roots;
  for (const Certificate& root : parse_certificates(certs["alipay_root_certs_pem"].text()).value())
    if (root.is_signed_with_rsa) roots += (roots.empty() ? "" : "_") + alipay_serial(root);
  EXPECT_EQ(roots, certs["alipay_root_cert_sn"].text());
}

TEST(Vectors, WeChatPayCertificateSerials) {
  const auto document = load_vectors("wechatpay.json");
  const Value keys = document.root()["keys"];
  EXPECT_EQ(parse_certificates(keys["merchant_cert_pem"].text())->front().serial_hex,
            keys["merchant_serial_no"].text());
  int certificates = 0;
  for (Value key = keys["platform"].first(); key.present(); key = key.next()) {
    if (!key["cert_pem"].present()) continue;
    ++certificates;
    EXPECT_EQ(parse_certificates(key["cert_pem"].text())->front().serial_hex, key["serial_no"].text());
    // The certificate and the bare key are one key.
    const auto sealed = RsaPublicKey::parse(key["cert_pem"].text());
    EXPECT_TRUE(sealed && RsaPublicKey::parse(key["public_key_pem"].text()));
  }
  EXPECT_GT(certificates, 0);
}

}  // namespace
}  // namespace payweir::crypto
