#pragma once
// The world's network, and the ports of a simulated process that lead to it: clock, HTTP client, log. When
// the process crashes its ports go inert first: nothing that is destroyed afterwards can act on the world.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ports/clock.hpp"
#include "ports/http_client.hpp"
#include "ports/log.hpp"
#include "scheduler.hpp"
#include "swarm.hpp"

namespace payweir::sim {

// The wall may be set by an operator or NTP; spans are not affected.
class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(Scheduler& scheduler) : scheduler_(scheduler), start_(scheduler.now()) {}
  [[nodiscard]] Instant wall() const override { return scheduler_.now() + offset_; }
  [[nodiscard]] Duration suspended() const override { return scheduler_.now() - start_ + seconds(1); }
  [[nodiscard]] std::int64_t suspended_us() const override { return suspended().ms * 1000; }
  [[nodiscard]] Task<void> sleep(Duration span) override;
  void set_offset(Duration offset) { offset_ = offset; }
  [[nodiscard]] Duration offset() const { return offset_; }

 private:
  Scheduler& scheduler_;
  Instant start_;
  Duration offset_{};
};

// Who answers at the other end of the network, from the instant the request arrives. Nothing in `response`:
// the connection stays open without an answer.
struct Arrival {
  std::optional<http::Response> response;
  Duration after{};
};
using Reply = std::move_only_function<void(Arrival)>;
using Host = std::function<void(http::Request request, Reply reply)>;

// Whether the switch asks a gateway something: neither a payer's browser nor a callback.
[[nodiscard]] bool is_gateway_call(const http::Request& request);

class Network {
 public:
  Network(Scheduler& scheduler, Faults& faults, std::uint64_t seed)
      : scheduler_(scheduler), faults_(faults), chance_(seed, Stream::network) {}
  // Called with the idempotency key, or the number of the order, of each request that may move money, as it
  // leaves.
  void set_on_money(std::function<void(const std::string& key)> on_money) { on_money_ = std::move(on_money); }
  // Asked of each request that leaves for a gateway: whether nobody is to be reached there.
  void set_is_refused(std::function<bool(const http::Request& request)> is_refused) {
    is_refused_ = std::move(is_refused);
  }
  void add_host(std::string origin, Host host) { hosts_[std::move(origin)] = std::move(host); }

  // Calls of the process end with it, as far as it goes: what is under way arrives all the same.
  enum class Caller : std::uint8_t { process, world };
  using Completion = std::move_only_function<void(Result<http::Response>)>;
  // `done` runs at most once: as a task of the process, or, of the world, at the instant of the answer.
  void call(http::Request request, CallOptions options, Caller caller, Completion done);
  void forget_process();
  // Whoever waits for an answer of this host learns that the connection was lost.
  void reset_connections(const std::string& origin);

  // Money requests that should never have been sent: a second one under one key, or one behind its fence.
  [[nodiscard]] const std::vector<std::string>& breaches() const { return breaches_; }
  [[nodiscard]] std::size_t open_calls() const { return calls_.size(); }

 private:
  struct Open {
    Completion done;
    Caller caller = Caller::process;
    std::string origin;
  };
  [[nodiscard]] Duration latency() { return milliseconds(chance_.between(1, 150)); }
  void count(const http::Request& request);
  void arrive(std::uint64_t number, http::Request request, Duration reply_delay, bool reply_comes);
  void complete(std::uint64_t number, Result<http::Response> result);

  Scheduler& scheduler_;
  Faults& faults_;
  Chance chance_;
  std::map<std::string, Host> hosts_;
  std::map<std::uint64_t, Open> calls_;
  std::set<std::string> sent_, fenced_;  // idempotency keys, numbers of orders and refunds
  std::vector<std::string> breaches_;
  std::function<void(const std::string&)> on_money_;
  std::function<bool(const http::Request&)> is_refused_;
  std::uint64_t last_number_ = 0;
};

class NetworkHttpClient final : public HttpClient {
 public:
  NetworkHttpClient(Network& network, Clock& clock) : network_(network), clock_(clock) {}
  [[nodiscard]] Task<Result<http::Response>> send(http::Request request, CallOptions options) override;
  void go_inert() { is_inert_ = true; }

 private:
  Network& network_;
  Clock& clock_;
  bool is_inert_ = false;
};

// Writes into the trace, so that two runs must log the same.
class TracedLog final : public Log {
 public:
  explicit TracedLog(Scheduler& scheduler) : scheduler_(scheduler) {}
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override;
  void go_inert() { is_inert_ = true; }

 private:
  Scheduler& scheduler_;
  bool is_inert_ = false;
};

}  // namespace payweir::sim
