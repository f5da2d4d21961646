#include "flows/routing/gateway_statistics.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/id.hpp"
#include "store/queries/statistics_queries.hpp"

namespace payweir::flows {
namespace {

// Counts as they are stored: a byte that names the format, then for each segment seven numbers of seven bits
// a byte, the lowest first: account, method, network, currency, approved, declined, failed.
constexpr char kFormat = 1;
constexpr Duration kLoaded = hours(24);
constexpr std::size_t kPage = 64;  // rows

void pack(std::uint64_t number, std::string& out) {
  for (; number >= 0x80; number >>= 7)
    out += static_cast<char>(0x80 | (number & 0x7f));
  out += static_cast<char>(number);
}

// None when the text ends too early or the number is more than `max`.
std::optional<std::uint64_t> unpack(std::string_view& text, std::uint64_t max) {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 63 && !text.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    number |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return number <= max ? std::optional(number) : std::nullopt;
  }
  return std::nullopt;
}

struct Entry {
  std::int64_t account_key = 0;
  routing::Segment segment;
  routing::Counts counts;
};

std::optional<Entry> unpack_entry(std::string_view& text) {
  const auto account = unpack(text, INT64_MAX), method = unpack(text, UINT8_MAX),
             network = unpack(text, UINT8_MAX), numeric = unpack(text, 999);
  const auto approved = unpack(text, UINT32_MAX), declined = unpack(text, UINT32_MAX),
             failed = unpack(text, UINT32_MAX);
  if (!account || !method || !network || !numeric || !approved || !declined || !failed) return std::nullopt;
  const Result<Currency> currency = Currency::from_numeric(static_cast<std::int64_t>(*numeric));
  if (!currency) return std::nullopt;
  return Entry{static_cast<std::int64_t>(*account),
               {static_cast<PaymentMethod>(*method), static_cast<std::uint8_t>(*network), *currency},
               {static_cast<std::uint32_t>(*approved), static_cast<std::uint32_t>(*declined),
                static_cast<std::uint32_t>(*failed)}};
}

std::optional<std::vector<Entry>> unpack_entries(std::string_view text) {
  if (text.empty() || text.front() != kFormat) return std::nullopt;
  text.remove_prefix(1);
  std::vector<Entry> entries;
  while (!text.empty()) {
    const std::optional<Entry> entry = unpack_entry(text);
    if (!entry) return std::nullopt;
    entries.push_back(*entry);
  }
  return entries;
}

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
    row.counts += kFormat;
    for (const auto& [key, counts] : window.counts) {
      const auto& [account, method, network, currency] = key;
      pack(static_cast<std::uint64_t>(account), row.counts);
      pack(method, row.counts);
      pack(network, row.counts);
      pack(static_cast<std::uint64_t>(currency), row.counts);
      for (const std::uint32_t number : {counts.approved, counts.declined, counts.technical_failures})
        pack(number, row.counts);
    }
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
  const std::optional<std::vector<Entry>> entries = unpack_entries(row.counts);
  if (!entries) return false;
  const BriefLock::Hold hold(lock_);
  for (const Entry& entry : *entries)
    rates_.observe(entry.account_key, entry.segment, entry.counts, row.modified_at);
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
