#pragma once
// Many seeds, one after the other: progress, a verdict, and for a seed that fails the command that tells its
// story again with as few faults and payments as it takes.
#include <cstdint>
#include <string>
#include <vector>

#include "world.hpp"

namespace payweir::sim {

inline constexpr const char* kUsage =
    "usage: payweir_sim [--seeds N] [--from K] [--payments N] [--twice all|some|none] [--faults kind=cap,…]\n"
    "                   [--gateways stripe|all] [--jobs N] [--trace] [--no-shrink]\n"
    "       payweir_sim sweep [NAME] [--from K] [--every N] [--parts N] [--jobs N]\n"
    "       payweir_sim ambiguity [--jobs N]\n"
    "       payweir_sim mutants [NAME] [--seeds N] [--from K] [--payments N] [--jobs N]\n";

struct RunOptions {
  std::uint64_t seeds = 1;
  std::uint64_t from = 1;  // any 64-bit number
  std::size_t payments = 500;
  enum class Twice : std::uint8_t { all, some, none } twice = Twice::some;
  FaultCaps caps;
  Gateways gateways = Gateways::all;
  std::uint64_t every = 1;  // sweep: of the steps of a story
  std::uint64_t parts = 1;  // sweep: one of so many parts of the stories, by `from`; seed 1 then
  std::size_t jobs = 1;     // processes
  bool shows_trace = false;
  bool shrinks = true;
};

// Error: invalid_value; its detail is for people.
[[nodiscard]] Result<RunOptions> parse_run_options(std::vector<std::string> arguments);

// Prints as it goes; 0 when every seed is good.
[[nodiscard]] int run_seeds(const RunOptions& options);

// Sweeps every scenario whose name holds `only`; 0 when no run fails.
[[nodiscard]] int run_sweep(const RunOptions& options, const std::string& only);

// The same failure with fewer payments and faults. Requires: running `failed` violates something.
[[nodiscard]] WorldOptions shrink(WorldOptions failed, const std::string& invariant);
[[nodiscard]] std::string replay_command(const WorldOptions& options);

}  // namespace payweir::sim
