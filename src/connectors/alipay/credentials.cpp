#include "connectors/alipay/credentials.hpp"

#include <algorithm>

#include "crypto/certificate.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace payweir::alipay {
namespace {

constexpr std::size_t kAesKeyBytes = 16;

std::unexpected<Error> refuse(std::string_view field, std::string why) {
  return fail(Code::connector_credentials_invalid, "connector_account_details." + std::string(field),
              std::move(why));
}

std::string sn_of(const crypto::Certificate& certificate) {
  return crypto::to_hex(crypto::md5(certificate.issuer_reversed + certificate.serial_decimal));
}

bool is_app_id(std::string_view text) {
  return !text.empty() && text.size() <= 32 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Result<void> read_keys(const ConnectorCredentials& credentials, Credentials& read) {
  for (const std::string_view name : {"alipay_public_key", "alipay_public_key_next"}) {
    const Secret& text = credentials.field(name);
    if (text.empty()) continue;
    Result<crypto::RsaPublicKey> key = crypto::RsaPublicKey::parse(text.reveal());
    if (!key) return refuse(name, "an RSA public key of 2048 bits is expected: " + key.error().detail);
    read.gateway_keys.push_back({"", std::move(*key)});
  }
  return {};
}

Result<void> read_certificates(const ConnectorCredentials& credentials, Credentials& read) {
  const auto own = crypto::parse_certificates(credentials.field("app_cert").reveal());
  if (own) read.certificates.push_back({"merchant", own->front().serial_hex, own->front().not_after});
  Result<std::string> app = cert_sn(credentials.field("app_cert").reveal());
  if (!app) return refuse("app_cert", app.error().detail);
  read.app_cert_sn = std::move(*app);
  Result<std::string> root = root_cert_sn(credentials.field("alipay_root_cert").reveal());
  if (!root) return refuse("alipay_root_cert", root.error().detail);
  read.alipay_root_cert_sn = std::move(*root);
  const auto certificates = crypto::parse_certificates(credentials.field("alipay_cert").reveal());
  if (!certificates) return refuse("alipay_cert", certificates.error().detail);
  for (const crypto::Certificate& certificate : *certificates) {
    Result<crypto::RsaPublicKey> key = crypto::RsaPublicKey::parse(certificate.pem);
    if (!key) return refuse("alipay_cert", key.error().detail);
    read.gateway_keys.push_back({sn_of(certificate), std::move(*key)});
    read.certificates.push_back({"gateway", certificate.serial_hex, certificate.not_after});
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const Credentials>> Credentials::read(const ConnectorCredentials& credentials) {
  auto read = std::make_shared<Credentials>();
  read->app_id = credentials.field("app_id").reveal();
  if (!is_app_id(read->app_id)) return refuse("app_id", "an application's id has digits only");
  Result<crypto::RsaPrivateKey> key = crypto::RsaPrivateKey::parse(credentials.field("private_key").reveal());
  if (!key)
    return refuse("private_key", "an RSA private key of 2048 bits is expected: " + key.error().detail);
  read->private_key_ = std::move(*key);
  read->seller_id = credentials.field("seller_id").reveal();
  read->app_auth_token = credentials.field("app_auth_token");
  if (const Secret& text = credentials.field("aes_key"); !text.empty()) {
    Result<std::string> bytes = crypto::from_base64(text.reveal());
    if (!bytes || bytes->size() != kAesKeyBytes) return refuse("aes_key", "base64 of 16 bytes is expected");
    read->aes_key = Secret(std::move(*bytes));
  }
  Result<void> keys = credentials.auth_type == "AlipayCertificate" ? read_certificates(credentials, *read)
                                                                   : read_keys(credentials, *read);
  if (!keys) return std::unexpected(std::move(keys.error()));
  return read;
}

bool Credentials::verify(std::string_view text, std::string_view signature_base64,
                         std::string_view cert_sn) const {
  const Result<std::string> signature = crypto::from_base64(signature_base64);
  if (!signature) return false;
  return std::ranges::any_of(gateway_keys, [&](const GatewayKey& each) {
    const bool is_meant = cert_sn.empty() || each.cert_sn.empty() || each.cert_sn == cert_sn;
    return is_meant && each.key.verify_sha256(text, *signature);
  });
}

Result<std::string> cert_sn(std::string_view pem) {
  const auto certificates = crypto::parse_certificates(pem);
  if (!certificates) return std::unexpected(certificates.error());
  return sn_of(certificates->front());
}

Result<std::string> root_cert_sn(std::string_view pem) {
  const auto certificates = crypto::parse_certificates(pem);
  if (!certificates) return std::unexpected(certificates.error());
  std::string joined;
  for (const crypto::Certificate& certificate : *certificates) {
    if (!certificate.is_signed_with_rsa) continue;
    if (!joined.empty()) joined += '_';
    joined += sn_of(certificate);
  }
  if (joined.empty()) return fail(Code::invalid_value, "", "no certificate in it was signed with RSA");
  return joined;
}

}  // namespace payweir::alipay
