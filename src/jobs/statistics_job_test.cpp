// What gateways did, over restarts.
#include "jobs/statistics_job.hpp"

#include <gtest/gtest.h>

#include <array>

#include "jobs/testkit.hpp"
#include "store/queries/statistics_queries.hpp"

namespace payweir::jobs {
namespace {

using flows::GatewayStatistics;
using testkit::World;

const routing::Segment kCards{PaymentMethod::card, 1, Currency::parse("EUR").value()};

std::vector<store::GatewayStatisticsRow> rows_of(World& world) {
  return world.run(store::list_gateway_statistics(world.store(), 0, 1'000)).value();
}

void approve(World& world, GatewayStatistics& statistics) {
  statistics.observe(7, kCards, routing::Observation::approved, world.clock.wall());
}

TEST(SaveStatisticsJob, StoresWhatIsNewEveryTenSeconds) {
  World world;
  GatewayStatistics statistics;
  world.start(std::make_unique<SaveStatisticsJob>(world.context(), statistics));
  world.advance(seconds(30));
  EXPECT_TRUE(rows_of(world).empty());
  for (int i = 0; i < 5; ++i) {
    approve(world, statistics);
    world.advance(seconds(12));
  }
  const auto rows = rows_of(world);
  ASSERT_GE(rows.size(), 1u);
  ASSERT_LE(rows.size(), 2u) << "one a window";

  world.restart();
  GatewayStatistics next;
  ASSERT_TRUE(world.run(flows::load_gateway_statistics(world.store(), next, world.clock.wall())));
  const std::array<std::int64_t, 1> account = {7};
  EXPECT_EQ(next.estimates(account, kCards, 0, world.clock.wall())[0].payments, 5);
}

TEST(SaveStatisticsJob, ErasesWhatIsOlderThanTwoDays) {
  World world;
  GatewayStatistics statistics;
  world.start(std::make_unique<SaveStatisticsJob>(world.context(), statistics));
  approve(world, statistics);
  world.advance(hours(47), minutes(30));
  EXPECT_EQ(rows_of(world).size(), 1u);
  approve(world, statistics);
  world.advance(hours(2), minutes(30));
  EXPECT_EQ(rows_of(world).size(), 1u) << "the later one";

  GatewayStatistics next;
  ASSERT_TRUE(world.run(flows::load_gateway_statistics(world.store(), next, world.clock.wall())));
  const std::array<std::int64_t, 1> account = {7};
  EXPECT_EQ(next.estimates(account, kCards, 0, world.clock.wall())[0].payments, 1);
}

}  // namespace
}  // namespace payweir::jobs
