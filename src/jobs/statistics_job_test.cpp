// What gateways did, over restarts.
#include "jobs/statistics_job.hpp"

#include <gtest/gtest.h>

#include <array>

#include "jobs/testkit.hpp"
#include "jobs/upkeep_jobs.hpp"
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

TEST(MeasureAccountsJob, ShowsWhatAccountsApprovedWithinADay) {
  World world;
  store::ConnectorAccountRow account;
  account.id = world.context().new_id<ConnectorAccountTag>();
  account.connector = "stripe";
  store::ChangeSet changes;
  changes.insert(account);
  ASSERT_TRUE(std::holds_alternative<store::commit::Committed>(
      world.run(world.context().store.commit(std::move(changes)))));
  GatewayStatistics statistics;
  SaveStatisticsJob save(world.context(), statistics);
  MeasureAccountsJob measure(world.context());
  const std::string name = "payweir_account_success_ratio{merchant_connector_id=\"" + to_text(account.id) +
                           "\",connector=\"stripe\"} ";
  const auto shown = [&] {
    EXPECT_TRUE(world.run(save.list_due({})).has_value());
    EXPECT_TRUE(world.run(measure.list_due({})).has_value());
    return world.telemetry().render(store::Store::Statistics());
  };
  constexpr std::int64_t kNobodysAccount = 5;
  for (const std::int64_t key : {account.id.key, kNobodysAccount})
    for (const auto observation : {routing::Observation::approved, routing::Observation::approved,
                                   routing::Observation::declined, routing::Observation::technical_failure})
      statistics.observe(key, kCards, observation, world.clock.wall());
  EXPECT_TRUE(shown().contains(name + "0.5\n"));
  world.advance(hours(23));
  statistics.observe(account.id.key, kCards, routing::Observation::approved, world.clock.wall());
  EXPECT_TRUE(shown().contains(name + "0.6\n"));
  world.advance(hours(2));
  EXPECT_TRUE(shown().contains(name + "1\n")) << "the first four are of yesterday";
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
