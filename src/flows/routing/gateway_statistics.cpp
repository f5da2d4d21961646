#include "flows/routing/gateway_statistics.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/id.hpp"
#include "flows/routing/stored_counts.hpp"
#include "store/queries/statistics_queries.hpp"

namespace payweir::flows {
namespace {

constexpr Duration kLoaded = hours(24);
constexpr std::size_t kPage = 64;  // rows

void count(routing::Counts& counts, routing::Observation observation) {
  switch (observation) {
    case routing::Observation::approved: ++counts.approved; break;
    case routing::Observation::declined: ++counts.declined; break;
    case routing::Observation::technical_failure: ++counts.technical_failures; break;
  }
}

}  // namespace

// A clock that was set has windows of its own, old or new.
GatewayStatistics::Window& GatewayStatistics::window_at(Instant now) {
  const Instant start{now.ms / kWindow.ms * kWindow.ms};
  const auto known = std::ranges::find(windows_, start, &Window::started_at);
  if (known != windows_.end()) return *known;
  if (windows_.size() >= kWindowsMax) windows_.erase(windows_.begin());
  windows_.push_back({.started_at = start});
  return windows_.back();
}

void GatewayStatistics::observe(std::int64_t account_key, routing::Segment segment,
                                routing::Observation observation, Instant now) {
  const BriefLock::Hold hold(lock_);
  rates_.observe(account_key, segment, observation, now);
  Window& window = window_at(now);
  const SegmentKey key{account_key, static_cast<std::uint8_t>(segment.method), segment.network,
                       segment.currency.numeric()};
  const auto known = window.counts.find(key);
  if (known == window.counts.end() && window.counts.size() >= kSegmentsMax) return;
  count(known == window.counts.end() ? window.counts[key] : known->second, observation);
  window.is_new = true;
}

std::vector<routing::Estimate> GatewayStatistics::estimates(std::span<const std::int64_t> account_keys,
                                                            routing::Segment segment, std::uint32_t draw,
                                                            Instant now) const {
  std::vector<routing::Estimate> made;
  made.reserve(account_keys.size());
  const BriefLock::Hold hold(lock_);
  for (const std::int64_t key : account_keys)
    made.push_back(rates_.estimate(key, segment, draw, now));
  return made;
}

std::vector<store::GatewayStatisticsRow> GatewayStatistics::take_rows(Instant now) {
  std::vector<store::GatewayStatisticsRow> rows;
  const BriefLock::Hold hold(lock_);
  for (Window& window : windows_) {
    if (!std::exchange(window.is_new, false)) continue;
    store::GatewayStatisticsRow row{window.key, window.version + 1, window.started_at, now, {}};
    std::vector<StoredCounts> all;
    all.reserve(window.counts.size());
    for (const auto& [key, counts] : window.counts) {
      const auto& [account, method, network, currency] = key;
      all.push_back({account, method, network, currency, counts});
    }
    row.counts = pack_counts(all);
    rows.push_back(std::move(row));
  }
  return rows;
}

void GatewayStatistics::finish(const store::GatewayStatisticsRow& row, Saving saving) {
  const BriefLock::Hold hold(lock_);
  const auto window = std::ranges::find(windows_, row.started_at, &Window::started_at);
  if (window == windows_.end()) return;
  switch (saving) {
    case Saving::done:
      window->key = row.key;
      window->version = row.version;
      break;
    case Saving::failed: window->is_new = true; break;
    case Saving::lost: *window = {.started_at = window->started_at}; break;
  }
  const Window* const newest = &windows_.back();
  std::erase_if(windows_, [&](const Window& each) { return &each != newest && !each.is_new; });
}

bool GatewayStatistics::load(const store::GatewayStatisticsRow& row) {
  const std::optional<std::vector<StoredCounts>> all = unpack_counts(row.counts);
  if (!all) return false;
  for (const StoredCounts& each : *all)
    if (!Currency::from_numeric(each.currency)) return false;
  const BriefLock::Hold hold(lock_);
  for (const StoredCounts& each : *all)
    rates_.observe(
        each.account_key,
        {static_cast<PaymentMethod>(each.method), each.network, *Currency::from_numeric(each.currency)},
        each.counts, row.modified_at);
  return true;
}

Task<Result<void>> load_gateway_statistics(store::Store& store, GatewayStatistics& statistics, Instant now) {
  std::int64_t after = KeySequence::first_key_at(now - kLoaded - GatewayStatistics::kWindow) - 1;
  for (;;) {
    const auto rows = co_await store::list_gateway_statistics(store, after, kPage);
    if (!rows) co_return fail(rows.error());
    for (const store::GatewayStatisticsRow& row : *rows) {
      // What cannot be read was made by another version, and is not missed for long.
      static_cast<void>(statistics.load(row));
      after = row.key;
    }
    if (rows->size() < kPage) co_return Result<void>{};
  }
}

}  // namespace payweir::flows
