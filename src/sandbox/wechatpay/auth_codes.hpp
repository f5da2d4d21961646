#pragma once
// What the barcode on a payer's phone leads to: by its last four digits, as README.md lists them.
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace payweir::sandbox::wechatpay {

struct AuthCodeBehaviour {
  enum class Kind : std::uint8_t {
    pays,
    asks_then_pays,   // USERPAYING first
    asks_then_fails,  // USERPAYING first, PAYERROR then
    asks,             // USERPAYING, until somebody decides
    refused,
  };
  Kind kind = Kind::pays;
  int status = 200;  // when refused, as the two below
  std::string_view code, message;
};

// How long a payer takes to decide who was asked.
inline constexpr Duration kDecision = seconds(5);

// nullopt: not the code of a payer, 18 digits that begin with 10 to 15.
[[nodiscard]] std::optional<AuthCodeBehaviour> behaviour_of(std::string_view auth_code);

}  // namespace payweir::sandbox::wechatpay
