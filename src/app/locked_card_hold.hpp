#pragma once
// LockedCardHold: cards between create and confirm, in slots of locked memory that never reach swap or a
// core file, sealed under a key drawn when the process starts.
#include <cstddef>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "ports/card_hold.hpp"
#include "ports/random.hpp"

namespace payweir::app {

class LockedCardHold final : public CardHold {
 public:
  // `random` is used under the hold's own lock. `slot_count` bounds the memory: 512 bytes each.
  LockedCardHold(Random& random, std::size_t slot_count = 16'384);
  ~LockedCardHold() override;
  LockedCardHold(const LockedCardHold&) = delete;
  LockedCardHold& operator=(const LockedCardHold&) = delete;

  [[nodiscard]] bool put(std::int64_t payment_key, Secret serialised_card, Instant now) override;
  [[nodiscard]] std::optional<Secret> take(std::int64_t payment_key, Instant now) override;
  // Whether the operating system let us lock the memory; a container may not.
  [[nodiscard]] bool is_locked() const { return locked_; }

 private:
  struct Entry {
    std::size_t slot = 0;
    std::size_t size = 0;
    Instant expires_at;
  };
  void wipe(std::size_t slot);
  void drop_expired(Instant now);

  std::mutex mutex_;
  Random& random_;
  std::byte* memory_ = nullptr;  // the sealing key, then the slots
  std::size_t memory_bytes_ = 0;
  bool locked_ = false;
  std::vector<std::size_t> free_slots_;
  std::unordered_map<std::int64_t, Entry> entries_;
};

}  // namespace payweir::app
