#include "jobs/worker.hpp"

#include <algorithm>
#include <utility>

#include "jobs/schedule.hpp"

namespace payweir::jobs {
namespace {

// While there is more due than was asked for.
constexpr Duration kBusyPause = milliseconds(10);
// How late stop() sees that the last item ended.
constexpr Duration kStopTick = milliseconds(20);
// Items that failed and are left alone for a while; beyond it, the list starts anew.
constexpr std::size_t kDelaysMax = 1'000;

template <class Leave>
class OnExit {
 public:
  explicit OnExit(Leave leave) : leave_(std::move(leave)) {}
  ~OnExit() { leave_(); }
  OnExit(const OnExit&) = delete;
  OnExit& operator=(const OnExit&) = delete;

 private:
  Leave leave_;
};

}  // namespace

Worker::Worker(Clock& clock, Log& log, Spawner spawn) : clock_(clock), log_(log), spawn_(std::move(spawn)) {}

void Worker::add(std::unique_ptr<Job> job) {
  loops_.push_back(std::make_shared<Loop>());
  loops_.back()->job = std::move(job);
}

void Worker::start() {
  for (const auto& loop : loops_)
    spawn_(loop->job->name(), run(loop));
}

Task<void> Worker::stop(Duration patience) {
  stopping_ = true;
  const Duration give_up_at = clock_.suspended() + patience;
  while (in_flight() > 0 && clock_.suspended() < give_up_at)
    co_await clock_.sleep(kStopTick);
}

std::size_t Worker::in_flight() const {
  std::size_t count = 0;
  for (const auto& loop : loops_)
    count += loop->in_flight.size();
  return count;
}

Task<void> Worker::run(std::shared_ptr<Loop> loop) {
  while (!stopping_) {
    const Duration wait = co_await poll(loop);
    co_await clock_.sleep(wait);
  }
}

Task<Duration> Worker::poll(std::shared_ptr<Loop> loop) {
  const Pace pace = loop->job->pace();
  if (loop->in_flight.size() >= pace.in_flight_max) co_return kBusyPause;
  const Selection selection = selection_for(*loop);
  Result<std::vector<DueItem>> due = co_await loop->job->list_due(selection);
  if (!due) {
    report(*loop, "job.list_failed", due.error());
    co_return backoff(++loop->failures);
  }
  loop->failures = 0;
  bool started = false;
  for (const DueItem& item : *due) {
    if (stopping_ || !may_start(*loop, item)) continue;
    begin(loop, item);
    started = true;
  }
  co_return started && due->size() >= selection.limit ? kBusyPause : pace.poll_every;
}

Task<void> Worker::work(std::shared_ptr<Loop> loop, DueItem item) {
  const OnExit leave([loop, item] { end(*loop, item); });
  Result<void> done = co_await loop->job->work(item);
  if (done) {
    loop->delays.erase(item.key);
    co_return;
  }
  report(*loop, "job.item_failed", done.error());
  delay(*loop, item.key);
}

// Items in flight, and those that wait for their delay, may stand before the others in the job's list.
Selection Worker::selection_for(const Loop& loop) const {
  Selection selection;
  const Pace pace = loop.job->pace();
  selection.limit = pace.in_flight_max + loop.in_flight.size() + loop.delays.size();
  for (const auto& [lane, count] : loop.lanes)
    if (lane != 0 && count >= pace.per_lane_max) selection.lanes_full.push_back(lane);
  std::ranges::sort(selection.lanes_full);  // the same order in every run
  return selection;
}

bool Worker::may_start(const Loop& loop, const DueItem& item) const {
  const Pace pace = loop.job->pace();
  if (loop.in_flight.size() >= pace.in_flight_max || loop.in_flight.contains(item.key)) return false;
  if (const auto delayed = loop.delays.find(item.key);
      delayed != loop.delays.end() && clock_.wall() < delayed->second.until)
    return false;
  const auto lane = loop.lanes.find(item.lane);
  return item.lane == 0 || lane == loop.lanes.end() || lane->second < pace.per_lane_max;
}

void Worker::begin(const std::shared_ptr<Loop>& loop, DueItem item) {
  loop->in_flight.emplace(item.key, item.lane);
  ++loop->lanes[item.lane];
  spawn_(loop->job->name(), work(loop, item));
}

void Worker::end(Loop& loop, DueItem item) {
  loop.in_flight.erase(item.key);
  if (--loop.lanes[item.lane] == 0) loop.lanes.erase(item.lane);
}

void Worker::delay(Loop& loop, std::int64_t key) {
  if (loop.delays.size() >= kDelaysMax && !loop.delays.contains(key)) loop.delays.clear();
  Delay& delay = loop.delays[key];
  ++delay.failures;
  delay.until = clock_.wall() + backoff(delay.failures);
}

void Worker::report(const Loop& loop, std::string_view event, const Error& error) {
  log_.write(LogLevel::error, event,
             {{"job", loop.job->name()},
              {"code", code_name(error.code)},
              {"detail", std::string_view(error.detail)}});
}

}  // namespace payweir::jobs
