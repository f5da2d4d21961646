#pragma once
// The order in which accounts are tried, from what is expected of each: the likeliest to be approved first,
// or, among those that are nearly as likely, the cheapest. Pure.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "domain/routing/estimates.hpp"

namespace payweir::routing {

// Of an account whose fees are not known, or do not cover the payment: it counts as the dearest.
inline constexpr std::int32_t kCostUnknown = std::numeric_limits<std::int32_t>::max();

struct Standing {
  Estimate estimate;
  std::int32_t cost_bps = 0;  // of this payment, in hundredths of a per cent
};

struct RankingPolicy {
  // Accounts as near as this to the best rate: the cheapest of them first.
  std::int32_t within_ppm = 0;
  bool explores = true;
};

struct Ranking {
  std::vector<std::size_t> order;  // indexes of all standings, best first
  bool has_explored = false;       // without exploring, another one were the first
};

// Equals keep their order.
[[nodiscard]] Ranking rank(std::span<const Standing> standings, const RankingPolicy& policy);

// Below so many of late, an account's technical success is hearsay.
inline constexpr std::int32_t kTechnicalPaymentsMin = 8;

// Elimination: accounts whose technical success is below the bound, with at least kTechnicalPaymentsMin
// payments to say so, go behind the others; the order is kept otherwise. Returns how many went. `order`
// indexes `standings`. What is known of an account that is not asked fades within minutes, so that one
// payment in about half a minute still finds it in its place, and sees that it has recovered.
std::size_t set_back(std::span<const Standing> standings, std::vector<std::size_t>& order,
                     std::int32_t technical_below_ppm);

}  // namespace payweir::routing
