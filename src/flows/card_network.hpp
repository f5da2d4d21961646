#pragma once
// Which network issued a card, from its first digits.
#include <string_view>

namespace payweir::flows {

// "visa", "mastercard", "amex" …; "" when the digits belong to none that is known.
[[nodiscard]] std::string_view card_network_of(std::string_view card_number);

}  // namespace payweir::flows
