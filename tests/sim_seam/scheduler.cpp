#include "scheduler.hpp"

#include <utility>

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace payweir::sim {

std::string Trace::hash() const {
  std::string all;
  for (const std::string& line : lines_)
    all.append(line).push_back('\n');
  return crypto::to_hex(crypto::sha256(all));
}

Scheduler::~Scheduler() {
  drop_process();
}

Scheduler::Executor Scheduler::executor() {
  return Executor(*this);
}

// SplitMix64; Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
std::uint64_t Scheduler::draw(std::uint64_t bound) {
  std::uint64_t z = draw_state_ += 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return (z ^ (z >> 31)) % bound;
}

void Scheduler::post_after(Duration span, Action task) {
  timers_.emplace(now_ + span, Timer{std::move(task), false});
}

void Scheduler::happen_after(Duration span, Action event) {
  timers_.emplace(now_ + span, Timer{std::move(event), true});
}

void Scheduler::set_device(std::function<bool()> has_work, std::function<void()> work) {
  device_has_work_ = std::move(has_work);
  device_work_ = std::move(work);
}

bool Scheduler::step() {
  const bool device = device_has_work_ && device_has_work_();
  if (ready_.empty() && !device) {
    if (timers_.empty()) return false;
    auto timer = timers_.extract(timers_.begin());
    now_ = timer.key();
    timer.mapped().action();
    return true;
  }
  const std::uint64_t choice = draw(ready_.size() + (device ? 1 : 0));
  note("step " + std::to_string(choice) + " of " + std::to_string(ready_.size()));
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
  std::multimap<Instant, Timer> gone;
  for (auto timer = timers_.begin(); timer != timers_.end();) {
    const auto next = std::next(timer);
    if (!timer->second.is_worlds) gone.insert(timers_.extract(timer));
    timer = next;
  }
  gone.clear();
  while (!ready_.empty())
    std::exchange(ready_, {}).clear();
}

}  // namespace payweir::sim
