#pragma once
// Review: whether this process may send anything that moves money yet. One of a process, shared by its
// threads.
#include <atomic>

namespace payweir::flows {

class Review {
 public:
  [[nodiscard]] bool is_under_way() const { return under_way_.load(std::memory_order_relaxed); }
  void begin() { under_way_ = true; }
  void end() { under_way_ = false; }

 private:
  std::atomic<bool> under_way_{false};
};

}  // namespace payweir::flows
