#pragma once
// Virtual time and a seeded order: the execution context that tasks of the switch run on in the simulator.
// One thread. Which of the tasks that could run is next is drawn; time passes only when none can.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace payweir::sim {

using Action = std::move_only_function<void()>;

// What happened, in order; the same for the same seed.
class Trace {
 public:
  void note(Instant at, std::string_view what) {
    lines_.push_back(std::to_string(at.ms) + " " + std::string(what));
  }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
  // SHA-256 of all lines, in hexadecimal.
  [[nodiscard]] std::string hash() const;

 private:
  std::vector<std::string> lines_;
};

class Scheduler final : public boost::asio::execution_context {
 public:
  class Executor;

  Scheduler(std::uint64_t seed, Instant start) : draw_state_(seed), now_(start) {}
  ~Scheduler();

  [[nodiscard]] Executor executor();
  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] Trace& trace() { return trace_; }
  void note(std::string_view what) { trace_.note(now_, what); }
  // Uniform in [0, bound). Requires: bound > 0.
  [[nodiscard]] std::uint64_t draw(std::uint64_t bound);

  // Of the process: gone when it crashes.
  void post(Action task) { ready_.push_back(std::move(task)); }
  void post_after(Duration span, Action task);
  // Of the world, which goes on: networks, gateways, clients.
  void happen_after(Duration span, Action event);
  // One more thing that may run now, such as the disk with commits that wait for it. `has_work` is asked
  // before each step, which draws whether it is this one's turn.
  void set_device(std::function<bool()> has_work, std::function<void()> work);

  // Runs one thing; when nothing can run, moves time to the next timer first. False: nothing will ever run.
  bool step();
  // The process ends: its tasks and timers vanish without having run.
  void drop_process();

 private:
  struct Timer {
    Action action;
    bool is_worlds = false;
  };
  std::uint64_t draw_state_;
  Instant now_;
  Trace trace_;
  std::vector<Action> ready_;
  std::multimap<Instant, Timer> timers_;
  std::function<bool()> device_has_work_;
  std::function<void()> device_work_;
};

// What Asio needs of an executor; see "Executor" in its reference.
class Scheduler::Executor {
 public:
  explicit Executor(Scheduler& scheduler) : scheduler_(&scheduler) {}

  boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
    return *scheduler_;
  }
  static constexpr auto query(boost::asio::execution::blocking_t) noexcept {
    return boost::asio::execution::blocking_t(boost::asio::execution::blocking.never);
  }
  Executor require(boost::asio::execution::blocking_t::never_t) const noexcept { return *this; }
  template <class Function>
  void execute(Function function) const {
    scheduler_->post(std::move(function));
  }
  friend bool operator==(const Executor&, const Executor&) noexcept = default;

 private:
  Scheduler* scheduler_;
};

}  // namespace payweir::sim
