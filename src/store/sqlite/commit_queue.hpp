#pragma once
// CommitQueue: what waits for the next durable transaction. Any thread puts in; one takes out. Bounded,
// so that a disk that stalls turns into `store_busy` answers and not into memory.
#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <vector>

#include "store/change_set.hpp"

namespace payweir::store::sqlite {

struct QueuedCommit {
  ChangeSet changes;
  boost::asio::any_io_executor executor;  // where `complete` is called; tracked as outstanding work
  std::move_only_function<void(CommitAnswer)> complete;
};

class CommitQueue {
 public:
  explicit CommitQueue(std::size_t size_max) : size_max_(size_max) {}

  // False, and the unit untouched, when the queue is full. Wakes the taker only when it sleeps and this is
  // the unit that it waits for: under load a unit costs no system call.
  [[nodiscard]] bool put(QueuedCommit& unit);

  // Waits until `count` units wait, until stop(), or until none came for a moment: whoever could bring more
  // then waits for those that are here. For half a millisecond at most.
  void gather(std::size_t count);

  // The oldest units, at most `count_max`. Waits for the first one, until stop(), or until `patience` is
  // over; then the result is empty.
  [[nodiscard]] std::vector<QueuedCommit> take(std::size_t count_max,
                                               std::optional<std::chrono::milliseconds> patience);
  // The same without waiting.
  [[nodiscard]] std::vector<QueuedCommit> take_now(std::size_t count_max);

  void stop();
  // Stopped, and everything was taken.
  [[nodiscard]] bool is_finished() const;
  [[nodiscard]] std::size_t size() const;

 private:
  static constexpr std::chrono::microseconds kPause{125};  // some ten change sets under load
  static constexpr int kPausesMax = 4;
  static constexpr std::size_t kNobodySleeps = std::numeric_limits<std::size_t>::max();

  [[nodiscard]] bool has_reason_to_wake(std::size_t count) const;
  [[nodiscard]] std::vector<QueuedCommit> take_locked(std::size_t count_max);

  const std::size_t size_max_;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<QueuedCommit> units_;
  std::size_t wake_at_ = kNobodySleeps;  // how many units end the taker's sleep
  bool stopped_ = false;
};

}  // namespace payweir::store::sqlite
