#include "store/sqlite/commit_queue.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <thread>

#include "store/rows.hpp"

namespace payweir::store::sqlite {
namespace {

struct Queue {
  explicit Queue(std::size_t size_max = 10) : queue(size_max) {}

  bool put(std::int64_t number) {
    QueuedCommit unit{{}, context.get_executor(), {}};
    unit.changes.erase<AnswerRow>(number);
    return queue.put(unit);
  }
  static std::vector<std::int64_t> numbers(const std::vector<QueuedCommit>& units) {
    std::vector<std::int64_t> numbers;
    for (const QueuedCommit& unit : units)
      numbers.push_back(std::get<std::int64_t>(unit.changes.values_of(unit.changes.changes().front())[0]));
    return numbers;
  }

  boost::asio::io_context context;
  CommitQueue queue;
};

using Numbers = std::vector<std::int64_t>;

TEST(CommitQueue, GivesTheOldestFirstAndRefusesWhenFull) {
  Queue at(3);
  for (const std::int64_t number : {1, 2, 3})
    EXPECT_TRUE(at.put(number));
  QueuedCommit fourth{{}, at.context.get_executor(), {}};
  fourth.changes.erase<AnswerRow>(4);
  EXPECT_FALSE(at.queue.put(fourth));
  EXPECT_EQ(fourth.changes.changes().size(), 1u) << "it was refused, and is its owner's still";
  EXPECT_EQ(Queue::numbers(at.queue.take_now(2)), (Numbers{1, 2}));
  EXPECT_TRUE(at.queue.put(fourth));
  EXPECT_EQ(Queue::numbers(at.queue.take(10, std::nullopt)), (Numbers{3, 4}));
  EXPECT_TRUE(at.queue.take_now(10).empty());
}

TEST(CommitQueue, GatheringEndsByItselfAndTakesNothing) {
  Queue at;
  at.queue.gather(4);
  EXPECT_TRUE(at.put(1));
  at.queue.gather(4);
  at.queue.gather(1);
  EXPECT_EQ(at.queue.size(), 1u);
  at.queue.stop();
  at.queue.gather(4);
  EXPECT_FALSE(at.queue.is_finished());
  EXPECT_EQ(Queue::numbers(at.queue.take(10, std::nullopt)), (Numbers{1}));
  EXPECT_TRUE(at.queue.is_finished());
  EXPECT_FALSE(at.put(2)) << "nobody would take it";
}

// The taker sleeps at some time in every round, or finds the unit already there; no unit is left behind.
TEST(CommitQueue, WakesATakerThatSleepsOrGathers) {
  constexpr std::int64_t kCount = 2'000;
  Queue at(kCount);
  Numbers taken;
  std::thread taker([&] {
    while (taken.size() < kCount) {
      at.queue.gather(3);
      for (const std::int64_t number : Queue::numbers(at.queue.take(5, std::nullopt)))
        taken.push_back(number);
    }
  });
  for (std::int64_t number = 0; number < kCount; ++number)
    EXPECT_TRUE(at.put(number));
  taker.join();
  for (std::int64_t number = 0; number < kCount; ++number)
    ASSERT_EQ(taken[static_cast<std::size_t>(number)], number);
}

}  // namespace
}  // namespace payweir::store::sqlite
