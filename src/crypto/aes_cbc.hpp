#pragma once
// AES-CBC with PKCS#7 padding: how Alipay hides the content of a request when an application asks for it.
// It protects nothing against change; the RSA signature around it does.
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace payweir::crypto {

// Requires: key of 16 or 32 bytes, iv of 16.
[[nodiscard]] std::string aes_cbc_encrypt(std::string_view key, std::string_view iv, std::string_view plain);
// Error: decrypt_failed.
[[nodiscard]] Result<std::string> aes_cbc_decrypt(std::string_view key, std::string_view iv,
                                                  std::string_view sealed);

}  // namespace payweir::crypto
