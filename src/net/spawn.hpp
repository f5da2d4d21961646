#pragma once
// Starts a coroutine of its own. What it throws is a bug (style rule 37): it is counted and handed to the
// process's one sink, never swallowed as asio::detached would.
#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <string_view>

#include "ports/task.hpp"

namespace payweir::net {

// Called on the thread of the task that failed.
using FailureSink = std::function<void(std::string_view name, std::string_view what)>;

// Before any thread is started; app/ logs and decides whether to go on. Without one, stderr gets a line.
void set_failure_sink(FailureSink sink);
[[nodiscard]] std::uint64_t failure_count();
// For failures that are caught elsewhere, such as what an HTTP handler throws.
void report_failure(std::string_view name, std::string_view what);

// `name` is a literal: it is read when the task has failed.
void spawn(boost::asio::any_io_executor executor, std::string_view name, Task<void> task);

}  // namespace payweir::net
