#pragma once
// The operations of merchants, profiles, API keys, connector accounts and events: bind, call one flow,
// render.
#include <span>

#include "api/route.hpp"

namespace payweir::api::native {

[[nodiscard]] std::span<const Route> merchant_routes();
[[nodiscard]] std::span<const Route> profile_routes();
[[nodiscard]] std::span<const Route> api_key_routes();
[[nodiscard]] std::span<const Route> connector_account_routes();
[[nodiscard]] std::span<const Route> event_routes();

}  // namespace payweir::api::native
