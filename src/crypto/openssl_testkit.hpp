#pragma once
// Keys and certificates that a test makes for itself.
#include <openssl/encoder.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/check.hpp"

namespace payweir::crypto::testkit {

using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

inline Pkey rsa_key(unsigned bits) {
  return {EVP_RSA_gen(bits), &EVP_PKEY_free};
}
inline Pkey ec_key() {
  return {EVP_EC_gen("P-256"), &EVP_PKEY_free};
}

// `format`: "PEM" or "DER"; `structure`: "type-specific" (PKCS#1), "PrivateKeyInfo" (PKCS#8),
// "EncryptedPrivateKeyInfo", "SubjectPublicKeyInfo".
inline std::string encoded(const Pkey& key, int selection, const char* format, const char* structure,
                           const std::string& password = "") {
  using Encoder = std::unique_ptr<OSSL_ENCODER_CTX, decltype(&OSSL_ENCODER_CTX_free)>;
  const Encoder encoder(OSSL_ENCODER_CTX_new_for_pkey(key.get(), selection, format, structure, nullptr),
                        &OSSL_ENCODER_CTX_free);
  if (!password.empty()) {
    check(OSSL_ENCODER_CTX_set_cipher(encoder.get(), "AES-256-CBC", nullptr) == 1, "no such cipher");
    check(OSSL_ENCODER_CTX_set_passphrase(
              encoder.get(), reinterpret_cast<const unsigned char*>(password.data()), password.size()) == 1,
          "OpenSSL took no password");
  }
  unsigned char* data = nullptr;
  std::size_t size = 0;
  check(OSSL_ENCODER_to_data(encoder.get(), &data, &size) == 1, "a key cannot be written");
  std::string text(reinterpret_cast<const char*>(data), size);
  OPENSSL_free(data);
  return text;
}

inline std::string pkcs8_pem(const Pkey& key) {
  return encoded(key, EVP_PKEY_KEYPAIR, "PEM", "PrivateKeyInfo");
}
inline std::string pkcs1_pem(const Pkey& key) {
  return encoded(key, EVP_PKEY_KEYPAIR, "PEM", "type-specific");
}
inline std::string public_pem(const Pkey& key) {
  return encoded(key, EVP_PKEY_PUBLIC_KEY, "PEM", "SubjectPublicKeyInfo");
}

// Signed by its own key; valid from 2026-01-01 to 2027-01-01 UTC.
inline std::string certificate_pem(const Pkey& key, const std::string& serial_decimal) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
  BIGNUM* number = nullptr;
  check(BN_dec2bn(&number, serial_decimal.c_str()) > 0, "not a number");
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
  BN_free(number);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), 1767225600);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), 1798761600);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const auto add = [&](const char* field, const char* value) {
    X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value), -1,
                               -1, 0);
  };
  add("C", "CN");
  add("O", "茶, Ltd");
  add("CN", "Test Root");
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key.get());
  check(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "a certificate cannot be signed");
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  check(PEM_write_bio_X509(bio.get(), certificate.get()) == 1, "a certificate cannot be written");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace payweir::crypto::testkit
