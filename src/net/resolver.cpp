#include "net/resolver.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>

namespace payweir::net {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

// Shared by the waiting coroutine and the lookup, whichever ends last.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), wake(executor) {}
  tcp::resolver resolver;
  asio::steady_timer wake;
  std::optional<Result<Addresses>> answer;
};

void finish(Lookup& lookup, const boost::system::error_code& ec, const tcp::resolver::results_type& found) {
  if (ec) {
    lookup.answer = fail(Code::connect_failed, "", "The host name was not resolved: " + ec.message());
  } else {
    Addresses addresses;
    for (const auto& entry : found)
      addresses.push_back(entry.endpoint().address());
    lookup.answer = std::move(addresses);
  }
  lookup.wake.cancel();
}

}  // namespace

Task<Result<Addresses>> resolve_by_system(std::string host, std::chrono::steady_clock::time_point until) {
  const auto executor = co_await asio::this_coro::executor;
  const auto lookup = std::make_shared<Lookup>(executor);
  lookup->wake.expires_at(until);
  lookup->resolver.async_resolve(
      host, "", [lookup](const boost::system::error_code& ec, const tcp::resolver::results_type& found) {
        finish(*lookup, ec, found);
      });
  const auto [ec] = co_await lookup->wake.async_wait(asio::as_tuple(asio::use_awaitable));
  if (lookup->answer) co_return std::move(*lookup->answer);
  lookup->resolver.cancel();
  if (ec) co_return fail(Code::cancelled, "", "The call was cancelled.");
  co_return fail(Code::timeout, "", "The host name was not resolved in time.");
}

}  // namespace payweir::net
