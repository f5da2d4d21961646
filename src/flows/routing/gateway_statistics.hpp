#pragma once
// Gateway statistics: what accounts approved and answered, fed by whoever learns how an attempt ended and
// asked by routing. One a process, shared by its threads. They live in memory; every ten seconds what is new
// goes to the store, ten minutes a row, so that a process that starts knows what the last one knew, but for a
// few seconds. No money depends on them.
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "base/brief_lock.hpp"
#include "domain/routing/estimates.hpp"
#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::flows {

// What became of a row that was to be stored.
enum class Saving : std::uint8_t {
  done,
  failed,  // nothing was written: next time
  lost,    // nobody knows: what it holds stays in memory only
};

class GatewayStatistics {
 public:
  static constexpr Duration kWindow = minutes(10);
  static constexpr Duration kKept = hours(48);  // in the store
  // Segments of accounts in one window, 40 bytes each; what is seen of more is known until the process ends.
  static constexpr std::size_t kSegmentsMax = 16'384;
  // Windows that wait because the store does not take them; the oldest are given up.
  static constexpr std::size_t kWindowsMax = 6;

  void observe(std::int64_t account_key, routing::Segment segment, routing::Observation observation,
               Instant now);
  // One an account, in their order; of one moment. `draw`: routing::Facts::draw.
  [[nodiscard]] std::vector<routing::Estimate> estimates(std::span<const std::int64_t> account_keys,
                                                         routing::Segment segment, std::uint32_t draw,
                                                         Instant now) const;

  // Windows with something new, oldest first, each as its next version; key 0: not stored yet. Each has to be
  // finished before the next call; with the key that it was stored under.
  [[nodiscard]] std::vector<store::GatewayStatisticsRow> take_rows(Instant now);
  void finish(const store::GatewayStatisticsRow& row, Saving saving);

  // What an earlier process stored; in the order of their keys. False: it cannot be read, and counts nothing.
  [[nodiscard]] bool load(const store::GatewayStatisticsRow& row);

 private:
  // Account, method, network, currency's number; sorted so that rows of the same counts are the same.
  using SegmentKey = std::tuple<std::int64_t, std::uint8_t, std::uint8_t, int>;
  struct Window {
    Instant started_at;
    std::map<SegmentKey, routing::Counts> counts;
    std::int64_t key = 0, version = 0;  // as stored
    bool is_new = false;                // something in it is
  };
  [[nodiscard]] Window& window_at(Instant now);

  // The decisions of all threads pass here: 50 accounts take a few microseconds.
  mutable BriefLock lock_;
  routing::SuccessRates rates_;
  std::vector<Window> windows_;  // the last is the newest
};

// Reads what was stored in the last 24 hours. `now`: the wall clock. Errors: store_*.
[[nodiscard]] Task<Result<void>> load_gateway_statistics(store::Store& store, GatewayStatistics& statistics,
                                                         Instant now);

}  // namespace payweir::flows
