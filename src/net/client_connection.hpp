#pragma once
// One outgoing connection: connects, exchanges one request and answer at a time, says whether it may be
// used again. On one io thread; owned by the pool, or by the call that uses it.
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "net/deadline_sweeper.hpp"
#include "net/http_head.hpp"
#include "net/origin.hpp"
#include "net/read_buffer.hpp"
#include "net/resolver.hpp"
#include "net/tls_context.hpp"
#include "ports/clock.hpp"
#include "ports/http_client.hpp"

namespace payweir::net {

class ClientConnection final : private DeadlineSweeper::Deadline {
 public:
  using TimePoint = DeadlineSweeper::TimePoint;
  using Span = DeadlineSweeper::Span;
  // Told when the connection was idle for too long; may destroy it.
  using IdleExpired = std::function<void(ClientConnection&)>;

  ClientConnection(DeadlineSweeper& sweeper, const boost::asio::any_io_executor& executor,
                   IdleExpired idle_expired);

  // Tries the addresses in turn, each for `patience` at most, all until `until`. `tls` is null for plain
  // TCP. Errors, all not_sent: connect_failed, tls_failed, timeout, cancelled. Origin and context outlive it.
  [[nodiscard]] Task<Result<void>> connect(Addresses addresses, const Origin& origin,
                                           boost::asio::ssl::context* tls, Span patience, TimePoint until);

  struct Order {
    http::Method method;
    TimePoint until;   // for the whole exchange
    Duration send_by;  // see CallOptions
    std::size_t body_bytes_max;
    Span idle_max{};           // see CallOptions
    BodySink* sink = nullptr;  // where the body of a 200 goes; outlives the exchange
  };
  // Sends what outgoing() holds and reads the answer. `clock` outlives it.
  [[nodiscard]] Task<Result<http::Response>> exchange(Order order, const Clock& clock);
  // The request's bytes; kept between requests, so that its memory is.
  [[nodiscard]] std::string& outgoing() { return out_; }
  // After a failed exchange: not one byte left, so that the request may be sent elsewhere.
  [[nodiscard]] bool untouched() const { return written_ == 0; }

  [[nodiscard]] bool reusable() const { return reusable_; }
  void become_idle(Span idle_timeout);
  // Asks the kernel whether the peer closed, or sent what nobody asked for.
  [[nodiscard]] bool still_fresh();

 private:
  Task<Result<void>> connect_one(boost::asio::ip::tcp::endpoint endpoint, const Origin& origin,
                                 boost::asio::ssl::context* tls);
  Task<Result<void>> write_request(Order order, const Clock& clock);
  Task<Result<void>> write_plain(Order order, const Clock& clock);
  Task<Result<Framing>> read_head(http::Method method, http::Response& response);
  Task<Result<void>> read_body(Framing framing, Order order, std::string& body);
  // Reads on; an error when nothing more came.
  Task<boost::system::error_code> read_more();
  void arm_for_reading(Order order);

  [[nodiscard]] Result<void> check_send_by(Order order, const Clock& clock) const;
  [[nodiscard]] std::unexpected<Error> error(Code code, const char* what) const;
  // Why an operation of the socket failed.
  [[nodiscard]] std::unexpected<Error> io_error(const boost::system::error_code& ec, Code otherwise,
                                                const char* what) const;
  void close();
  void on_deadline() override;

  boost::asio::ip::tcp::socket socket_;
  std::optional<TlsStream> tls_;
  IdleExpired idle_expired_;
  ReadBuffer buffer_;
  std::string out_;
  std::size_t written_ = 0;  // of the request being exchanged
  bool late_ = false;
  bool idle_ = false;
  bool reusable_ = false;
};

}  // namespace payweir::net
