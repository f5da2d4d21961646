#include "flows/routing/breaker_series.hpp"

#include <algorithm>

#include "store/queries/account_queries.hpp"

namespace payweir::flows {

Task<Result<std::vector<BreakerSeries>>> list_breaker_series(Context& context) {
  std::vector<GatewayHealth::BreakerReport> reports =
      context.traffic.health.report(context.clock.suspended_us());
  std::ranges::sort(reports, [](const auto& one, const auto& other) {
    return std::pair(other.state, one.account_key) < std::pair(one.state, other.account_key);
  });
  if (reports.size() > Telemetry::kAccountSeriesMax) reports.resize(Telemetry::kAccountSeriesMax);
  std::vector<BreakerSeries> series;
  for (const GatewayHealth::BreakerReport& report : reports) {
    auto row = co_await store::find_connector_account(context.store, report.account_key);
    if (!row) co_return fail(std::move(row.error()));
    if (!*row) continue;
    series.push_back({{to_text((*row)->id), (*row)->connector}, report.kind, report.state});
  }
  co_return series;
}

}  // namespace payweir::flows
