#pragma once
#include "flows/context.hpp"
#include "flows/routing/route_payment.hpp"

namespace payweir::flows {

// What this switch routes by. Valid as long as the context.
[[nodiscard]] inline RoutingMeans routing_means(const Context& context) {
  const auto ask = [&context](std::span<const std::int64_t> account_keys, const routing::Segment& segment,
                              std::uint32_t draw) {
    return context.traffic.statistics.estimates(account_keys, segment, draw, context.clock.wall());
  };
  return {.estimates = ask,
          .set_back_below_ppm = context.settings.routing_set_back_below_ppm,
          .rules = context.settings.routing_rules.get()};
}

}  // namespace payweir::flows
