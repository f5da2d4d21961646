#pragma once
// Traffic: what a process knows of its gateways and of its own load. In memory, one a process, used by all
// its io threads at once. None of it decides about money: emptied, it makes routing blind for a while, no
// more.
#include "flows/admission.hpp"
#include "flows/routing/canary_counts.hpp"
#include "flows/routing/gateway_health.hpp"
#include "flows/routing/gateway_statistics.hpp"
#include "flows/settings.hpp"

namespace payweir::flows {

struct Traffic {
  explicit Traffic(const Settings& settings)
      : health(HealthPolicy{.breaker = {.failures_in_row = settings.breaker_failures}}),
        admission(settings.payments_in_flight) {}

  GatewayHealth health;
  GatewayStatistics statistics;
  CanaryCounts canaries;
  Admission admission;  // outlives every request: each gives its place back
};

}  // namespace payweir::flows
