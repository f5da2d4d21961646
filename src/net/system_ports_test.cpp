#include "net/system_ports.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <set>

namespace payweir::net {
namespace {
namespace asio = boost::asio;

TEST(SystemClock, GoesForward) {
  const SystemClock clock;
  EXPECT_GT(clock.wall().ms, 1'700'000'000'000);
  const auto before = clock.suspended_us();
  EXPECT_GE(clock.suspended_us(), before);
  EXPECT_NEAR(static_cast<double>(clock.suspended().ms), static_cast<double>(before / 1000), 1000);
}

Task<void> do_nothing() {
  co_return;
}

Task<void> race(Clock& clock, int& winner) {
  using namespace asio::experimental::awaitable_operators;
  const auto first = co_await (clock.sleep(hours(1)) || do_nothing());
  winner = static_cast<int>(first.index());
}

TEST(SystemClock, ACancelledSleepEndsQuietly) {
  SystemClock clock;
  asio::io_context context;
  int winner = -1;
  std::exception_ptr failure;
  asio::co_spawn(context, race(clock, winner), [&failure](std::exception_ptr thrown) { failure = thrown; });
  context.run_for(std::chrono::seconds(5));
  EXPECT_EQ(winner, 1);
  EXPECT_FALSE(failure);
}

Task<void> measure_sleep(Clock& clock, Duration& slept) {
  const Duration began = clock.suspended();
  co_await clock.sleep(milliseconds(20));
  slept = clock.suspended() - began;
}

TEST(SystemClock, SleepsForItsSpan) {
  SystemClock clock;
  asio::io_context context;
  Duration slept{};
  asio::co_spawn(context, measure_sleep(clock, slept), [](std::exception_ptr) {});
  context.run_for(std::chrono::seconds(5));
  EXPECT_GE(slept, milliseconds(19));
}

TEST(SystemRandom, DrawsDiffer) {
  SystemRandom random;
  std::set<std::uint64_t> drawn;
  for (int i = 0; i < 10'000; ++i)
    drawn.insert(random.bits(RandomPurpose::id_salt));
  EXPECT_EQ(drawn.size(), 10'000u);
}

TEST(SystemRandom, FillsEverySize) {
  SystemRandom random;
  for (const std::size_t size : {1u, 7u, 511u, 512u, 513u, 5000u}) {
    const std::string bytes = random.bytes(RandomPurpose::secret, size);
    ASSERT_EQ(bytes.size(), size);
    if (size >= 32) EXPECT_NE(bytes.substr(size - 16), std::string(16, '\0'));
  }
}

}  // namespace
}  // namespace payweir::net
