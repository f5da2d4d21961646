#pragma once
// For tests against a running server: its handler echoes, its timeouts are exact to 5 ms.
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "net/server.hpp"
#include "net/system_ports.hpp"
#include "net/testkit.hpp"

namespace payweir::net::testkit {

// Answers with what it was asked; "/slow" after 100 ms, "/large" with 16 MiB, "/boom" with an exception.
inline Task<http::Response> echo(http::Request request) {
  SystemClock clock;
  if (request.target == "/boom") throw std::runtime_error("handler bug");
  if (request.target == "/slow") co_await clock.sleep(milliseconds(100));
  http::Response response{.status = 200};
  response.headers.set("Content-Type", "text/plain");
  if (request.target == "/large") request.body = std::string(16 << 20, 'x');
  response.body = std::string(http::to_string(request.method)) + " " + request.target + " " +
                  request.peer_address + " [" + request.body + "]";
  co_return response;
}

class RunningServer {
 public:
  explicit RunningServer(ServerLimits limits = {}, std::string address = "127.0.0.1:0") {
    limits.tick = milliseconds(5);
    server_ = std::move(*Server::listen(pool_, {.address = std::move(address), .limits = limits},
                                        [](std::size_t) { return Handler(echo); }));
    pool_.start();
  }
  ~RunningServer() {
    pool_.stop();
    pool_.join();
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  Server* operator->() { return server_.get(); }
  IoPool& pool() { return pool_; }
  // What the server says to `bytes` before it closes.
  std::string ask(std::string_view bytes) {
    RawPeer peer(server_->port());
    peer.send(bytes);
    return peer.receive_all();
  }

 private:
  IoPool pool_{2};
  std::unique_ptr<Server> server_;
};

inline constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
inline constexpr std::string_view kGetAndClose = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

}  // namespace payweir::net::testkit
