#pragma once
// What a merchant at WeChat Pay consists of, read once from its credentials.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/connector.hpp"
#include "crypto/rsa.hpp"

namespace payweir::wechatpay {

// The names of WeChat Pay's console: https://pay.weixin.qq.com/doc/v3/merchant/4012365342, read 2026-11-22.
inline constexpr CredentialField kFields[] = {
    {"mchid", "the merchant's number", true, false},
    {"appid", "the application that is bound to it, wx…", true, false},
    {"serial_no", "the serial number of the merchant's API certificate, hex", true, false},
    {"private_key", "apiclient_key.pem: the merchant's private key"},
    {"apiv3_key", "the APIv3 key, 32 characters: callbacks are encrypted with it"},
    {"public_key_id", "PUB_KEY_ID_…: the name of WeChat Pay's public key, where it is used", false, false},
    {"public_key", "pub_key.pem: WeChat Pay's public key", false, false},
    {"platform_certificates",
     "WeChat Pay's platform certificates, PEM, to be believed without having been fetched; one behind the "
     "other",
     false, false},
    {"app_secret",
     "AppSecret of the application, where it is an official account: payers inside WeChat's own browser are "
     "told from each other with it",
     false},
};
inline constexpr AuthType kAuthTypes[] = {{"WechatPay", kFields}};

// One of WeChat Pay's own keys, by the name that its signatures carry.
struct PlatformKey {
  std::string serial;  // "PUB_KEY_ID_…", or a certificate's serial number in upper-case hex
  crypto::RsaPublicKey key;
};

// Whether two texts are the same serial number: hex, which some write with zeros in front of it, or a
// PUB_KEY_ID_….
[[nodiscard]] bool is_serial(std::string_view ours, std::string_view theirs);

class Credentials final : public PreparedCredentials {
 public:
  // Error: connector_credentials_invalid, which names the field.
  [[nodiscard]] static Result<std::shared_ptr<const Credentials>> read(
      const ConnectorCredentials& credentials);

  // Of those that are configured; nullptr: none of that name.
  [[nodiscard]] const crypto::RsaPublicKey* find_platform_key(std::string_view serial) const;
  [[nodiscard]] const crypto::RsaPrivateKey& private_key() const { return *private_key_; }

  std::string mchid, appid, serial_no;
  Secret apiv3_key;
  Secret app_secret;          // "" where payers are not identified
  std::string public_key_id;  // "" where certificates are used
  std::vector<PlatformKey> platform_keys;
  std::vector<CertificateTerm> certificates;  // configured ones

  // Whether WeChat Pay signs with certificates, which it gives out itself.
  [[nodiscard]] bool fetches_certificates() const { return public_key_id.empty(); }

 private:
  std::optional<crypto::RsaPrivateKey> private_key_;
};

}  // namespace payweir::wechatpay
