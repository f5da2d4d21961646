#include "crypto/hash.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>

#include <array>

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

// EVP_sha256() would look its implementation up by name in every call, which costs three times the hash.
const EVP_MD* fetched_sha256() {
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> fetched(
      EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free);
  check(fetched != nullptr, "OpenSSL has no SHA-256");
  return fetched.get();
}

}  // namespace

std::string sha256(std::string_view text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  check(EVP_Digest(text.data(), text.size(), out, &size, fetched_sha256(), nullptr) == 1,
        "OpenSSL refused SHA-256");
  return {reinterpret_cast<const char*>(out), size};
}

std::string md5(std::string_view text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  check(EVP_Digest(text.data(), text.size(), out, &size, EVP_md5(), nullptr) == 1, "OpenSSL refused MD5");
  return {reinterpret_cast<const char*>(out), size};
}

struct Sha1::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

Sha1::Sha1() : state_(std::make_unique<State>()) {
  check(state_->context != nullptr && EVP_DigestInit_ex2(state_->context.get(), EVP_sha1(), nullptr) == 1,
        "OpenSSL refused SHA-1");
}
Sha1::~Sha1() = default;
Sha1::Sha1(Sha1&&) noexcept = default;
Sha1& Sha1::operator=(Sha1&&) noexcept = default;

void Sha1::update(std::string_view piece) {
  check(EVP_DigestUpdate(state_->context.get(), piece.data(), piece.size()) == 1, "OpenSSL refused SHA-1");
}

std::string Sha1::finish() {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  check(EVP_DigestFinal_ex(state_->context.get(), out, &size) == 1, "OpenSSL refused SHA-1");
  return {reinterpret_cast<const char*>(out), size};
}

struct HmacSha256::State {
  State()
      : algorithm(EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free),
        context(EVP_MAC_CTX_new(algorithm.get()), &EVP_MAC_CTX_free) {}
  std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> algorithm;
  std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context;  // cleansed when it is freed
};

HmacSha256::HmacSha256(std::string_view key) : state_(std::make_unique<State>()) {
  char digest[] = "SHA256";
  const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                              OSSL_PARAM_construct_end()};
  check(EVP_MAC_init(state_->context.get(), bytes_of(key), key.size(), parameters.data()) == 1,
        "OpenSSL refused the key of an HMAC");
}
HmacSha256::~HmacSha256() = default;
HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;

std::string HmacSha256::operator()(std::initializer_list<std::string_view> parts) {
  EVP_MAC_CTX* const context = state_->context.get();
  // Without a key, it starts over under the one that it has.
  check(EVP_MAC_init(context, nullptr, 0, nullptr) == 1, "OpenSSL refused to start an HMAC over");
  for (const std::string_view part : parts)
    check(EVP_MAC_update(context, bytes_of(part), part.size()) == 1, "OpenSSL refused a part of an HMAC");
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  std::size_t size = 0;
  check(EVP_MAC_final(context, out.data(), &size, out.size()) == 1, "OpenSSL refused to end an HMAC");
  return {reinterpret_cast<const char*>(out.data()), size};
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
