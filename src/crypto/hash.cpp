#include "crypto/hash.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.hpp"

namespace payweir::crypto {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hmac(const EVP_MD* digest, std::string_view key, std::string_view text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  check(HMAC(digest, key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), out, &size) !=
            nullptr,
        "OpenSSL refused an HMAC");
  return {reinterpret_cast<const char*>(out), size};
}

}  // namespace

std::string sha256(std::string_view text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  check(EVP_Digest(text.data(), text.size(), out, &size, EVP_sha256(), nullptr) == 1,
        "OpenSSL refused SHA-256");
  return {reinterpret_cast<const char*>(out), size};
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  return hmac(EVP_sha256(), key, text);
}
std::string hmac_sha512(std::string_view key, std::string_view text) {
  return hmac(EVP_sha512(), key, text);
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace payweir::crypto
