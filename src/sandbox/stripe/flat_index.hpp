#pragma once
// From a 64-bit hash to a number, 16 bytes a slot, never shrinking: open addressing for books of millions
// of entries. Two texts may share a hash; whoever looks up compares what the number leads to.
#include <cstddef>
#include <cstdint>
#include <vector>

namespace payweir::sandbox::stripe {

class FlatIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  // The number kept for that hash, made (as kNone) when there is none. Valid until the next call.
  [[nodiscard]] std::uint32_t& operator[](std::uint64_t hash) {
    if (used_ * 4 >= slots_.size() * 3) grow();
    Slot& slot = slots_[find(hash)];
    if (!slot.taken) {
      slot = {hash, kNone, true};
      ++used_;
    }
    return slot.number;
  }
  [[nodiscard]] std::uint32_t get(std::uint64_t hash) const {
    if (slots_.empty()) return kNone;
    const Slot& slot = slots_[find(hash)];
    return slot.taken ? slot.number : kNone;
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t number = kNone;
    bool taken = false;
  };
  [[nodiscard]] std::size_t find(std::uint64_t hash) const {
    const std::size_t mask = slots_.size() - 1;  // the size is a power of two
    std::size_t at = hash & mask;
    while (slots_[at].taken && slots_[at].hash != hash)
      at = (at + 1) & mask;
    return at;
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old)
      if (slot.taken) slots_[find(slot.hash)] = slot;
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace payweir::sandbox::stripe
