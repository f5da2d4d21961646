#include "flows/card_network.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace payweir::flows {
namespace {

struct IssuerRange {
  std::uint32_t first, last;  // inclusive, both of `digits` digits
  std::uint32_t digits;
  std::string_view network;
};

// ISO/IEC 7812 issuer ranges as the networks publish them. The first row that matches decides, so the
// narrow ones stand before the wide ones that hold them.
constexpr std::array kRanges = {
    IssuerRange{34, 34, 2, "amex"},           IssuerRange{37, 37, 2, "amex"},
    IssuerRange{300, 305, 3, "diners"},       IssuerRange{3095, 3095, 4, "diners"},
    IssuerRange{36, 36, 2, "diners"},         IssuerRange{38, 39, 2, "diners"},
    IssuerRange{3528, 3589, 4, "jcb"},        IssuerRange{4, 4, 1, "visa"},
    IssuerRange{5018, 5018, 4, "maestro"},    IssuerRange{5020, 5020, 4, "maestro"},
    IssuerRange{5038, 5038, 4, "maestro"},    IssuerRange{5893, 5893, 4, "maestro"},
    IssuerRange{6304, 6304, 4, "maestro"},    IssuerRange{6759, 6759, 4, "maestro"},
    IssuerRange{6761, 6763, 4, "maestro"},    IssuerRange{51, 55, 2, "mastercard"},
    IssuerRange{2221, 2720, 4, "mastercard"}, IssuerRange{6011, 6011, 4, "discover"},
    IssuerRange{644, 649, 3, "discover"},     IssuerRange{65, 65, 2, "discover"},
    IssuerRange{62, 62, 2, "unionpay"},       IssuerRange{81, 81, 2, "unionpay"},
};

}  // namespace

std::string_view card_network_of(std::string_view card_number) {
  constexpr std::size_t kDigitsMax = 4;
  std::array<std::uint32_t, kDigitsMax + 1> prefixes{};  // [n]: the number that the first n digits make
  std::size_t known = 0;
  while (known < kDigitsMax && known < card_number.size()) {
    const char c = card_number[known];
    if (c < '0' || c > '9') break;
    prefixes[known + 1] = prefixes[known] * 10 + static_cast<std::uint32_t>(c - '0');
    ++known;
  }
  for (const IssuerRange& range : kRanges)
    if (range.digits <= known && prefixes[range.digits] >= range.first &&
        prefixes[range.digits] <= range.last)
      return range.network;
  return "";
}

}  // namespace payweir::flows
