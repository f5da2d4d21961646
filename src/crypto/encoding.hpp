#pragma once
// Hex (lower case) and base64 (RFC 4648 §4, padded), strict both ways.
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace payweir::crypto {

[[nodiscard]] std::string to_hex(std::string_view bytes);
// Takes either case. Error: invalid_value.
[[nodiscard]] Result<std::string> from_hex(std::string_view text);
[[nodiscard]] std::string to_base64(std::string_view bytes);
// Error: invalid_value.
[[nodiscard]] Result<std::string> from_base64(std::string_view text);

}  // namespace payweir::crypto
