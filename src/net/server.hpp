#pragma once
// The HTTP/1.1 server: one acceptor an io thread on one shared port, keep-alive, pipelined requests
// answered in order, one at a time. It has no TLS: a proxy in front ends that.
//
// What the handler gets is a complete request within the limits; everything else is answered here, with
// `render_refusal`, and the connection closed.
//
// Threads: listen(), drain(), wait_until_drained() and the readers may be called from any thread that is
// no io thread. A handler runs on the thread whose index its factory was given. The server is destroyed
// after IoPool::join().
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "net/io_pool.hpp"
#include "ports/task.hpp"

namespace payweir::net {

struct ServerLimits {
  std::size_t head_bytes_max = 16 << 10;  // more: 431
  std::size_t body_bytes_max = 1 << 20;   // more: 413, without reading it
  // From accept to the end of the first head, and from the first byte of each later one: 408.
  Duration head_timeout = seconds(5);
  // A body may take this long and a second more for each `body_bytes_per_second_min` received: 408.
  // Writing an answer is held to the same floor.
  Duration body_grace = seconds(5);
  std::size_t body_bytes_per_second_min = 1 << 10;
  Duration idle_timeout = seconds(75);          // between requests of a connection
  std::size_t connections_max = 16384;          // more: closed at once
  std::size_t connections_per_peer_max = 4096;  // a peer is an IPv4 address or an IPv6 /64
  Duration tick = milliseconds(100);            // how late a timeout may be
};

struct ServerCounters {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> shed{0};      // closed at accept: a cap, or no file descriptor left
  std::atomic<std::uint64_t> requests{0};  // handed to a handler
  std::atomic<std::uint64_t> refused{0};   // answered here, without a handler
};

using Handler = std::function<Task<http::Response>(http::Request)>;
// Called by listen() once for each thread, on the caller's thread. What it returns must be destroyable there.
using HandlerFactory = std::function<Handler(std::size_t thread)>;
// `message` is one sentence that holds nothing of the request.
using RenderRefusal = std::function<http::Response(int status, std::string_view message)>;

// {"error":{"type":"invalid_request","message":…,"code":"IR_06"}}
[[nodiscard]] http::Response render_refusal_as_json(int status, std::string_view message);

struct ServerConfig {
  std::string address = "127.0.0.1:8080";  // or "[::1]:0"; port 0 takes a free one
  ServerLimits limits;
  RenderRefusal render_refusal = render_refusal_as_json;
};

class Server {
 public:
  // Starts to accept; requests are served once the pool is started. Errors: invalid_value (no such
  // address), listen_failed (taken, or not ours).
  [[nodiscard]] static Result<std::unique_ptr<Server>> listen(IoPool& pool, ServerConfig config,
                                                              const HandlerFactory& make_handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] const ServerCounters& counters() const;
  [[nodiscard]] std::size_t connections() const;

  // Stops accepting, closes idle connections, answers requests in flight with Connection: close.
  void drain();
  [[nodiscard]] bool drained() const;
  // Requires: drain(). False when it is not drained in time.
  [[nodiscard]] bool wait_until_drained(Duration patience) const;

 private:
  struct Shared;
  class Worker;
  Server();

  std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<Worker>> workers_;
  std::uint16_t port_ = 0;
};

}  // namespace payweir::net
