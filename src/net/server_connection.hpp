#pragma once
// One accepted connection: reads requests, has them answered, writes the answers. Lives in the frame of
// its own coroutine, on one io thread.
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string>

#include "net/broken_delivery.hpp"
#include "net/deadline_sweeper.hpp"
#include "net/http_head.hpp"
#include "net/http_write.hpp"
#include "net/read_buffer.hpp"
#include "net/server.hpp"
#include "ports/task.hpp"

namespace payweir::net {

class ServerConnection;

// What the connections of one thread share; outlives them.
struct ServerContext {
  const ServerConfig& config;
  ServerCounters& counters;
  Handler handler;
  DeadlineSweeper sweeper;
  bool draining = false;
  std::list<ServerConnection*> connections{};  // each enters and leaves by itself
};

class ServerConnection final : private DeadlineSweeper::Deadline {
 public:
  ServerConnection(ServerContext& context, boost::asio::ip::tcp::socket socket, std::string peer_address);

  ~ServerConnection() override;

  // Until the connection is closed, by whichever side.
  [[nodiscard]] Task<void> run();
  void close_if_idle();

 private:
  using TimePoint = DeadlineSweeper::TimePoint;
  using Span = DeadlineSweeper::Span;
  enum class Intake : std::uint8_t { complete, refused, closed };

  Task<Intake> read_request();
  Task<Intake> read_head();
  Task<Intake> read_body();
  Task<bool> read_more();
  Intake refuse(int status, std::string_view message);
  // What a read that failed means: too slow, or gone.
  Intake give_up(std::string_view message_when_late);

  Task<http::Response> answer(http::Request request);
  Task<bool> write_response(http::Response response, http::Method method, AfterResponse after);
  Task<bool> write_all(std::string_view head, std::string_view body);
  Task<void> write_refusal();
  Task<void> discard_input();
  Task<void> deliver_broken(BrokenDelivery broken);
  Task<void> wait_for_client_to_leave();

  void start_timeout(Span from_now);
  // When a transfer that began at `began` and has moved `bytes` is too slow.
  [[nodiscard]] TimePoint floor_deadline(TimePoint began, std::size_t bytes) const;
  void on_deadline() override;

  ServerContext& context_;
  std::list<ServerConnection*>::iterator place_;
  const ServerLimits& limits_;
  boost::asio::ip::tcp::socket socket_;
  const std::string peer_address_;
  ReadBuffer buffer_;
  HeadScanner scanner_;
  std::string out_;
  http::Request request_;
  Framing framing_;
  Refusal refusal_;
  std::optional<BrokenDelivery> broken_;  // what the handler asked for instead of an answer
  bool first_request_ = true;
  bool idle_ = false;
  bool late_ = false;
};

}  // namespace payweir::net
