#pragma once
// What a payer is offered: GET /account/payment_methods, and what their browser needs to open a wallet, POST
// /payments/session_tokens.
#include <span>

#include "api/route.hpp"

namespace payweir::api::native {

[[nodiscard]] std::span<const Route> offered_method_routes();

}  // namespace payweir::api::native
