#include "domain/routing/ranking.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <tuple>
#include <utility>

namespace payweir::routing {
namespace {

using Order = std::vector<std::size_t>;

// By `rate`, the highest first; those at most `within_ppm` below it by cost.
Order by_rate(std::span<const Standing> standings, std::int32_t Estimate::* rate, std::int32_t within_ppm) {
  Order order(standings.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto rate_of = [&](std::size_t index) { return standings[index].estimate.*rate; };
  // The index tells equals apart: they keep their order.
  std::ranges::sort(order, {},
                    [&](std::size_t index) { return std::pair(-std::int64_t{rate_of(index)}, index); });
  if (order.empty() || within_ppm <= 0) return order;
  const std::int64_t bound = std::int64_t{rate_of(order.front())} - within_ppm;
  const auto behind = std::ranges::find_if(order, [&](std::size_t index) { return rate_of(index) < bound; });
  std::ranges::sort(order.begin(), behind, {}, [&](std::size_t index) {
    return std::tuple(standings[index].cost_bps, -std::int64_t{rate_of(index)}, index);
  });
  return order;
}

}  // namespace

Ranking rank(std::span<const Standing> standings, const RankingPolicy& policy) {
  Order expected = by_rate(standings, &Estimate::rate_ppm, policy.within_ppm);
  if (!policy.explores || expected.empty()) return {std::move(expected), false};
  Order drawn = by_rate(standings, &Estimate::drawn_ppm, policy.within_ppm);
  if (drawn.front() == expected.front()) return {std::move(expected), false};
  // What is explored is the first; behind it, what is known counts.
  const std::size_t explored = drawn.front();
  std::erase(expected, explored);
  expected.insert(expected.begin(), explored);
  return {std::move(expected), true};
}

std::size_t set_back(std::span<const Standing> standings, std::vector<std::size_t>& order,
                     std::int32_t technical_below_ppm) {
  const auto stays = [&](std::size_t index) {
    const Estimate& estimate = standings[index].estimate;
    return estimate.technical_ppm >= technical_below_ppm ||
           estimate.technical_payments < kTechnicalPaymentsMin;
  };
  std::vector<std::size_t> kept, back;
  for (const std::size_t index : order)
    (stays(index) ? kept : back).push_back(index);
  const std::size_t count = back.size();
  std::ranges::copy(back, std::back_inserter(kept));
  order = std::move(kept);
  return count;
}

}  // namespace payweir::routing
