#include "sandbox/certificate_issuer.hpp"

#include <gtest/gtest.h>

#include "crypto/certificate.hpp"
#include "sandbox/alipay/test_keys.hpp"

namespace payweir::sandbox {
namespace {

TEST(CertificateIssuer, IssuesWhatOpenSslReads) {
  const auto key = crypto::RsaPrivateKey::parse(alipay::kTestAppPrivateKey).value();
  const Instant from{1'577'836'800'000}, until{2'493'072'000'000};
  // The second would be negative without a zero in front.
  for (const std::string serial : {"1", "F0A1B2C3", "7061797765697201"}) {
    const std::string pem = issue_certificate({.serial_hex = serial,
                                               .issuer = "根 Root",
                                               .subject = "a shop",
                                               .not_before = from,
                                               .not_after = until},
                                              key.public_key(), key);
    const auto read = crypto::parse_certificates(pem);
    ASSERT_TRUE(read.has_value()) << serial;
    EXPECT_EQ(read->front().serial_hex, serial);
    EXPECT_EQ(read->front().issuer_reversed, "CN=根 Root,O=Payweir sandbox,C=CN");
    EXPECT_TRUE(read->front().is_signed_with_rsa);
    EXPECT_EQ(read->front().not_before, from);
    EXPECT_EQ(read->front().not_after, until);
    EXPECT_EQ(crypto::RsaPublicKey::parse(pem)->to_der(), key.public_key().to_der());
  }
  EXPECT_EQ(crypto::RsaPublicKey::parse(to_pem(key.public_key()))->to_der(), key.public_key().to_der());
}

}  // namespace
}  // namespace payweir::sandbox
