#pragma once
// The ports of a simulated process: time, network and log. When the process crashes they go inert first:
// nothing that is destroyed afterwards can act on the world.
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "ports/clock.hpp"
#include "ports/http_client.hpp"
#include "ports/log.hpp"
#include "sandbox/gateway_model.hpp"
#include "scheduler.hpp"

namespace payweir::sim {

class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(Scheduler& scheduler) : scheduler_(scheduler), start_(scheduler.now()) {}
  [[nodiscard]] Instant wall() const override { return scheduler_.now(); }
  [[nodiscard]] Duration suspended() const override { return scheduler_.now() - start_; }
  [[nodiscard]] std::int64_t suspended_us() const override { return suspended().ms * 1000; }
  [[nodiscard]] Task<void> sleep(Duration span) override;

 private:
  Scheduler& scheduler_;
  Instant start_;
};

// Who answers at the other end of the network, at the instant the request arrives.
struct Arrival {
  // Nothing: the connection stays open without an answer.
  std::optional<http::Response> response;
  Duration after{};
};
using Host = std::function<Arrival(http::Request request)>;

// What becomes of one call on its way.
enum class Fate : std::uint8_t { good, request_lost, reply_lost, late };

// The world's network. A request or reply takes a drawn time, may be lost, or arrive after its sender has
// given up; what is under way when a process crashes arrives all the same.
class Network {
 public:
  explicit Network(Scheduler& scheduler) : scheduler_(scheduler) {}
  void add_host(std::string origin, Host host) { hosts_[std::move(origin)] = std::move(host); }
  // So many calls of a hundred go wrong, one way or the other.
  void set_trouble(std::uint64_t percent) { trouble_percent_ = percent; }

  using Completion = std::move_only_function<void(Result<http::Response>)>;
  // Starts a call, and returns its number. `done` runs as a task of the process, at most once.
  std::uint64_t call(http::Request request, CallOptions options, Completion done);
  // The process ended: no call completes any more.
  void forget_calls();

 private:
  [[nodiscard]] Duration latency() {
    return milliseconds(static_cast<std::int64_t>(1 + scheduler_.draw(150)));
  }
  [[nodiscard]] Fate draw_fate();
  void arrive(std::uint64_t number, http::Request request, bool is_answered);
  void complete(std::uint64_t number, Result<http::Response> result);

  Scheduler& scheduler_;
  std::map<std::string, Host> hosts_;
  std::map<std::uint64_t, Completion> calls_;
  std::uint64_t last_number_ = 0;
  std::uint64_t trouble_percent_ = 0;
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
