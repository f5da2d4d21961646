#pragma once
// Hashes and MACs over OpenSSL; results are raw bytes.
#include <string>
#include <string_view>

namespace payweir::crypto {

[[nodiscard]] std::string sha256(std::string_view text);
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);
[[nodiscard]] std::string hmac_sha512(std::string_view key, std::string_view text);
// Takes as long for a difference in the first byte as in the last; lengths are not secret.
[[nodiscard]] bool constant_time_equal(std::string_view a, std::string_view b);

}  // namespace payweir::crypto
