#include "store/sqlite/commit_queue.hpp"

#include <iterator>
#include <utility>

namespace payweir::store::sqlite {

bool CommitQueue::put(QueuedCommit& unit) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (units_.size() >= size_max_ || stopped_) return false;
    units_.push_back(std::move(unit));
    wake = std::exchange(taker_sleeps_, false);
  }
  if (wake) filled_.notify_one();
  return true;
}

std::vector<QueuedCommit> CommitQueue::take(std::size_t count_max,
                                            std::optional<std::chrono::milliseconds> patience) {
  std::unique_lock lock(mutex_);
  const auto has_reason = [this] { return !units_.empty() || stopped_; };
  if (!has_reason()) {
    taker_sleeps_ = true;
    if (patience)
      (void)filled_.wait_for(lock, *patience, has_reason);
    else
      filled_.wait(lock, has_reason);
    taker_sleeps_ = false;
  }
  return take_locked(count_max);
}

std::vector<QueuedCommit> CommitQueue::take_now(std::size_t count_max) {
  const std::lock_guard lock(mutex_);
  return take_locked(count_max);
}

std::vector<QueuedCommit> CommitQueue::take_locked(std::size_t count_max) {
  if (units_.size() <= count_max) return std::exchange(units_, {});
  const auto end = units_.begin() + static_cast<std::ptrdiff_t>(count_max);
  std::vector<QueuedCommit> taken(std::move_iterator(units_.begin()), std::move_iterator(end));
  units_.erase(units_.begin(), end);
  return taken;
}

void CommitQueue::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  filled_.notify_one();
}

bool CommitQueue::is_finished() const {
  const std::lock_guard lock(mutex_);
  return stopped_ && units_.empty();
}

std::size_t CommitQueue::size() const {
  const std::lock_guard lock(mutex_);
  return units_.size();
}

}  // namespace payweir::store::sqlite
