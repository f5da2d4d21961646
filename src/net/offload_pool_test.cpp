#include "net/offload_pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace payweir::net {
namespace {

TEST(OffloadPool, WorksElsewhereAndComesBack) {
  boost::asio::io_context io;
  OffloadPool pool(2);
  std::vector<std::thread::id> worked(20), back(20);
  const auto task = [&](std::size_t number) -> Task<void> {
    std::function<void()> work = [&worked, number] { worked[number] = std::this_thread::get_id(); };
    co_await pool.run(std::move(work));
    back[number] = std::this_thread::get_id();
  };
  for (std::size_t number = 0; number < worked.size(); ++number)
    boost::asio::co_spawn(io, task(number), boost::asio::detached);
  io.run();
  for (std::size_t number = 0; number < worked.size(); ++number) {
    EXPECT_NE(worked[number], std::thread::id());
    EXPECT_NE(worked[number], std::this_thread::get_id());
    EXPECT_EQ(back[number], std::this_thread::get_id());
  }
}

}  // namespace
}  // namespace payweir::net
