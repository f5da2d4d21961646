#pragma once
// For tests of what speaks HTTP: blocking peers on loopback that can say anything, and a way to await a
// task from a test. Every blocking call gives up after five seconds.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "net/io_pool.hpp"
#include "ports/task.hpp"

namespace payweir::net::testkit {

// Runs `task` on a thread of the started pool and returns what it returns.
template <class T>
T await_on(IoPool& pool, Task<T> task) {
  std::promise<T> promise;
  std::future<T> future = promise.get_future();
  boost::asio::co_spawn(pool.executor(0), std::move(task), [&promise](std::exception_ptr failure, T value) {
    failure ? promise.set_exception(failure) : promise.set_value(std::move(value));
  });
  return future.get();
}

// One end of a TCP connection, blocking.
class RawPeer {
 public:
  // Connects to a port of 127.0.0.1.
  explicit RawPeer(std::uint16_t port);
  // Takes over an accepted socket.
  explicit RawPeer(int descriptor);
  ~RawPeer();
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  // False when the other side is gone.
  bool send(std::string_view bytes);
  // What comes next; "" at the end, on an error or after five seconds.
  std::string receive();
  // Until `mark` has been seen; what came, with it.
  std::string receive_until(std::string_view mark);
  // Until the other side closes.
  std::string receive_all();
  void close();
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

// Serves each connection, one after the other, with a script.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::function<void(RawPeer&)> script);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void accept_all();
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::function<void(RawPeer&)> script_;
  std::thread thread_;
};

}  // namespace payweir::net::testkit
