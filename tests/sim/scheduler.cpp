#include "scheduler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace payweir::sim {

// Not cryptographic: it compares two runs of one machine with each other.
void Trace::fold(std::uint64_t word) {
  hash_ ^= word;
  hash_ *= 0x9e3779b97f4a7c15ull;
  hash_ ^= hash_ >> 29;
}

void Trace::fold(std::string_view text) {
  std::uint64_t word = text.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    word = word << 8 | static_cast<unsigned char>(text[i]);
    if (i % 8 == 7) fold(word);
  }
  fold(word);
}

void Trace::note(Instant at, std::string_view what) {
  fold(static_cast<std::uint64_t>(at.ms));
  fold(what);
  if (keeps_lines_) lines_.push_back(fmt::format("{} {}", at.ms, what));
}

void Trace::note(Instant at, std::string_view what, std::uint64_t number) {
  fold(static_cast<std::uint64_t>(at.ms));
  fold(what);
  fold(number);
  if (keeps_lines_) lines_.push_back(fmt::format("{} {} {}", at.ms, what, number));
}

std::string Trace::hash() const {
  return fmt::format("{:016x}", hash_);
}

Scheduler::~Scheduler() {
  drop_process();
  drop_world();
}

void Scheduler::drop_world() {
  while (!of_world_.empty())
    std::exchange(of_world_, {}).clear();
}

Scheduler::Executor Scheduler::executor() {
  return {*this, false};
}

Scheduler::Executor Scheduler::world_executor() {
  return {*this, true};
}

void Scheduler::post_after(Duration span, Action task) {
  of_process_.emplace(now_ + span, std::move(task));
}

void Scheduler::happen_after(Duration span, Action event) {
  of_world_.emplace(now_ + span, std::move(event));
}

void Scheduler::set_device(std::function<bool()> has_work, std::function<void()> work) {
  device_has_work_ = std::move(has_work);
  device_work_ = std::move(work);
}

bool Scheduler::is_idle() const {
  return is_paused() || (ready_.empty() && !(device_has_work_ && device_has_work_()));
}

std::optional<Instant> Scheduler::next_of_world() const {
  if (of_world_.empty()) return std::nullopt;
  return of_world_.begin()->first;
}

void Scheduler::leap_to(Instant then) {
  if (!of_world_.empty()) then = std::min(then, of_world_.begin()->first);
  now_ = std::max(now_, then);
}

void Scheduler::run_timer(Timers& timers) {
  auto timer = timers.extract(timers.begin());
  now_ = std::max(now_, timer.key());
  timer.mapped()();
}

bool Scheduler::step() {
  ++steps_;
  if (is_paused()) {
    if (of_world_.empty() || of_world_.begin()->first > paused_until_)
      now_ = paused_until_;
    else
      run_timer(of_world_);
    return true;
  }
  const bool device = device_has_work_ && device_has_work_();
  if (ready_.empty() && !device) {
    if (of_process_.empty() && of_world_.empty()) return false;
    const bool worlds_turn =
        of_process_.empty() || (!of_world_.empty() && of_world_.begin()->first <= of_process_.begin()->first);
    run_timer(worlds_turn ? of_world_ : of_process_);
    return true;
  }
  const std::uint64_t choice = order_.below(ready_.size() + (device ? 1 : 0));
  trace_.note(now_, "step", choice << 32 | ready_.size());
  if (choice == ready_.size()) {
    device_work_();
    return true;
  }
  std::swap(ready_[choice], ready_.back());
  Action task = std::move(ready_.back());
  ready_.pop_back();
  task();
  return true;
}

// A handler that is destroyed posts the end of its coroutine, which may own others: hence the loop.
void Scheduler::drop_process() {
  device_has_work_ = nullptr;
  device_work_ = nullptr;
  paused_until_ = {};
  while (!ready_.empty() || !of_process_.empty()) {
    std::exchange(of_process_, {}).clear();
    std::exchange(ready_, {}).clear();
  }
}

}  // namespace payweir::sim
