#pragma once
// What the barcode on a payer's phone leads to: by its last four digits, as README.md lists them.
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace payweir::sandbox::alipay {

struct AuthCodeBehaviour {
  enum class Kind : std::uint8_t {
    pays,
    asks_then_pays,      // 10003 first
    asks_then_declines,  // 10003 first
    asks,                // 10003, until somebody decides
    refused,
  };
  Kind kind = Kind::pays;
  std::string_view sub_code, sub_msg;  // when refused
};

// How long a payer takes to decide who was asked.
inline constexpr Duration kDecision = seconds(5);

// nullopt: not the code of a payer, 16 to 24 digits that begin with 25 to 30.
[[nodiscard]] std::optional<AuthCodeBehaviour> behaviour_of(std::string_view auth_code);

}  // namespace payweir::sandbox::alipay
