#include "net/client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <list>
#include <unordered_map>
#include <utility>

#include "base/secret.hpp"
#include "net/client_connection.hpp"
#include "net/http_write.hpp"

namespace payweir::net {
namespace {
namespace asio = boost::asio;

// A request may hold a card: nothing of it stays once it is sent, or given up.
class WipeOnExit {
 public:
  explicit WipeOnExit(std::string& text) : text_(text) {}
  ~WipeOnExit() { Secret::wipe(text_); }
  WipeOnExit(const WipeOnExit&) = delete;
  WipeOnExit& operator=(const WipeOnExit&) = delete;

 private:
  std::string& text_;
};

std::chrono::milliseconds span_of(Duration duration) {
  return std::chrono::milliseconds(duration.ms);
}

// Everything that could end a line or start another request is refused, not repaired (J07).
bool is_sendable(const http::Request& request) {
  const bool names_are_tokens =
      std::ranges::all_of(request.headers.all(), [](const auto& field) { return is_token(field.first); });
  return names_are_tokens && request.target.starts_with('/') && is_request_target(request.target) &&
         request.method != http::Method::other;
}

}  // namespace

class HttpClientPool::Pool {
 public:
  Pool(asio::any_io_executor executor, const Clock& clock, ClientConfig config, asio::ssl::context tls)
      : executor_(std::move(executor)),
        clock_(clock),
        config_(std::move(config)),
        tls_(std::move(tls)),
        sweeper_(executor_, span_of(config_.tick)) {}

  Task<Result<http::Response>> call(http::Request request, CallOptions options, BodySink* sink);
  void distrust(std::string_view origin);

  std::size_t waiting_ = 0;
  std::size_t open_ = 0;
  std::size_t idle_ = 0;
  std::uint64_t connects_ = 0;

 private:
  class Lease;
  struct Waiter {
    Lease* lease;
    asio::steady_timer* timer;  // cancelled when the place is there
  };

  // The connections to one origin. Goes away with the last of them.
  struct Site {
    std::string key;
    Origin origin;
    CallOptions::Reach reach;
    std::vector<std::unique_ptr<ClientConnection>> idle;  // the one used last is the next one used
    std::size_t users = 0;                                // calls that hold a Lease of it
    std::uint64_t generation = 0;                         // +1 when what was open is not trusted any more
    std::size_t in_use = 0;                               // places for connections that calls have
    std::list<Waiter> waiters;                            // calls that wait for one, oldest first
  };

  // A call's hold on a site, on a place there and on a connection, also when the call's frame is destroyed.
  class Lease {
   public:
    Lease(Pool& pool, Site& site) : pool_(pool), site_(site), generation_(site.generation) { ++site_.users; }
    ~Lease() {
      drop_connection();
      stop_waiting();
      if (has_place_) give_place_on();
      --site_.users;
      pool_.forget_if_unused(site_);
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    [[nodiscard]] Site& site() { return site_; }
    [[nodiscard]] ClientConnection& connection() { return *connection_; }
    // A place for a connection of the site, if one is free and nobody waits.
    bool take_place();
    [[nodiscard]] bool has_place() const { return has_place_; }
    void start_waiting(asio::steady_timer& timer);
    void stop_waiting();
    bool take_idle();
    void open();
    void drop_connection() {
      if (connection_) --pool_.open_;
      connection_.reset();
    }
    void give_back();

   private:
    void give_place_on();

    Pool& pool_;
    Site& site_;
    const std::uint64_t generation_;  // of the site when the call began
    bool has_place_ = false;
    std::optional<std::list<Waiter>::iterator> waiter_;
    std::unique_ptr<ClientConnection> connection_;
  };

  Result<Site*> find_site(const std::string& origin, CallOptions::Reach reach);
  void forget_if_unused(Site& site);
  void forget_idle(Site& site, ClientConnection& connection);
  bool make_room();
  Task<Result<void>> wait_for_place(Lease& lease, ClientConnection::TimePoint until);
  Task<Result<void>> connect(Lease& lease, ClientConnection::TimePoint until);
  Task<Result<Addresses>> find_addresses(Site& site, ClientConnection::TimePoint until);

  asio::any_io_executor executor_;
  const Clock& clock_;
  const ClientConfig config_;
  asio::ssl::context tls_;
  DeadlineSweeper sweeper_;
  // By reach and origin: a connection made without the checks of public_only must not serve it.
  std::unordered_map<std::string, std::unique_ptr<Site>> sites_;
};

bool HttpClientPool::Pool::Lease::take_place() {
  if (site_.in_use >= pool_.config_.connections_per_origin_max || !site_.waiters.empty()) return false;
  ++site_.in_use;
  return has_place_ = true;
}

void HttpClientPool::Pool::Lease::start_waiting(asio::steady_timer& timer) {
  waiter_ = site_.waiters.insert(site_.waiters.end(), Waiter{this, &timer});
  ++pool_.waiting_;
}

void HttpClientPool::Pool::Lease::stop_waiting() {
  if (!waiter_) return;
  site_.waiters.erase(*waiter_);
  waiter_.reset();
  --pool_.waiting_;
}

// To the call that has waited for longest; it has the place from now on, though it runs later.
void HttpClientPool::Pool::Lease::give_place_on() {
  has_place_ = false;
  if (site_.waiters.empty()) {
    --site_.in_use;
    return;
  }
  const Waiter next = site_.waiters.front();
  next.lease->stop_waiting();
  next.lease->has_place_ = true;
  next.timer->cancel();
}

bool HttpClientPool::Pool::Lease::take_idle() {
  while (!site_.idle.empty()) {
    connection_ = std::move(site_.idle.back());
    site_.idle.pop_back();
    --pool_.idle_;
    if (connection_->still_fresh()) return true;
    drop_connection();
  }
  return false;
}

void HttpClientPool::Pool::Lease::open() {
  ++pool_.open_;
  ++pool_.connects_;
  connection_ = std::make_unique<ClientConnection>(
      pool_.sweeper_, pool_.executor_,
      [pool = &pool_, site = &site_](ClientConnection& connection) { pool->forget_idle(*site, connection); });
}

void HttpClientPool::Pool::Lease::give_back() {
  if (!connection_->reusable() || generation_ != site_.generation ||
      site_.idle.size() >= pool_.config_.idle_per_origin_max)
    return drop_connection();
  connection_->become_idle(span_of(pool_.config_.idle_timeout));
  site_.idle.push_back(std::move(connection_));
  ++pool_.idle_;
}

Result<HttpClientPool::Pool::Site*> HttpClientPool::Pool::find_site(const std::string& origin,
                                                                    CallOptions::Reach reach) {
  std::string key = reach == CallOptions::Reach::configured ? "c " : "p ";
  key += origin;
  if (const auto found = sites_.find(key); found != sites_.end()) return found->second.get();
  Result<Origin> parsed = parse_origin(origin);
  if (!parsed) return fail(std::move(parsed.error()));
  if (reach == CallOptions::Reach::public_only)
    if (auto allowed = check_origin(*parsed, config_.webhook_reach); !allowed) return fail(allowed.error());
  auto site = std::make_unique<Site>(Site{key, std::move(*parsed), reach, {}, 0, 0, 0, {}});
  return sites_.emplace(std::move(key), std::move(site)).first->second.get();
}

void HttpClientPool::Pool::forget_if_unused(Site& site) {
  if (site.users == 0 && site.idle.empty()) sites_.erase(sites_.find(site.key));
}

void HttpClientPool::Pool::forget_idle(Site& site, ClientConnection& connection) {
  std::erase_if(site.idle, [&connection](const auto& idle) { return idle.get() == &connection; });
  --idle_;
  --open_;
  forget_if_unused(site);
}

// Those in use are given back to a site of another generation, and closed.
void HttpClientPool::Pool::distrust(std::string_view origin) {
  for (const std::string_view reach : {"c ", "p "}) {
    const auto found = sites_.find(std::string(reach).append(origin));
    if (found == sites_.end()) continue;
    Site& site = *found->second;
    ++site.generation;
    open_ -= site.idle.size();
    idle_ -= site.idle.size();
    site.idle.clear();
    forget_if_unused(site);
  }
}

// At the cap, a connection that nobody uses gives way.
bool HttpClientPool::Pool::make_room() {
  if (open_ < config_.connections_max) return true;
  for (const auto& [key, site] : sites_) {
    if (site->idle.empty()) continue;
    forget_idle(*site, *site->idle.front());
    return true;
  }
  return false;
}

Task<Result<http::Response>> HttpClientPool::Pool::call(http::Request request, CallOptions options,
                                                        BodySink* sink) {
  const WipeOnExit wipe_body(request.body);
  const ClientConnection::Order order{.method = request.method,
                                      .until = std::chrono::steady_clock::now() + span_of(options.timeout),
                                      .send_by = options.send_by,
                                      .body_bytes_max = options.response_bytes_max,
                                      .idle_max = span_of(options.idle_timeout),
                                      .sink = sink};
  if (!is_sendable(request)) co_return fail(Code::invalid_value, "request", "The request is no valid HTTP.");
  const Result<Site*> site = find_site(request.origin, options.reach);
  if (!site) co_return fail(site.error());
  Lease lease(*this, **site);
  if (!lease.take_place()) {
    const Result<void> waited = co_await wait_for_place(lease, order.until);
    if (!waited) co_return fail(waited.error());
  }
  for (;;) {
    const bool reused = lease.take_idle();
    if (!reused) {
      const Result<void> connected = co_await connect(lease, order.until);
      if (!connected) co_return fail(connected.error());
    }
    ClientConnection& connection = lease.connection();
    connection.outgoing().clear();
    append_request(connection.outgoing(), request, lease.site().origin.authority);
    Result<http::Response> answer = co_await connection.exchange(order, clock_);
    Secret::wipe(connection.outgoing());
    if (answer) {
      lease.give_back();
      co_return answer;
    }
    // A kept connection that had died unseen took not one byte: nothing was sent, so this is no second try.
    const bool died_unused = reused && connection.untouched() && answer.error().code == Code::connection_lost;
    if (!died_unused) co_return answer;
    lease.drop_connection();
  }
}

Task<Result<void>> HttpClientPool::Pool::wait_for_place(Lease& lease, ClientConnection::TimePoint until) {
  if (lease.site().waiters.size() >= config_.waiting_per_origin_max)
    co_return fail(Code::too_many_connections, "", "Too many calls wait for a connection.");
  asio::steady_timer timer(executor_);
  timer.expires_at(std::min(until, std::chrono::steady_clock::now() + span_of(config_.connection_wait)));
  lease.start_waiting(timer);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  lease.stop_waiting();
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    co_return fail(Code::cancelled, "", "The call was cancelled.");
  if (!lease.has_place())
    co_return fail(Code::too_many_connections, "", "No connection became free in time.");
  co_return Result<void>{};
}

Task<Result<void>> HttpClientPool::Pool::connect(Lease& lease, ClientConnection::TimePoint until) {
  Result<Addresses> addresses = co_await find_addresses(lease.site(), until);
  if (!addresses) co_return fail(addresses.error());
  if (!make_room()) co_return fail(Code::too_many_connections, "", "There are too many open connections.");
  const Origin& origin = lease.site().origin;
  asio::ssl::context* const tls = origin.scheme == Origin::Scheme::https ? &tls_ : nullptr;
  const auto patience = span_of(config_.connect_timeout);
  lease.open();
  Result<void> connected =
      co_await lease.connection().connect(std::move(*addresses), origin, tls, patience, until);
  co_return connected;
}

Task<Result<Addresses>> HttpClientPool::Pool::find_addresses(Site& site, ClientConnection::TimePoint until) {
  if (site.origin.literal) co_return Addresses{*site.origin.literal};  // checked with the origin
  Result<Addresses> addresses = co_await config_.resolve(site.origin.host, until);
  if (addresses && site.reach == CallOptions::Reach::public_only)
    if (auto allowed = check_addresses(*addresses, config_.webhook_reach); !allowed)
      co_return fail(allowed.error());
  co_return addresses;
}

Result<std::unique_ptr<HttpClientPool>> HttpClientPool::create(asio::any_io_executor executor,
                                                               const Clock& clock, ClientConfig config) {
  auto tls = make_tls_client_context(config.ca_file);
  if (!tls) return fail(std::move(tls.error()));
  auto pool = std::make_unique<Pool>(std::move(executor), clock, std::move(config), std::move(*tls));
  return std::unique_ptr<HttpClientPool>(new HttpClientPool(std::move(pool)));
}

HttpClientPool::HttpClientPool(std::unique_ptr<Pool> pool) : pool_(std::move(pool)) {}
HttpClientPool::~HttpClientPool() = default;

Task<Result<http::Response>> HttpClientPool::send(http::Request request, CallOptions options) {
  return call(std::move(request), options, nullptr);
}

Task<Result<http::Response>> HttpClientPool::download(http::Request request, CallOptions options,
                                                      BodySink& sink) {
  return call(std::move(request), options, &sink);
}

Task<Result<http::Response>> HttpClientPool::call(http::Request request, CallOptions options,
                                                  BodySink* sink) {
  // A cancelled call ends with an Error that says how far it came, not with an exception that does not.
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  Result<http::Response> answer = co_await pool_->call(std::move(request), options, sink);
  co_await asio::this_coro::throw_if_cancelled(throws);
  co_return answer;
}

void HttpClientPool::distrust(std::string_view origin) {
  pool_->distrust(origin);
}

std::size_t HttpClientPool::connections() const {
  return pool_->open_;
}
std::size_t HttpClientPool::idle_connections() const {
  return pool_->idle_;
}
std::size_t HttpClientPool::waiting() const {
  return pool_->waiting_;
}
std::uint64_t HttpClientPool::connects() const {
  return pool_->connects_;
}

}  // namespace payweir::net
