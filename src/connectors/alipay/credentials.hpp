#pragma once
// What an account at Alipay consists of, read once from its credentials.
#include <optional>
#include <string>

#include "connectors/connector.hpp"
#include "crypto/rsa.hpp"

namespace payweir::alipay {

// Keys are in the names that Alipay's console gives them: https://opendocs.alipay.com/common/02kipk (keys)
// and https://opendocs.alipay.com/common/057k53 (certificates), read 2026-11-22.
inline constexpr CredentialField kAppId{"app_id", "the application's id, 16 digits", true, false};
inline constexpr CredentialField kPrivateKey{
    "private_key", "the application's private key, PKCS#1 or PKCS#8, PEM or its bare base64"};
inline constexpr CredentialField kSellerId{
    "seller_id", "the merchant's id (PID), 2088…: compared when it is given", false, false};
inline constexpr CredentialField kAppAuthToken{"app_auth_token",
                                               "of a merchant whom a service provider serves", false};
inline constexpr CredentialField kAesKey{
    "aes_key", "the key for content encryption, base64, when it is switched on", false};

inline constexpr CredentialField kKeyFields[] = {
    kAppId,
    kPrivateKey,
    {"alipay_public_key",
     "Alipay's public key, not the application's; during a rotation the next one in "
     "alipay_public_key_next",
     true, false},
    {"alipay_public_key_next", "taken as well, until it replaces alipay_public_key", false, false},
    kSellerId,
    kAppAuthToken,
    kAesKey};
inline constexpr CredentialField kCertificateFields[] = {
    kAppId,
    kPrivateKey,
    {"app_cert", "appCertPublicKey_….crt, PEM", true, false},
    {"alipay_cert", "alipayCertPublicKey_RSA2.crt, PEM; during a rotation both, one behind the other", true,
     false},
    {"alipay_root_cert", "alipayRootCert.crt, PEM", true, false},
    kSellerId,
    kAppAuthToken,
    kAesKey};
inline constexpr AuthType kAuthTypes[] = {{"AlipayKey", kKeyFields},
                                          {"AlipayCertificate", kCertificateFields}};

// One of Alipay's own keys. `cert_sn` is "" in key mode.
struct GatewayKey {
  std::string cert_sn;
  crypto::RsaPublicKey key;
};

class Credentials final : public PreparedCredentials {
 public:
  // Error: connector_credentials_invalid, which names the field.
  [[nodiscard]] static Result<std::shared_ptr<const Credentials>> read(
      const ConnectorCredentials& credentials);

  // Whether one of Alipay's keys signed this; with a cert_sn only that certificate's.
  [[nodiscard]] bool verify(std::string_view text, std::string_view signature_base64,
                            std::string_view cert_sn = "") const;

  std::string app_id, seller_id;
  Secret app_auth_token;
  Secret aes_key;                                // 16 bytes, or empty
  std::string app_cert_sn, alipay_root_cert_sn;  // certificate mode only
  std::vector<GatewayKey> gateway_keys;
  std::vector<CertificateTerm> certificates;  // certificate mode only

  [[nodiscard]] const crypto::RsaPrivateKey& private_key() const { return *private_key_; }

 private:
  std::optional<crypto::RsaPrivateKey> private_key_;
};

// Alipay's name for a certificate: MD5 of its issuer, last part first, and its serial number in decimal.
[[nodiscard]] Result<std::string> cert_sn(std::string_view pem);
// Of the root certificates that were signed with RSA, joined by "_".
[[nodiscard]] Result<std::string> root_cert_sn(std::string_view pem);

}  // namespace payweir::alipay
