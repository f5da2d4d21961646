#pragma once
// RSA keys as the gateways of China use them: RSASSA-PKCS1-v1_5 with SHA-256 to sign, OAEP with SHA-1 to
// encrypt single fields. Keys are parsed once and shared; one may be used by many threads at a time. A
// signature with 2048 bits costs half a millisecond of CPU, a verification a fortieth of that.
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace payweir::crypto {

class RsaPublicKey {
 public:
  // PEM (a public key or a certificate), or the base64 of its DER without the PEM frame, as Alipay's console
  // shows it. At least 2048 bits. Error: invalid_value.
  [[nodiscard]] static Result<RsaPublicKey> parse(std::string_view text);

  [[nodiscard]] bool verify_sha256(std::string_view text, std::string_view signature) const;
  // X.509 SubjectPublicKeyInfo; its base64 is how Alipay's console shows a key.
  [[nodiscard]] std::string to_der() const;
  // Error: invalid_value when the text is too long for the key.
  [[nodiscard]] Result<std::string> encrypt_oaep_sha1(std::string_view plain) const;

  struct Key;
  explicit RsaPublicKey(std::shared_ptr<const Key> key) : key_(std::move(key)) {}

 private:
  std::shared_ptr<const Key> key_;
};

class RsaPrivateKey {
 public:
  // PEM (PKCS#1 or PKCS#8, not encrypted), or the base64 of its DER without the PEM frame. At least 2048
  // bits. Error: invalid_value.
  [[nodiscard]] static Result<RsaPrivateKey> parse(std::string_view text);

  // Raw bytes, as many as the key has.
  [[nodiscard]] std::string sign_sha256(std::string_view text) const;
  // Error: decrypt_failed.
  [[nodiscard]] Result<std::string> decrypt_oaep_sha1(std::string_view sealed) const;
  [[nodiscard]] RsaPublicKey public_key() const;

 private:
  explicit RsaPrivateKey(std::shared_ptr<const RsaPublicKey::Key> key) : key_(std::move(key)) {}
  std::shared_ptr<const RsaPublicKey::Key> key_;
};

}  // namespace payweir::crypto
