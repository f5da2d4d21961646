#include "crypto/rsa.hpp"

#include <openssl/decoder.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/check.hpp"
#include "base/secret.hpp"
#include "crypto/encoding.hpp"

namespace payweir::crypto {

struct RsaPublicKey::Key {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pkey{nullptr, &EVP_PKEY_free};
};

namespace {

constexpr int kBitsMin = 2048;
// Of a text that holds a key; a PEM chain has far less.
constexpr std::size_t kTextSizeMax = 64 * 1024;

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using Cipher = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

std::unexpected<Error> refused(std::string_view why) {
  return fail(Code::invalid_value, "", std::string(why));
}

// Consoles wrap long lines, and people paste with blanks.
std::string without_whitespace(std::string_view text) {
  std::string kept;
  kept.reserve(text.size());
  for (const char c : text)
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') kept += c;
  return kept;
}

Pkey decode(std::string_view bytes, const char* format, int selection) {
  EVP_PKEY* decoded = nullptr;
  using Decoder = std::unique_ptr<OSSL_DECODER_CTX, decltype(&OSSL_DECODER_CTX_free)>;
  // No structure named: PKCS#1, PKCS#8 and SubjectPublicKeyInfo are tried.
  const Decoder decoder(
      OSSL_DECODER_CTX_new_for_pkey(&decoded, format, nullptr, "RSA", selection, nullptr, nullptr),
      &OSSL_DECODER_CTX_free);
  check(decoder != nullptr, "out of memory for a key decoder");
  const unsigned char* data = bytes_of(bytes);
  std::size_t size = bytes.size();
  if (OSSL_DECODER_from_data(decoder.get(), &data, &size) != 1) decoded = nullptr;
  return {decoded, &EVP_PKEY_free};
}

// Without it, OpenSSL would ask the terminal for the password of a PEM that says it has one.
int no_password(char*, int, int, void*) {
  return -1;
}

Pkey key_of_certificate(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  check(bio != nullptr, "out of memory for a key");
  using X509Pointer = std::unique_ptr<X509, decltype(&X509_free)>;
  const X509Pointer certificate(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr), &X509_free);
  return {certificate ? X509_get_pubkey(certificate.get()) : nullptr, &EVP_PKEY_free};
}

Result<std::shared_ptr<const RsaPublicKey::Key>> parse_key(std::string_view text, int selection) {
  if (text.size() > kTextSizeMax) return refused("a key above 64 KiB");
  Pkey pkey{nullptr, &EVP_PKEY_free};
  if (text.find("-----BEGIN CERTIFICATE") != std::string_view::npos) {
    if (selection == EVP_PKEY_PUBLIC_KEY) pkey = key_of_certificate(text);
  } else if (text.find("-----BEGIN") != std::string_view::npos) {
    pkey = decode(text, "PEM", selection);
  } else {
    std::string bare = without_whitespace(text);
    Result<std::string> der = from_base64(bare);
    Secret::wipe(bare);
    if (der) {
      pkey = decode(*der, "DER", selection);
      Secret::wipe(*der);
    }
  }
  if (!pkey || EVP_PKEY_get_base_id(pkey.get()) != EVP_PKEY_RSA) return refused("not an RSA key");
  if (EVP_PKEY_get_bits(pkey.get()) < kBitsMin) return refused("an RSA key below 2048 bits");
  auto key = std::make_shared<RsaPublicKey::Key>();
  key->pkey = std::move(pkey);
  return key;
}

// A context for OAEP with SHA-1, which is what the gateways take.
Cipher oaep_context(const RsaPublicKey::Key& key, int (*init)(EVP_PKEY_CTX*)) {
  Cipher context(EVP_PKEY_CTX_new(key.pkey.get(), nullptr), &EVP_PKEY_CTX_free);
  check(context != nullptr, "out of memory for a cipher context");
  const bool ready = init(context.get()) == 1 &&
                     EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1 &&
                     EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha1()) == 1 &&
                     EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha1()) == 1;
  check(ready, "OpenSSL refused OAEP");
  return context;
}

}  // namespace

Result<RsaPublicKey> RsaPublicKey::parse(std::string_view text) {
  auto key = parse_key(text, EVP_PKEY_PUBLIC_KEY);
  if (!key) return std::unexpected(std::move(key.error()));
  return RsaPublicKey(std::move(*key));
}

bool RsaPublicKey::verify_sha256(std::string_view text, std::string_view signature) const {
  const Digest digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  check(digest != nullptr, "out of memory for a digest");
  check(EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_->pkey.get()) == 1,
        "OpenSSL refused to verify");
  return EVP_DigestVerify(digest.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) ==
         1;
}

std::string RsaPublicKey::to_der() const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_->pkey.get(), &der);
  check(size > 0, "OpenSSL refused to write a public key");
  std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

Result<std::string> RsaPublicKey::encrypt_oaep_sha1(std::string_view plain) const {
  const Cipher context = oaep_context(*key_, EVP_PKEY_encrypt_init);
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key_->pkey.get()));
  std::string sealed(size, '\0');
  if (EVP_PKEY_encrypt(context.get(), bytes_of(sealed), &size, bytes_of(plain), plain.size()) != 1)
    return refused("the text is too long for the key");
  sealed.resize(size);
  return sealed;
}

Result<RsaPrivateKey> RsaPrivateKey::parse(std::string_view text) {
  auto key = parse_key(text, EVP_PKEY_KEYPAIR);
  if (!key) return std::unexpected(std::move(key.error()));
  return RsaPrivateKey(std::move(*key));
}

std::string RsaPrivateKey::sign_sha256(std::string_view text) const {
  const Digest digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  check(digest != nullptr, "out of memory for a digest");
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key_->pkey.get()));
  std::string signature(size, '\0');
  const bool is_signed =
      EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_->pkey.get()) == 1 &&
      EVP_DigestSign(digest.get(), bytes_of(signature), &size, bytes_of(text), text.size()) == 1;
  check(is_signed, "OpenSSL refused to sign");
  signature.resize(size);
  return signature;
}

Result<std::string> RsaPrivateKey::decrypt_oaep_sha1(std::string_view sealed) const {
  const Cipher context = oaep_context(*key_, EVP_PKEY_decrypt_init);
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key_->pkey.get()));
  std::string plain(size, '\0');
  if (EVP_PKEY_decrypt(context.get(), bytes_of(plain), &size, bytes_of(sealed), sealed.size()) != 1) {
    Secret::wipe(plain);
    return fail(Code::decrypt_failed, "", "the sealed text does not open");
  }
  plain.resize(size);
  return plain;
}

RsaPublicKey RsaPrivateKey::public_key() const {
  return RsaPublicKey(key_);
}

}  // namespace payweir::crypto
