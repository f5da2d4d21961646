#pragma once
// Worker: runs jobs until it is stopped, each as a loop of its own on one executor: ask what is due, start
// as many items as may be in flight, sleep. Everything is bounded; an error waits longer each time.
//
// Used on one thread. Destroyed only when none of its tasks can run any more; those that were dropped may
// still be destroyed afterwards.
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "jobs/job.hpp"
#include "ports/clock.hpp"
#include "ports/log.hpp"

namespace payweir::jobs {

// Starts a task of its own: net::spawn on the io thread's executor, or the simulator's. The name is a
// literal.
using Spawner = std::function<void(std::string_view name, Task<void> task)>;

class Worker {
 public:
  Worker(Clock& clock, Log& log, Spawner spawn);

  // Before start().
  void add(std::unique_ptr<Job> job);
  void start();
  // Begins no new item, and ends when none is in flight or `patience` is over; what is left then is found
  // due again by the next process.
  [[nodiscard]] Task<void> stop(Duration patience);

  [[nodiscard]] std::size_t in_flight() const;

 private:
  struct Delay {
    std::int64_t failures = 0;
    Instant until;
  };
  // Shared with the items in flight: a task that is dropped may be destroyed later than the worker.
  struct Loop {
    std::unique_ptr<Job> job;
    std::unordered_map<std::int64_t, std::int64_t> in_flight;  // item to lane
    std::unordered_map<std::int64_t, std::size_t> lanes;       // items in flight
    std::unordered_map<std::int64_t, Delay> delays;            // of items whose work failed
    std::int64_t failures = 0;                                 // of list_due(), in a row
  };

  [[nodiscard]] Task<void> run(std::shared_ptr<Loop> loop);
  // How long to wait before asking again.
  [[nodiscard]] Task<Duration> poll(std::shared_ptr<Loop> loop);
  [[nodiscard]] Task<void> work(std::shared_ptr<Loop> loop, DueItem item);
  [[nodiscard]] Selection selection_for(const Loop& loop) const;
  [[nodiscard]] bool may_start(const Loop& loop, const DueItem& item) const;
  void begin(const std::shared_ptr<Loop>& loop, DueItem item);
  static void end(Loop& loop, DueItem item);
  void delay(Loop& loop, std::int64_t key);
  void report(const Loop& loop, std::string_view event, const Error& error);

  Clock& clock_;
  Log& log_;
  Spawner spawn_;
  std::vector<std::shared_ptr<Loop>> loops_;
  bool stopping_ = false;
};

}  // namespace payweir::jobs
