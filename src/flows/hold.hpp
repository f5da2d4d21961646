#pragma once
// Hold: keeps other threads out of what io threads share, for a look into a table and no longer: what is done
// under it neither waits nor calls anybody.
#include <atomic>

namespace payweir::flows {

class Hold {
 public:
  explicit Hold(std::atomic_flag& taken) : taken_(taken) {
    while (taken_.test_and_set(std::memory_order_acquire))
      taken_.wait(true, std::memory_order_relaxed);
  }
  ~Hold() {
    taken_.clear(std::memory_order_release);
    taken_.notify_one();
  }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

 private:
  std::atomic_flag& taken_;
};

}  // namespace payweir::flows
