#pragma once
// How the payments of running canaries and of what runs beside them came out, since this process started. One
// of a process; counted from every thread without locks.
#include <array>
#include <atomic>
#include <cstdint>

#include "domain/routing/canary.hpp"

namespace payweir::flows {

enum class CanaryArm : std::uint8_t { rest = 0, canary = 1 };

class CanaryCounts {
 public:
  // Runs in the life of one process; later ones are not counted, so that they go on until somebody ends them.
  static constexpr std::size_t kRunsMax = 1'024;

  // `run` is not 0.
  void count(std::int64_t run, CanaryArm arm, bool is_approved);
  [[nodiscard]] routing::CanarySide side(std::int64_t run, CanaryArm arm) const;

 private:
  struct Side {
    std::atomic<std::int64_t> approved{0}, refused{0};
  };
  struct Slot {
    std::atomic<std::int64_t> run{0};
    std::array<Side, 2> sides;
  };
  std::array<Slot, kRunsMax> slots_;
};

}  // namespace payweir::flows
