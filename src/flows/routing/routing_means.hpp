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

// The route of a payment by them, and how long it took to find goes to /metrics.
[[nodiscard]] inline Result<Route> choose_route(Context& context, const RoutedPayment& routed) {
  const std::int64_t began_us = context.clock.suspended_us();
  Result<Route> route = route_payment(routed, routing_means(context));
  context.telemetry.routing_decision.observe(context.clock.suspended_us() - began_us);
  return route;
}

}  // namespace payweir::flows
