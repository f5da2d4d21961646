#include "crypto/aead.hpp"

#include <openssl/evp.h>

#include <memory>

#include "base/check.hpp"
#include "base/secret.hpp"

namespace payweir::crypto {
namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kNonceSizeMax = 128;
constexpr std::size_t kTagSize = 16;
// EVP counts in int; far above any row or secret we seal.
constexpr std::size_t kTextSizeMax = std::size_t{1} << 30;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

enum class Direction : int { open = 0, seal = 1 };

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

// A context that has its key and has taken in the additional data.
Context start(Direction direction, std::string_view key, std::string_view nonce, std::string_view aad) {
  check(key.size() == kKeySize, "AES-256-GCM needs a key of 32 bytes");
  check(!nonce.empty() && nonce.size() <= kNonceSizeMax, "AES-256-GCM needs a nonce");
  check(aad.size() <= kTextSizeMax, "additional data above 1 GiB");
  Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  check(context != nullptr, "out of memory for a cipher context");
  const int encrypts = static_cast<int>(direction);
  const bool keyed =
      EVP_CipherInit_ex2(context.get(), EVP_aes_256_gcm(), nullptr, nullptr, encrypts, nullptr) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(nonce.size()), nullptr) ==
          1 &&
      EVP_CipherInit_ex2(context.get(), nullptr, bytes_of(key), bytes_of(nonce), encrypts, nullptr) == 1;
  check(keyed, "OpenSSL refused AES-256-GCM");
  int size = 0;
  if (!aad.empty())
    check(EVP_CipherUpdate(context.get(), nullptr, &size, bytes_of(aad), static_cast<int>(aad.size())) == 1,
          "OpenSSL refused additional data");
  return context;
}

}  // namespace

std::string aes256gcm_seal(std::string_view key, std::string_view nonce, std::string_view aad,
                           std::string_view plain) {
  check(plain.size() <= kTextSizeMax, "plain text above 1 GiB");
  check(nonce.size() == kNonceSize, "a nonce of ours has 12 bytes");
  const Context context = start(Direction::seal, key, nonce, aad);
  std::string sealed(plain.size() + kTagSize, '\0');
  int size = 0;
  if (!plain.empty())
    check(EVP_CipherUpdate(context.get(), bytes_of(sealed), &size, bytes_of(plain),
                           static_cast<int>(plain.size())) == 1,
          "OpenSSL refused to encrypt");
  unsigned char* const tag = bytes_of(sealed) + plain.size();
  check(EVP_CipherFinal_ex(context.get(), tag, &size) == 1, "OpenSSL refused to end an encryption");
  check(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kTagSize), tag) == 1,
        "OpenSSL gave no tag");
  return sealed;
}

Result<std::string> aes256gcm_open(std::string_view key, std::string_view nonce, std::string_view aad,
                                   std::string_view sealed) {
  const auto refused = [] { return fail(Code::decrypt_failed, "", "the sealed text does not open"); };
  if (sealed.size() < kTagSize || sealed.size() > kTextSizeMax) return refused();
  if (nonce.empty() || nonce.size() > kNonceSizeMax) return refused();
  const std::string_view cipher = sealed.substr(0, sealed.size() - kTagSize);
  std::string tag(sealed.substr(cipher.size()));
  const Context context = start(Direction::open, key, nonce, aad);
  std::string plain(cipher.size(), '\0');
  int size = 0;
  // Whatever the text is: it is the tag that tells whether it opens.
  if (!cipher.empty())
    check(EVP_CipherUpdate(context.get(), bytes_of(plain), &size, bytes_of(cipher),
                           static_cast<int>(cipher.size())) == 1,
          "OpenSSL refused to decrypt");
  check(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTagSize),
                            bytes_of(tag)) == 1,
        "OpenSSL took no tag");
  unsigned char end[kTagSize];  // GCM has no padding, so Final writes nothing here
  if (EVP_CipherFinal_ex(context.get(), end, &size) != 1) {
    Secret::wipe(plain);  // unauthenticated plain text stays nowhere
    return refused();
  }
  return plain;
}

}  // namespace payweir::crypto
