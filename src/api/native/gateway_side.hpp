#pragma once
// What is called without a key of ours: a payer's browser on its way to the gateway's page and back, and
// the gateway's callbacks.
#include <span>
#include <string>

#include "api/route.hpp"

namespace payweir::api::native {

[[nodiscard]] std::span<const Route> gateway_side_routes();

// A gateway's callback to this merchant, acknowledged or refused in the gateway's own words.
[[nodiscard]] Task<Result<Reply>> take_callback(RequestContext request, std::string merchant_id,
                                                std::string connector_or_account);

}  // namespace payweir::api::native
