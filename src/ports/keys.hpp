#pragma once
// Keys as a port: the master key never leaves it. What is sealed under one context (table, row, field)
// opens under no other.
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace payweir {

class Keys {
 public:
  virtual ~Keys() = default;
  // AES-256-GCM: "v1 | key id | nonce | ciphertext | tag". `context` is bound as AAD.
  [[nodiscard]] virtual std::string seal(std::string_view context, std::string_view plain) = 0;
  // Error: decrypt_failed.
  [[nodiscard]] virtual Result<Secret> open(std::string_view context, std::string_view sealed) = 0;
  // HMAC-SHA-256 under the pepper, 32 bytes; `purpose` separates its uses.
  [[nodiscard]] virtual std::string pepper_hash(std::string_view purpose, std::string_view text) = 0;
};

}  // namespace payweir
