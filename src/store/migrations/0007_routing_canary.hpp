#pragma once
#include <string_view>

namespace payweir::store::migrations {

// Algorithms that take a share of a profile's payments for a trial: 0 per cent is none, and at most one of a
// profile runs. `canary` is JSON, '' of what never was one.
inline constexpr std::string_view k0007RoutingCanary = R"sql(
ALTER TABLE routing_algorithm ADD COLUMN canary_percent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE routing_algorithm ADD COLUMN canary TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX routing_algorithm_canary ON routing_algorithm (profile_key) WHERE canary_percent > 0;
)sql";

}  // namespace payweir::store::migrations
