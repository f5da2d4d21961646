#include "net/broken_delivery.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

#include "net/server_connection.hpp"

namespace payweir::net {
namespace {

constexpr auto kAsTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace

Task<void> ServerConnection::deliver_broken(BrokenDelivery broken) {
  out_.clear();
  append_response_head(out_, broken.response, AfterResponse::close);
  const std::string_view body = broken.response.body;
  switch (broken.kind) {
    case BrokenDelivery::Kind::closed: co_return;
    case BrokenDelivery::Kind::silent: co_await wait_for_client_to_leave(); co_return;
    case BrokenDelivery::Kind::truncated:
      co_await write_all(out_, body.substr(0, body.size() / 2));
      co_return;
    case BrokenDelivery::Kind::dribble: break;
  }
  bool written = co_await write_all(out_, {});
  boost::asio::steady_timer second(socket_.get_executor());
  for (std::size_t i = 0; written && i < body.size(); ++i) {
    second.expires_after(std::chrono::seconds(1));
    co_await second.async_wait(kAsTuple);
    written = co_await write_all(body.substr(i, 1), {});
  }
}

Task<void> ServerConnection::wait_for_client_to_leave() {
  for (bool more = true; more;) {
    buffer_.consume(buffer_.readable().size());
    more = co_await read_more();
  }
}

}  // namespace payweir::net
