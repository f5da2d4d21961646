#include "net/io_pool.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <latch>

#include "base/check.hpp"

namespace payweir::net {
namespace asio = boost::asio;

// Its services can be shut down, which destroys all pending handlers, before it is itself destroyed:
// sockets and timers on it stay destructible in between.
class IoPool::Context : public asio::io_context {
 public:
  Context() : asio::io_context(1), work_(get_executor()) {}
  void destroy_pending() { shutdown(); }

 private:
  asio::executor_work_guard<executor_type> work_;
};

IoPool::IoPool(std::size_t threads) {
  check(threads > 0, "an IoPool has at least one thread");
  for (std::size_t i = 0; i < threads; ++i)
    contexts_.push_back(std::make_unique<Context>());
}

IoPool::~IoPool() {
  stop();
  join();
}

void IoPool::start(const std::function<void(std::size_t)>& on_thread_start) {
  check(threads_.empty(), "an IoPool is started once");
  std::latch started(static_cast<std::ptrdiff_t>(size()));
  for (std::size_t i = 0; i < size(); ++i) {
    threads_.emplace_back([this, i, &on_thread_start, &started] {
      if (on_thread_start) on_thread_start(i);
      started.count_down();
      contexts_[i]->run();
    });
  }
  started.wait();
}

void IoPool::stop() {
  for (const auto& context : contexts_)
    context->stop();
}

void IoPool::join() {
  for (std::thread& thread : threads_)
    thread.join();
  threads_.clear();
  for (const auto& context : contexts_)
    context->destroy_pending();
}

IoPool::Executor IoPool::executor(std::size_t thread) const {
  return contexts_.at(thread)->get_executor();
}

}  // namespace payweir::net
