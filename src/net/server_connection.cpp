#include "net/server_connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>

#include "net/chunked_body.hpp"
#include "net/spawn.hpp"

namespace payweir::net {
namespace {
namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

std::chrono::milliseconds span_of(Duration duration) {
  return std::chrono::milliseconds(duration.ms);
}

bool asks_to_close(const http::Response& response) {
  return http::equals_ignoring_case(response.headers.get("connection"), "close");
}

}  // namespace

ServerConnection::ServerConnection(ServerContext& context, asio::ip::tcp::socket socket,
                                   std::string peer_address)
    : Deadline(context.sweeper),
      context_(context),
      place_(context.connections.insert(context.connections.end(), this)),
      limits_(context.config.limits),
      socket_(std::move(socket)),
      peer_address_(std::move(peer_address)),
      buffer_(limits_.head_bytes_max) {}

ServerConnection::~ServerConnection() {
  context_.connections.erase(place_);
}

Task<void> ServerConnection::run() {
  for (;;) {
    const Intake intake = co_await read_request();
    disarm();
    if (intake == Intake::closed) co_return;
    if (intake == Intake::refused) {
      co_await write_refusal();
      co_return;
    }
    context_.counters.requests.fetch_add(1, std::memory_order_relaxed);
    const http::Method method = request_.method;
    request_.peer_address = peer_address_;
    http::Response response = co_await answer(std::move(request_));
    if (broken_) {
      co_await deliver_broken(*std::move(broken_));
      co_return;
    }
    const bool close = !framing_.keep_alive || context_.draining || asks_to_close(response);
    const AfterResponse after = close ? AfterResponse::close : AfterResponse::keep_alive;
    const bool written = co_await write_response(std::move(response), method, after);
    if (close || !written) co_return;
  }
}

Task<ServerConnection::Intake> ServerConnection::read_request() {
  request_ = {};
  const Intake head = co_await read_head();
  if (head != Intake::complete) co_return head;
  buffer_.consume(scanner_.head_bytes());
  scanner_.reset();
  if (framing_.body == Framing::Body::none) co_return Intake::complete;
  if (framing_.content_length > limits_.body_bytes_max) co_return refuse(413, "The body is too large.");
  // Most bodies came with their head, and need neither a wait nor a deadline.
  if (framing_.body == Framing::Body::length && buffer_.readable().size() >= framing_.content_length) {
    const auto length = static_cast<std::size_t>(framing_.content_length);
    request_.body = buffer_.readable().substr(0, length);
    buffer_.consume(length);
    co_return Intake::complete;
  }
  const Intake body = co_await read_body();
  co_return body;
}

Task<ServerConnection::Intake> ServerConnection::read_head() {
  if (first_request_) start_timeout(span_of(limits_.head_timeout));
  if (buffer_.readable().empty()) {
    idle_ = true;
    if (!first_request_) start_timeout(span_of(limits_.idle_timeout));
    const bool more = co_await read_more();
    idle_ = false;
    if (!more) co_return Intake::closed;
  }
  if (!first_request_) start_timeout(span_of(limits_.head_timeout));
  first_request_ = false;
  for (;;) {
    const HeadScanner::State state = scanner_.scan(buffer_.readable());
    if (state == HeadScanner::State::malformed) co_return refuse(400, "A header line does not end in CRLF.");
    if (state == HeadScanner::State::complete) break;
    if (buffer_.full()) co_return refuse(431, "The header is too large.");
    const bool more = co_await read_more();
    if (!more) co_return give_up("The header took too long.");
  }
  const auto framing = parse_request_head(buffer_.readable().substr(0, scanner_.head_bytes()), request_);
  if (!framing) co_return refuse(framing.error().status, framing.error().message);
  framing_ = *framing;
  co_return Intake::complete;
}

Task<ServerConnection::Intake> ServerConnection::read_body() {
  if (framing_.expects_continue && buffer_.readable().empty()) {
    const bool written = co_await write_all("HTTP/1.1 100 Continue\r\n\r\n", {});
    if (!written) co_return Intake::closed;
  }
  ChunkedBody chunks(limits_.body_bytes_max);
  std::uint64_t left = framing_.content_length;
  const TimePoint began = std::chrono::steady_clock::now();
  std::size_t received = 0;
  late_ = false;
  for (;;) {
    const std::string_view input = buffer_.readable();
    if (framing_.body == Framing::Body::chunked) {
      const auto [state, consumed] = chunks.decode(input, request_.body);
      buffer_.consume(consumed);
      if (state == ChunkedBody::State::complete) co_return Intake::complete;
      if (state == ChunkedBody::State::malformed) co_return refuse(400, "The chunked body is malformed.");
      if (state == ChunkedBody::State::too_large) co_return refuse(413, "The body is too large.");
    } else {
      const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(left, input.size()));
      request_.body.append(input.substr(0, take));
      buffer_.consume(take);
      left -= take;
      if (left == 0) co_return Intake::complete;
    }
    arm_at(floor_deadline(began, received));
    const std::size_t before = buffer_.readable().size();
    const bool more = co_await read_more();
    if (!more) co_return give_up("The body took too long.");
    received += buffer_.readable().size() - before;
  }
}

Task<bool> ServerConnection::read_more() {
  const std::span<char> space = buffer_.space();
  const auto [ec, bytes] =
      co_await socket_.async_read_some(asio::buffer(space.data(), space.size()), kAsTuple);
  buffer_.commit(bytes);
  co_return !ec;
}

ServerConnection::Intake ServerConnection::refuse(int status, std::string_view message) {
  refusal_ = {status, message};
  return Intake::refused;
}

ServerConnection::Intake ServerConnection::give_up(std::string_view message_when_late) {
  return late_ ? refuse(408, message_when_late) : Intake::closed;
}

Task<http::Response> ServerConnection::answer(http::Request request) {
  std::string failure;
  try {
    http::Response response = co_await context_.handler(std::move(request));
    co_return response;
  } catch (BrokenDelivery& broken) {
    broken_ = std::move(broken);
  } catch (const std::exception& e) {
    failure = e.what();
  }
  if (broken_) co_return http::Response{};
  report_failure("http handler", failure);
  co_return context_.config.render_refusal(500, "Something went wrong.");
}

Task<bool> ServerConnection::write_response(http::Response response, http::Method method,
                                            AfterResponse after) {
  out_.clear();
  append_response_head(out_, response, after);
  const std::string_view body = method == http::Method::head ? std::string_view{} : response.body;
  const bool written = co_await write_all(out_, body);
  co_return written;
}

// The views are into the frame of the caller, who waits.
Task<bool> ServerConnection::write_all(std::string_view head, std::string_view body) {
  const TimePoint began = std::chrono::steady_clock::now();
  std::size_t written = 0;
  late_ = false;
  for (;;) {
    // Written on the spot: an answer nearly always fits the socket's buffer.
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(body)};
    error_code ec;
    const std::size_t bytes = socket_.write_some(parts, ec);
    if (ec && ec != asio::error::would_block) co_return false;
    written += bytes;
    const std::size_t from_head = std::min(bytes, head.size());
    head.remove_prefix(from_head);
    body.remove_prefix(bytes - from_head);
    if (head.empty() && body.empty()) break;
    arm_at(floor_deadline(began, written));
    const auto [failed] = co_await socket_.async_wait(asio::ip::tcp::socket::wait_write, kAsTuple);
    if (failed) co_return false;
  }
  disarm();
  co_return true;
}

Task<void> ServerConnection::write_refusal() {
  context_.counters.refused.fetch_add(1, std::memory_order_relaxed);
  http::Response response = context_.config.render_refusal(refusal_.status, refusal_.message);
  const http::Method method = request_.method;
  const bool written = co_await write_response(std::move(response), method, AfterResponse::close);
  if (written) co_await discard_input();
}

// RFC 9112 §9.6: closing with unread input makes the kernel reset the connection, which can take the answer
// away from the peer. So read on for a moment, within bounds.
Task<void> ServerConnection::discard_input() {
  constexpr std::size_t discarded_max = 256 << 10;
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  start_timeout(std::min(span_of(limits_.head_timeout), std::chrono::milliseconds(1000)));
  for (std::size_t discarded = 0; discarded < discarded_max;) {
    discarded += buffer_.readable().size();
    buffer_.consume(buffer_.readable().size());
    const bool more = co_await read_more();
    if (!more) break;
  }
}

void ServerConnection::start_timeout(Span from_now) {
  late_ = false;
  arm(from_now);
}

ServerConnection::TimePoint ServerConnection::floor_deadline(TimePoint began, std::size_t bytes) const {
  return began + span_of(limits_.body_grace) +
         std::chrono::seconds(bytes / limits_.body_bytes_per_second_min);
}

void ServerConnection::on_deadline() {
  late_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

void ServerConnection::close_if_idle() {
  error_code ignored;
  if (idle_) socket_.close(ignored);
}

}  // namespace payweir::net
