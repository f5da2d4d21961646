#include "crypto/aes_cbc.hpp"

#include <openssl/evp.h>

#include <memory>

#include "base/check.hpp"

namespace payweir::crypto {
namespace {

constexpr std::size_t kBlockSize = 16;
constexpr std::size_t kTextSizeMax = std::size_t{1} << 30;  // EVP counts in int

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

Context start(bool encrypts, std::string_view key, std::string_view iv) {
  check(key.size() == 16 || key.size() == 32, "AES-CBC needs a key of 16 or 32 bytes");
  check(iv.size() == kBlockSize, "AES-CBC needs an IV of 16 bytes");
  Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  check(context != nullptr, "out of memory for a cipher context");
  const EVP_CIPHER* cipher = key.size() == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc();
  check(
      EVP_CipherInit_ex2(context.get(), cipher, bytes_of(key), bytes_of(iv), encrypts ? 1 : 0, nullptr) == 1,
      "OpenSSL refused AES-CBC");
  return context;
}

}  // namespace

std::string aes_cbc_encrypt(std::string_view key, std::string_view iv, std::string_view plain) {
  check(plain.size() <= kTextSizeMax, "plain text above 1 GiB");
  const Context context = start(true, key, iv);
  std::string sealed(plain.size() + kBlockSize, '\0');
  int size = 0, rest = 0;
  check(EVP_CipherUpdate(context.get(), bytes_of(sealed), &size, bytes_of(plain),
                         static_cast<int>(plain.size())) == 1 &&
            EVP_CipherFinal_ex(context.get(), bytes_of(sealed) + size, &rest) == 1,
        "OpenSSL refused to encrypt");
  sealed.resize(static_cast<std::size_t>(size + rest));
  return sealed;
}

Result<std::string> aes_cbc_decrypt(std::string_view key, std::string_view iv, std::string_view sealed) {
  const auto refused = [] { return fail(Code::decrypt_failed, "", "the sealed text does not open"); };
  if (sealed.size() > kTextSizeMax) return refused();
  const Context context = start(false, key, iv);
  std::string plain(sealed.size() + kBlockSize, '\0');
  int size = 0, rest = 0;
  if (EVP_CipherUpdate(context.get(), bytes_of(plain), &size, bytes_of(sealed),
                       static_cast<int>(sealed.size())) != 1 ||
      EVP_CipherFinal_ex(context.get(), bytes_of(plain) + size, &rest) != 1)
    return refused();
  plain.resize(static_cast<std::size_t>(size + rest));
  return plain;
}

}  // namespace payweir::crypto
