#pragma once
// The io threads: N threads, each with its own io_context that no other thread runs. A request stays on
// its thread (design.md §7), so that what lives on a thread needs no lock.
//
// Order of life in app/: pool, objects on its threads, start(), ..., stop(), join(), objects, pool. join()
// destroys every suspended coroutine while the objects that they refer to are still there.
// start(), stop() and join() belong to one thread; executor() to any.
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace payweir::net {

class IoPool {
 public:
  using Executor = boost::asio::io_context::executor_type;

  explicit IoPool(std::size_t threads);
  ~IoPool();
  IoPool(const IoPool&) = delete;
  IoPool& operator=(const IoPool&) = delete;

  // Runs `on_thread_start` once on every thread, with its index, before that thread serves anything, and
  // returns when all have run it. What it throws ends the process: it is part of starting up.
  void start(const std::function<void(std::size_t)>& on_thread_start = {});
  // Makes the threads return after the handler they are in; what waits is left waiting.
  void stop();
  // Waits for the threads, then destroys what still waits. Requires: stop().
  void join();

  [[nodiscard]] std::size_t size() const { return contexts_.size(); }
  [[nodiscard]] Executor executor(std::size_t thread) const;

 private:
  class Context;
  std::vector<std::unique_ptr<Context>> contexts_;
  std::vector<std::thread> threads_;
};

}  // namespace payweir::net
