#include "net/spawn.hpp"

#include <boost/asio/co_spawn.hpp>

#include <atomic>
#include <cstdio>
#include <exception>

namespace payweir::net {
namespace {

// One a process, because a failed task has no owner left that could be told.
FailureSink& sink() {
  static FailureSink one = [](std::string_view name, std::string_view what) {
    std::fprintf(stderr, "payweir: task %.*s failed: %.*s\n", static_cast<int>(name.size()), name.data(),
                 static_cast<int>(what.size()), what.data());
  };
  return one;
}
std::atomic<std::uint64_t> failures{0};

}  // namespace

void set_failure_sink(FailureSink new_sink) {
  sink() = std::move(new_sink);
}
std::uint64_t failure_count() {
  return failures.load(std::memory_order_relaxed);
}

void report_failure(std::string_view name, std::string_view what) {
  failures.fetch_add(1, std::memory_order_relaxed);
  sink()(name, what);
}

void spawn(boost::asio::any_io_executor executor, std::string_view name, Task<void> task) {
  boost::asio::co_spawn(std::move(executor), std::move(task), [name](const std::exception_ptr& failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& e) {
      report_failure(name, e.what());
    } catch (...) {
      report_failure(name, "not a std::exception");
    }
  });
}

}  // namespace payweir::net
