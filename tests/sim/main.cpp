// payweir_sim: runs worlds and says what became of the money.
#include <cstdio>
#include <string>
#include <vector>

#include "ambiguity.hpp"
#include "mutants.hpp"
#include "report.hpp"

namespace {

int refuse(const std::string& why) {
  std::fprintf(stderr, "payweir_sim: %s\n%s", why.c_str(), payweir::sim::kUsage);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  std::string command = "run";
  if (!arguments.empty() && !arguments.front().starts_with("--")) {
    command = arguments.front();
    arguments.erase(arguments.begin());
  }
  std::string name;
  if (!arguments.empty() && !arguments.front().starts_with("--")) {
    name = arguments.front();
    arguments.erase(arguments.begin());
  }
  const auto options = payweir::sim::parse_run_options(std::move(arguments));
  if (!options) return refuse(options.error().detail);
  if (command == "run") return payweir::sim::run_seeds(*options);
  if (command == "sweep") return payweir::sim::run_sweep(*options, name);
  if (command == "ambiguity") return payweir::sim::run_ambiguity(*options);
  if (command == "mutants") return payweir::sim::run_mutants(*options, name);
  return refuse("no such command: " + command);
}
