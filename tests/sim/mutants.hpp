#pragma once
// Planted bugs: each takes away one line that keeps money safe (base/planted.hpp), and a simulator that is
// worth its name finds it.
#include <span>
#include <string_view>

#include "report.hpp"

namespace payweir::sim {

struct Mutant {
  std::string_view name, what;
};
[[nodiscard]] std::span<const Mutant> all_mutants();

// Lets seeds run against each mutant whose name holds `only`, until one is caught; 0 when all are.
[[nodiscard]] int run_mutants(const RunOptions& options, const std::string& only);

}  // namespace payweir::sim
