#pragma once
// Scenarios: small stories with a name, in each of which every call over a boundary of the process, every
// write and sync of the disk and every step of the process is made to fail once, in every way it can (the
// sweep).
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "world.hpp"

namespace payweir::sim {

struct Scenario {
  std::string name;
  std::vector<Order> orders;
  std::function<void(World&)> prepare = nullptr;  // before the shop opens
};
[[nodiscard]] std::vector<Scenario> all_scenarios();

struct SweepEnd {
  std::uint64_t runs = 0;
  std::uint64_t fired = 0;  // of which the planned fault came about
  // What each failed run was: "pay: kill at 17: INV-40 …"
  std::vector<std::string> failures;
};
// `every`: only each so manieth step for what may strike at any step; everything else is swept whole.
[[nodiscard]] SweepEnd sweep(const Scenario& scenario, std::uint64_t seed, std::uint64_t every);

}  // namespace payweir::sim
