#pragma once
// Addresses of the switch that a payer's browser is given.
#include <string>
#include <string_view>

#include "flows/views.hpp"

namespace payweir::api {

// On to the gateway's page, and back from it. Requires: view.attempt waits for a redirect.
[[nodiscard]] std::string gateway_page_url(const flows::PaymentView& view, std::string_view public_url);
// The payment page; who has the address may pay.
[[nodiscard]] std::string payment_page_url(const flows::PaymentView& view, std::string_view public_url);

}  // namespace payweir::api
