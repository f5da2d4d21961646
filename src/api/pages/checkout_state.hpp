#pragma once
// What the payment page shows, as JSON. `identifies`: whether the payer can be told inside WeChat's browser.
#include <string>
#include <string_view>

#include "flows/views.hpp"

namespace payweir::api::pages {

[[nodiscard]] std::string render_checkout_state(const flows::PaymentView& view, std::string_view public_url,
                                                bool identifies, Instant now);

}  // namespace payweir::api::pages
