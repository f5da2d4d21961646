#pragma once
// A card as the API takes it: {card_number, card_exp_month, card_exp_year, card_cvc, card_holder_name},
// all strings.
#include <string_view>

#include "api/binding.hpp"
#include "flows/payment_details.hpp"

namespace payweir::api::native {

// Requires: `fields` is present. Reports what does not fit, with upstream's sentences. `now` decides
// whether the card has expired.
[[nodiscard]] Card bind_card(Fields fields, Instant now);

// Eight to nineteen digits with the right check digit (ISO/IEC 7812-1, annex B).
[[nodiscard]] bool is_card_number(std::string_view digits);

}  // namespace payweir::api::native
