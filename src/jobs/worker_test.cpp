#include "jobs/worker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "jobs/testkit.hpp"

namespace payweir::jobs {
namespace {

using payweir::testkit::CapturedLog;
using payweir::testkit::Loop;
using payweir::testkit::ManualClock;

// Items in memory; each takes `takes` to work and is then done.
class ListJob final : public Job {
 public:
  explicit ListJob(Clock& clock, Pace pace) : clock_(clock), pace_(pace) {}
  std::string_view name() const override { return "list"; }
  Pace pace() const override { return pace_; }
  Task<Result<std::vector<DueItem>>> list_due(Selection selection) override {
    ++list_count;
    if (list_fails) co_return fail(Code::store_unavailable, "", "the list is broken");
    std::vector<DueItem> found;
    for (const DueItem& item : items)
      if (found.size() < selection.limit &&
          std::ranges::find(selection.lanes_full, item.lane) == selection.lanes_full.end())
        found.push_back(item);
    co_return found;
  }
  Task<Result<void>> work(DueItem item) override {
    ++under_way;
    most_under_way = std::max(most_under_way, under_way);
    co_await clock_.sleep(slow_lanes.contains(item.lane) ? hours(1) : takes);
    --under_way;
    ++tries[item.key];
    if (failing.contains(item.key)) co_return fail(Code::store_busy, "", "this item is broken");
    std::erase_if(items, [&](const DueItem& each) { return each.key == item.key; });
    co_return Result<void>{};
  }

  std::vector<DueItem> items;
  std::set<std::int64_t> failing, slow_lanes;
  std::map<std::int64_t, int> tries;
  Duration takes{};
  bool list_fails = false;
  int list_count = 0;
  std::size_t under_way = 0, most_under_way = 0;

 private:
  Clock& clock_;
  Pace pace_;
};

class WorkerTest : public ::testing::Test {
 protected:
  ListJob& start(Pace pace) {
    auto job = std::make_unique<ListJob>(clock, pace);
    ListJob& added = *job;
    worker.add(std::move(job));
    worker.start();
    return added;
  }
  void advance(Duration span) {
    loop.poll();
    for (; span.ms > 0; span = span - milliseconds(10)) {
      clock.advance(milliseconds(10));
      loop.poll();
    }
  }

  ManualClock clock;
  CapturedLog log;
  // Destroyed after the loop, whose tasks are its own.
  Worker worker{clock, log, [this](std::string_view, Task<void> task) { loop.start(std::move(task), left); }};
  std::size_t left = 1'000'000;
  Loop loop;
};

TEST_F(WorkerTest, WorksOffWhatIsDue) {
  ListJob& job = start({seconds(1)});
  job.items = {{1, 0}, {2, 0}, {3, 0}};
  advance(seconds(1));
  EXPECT_TRUE(job.items.empty());
  EXPECT_EQ(job.tries.size(), 3u);
}

TEST_F(WorkerTest, KeepsWithinTheBoundAndNeverStartsAnItemTwice) {
  ListJob& job = start({seconds(1), 4, 4});
  job.takes = seconds(3);
  for (std::int64_t key = 1; key <= 40; ++key)
    job.items.push_back({key, 0});
  advance(seconds(60));
  EXPECT_EQ(job.most_under_way, 4u);
  EXPECT_EQ(job.tries.size(), 40u);
  for (const auto& [key, count] : job.tries)
    EXPECT_EQ(count, 1) << key;
}

TEST_F(WorkerTest, AHangingLaneDoesNotHoldUpTheOthers) {
  ListJob& job = start({milliseconds(100), 8, 2});
  job.slow_lanes = {7};
  for (std::int64_t key = 1; key <= 100; ++key)
    job.items.push_back({key, 7});
  for (std::int64_t key = 101; key <= 140; ++key)
    job.items.push_back({key, 8});
  advance(seconds(5));
  EXPECT_EQ(job.under_way, 2u);
  EXPECT_EQ(job.tries.size(), 40u);
}

TEST_F(WorkerTest, AFailingItemWaitsLongerEachTimeAndIsLogged) {
  ListJob& job = start({milliseconds(10)});
  job.items = {{1, 0}, {2, 0}};
  job.failing = {1};
  advance(seconds(20));
  EXPECT_EQ(job.tries[1], 5);  // at 0, 1, 3, 7 and 15 s
  EXPECT_EQ(job.tries[2], 1);
  EXPECT_TRUE(log.contains("job.item_failed job=list code=store_busy"));
  job.failing.clear();
  advance(seconds(20));
  EXPECT_TRUE(job.items.empty());
}

TEST_F(WorkerTest, ABrokenListIsNoBusyLoop) {
  ListJob& job = start({milliseconds(10)});
  job.list_fails = true;
  advance(seconds(30));
  EXPECT_EQ(job.list_count, 5);  // at 0, 1, 3, 7 and 15 s
  EXPECT_TRUE(log.contains("job.list_failed"));
  job.list_fails = false;
  job.items = {{1, 0}};
  advance(seconds(20));
  EXPECT_TRUE(job.items.empty());
}

TEST_F(WorkerTest, PollsSlowlyWhenThereIsNothing) {
  ListJob& job = start({seconds(5)});
  advance(seconds(59));
  EXPECT_EQ(job.list_count, 12);
}

TEST_F(WorkerTest, StopWaitsForWhatIsInFlightAndBeginsNothingNew) {
  ListJob& job = start({milliseconds(100), 2, 2});
  job.takes = seconds(2);
  for (std::int64_t key = 1; key <= 10; ++key)
    job.items.push_back({key, 0});
  advance(milliseconds(200));
  ASSERT_EQ(worker.in_flight(), 2u);
  std::size_t stopping = 1;
  loop.start(worker.stop(seconds(30)), stopping);
  advance(seconds(3));
  EXPECT_EQ(stopping, 0u);
  EXPECT_EQ(job.tries.size(), 2u);
  advance(seconds(10));
  EXPECT_EQ(job.tries.size(), 2u);
}

TEST_F(WorkerTest, StopLosesPatience) {
  ListJob& job = start({milliseconds(100)});
  job.slow_lanes = {0};
  job.items = {{1, 0}};
  advance(milliseconds(200));
  std::size_t stopping = 1;
  loop.start(worker.stop(seconds(1)), stopping);
  advance(seconds(2));
  EXPECT_EQ(stopping, 0u);
  EXPECT_EQ(worker.in_flight(), 1u);
}

}  // namespace
}  // namespace payweir::jobs
