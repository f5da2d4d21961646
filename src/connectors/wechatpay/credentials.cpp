#include "connectors/wechatpay/credentials.hpp"

#include <algorithm>
#include <memory>

#include "base/http.hpp"
#include "crypto/certificate.hpp"

namespace payweir::wechatpay {
namespace {

constexpr std::size_t kApiV3KeyBytes = 32;
constexpr std::string_view kPublicKeyPrefix = "PUB_KEY_ID_";

std::unexpected<Error> refuse(std::string_view field, std::string why) {
  return fail(Code::connector_credentials_invalid, "connector_account_details." + std::string(field),
              std::move(why));
}

bool is_word(std::string_view text, std::size_t size_max) {
  return !text.empty() && text.size() <= size_max && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  });
}

Result<void> read_public_key(const ConnectorCredentials& credentials, Credentials& read) {
  read.public_key_id = credentials.field("public_key_id").reveal();
  const Secret& text = credentials.field("public_key");
  if (read.public_key_id.empty() && text.empty()) return {};
  if (!read.public_key_id.starts_with(kPublicKeyPrefix) || !is_word(read.public_key_id, 64))
    return refuse("public_key_id", "the id of a public key begins with PUB_KEY_ID_");
  Result<crypto::RsaPublicKey> key = crypto::RsaPublicKey::parse(text.reveal());
  if (!key) return refuse("public_key", "an RSA public key is expected: " + key.error().detail);
  read.platform_keys.push_back({read.public_key_id, std::move(*key)});
  return {};
}

Result<void> read_certificates(const ConnectorCredentials& credentials, Credentials& read) {
  const Secret& text = credentials.field("platform_certificates");
  if (text.empty()) return {};
  const auto certificates = crypto::parse_certificates(text.reveal());
  if (!certificates) return refuse("platform_certificates", certificates.error().detail);
  for (const crypto::Certificate& certificate : *certificates) {
    Result<crypto::RsaPublicKey> key = crypto::RsaPublicKey::parse(certificate.pem);
    if (!key) return refuse("platform_certificates", key.error().detail);
    read.platform_keys.push_back({certificate.serial_hex, std::move(*key)});
    read.certificates.push_back({"gateway", certificate.serial_hex, certificate.not_after});
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const Credentials>> Credentials::read(const ConnectorCredentials& credentials) {
  auto read = std::make_shared<Credentials>();
  read->mchid = credentials.field("mchid").reveal();
  read->appid = credentials.field("appid").reveal();
  read->serial_no = credentials.field("serial_no").reveal();
  for (const auto& [name, value] : {std::pair<std::string_view, const std::string&>("mchid", read->mchid),
                                    {"appid", read->appid},
                                    {"serial_no", read->serial_no}})
    if (!is_word(value, 64)) return refuse(name, "letters and digits are expected");
  Result<crypto::RsaPrivateKey> key = crypto::RsaPrivateKey::parse(credentials.field("private_key").reveal());
  if (!key)
    return refuse("private_key", "an RSA private key of 2048 bits is expected: " + key.error().detail);
  read->private_key_ = std::move(*key);
  read->apiv3_key = credentials.field("apiv3_key");
  if (read->apiv3_key.size() != kApiV3KeyBytes) return refuse("apiv3_key", "32 characters are expected");
  read->app_secret = credentials.field("app_secret");
  if (!read->app_secret.empty() && !is_word(read->app_secret.reveal(), 64))
    return refuse("app_secret", "letters and digits are expected");
  if (Result<void> done = read_public_key(credentials, *read); !done) return std::unexpected(done.error());
  if (Result<void> done = read_certificates(credentials, *read); !done) return std::unexpected(done.error());
  return read;
}

bool is_serial(std::string_view ours, std::string_view theirs) {
  theirs.remove_prefix(std::min(theirs.find_first_not_of('0'), theirs.size()));
  return !theirs.empty() && http::equals_ignoring_case(ours, theirs);
}

const crypto::RsaPublicKey* Credentials::find_platform_key(std::string_view serial) const {
  const auto found = std::ranges::find_if(
      platform_keys, [&](const PlatformKey& each) { return is_serial(each.serial, serial); });
  return found == platform_keys.end() ? nullptr : &found->key;
}

}  // namespace payweir::wechatpay
