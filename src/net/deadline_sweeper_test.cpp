#include "net/deadline_sweeper.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <functional>
#include <optional>

namespace payweir::net {
namespace {
using std::chrono::milliseconds;

class Counted : public DeadlineSweeper::Deadline {
 public:
  explicit Counted(DeadlineSweeper& sweeper) : Deadline(sweeper) {}
  int passed = 0;
  std::function<void()> then = [this] { disarm(); };

 private:
  void on_deadline() override {
    ++passed;
    then();
  }
};

TEST(DeadlineSweeper, TellsOnlyWhatIsArmedAndDue) {
  boost::asio::io_context context;
  DeadlineSweeper sweeper(context.get_executor(), milliseconds(1));
  Counted due(sweeper), later(sweeper), disarmed(sweeper), never(sweeper);
  due.arm(milliseconds(2));
  later.arm(std::chrono::hours(1));
  disarmed.arm(milliseconds(2));
  disarmed.disarm();
  due.then = [&] {
    due.disarm();
    later.disarm();
  };
  context.run();  // returns, because nothing ticks while nothing is armed
  EXPECT_EQ(due.passed, 1);
  EXPECT_EQ(later.passed + disarmed.passed + never.passed, 0);
}

TEST(DeadlineSweeper, TellsAgainUntilDisarmed) {
  boost::asio::io_context context;
  DeadlineSweeper sweeper(context.get_executor(), milliseconds(1));
  Counted stubborn(sweeper);
  stubborn.then = [&] {
    if (stubborn.passed == 3) stubborn.disarm();
  };
  stubborn.arm(milliseconds(0));
  context.run();
  EXPECT_EQ(stubborn.passed, 3);
}

TEST(DeadlineSweeper, ADeadlineMayDestroyItselfAndOthers) {
  boost::asio::io_context context;
  DeadlineSweeper sweeper(context.get_executor(), milliseconds(1));
  std::optional<Counted> first(sweeper), second(sweeper), third(sweeper);
  const auto destroy_all = [&] {
    first.reset();
    second.reset();
    third.reset();
  };
  for (auto* deadline : {&first, &second, &third}) {
    (*deadline)->then = destroy_all;
    (*deadline)->arm(milliseconds(0));
  }
  context.run();
  EXPECT_FALSE(first || second || third);
}

TEST(DeadlineSweeper, MayGoAwayWhileItTicks) {
  boost::asio::io_context context;
  {
    DeadlineSweeper sweeper(context.get_executor(), milliseconds(1));
    Counted armed(sweeper);
    armed.arm(std::chrono::hours(1));
  }
  context.run();
}

}  // namespace
}  // namespace payweir::net
