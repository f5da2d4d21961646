#pragma once
// The real clock and the real randomness.
#include <array>
#include <cstdint>
#include <span>

#include "ports/clock.hpp"
#include "ports/random.hpp"

namespace payweir::net {

// Shared by all threads.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant wall() const override;
  [[nodiscard]] Duration suspended() const override;
  [[nodiscard]] std::int64_t suspended_us() const override;
  // A timer on the awaiting coroutine's executor, which must be an io thread's.
  [[nodiscard]] Task<void> sleep(Duration span) override;
};

// One a thread: draws come from a small stock, so that eight bytes cost no system call. What was drawn is
// wiped from it at once. Ends the process when the kernel gives no randomness: no id and no nonce is safe
// then.
class SystemRandom final : public Random {
 public:
  SystemRandom() = default;
  ~SystemRandom() override;
  SystemRandom(const SystemRandom&) = delete;
  SystemRandom& operator=(const SystemRandom&) = delete;
  void fill(RandomPurpose purpose, std::span<std::uint8_t> out) override;

 private:
  std::array<std::uint8_t, 512> stock_{};
  std::size_t used_ = stock_.size();
};

}  // namespace payweir::net
