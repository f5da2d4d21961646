#include "flows/routing/success_series.hpp"

#include <algorithm>
#include <unordered_map>

#include "flows/routing/stored_counts.hpp"
#include "store/queries/account_queries.hpp"
#include "store/queries/statistics_queries.hpp"

namespace payweir::flows {
namespace {

constexpr Duration kDay = hours(24);
constexpr std::size_t kPage = 16;  // rows

struct Day {
  std::int64_t account_key = 0;
  std::int64_t approved = 0, payments = 0;
};

Task<Result<std::vector<Day>>> read_days(Context& context) {
  std::unordered_map<std::int64_t, Day> by_account;
  std::int64_t after = KeySequence::first_key_at(context.clock.wall() - kDay) - 1;
  for (bool is_more = true; is_more;) {
    const auto rows = co_await store::list_gateway_statistics(context.store, after, kPage);
    if (!rows) co_return fail(rows.error());
    is_more = rows->size() == kPage;
    for (const store::GatewayStatisticsRow& row : *rows) {
      after = row.key;
      for (const StoredCounts& each : unpack_counts(row.counts).value_or(std::vector<StoredCounts>())) {
        Day& day = by_account[each.account_key];
        day.account_key = each.account_key;
        day.approved += each.counts.approved;
        day.payments +=
            std::int64_t{each.counts.approved} + each.counts.declined + each.counts.technical_failures;
      }
    }
  }
  std::vector<Day> days;
  for (const auto& [key, day] : by_account)
    if (day.payments > 0) days.push_back(day);
  std::ranges::sort(days, [](const Day& one, const Day& other) {
    return std::pair(other.payments, one.account_key) < std::pair(one.payments, other.account_key);
  });
  if (days.size() > Telemetry::kAccountSeriesMax) days.resize(Telemetry::kAccountSeriesMax);
  co_return days;
}

}  // namespace

Task<Result<std::vector<SuccessSeries>>> list_success_series(Context& context) {
  const Result<std::vector<Day>> days = co_await read_days(context);
  if (!days) co_return fail(days.error());
  std::vector<SuccessSeries> series;
  for (const Day& day : *days) {
    auto row = co_await store::find_connector_account(context.store, day.account_key);
    if (!row) co_return fail(std::move(row.error()));
    if (!*row) continue;
    const auto ppm = static_cast<std::int32_t>(day.approved * routing::kAll / day.payments);
    series.push_back({{to_text((*row)->id), (*row)->connector}, ppm});
  }
  co_return series;
}

}  // namespace payweir::flows
