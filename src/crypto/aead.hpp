#pragma once
// AES-256-GCM. A (key, nonce) pair must never be used twice; the caller draws the nonce.
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace payweir::crypto {

// Requires: key of 32 bytes, nonce of 12. Returns ciphertext ‖ 16-byte tag.
[[nodiscard]] std::string aes256gcm_seal(std::string_view key, std::string_view nonce, std::string_view aad,
                                         std::string_view plain);
// Others may use longer or shorter nonces than ours: 1 to 128 bytes. Error: decrypt_failed, whatever differs:
// key, nonce, aad or text.
[[nodiscard]] Result<std::string> aes256gcm_open(std::string_view key, std::string_view nonce,
                                                 std::string_view aad, std::string_view sealed);

}  // namespace payweir::crypto
