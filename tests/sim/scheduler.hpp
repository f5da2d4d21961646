#pragma once
// Virtual time and a seeded order: the execution context that tasks of the switch run on in the simulator.
// One thread. Which of the tasks that could run is next is drawn; time passes only when none can.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "chance.hpp"

namespace payweir::sim {

using Action = std::move_only_function<void()>;

// What happened, in order; the same for the same seed. Lines are kept only when somebody wants to read them.
class Trace {
 public:
  enum class Keep : std::uint8_t { hash_only, lines };
  explicit Trace(Keep keep) : keeps_lines_(keep == Keep::lines) {}

  void note(Instant at, std::string_view what);
  void note(Instant at, std::string_view what, std::uint64_t number);
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
  // 16 hexadecimal digits over all that was noted.
  [[nodiscard]] std::string hash() const;
  [[nodiscard]] bool keeps_lines() const { return keeps_lines_; }

 private:
  void fold(std::uint64_t word);
  void fold(std::string_view text);

  const bool keeps_lines_;
  std::uint64_t hash_ = 0xcbf29ce484222325ull;
  std::vector<std::string> lines_;
};

class Scheduler final : public boost::asio::execution_context {
 public:
  class Executor;

  Scheduler(std::uint64_t seed, Instant start, Trace::Keep keep)
      : order_(seed, Stream::order), now_(start), trace_(keep) {}
  ~Scheduler();

  // Of the process, or of the world.
  [[nodiscard]] Executor executor();
  [[nodiscard]] Executor world_executor();
  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] Trace& trace() { return trace_; }
  void note(std::string_view what) { trace_.note(now_, what); }
  void note(std::string_view what, std::uint64_t number) { trace_.note(now_, what, number); }

  // Of the process: gone when it crashes, waiting while it is paused.
  void post(Action task) { ready_.push_back(std::move(task)); }
  void post_after(Duration span, Action task);
  // Of the world, which goes on: networks, gateways, clients.
  void happen_after(Duration span, Action event);
  // One more thing that may run now, such as the disk with commits that wait for it. `has_work` is asked
  // before each step, which draws whether it is this one's turn.
  void set_device(std::function<bool()> has_work, std::function<void()> work);

  // Runs one thing; when nothing can run, moves time to the next timer first. False: nothing will ever run.
  bool step();
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  // Nothing can run before time passes.
  [[nodiscard]] bool is_idle() const;
  // When the world does something next, whatever the process does.
  [[nodiscard]] std::optional<Instant> next_of_world() const;
  // Moves time on; timers of the process that come due on the way run late, as after a suspension. Never
  // beyond what the world does next.
  void leap_to(Instant then);
  // The process stands still for so long, as under SIGSTOP.
  void pause_process(Duration span) { paused_until_ = std::max(paused_until_, now_ + span); }

  [[nodiscard]] bool is_process_paused() const { return is_paused(); }

  // The process ends: its tasks and timers vanish without having run.
  void drop_process();
  // The end of the run: so does everything else.
  void drop_world();

 private:
  using Timers = std::multimap<Instant, Action>;
  void run_timer(Timers& timers);
  [[nodiscard]] bool is_paused() const { return now_ < paused_until_; }

  Chance order_;
  Instant now_;
  Instant paused_until_{};
  Trace trace_;
  std::uint64_t steps_ = 0;
  std::vector<Action> ready_;
  Timers of_process_, of_world_;
  std::function<bool()> device_has_work_;
  std::function<void()> device_work_;
};

// What Asio needs of an executor; see "Executor" in its reference.
class Scheduler::Executor {
 public:
  Executor(Scheduler& scheduler, bool is_worlds) : scheduler_(&scheduler), is_worlds_(is_worlds) {}

  boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
    return *scheduler_;
  }
  static constexpr auto query(boost::asio::execution::blocking_t) noexcept {
    return boost::asio::execution::blocking_t(boost::asio::execution::blocking.never);
  }
  Executor require(boost::asio::execution::blocking_t::never_t) const noexcept { return *this; }
  template <class Function>
  void execute(Function function) const {
    if (is_worlds_)
      scheduler_->happen_after(Duration{}, std::move(function));
    else
      scheduler_->post(std::move(function));
  }
  friend bool operator==(const Executor&, const Executor&) noexcept = default;

 private:
  Scheduler* scheduler_;
  bool is_worlds_;
};

}  // namespace payweir::sim
