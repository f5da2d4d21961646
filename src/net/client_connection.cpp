#include "net/client_connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>

#include "net/chunked_body.hpp"

namespace payweir::net {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kHeadBytesMax = 64 << 10;
constexpr int kInterimAnswersMax = 8;
// Of the body of an answer that refuses a download.
constexpr std::size_t kRefusalBytesMax = 1 << 20;

// What was wrong with the other side's certificate, for those who can do something about it.
const char* why_handshake_failed(TlsStream& tls) {
  switch (SSL_get_verify_result(tls.native_handle())) {
    case X509_V_OK: return "The TLS handshake failed.";
    case X509_V_ERR_CERT_HAS_EXPIRED: return "The TLS handshake failed: the host's certificate has expired.";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "The TLS handshake failed: the host's certificate is not valid yet.";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "The TLS handshake failed: the certificate is another host's.";
    default: return "The TLS handshake failed: the host's certificate is not vouched for.";
  }
}

}  // namespace

ClientConnection::ClientConnection(DeadlineSweeper& sweeper, const asio::any_io_executor& executor,
                                   IdleExpired idle_expired)
    : Deadline(sweeper), socket_(executor), idle_expired_(std::move(idle_expired)), buffer_(kHeadBytesMax) {}

Task<Result<void>> ClientConnection::connect(Addresses addresses, const Origin& origin,
                                             asio::ssl::context* tls, Span patience, TimePoint until) {
  Result<void> connected = error(Code::connect_failed, "The host has no address.");
  for (const auto& address : addresses) {
    const TimePoint now = std::chrono::steady_clock::now();
    if (now >= until) co_return error(Code::timeout, "The connection was not made in time.");
    arm_at(std::min(until, now + patience));
    late_ = false;
    const tcp::endpoint endpoint(address, origin.port);
    connected = co_await connect_one(endpoint, origin, tls);
    disarm();
    if (connected || connected.error().code == Code::cancelled) break;
    close();
  }
  co_return connected;
}

Task<Result<void>> ClientConnection::connect_one(tcp::endpoint endpoint, const Origin& origin,
                                                 asio::ssl::context* tls) {
  const auto [refused] = co_await socket_.async_connect(endpoint, kAsTuple);
  if (refused) co_return io_error(refused, Code::connect_failed, "The connection was refused.");
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  if (!tls) co_return Result<void>();
  tls_.emplace(socket_, *tls);
  if (!expect_host(*tls_, origin)) co_return error(Code::tls_failed, "TLS could not be set up.");
  const auto [failed] = co_await tls_->async_handshake(asio::ssl::stream_base::client, kAsTuple);
  if (failed) co_return io_error(failed, Code::tls_failed, why_handshake_failed(*tls_));
  co_return Result<void>();
}

Task<Result<http::Response>> ClientConnection::exchange(Order order, const Clock& clock) {
  reusable_ = idle_ = late_ = false;
  written_ = 0;
  arm_at(order.until);
  const Result<void> sent = co_await write_request(order, clock);
  if (!sent) co_return fail(sent.error());
  http::Response response;
  const Result<Framing> framing = co_await read_head(order.method, response);
  if (!framing) co_return fail(framing.error());
  if (framing->body != Framing::Body::none) {
    if (order.sink != nullptr && response.status != 200) {
      order.sink = nullptr;
      order.body_bytes_max = std::min(order.body_bytes_max, kRefusalBytesMax);
    }
    const Result<void> read = co_await read_body(*framing, order, response.body);
    if (!read) co_return fail(read.error());
  }
  disarm();
  // Whose answer would that be? With two answers to one request neither is to be believed (A13).
  if (!buffer_.readable().empty()) co_return error(Code::malformed_http, "More came than one answer.");
  reusable_ = framing->keep_alive;
  co_return response;
}

Task<Result<void>> ClientConnection::write_request(Order order, const Clock& clock) {
  if (!tls_) {
    Result<void> sent = co_await write_plain(order, clock);
    co_return sent;
  }
  if (Result<void> in_time = check_send_by(order, clock); !in_time) co_return in_time;
  // How much of it left is not known from here on, which counts as all of it.
  written_ = out_.size();
  const auto [ec, bytes] = co_await asio::async_write(*tls_, asio::buffer(out_), kAsTuple);
  if (ec) co_return io_error(ec, Code::connection_lost, "The connection broke while the request was sent.");
  co_return Result<void>();
}

Task<Result<void>> ClientConnection::write_plain(Order order, const Clock& clock) {
  while (written_ < out_.size()) {
    if (written_ == 0)
      if (Result<void> in_time = check_send_by(order, clock); !in_time) co_return in_time;
    error_code ec;
    written_ += socket_.write_some(asio::buffer(out_) + written_, ec);
    if (!ec) continue;
    if (ec == asio::error::would_block) {
      const auto [failed] = co_await socket_.async_wait(tcp::socket::wait_write, kAsTuple);
      ec = failed;
    }
    if (ec) co_return io_error(ec, Code::connection_lost, "The connection broke while the request was sent.");
  }
  co_return Result<void>();
}

// `response` and `body` below live in the frame of exchange(), which waits.
Task<Result<Framing>> ClientConnection::read_head(http::Method method, http::Response& response) {
  for (int interim = 0; interim <= kInterimAnswersMax; ++interim) {
    HeadScanner scanner;
    HeadScanner::State state = scanner.scan(buffer_.readable());
    while (state == HeadScanner::State::incomplete && !buffer_.full()) {
      const error_code ec = co_await read_more();
      if (ec) co_return io_error(ec, Code::connection_lost, "The connection broke before the answer.");
      state = scanner.scan(buffer_.readable());
    }
    if (state != HeadScanner::State::complete)
      co_return error(Code::malformed_http, "The answer's head is malformed.");
    response = {};
    const auto framing =
        parse_response_head(buffer_.readable().substr(0, scanner.head_bytes()), method, response);
    if (!framing) co_return error(Code::malformed_http, "The answer's head is malformed.");
    buffer_.consume(scanner.head_bytes());
    if (response.status == 101) break;  // nobody asked to switch protocols
    if (response.status >= 200) co_return *framing;
  }
  co_return error(Code::malformed_http, "No final answer came.");
}

Task<Result<void>> ClientConnection::read_body(Framing framing, Order order, std::string& body) {
  if (framing.content_length > order.body_bytes_max)
    co_return error(Code::response_too_large, "The answer is too large.");
  ChunkedBody chunks(order.body_bytes_max);
  std::uint64_t left = framing.content_length;
  std::uint64_t received = 0;  // of a body that ends with the connection
  for (;;) {
    const std::string_view input = buffer_.readable();
    bool is_whole = false;
    if (framing.body == Framing::Body::chunked) {
      const auto [state, consumed] = chunks.decode(input, body);
      buffer_.consume(consumed);
      if (state == ChunkedBody::State::too_large)
        co_return error(Code::response_too_large, "The answer is too large.");
      if (state == ChunkedBody::State::malformed)
        co_return error(Code::malformed_http, "The chunked answer is malformed.");
      is_whole = state == ChunkedBody::State::complete;
    } else if (framing.body == Framing::Body::length) {
      const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(left, input.size()));
      body.append(input.substr(0, take));
      buffer_.consume(take);
      left -= take;
      is_whole = left == 0;
    } else {
      received += input.size();
      if (received > order.body_bytes_max)
        co_return error(Code::response_too_large, "The answer is too large.");
      body.append(input);
      buffer_.consume(input.size());
    }
    if (order.sink != nullptr && !body.empty()) {
      if (Result<void> taken = order.sink->take(body); !taken) {
        taken.error().certainty = Certainty::unknown;
        co_return fail(std::move(taken.error()));
      }
      body.clear();
    }
    if (is_whole) co_return Result<void>();
    arm_for_reading(order);
    const error_code ec = co_await read_more();
    // Over TLS a truncation is another error than this clean end.
    if (ec == asio::error::eof && framing.body == Framing::Body::until_close) co_return Result<void>();
    if (ec) co_return io_error(ec, Code::connection_lost, "The connection broke within the answer.");
  }
}

void ClientConnection::arm_for_reading(Order order) {
  if (order.idle_max == Span{}) return;
  arm_at(std::min(order.until, std::chrono::steady_clock::now() + order.idle_max));
}

Task<error_code> ClientConnection::read_more() {
  const std::span<char> room = buffer_.space();
  const asio::mutable_buffer target = asio::buffer(room.data(), room.size());
  if (tls_) {
    const auto [ec, bytes] = co_await tls_->async_read_some(target, kAsTuple);
    buffer_.commit(bytes);
    co_return ec;
  }
  const auto [ec, bytes] = co_await socket_.async_read_some(target, kAsTuple);
  buffer_.commit(bytes);
  co_return ec;
}

Result<void> ClientConnection::check_send_by(Order order, const Clock& clock) const {
  if (order.send_by == Duration{} || clock.suspended() <= order.send_by) return {};
  return error(Code::send_window_passed, "The request's time to be sent has passed.");
}

std::unexpected<Error> ClientConnection::error(Code code, const char* what) const {
  return fail(Error{code, "", what, written_ == 0 ? Certainty::not_sent : Certainty::unknown});
}

std::unexpected<Error> ClientConnection::io_error(const error_code& ec, Code otherwise,
                                                  const char* what) const {
  if (late_) return error(Code::timeout, "The call took too long.");
  if (ec == asio::error::operation_aborted) return error(Code::cancelled, "The call was cancelled.");
  return error(otherwise, what);
}

void ClientConnection::become_idle(Span idle_timeout) {
  idle_ = true;
  arm(idle_timeout);
}

bool ClientConnection::still_fresh() {
  char byte = 0;
  const ssize_t seen = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return seen < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void ClientConnection::close() {
  tls_.reset();
  error_code ignored;
  socket_.close(ignored);
}

void ClientConnection::on_deadline() {
  if (idle_) {
    disarm();
    idle_expired_(*this);
    return;
  }
  late_ = true;
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace payweir::net
