#include "net/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "base/json_writer.hpp"
#include "net/connection_gate.hpp"
#include "net/server_connection.hpp"
#include "net/spawn.hpp"

namespace payweir::net {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

Result<tcp::endpoint> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  error_code ec;
  const auto address = asio::ip::make_address(host, ec);
  if (ec || failed != std::errc() || end != digits.data() + digits.size())
    return fail(Code::invalid_value, "server.address", "Must be like 127.0.0.1:8080 or [::1]:8080.");
  return tcp::endpoint(address, port);
}

enum class Sharing : std::uint8_t { exclusive, with_our_threads };

error_code open_acceptor(tcp::acceptor& acceptor, const tcp::endpoint& endpoint, Sharing sharing) {
  error_code ec;
  if (acceptor.open(endpoint.protocol(), ec); ec) return ec;
  if (acceptor.set_option(tcp::acceptor::reuse_address(true), ec); ec) return ec;
  const int on = 1;
  if (sharing == Sharing::with_our_threads &&
      ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
    return {errno, boost::system::system_category()};
  if (acceptor.bind(endpoint, ec); ec) return ec;
  if (acceptor.listen(tcp::acceptor::max_listen_connections, ec); ec) return ec;
  acceptor.non_blocking(true, ec);
  return ec;
}

bool out_of_resources(const error_code& ec) {
  return ec == asio::error::no_descriptors || ec == boost::system::errc::too_many_files_open_in_system ||
         ec == asio::error::no_buffer_space || ec == asio::error::no_memory;
}

std::string text_of(const asio::ip::address& address) {
  const bool mapped = address.is_v6() && address.to_v6().is_v4_mapped();
  return mapped ? asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string()
                : address.to_string();
}

}  // namespace

http::Response render_refusal_as_json(int status, std::string_view message) {
  json::Writer writer;
  writer.begin_object().key("error").begin_object();
  writer.field("type", "invalid_request").field("message", message).field("code", "IR_06");
  writer.end_object().end_object();
  http::Response response{.status = status};
  response.headers.set("Content-Type", "application/json");
  response.body = std::move(writer).take();
  return response;
}

// Kept alive by every coroutine of the server, so that none outlives what it uses.
struct Server::Shared {
  explicit Shared(ServerConfig given)
      : config(std::move(given)),
        gate(config.limits.connections_max, config.limits.connections_per_peer_max) {}

  void task_began() {
    const std::scoped_lock lock(mutex);
    ++tasks;
  }
  void task_ended() {
    const std::scoped_lock lock(mutex);
    if (--tasks == 0) all_ended.notify_all();
  }

  const ServerConfig config;
  ServerCounters counters;
  ConnectionGate gate;
  mutable std::mutex mutex;
  std::condition_variable all_ended;
  std::size_t tasks = 0;  // accept loops and connections; drained when none is left
};

// What one io thread has of the server.
class Server::Worker : public std::enable_shared_from_this<Server::Worker> {
 public:
  Worker(std::shared_ptr<Shared> shared, IoPool::Executor executor, Handler handler)
      : shared_(std::move(shared)),
        acceptor_(executor),
        pause_(executor),
        context_{shared_->config,
                 shared_->counters,
                 std::move(handler),
                 {executor, std::chrono::milliseconds(shared_->config.limits.tick.ms)}},
        spare_descriptor_(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {}
  ~Worker() { ::close(spare_descriptor_); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  tcp::acceptor& acceptor() { return acceptor_; }
  void start() {
    spawn(acceptor_.get_executor(), "http accept", accept_all(shared_from_this(), TaskCount(shared_)));
  }
  void drain();

 private:
  // Tells the server when an accept loop or a connection ends, also when its frame is destroyed.
  struct TaskCount {
    explicit TaskCount(std::shared_ptr<Shared> counted) : shared(std::move(counted)) { shared->task_began(); }
    TaskCount(TaskCount&&) = default;
    TaskCount& operator=(TaskCount&&) = delete;
    ~TaskCount() {
      if (shared) shared->task_ended();
    }
    std::shared_ptr<Shared> shared;
  };

  static Task<void> accept_all(std::shared_ptr<Worker> worker, TaskCount count);
  static Task<void> serve(std::shared_ptr<Worker> worker, TaskCount count, ConnectionGate::Pass pass,
                          tcp::socket socket, std::string peer_address);
  void admit(tcp::socket socket, const asio::ip::address& peer);
  void shed_one();

  std::shared_ptr<Shared> shared_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  ServerContext context_;
  int spare_descriptor_;
};

Task<void> Server::Worker::accept_all(std::shared_ptr<Worker> worker, TaskCount) {
  while (!worker->context_.draining) {
    tcp::socket socket(worker->acceptor_.get_executor());
    tcp::endpoint peer;
    const auto [ec] = co_await worker->acceptor_.async_accept(socket, peer, kAsTuple);
    if (!ec) {
      worker->admit(std::move(socket), peer.address());
      continue;
    }
    if (worker->context_.draining) break;
    if (out_of_resources(ec)) worker->shed_one();
    // The cause may last: look again in a moment instead of spinning (H14).
    worker->pause_.expires_after(std::chrono::milliseconds(10));
    co_await worker->pause_.async_wait(kAsTuple);
  }
}

void Server::Worker::admit(tcp::socket socket, const asio::ip::address& peer) {
  std::optional<ConnectionGate::Pass> pass = shared_->gate.admit(peer);
  if (!pass) {
    shared_->counters.shed.fetch_add(1, std::memory_order_relaxed);
    return;  // closes the socket
  }
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.non_blocking(true, ignored);
  shared_->counters.accepted.fetch_add(1, std::memory_order_relaxed);
  spawn(acceptor_.get_executor(), "http connection",
        serve(shared_from_this(), TaskCount(shared_), std::move(*pass), std::move(socket), text_of(peer)));
}

// Out of descriptors, the next connection can be neither accepted nor refused: it would hang in the
// backlog. Giving up a spare one for a moment lets us close it.
void Server::Worker::shed_one() {
  ::close(spare_descriptor_);
  const int accepted = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
  if (accepted >= 0) {
    shared_->counters.shed.fetch_add(1, std::memory_order_relaxed);
    ::close(accepted);
  }
  spare_descriptor_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

Task<void> Server::Worker::serve(std::shared_ptr<Worker> worker, TaskCount, ConnectionGate::Pass,
                                 tcp::socket socket, std::string peer_address) {
  ServerConnection connection(worker->context_, std::move(socket), std::move(peer_address));
  co_await connection.run();
}

void Server::Worker::drain() {
  context_.draining = true;
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  for (ServerConnection* connection : context_.connections)
    connection->close_if_idle();
}

Server::Server() = default;
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::listen(IoPool& pool, ServerConfig config,
                                               const HandlerFactory& make_handler) {
  auto endpoint = parse_listen_address(config.address);
  if (!endpoint) return fail(std::move(endpoint.error()));
  const auto listen_failed = [&config](const error_code& ec) {
    return fail(Code::listen_failed, "server.address",
                "Cannot listen on " + config.address + ": " + ec.message());
  };
  {
    // A shared port would also be shared with another process of this user: ask for it alone first.
    tcp::acceptor probe(pool.executor(0));
    if (const error_code ec = open_acceptor(probe, *endpoint, Sharing::exclusive)) return listen_failed(ec);
  }
  std::unique_ptr<Server> server(new Server);
  server->shared_ = std::make_shared<Shared>(config);
  for (std::size_t thread = 0; thread < pool.size(); ++thread) {
    auto worker = std::make_shared<Worker>(server->shared_, pool.executor(thread), make_handler(thread));
    if (const error_code ec = open_acceptor(worker->acceptor(), *endpoint, Sharing::with_our_threads))
      return listen_failed(ec);
    endpoint = worker->acceptor().local_endpoint();
    server->workers_.push_back(std::move(worker));
  }
  server->port_ = endpoint->port();
  for (const auto& worker : server->workers_)
    worker->start();
  return server;
}

const ServerCounters& Server::counters() const {
  return shared_->counters;
}
std::size_t Server::connections() const {
  return shared_->gate.connections();
}

void Server::drain() {
  for (const auto& worker : workers_)
    asio::post(worker->acceptor().get_executor(), [worker] { worker->drain(); });
}

bool Server::drained() const {
  const std::scoped_lock lock(shared_->mutex);
  return shared_->tasks == 0;
}

bool Server::wait_until_drained(Duration patience) const {
  std::unique_lock lock(shared_->mutex);
  return shared_->all_ended.wait_for(lock, std::chrono::milliseconds(patience.ms),
                                     [this] { return shared_->tasks == 0; });
}

}  // namespace payweir::net
