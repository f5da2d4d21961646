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
    wake = units_.size() >= wake_at_;
    if (wake) wake_at_ = kNobodySleeps;
  }
  if (wake) filled_.notify_one();
  return true;
}

bool CommitQueue::has_reason_to_wake(std::size_t count) const {
  return units_.size() >= count || stopped_;
}

void CommitQueue::gather(std::size_t count) {
  std::unique_lock lock(mutex_);
  std::size_t seen = kNobodySleeps;  // the first pause is for whoever was answered just now
  for (int pause = 0; pause < kPausesMax; ++pause) {
    if (has_reason_to_wake(count) || units_.size() == seen) return;
    seen = units_.size();
    wake_at_ = count;
    (void)filled_.wait_for(lock, kPause, [&] { return has_reason_to_wake(count); });
    wake_at_ = kNobodySleeps;
  }
}

std::vector<QueuedCommit> CommitQueue::take(std::size_t count_max,
                                            std::optional<std::chrono::milliseconds> patience) {
  std::unique_lock lock(mutex_);
  const auto has_reason = [this] { return has_reason_to_wake(1); };
  if (!has_reason()) {
    wake_at_ = 1;
    if (patience)
      (void)filled_.wait_for(lock, *patience, has_reason);
    else
      filled_.wait(lock, has_reason);
    wake_at_ = kNobodySleeps;
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
