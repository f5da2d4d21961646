#include "net/offload_pool.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace payweir::net {

Task<void> OffloadPool::run(std::function<void()> work) {
  auto initiate = [this](auto handler, std::function<void()> task) {
    const auto executor = boost::asio::get_associated_executor(handler);
    auto perform = [handler = std::move(handler), task = std::move(task),
                    guard = boost::asio::make_work_guard(executor)]() mutable {
      task();
      auto back = guard.get_executor();
      boost::asio::post(back, std::move(handler));
    };
    boost::asio::post(pool_, std::move(perform));
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      std::move(initiate), boost::asio::use_awaitable, std::move(work));
}

}  // namespace payweir::net
