#include "net/spawn.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace payweir::net {
namespace {

Task<void> fail_at_once() {
  throw std::runtime_error("broken");
  co_return;
}
Task<void> succeed() {
  co_return;
}

TEST(Spawn, CountsAndReportsWhatATaskThrows) {
  std::string reported;
  set_failure_sink([&reported](std::string_view name, std::string_view what) {
    reported = std::string(name) + ": " + std::string(what);
  });
  const std::uint64_t before = failure_count();
  boost::asio::io_context context;
  spawn(context.get_executor(), "good task", succeed());
  spawn(context.get_executor(), "bad task", fail_at_once());
  context.run();
  set_failure_sink([](std::string_view, std::string_view) {});
  EXPECT_EQ(failure_count(), before + 1);
  EXPECT_EQ(reported, "bad task: broken");
}

}  // namespace
}  // namespace payweir::net
