#pragma once
// BriefLock: keeps threads apart for a look into a table and no longer: what is done under it neither waits
// nor calls anything that could. For rooms that know no threads of their own.
#include <atomic>

namespace payweir {

class BriefLock {
 public:
  class Hold {
   public:
    explicit Hold(BriefLock& lock) : taken_(lock.taken_) {
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

 private:
  std::atomic_flag taken_;
};

}  // namespace payweir
