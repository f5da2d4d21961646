#include "net/io_pool.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <set>

#include "net/spawn.hpp"
#include "net/system_ports.hpp"
#include "net/testkit.hpp"

namespace payweir::net {
namespace {

TEST(IoPool, RunsTheStartCallOnceOnEachThread) {
  IoPool pool(3);
  std::mutex mutex;
  std::set<std::size_t> indices;
  std::set<std::thread::id> threads;
  pool.start([&](std::size_t thread) {
    const std::scoped_lock lock(mutex);
    indices.insert(thread);
    threads.insert(std::this_thread::get_id());
  });
  EXPECT_EQ(indices, (std::set<std::size_t>{0, 1, 2}));
  EXPECT_EQ(threads.size(), 3u);
}

TEST(IoPool, AnExecutorAlwaysMeansTheSameThread) {
  IoPool pool(2);
  std::vector<std::thread::id> ids(2);
  pool.start([&ids](std::size_t thread) { ids[thread] = std::this_thread::get_id(); });
  for (std::size_t thread = 0; thread < 2; ++thread) {
    std::promise<std::thread::id> ran;
    boost::asio::post(pool.executor(thread), [&ran] { ran.set_value(std::this_thread::get_id()); });
    EXPECT_EQ(ran.get_future().get(), ids[thread]);
  }
}

struct SetsWhenDestroyed {
  explicit SetsWhenDestroyed(std::atomic<bool>& to_set) : flag(to_set) {}
  ~SetsWhenDestroyed() { flag = true; }
  std::atomic<bool>& flag;
};

Task<void> sleep_for_ever(Clock& clock, std::promise<void>& begun, std::atomic<bool>& destroyed) {
  const SetsWhenDestroyed guard(destroyed);
  begun.set_value();
  co_await clock.sleep(hours(1));
}

TEST(IoPool, JoinDestroysWhatStillWaits) {
  SystemClock clock;
  std::promise<void> begun;
  std::atomic<bool> destroyed = false;
  IoPool pool(1);
  pool.start();
  spawn(pool.executor(0), "sleeper", sleep_for_ever(clock, begun, destroyed));
  begun.get_future().get();
  pool.stop();
  pool.join();
  EXPECT_TRUE(destroyed);
}

}  // namespace
}  // namespace payweir::net
