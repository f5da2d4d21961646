#pragma once
// Every migration, oldest first; the n-th one (from 1) leads to schema version n. Append only.
#include <array>
#include <string_view>

#include "store/migrations/0001_initial.hpp"
#include "store/migrations/0002_payment_methods.hpp"
#include "store/migrations/0003_payment_links.hpp"
#include "store/migrations/0004_routing.hpp"
#include "store/migrations/0005_retry_rules.hpp"
#include "store/migrations/0006_gateway_statistics.hpp"
#include "store/migrations/0007_routing_canary.hpp"
#include "store/migrations/0010_callback_bodies.hpp"

namespace payweir::store::migrations {

inline constexpr std::array<std::string_view, 8> kAll = {
    k0001Initial,    k0002PaymentMethods,    k0003PaymentLinks,  k0004Routing,
    k0005RetryRules, k0006GatewayStatistics, k0007RoutingCanary, k0010CallbackBodies,
};

}  // namespace payweir::store::migrations
