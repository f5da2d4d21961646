#include "report.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <utility>

#include "crew.hpp"
#include "scenarios.hpp"

namespace payweir::sim {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  const bool is_hexadecimal = text.starts_with("0x");
  if (is_hexadecimal) text.remove_prefix(2);
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, is_hexadecimal ? 16 : 10);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

// What one run adds to the sums of many.
void add(Counts& sums, const WorldEnd& told) {
  ++sums["seeds"];
  sums["payments"] += told.payments;
  sums["lost"] += told.lost;
  sums["double"] += told.charged_twice;
  sums["unbalanced"] += told.unbalanced;
  sums["failed"] += told.is_good() ? 0 : 1;
  sums["steps"] += told.steps;
  sums["crashes"] += told.crashes;
  sums["simulated minutes"] += static_cast<std::uint64_t>(told.simulated.ms / 60'000);
  for (const auto& [kind, count] : told.fired)
    sums[fmt::format("  fault {}", to_string(kind))] += count;
  for (const auto& [state, count] : told.states)
    sums["  payments " + state] += count;
  for (const auto& [what, count] : told.seen)
    sums["  seen: " + what] += count;
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

constexpr std::string_view kFailed = "FAILED: ";  // how such a line of the sums begins

// Said at once, and again beside the verdict, where it is not lost among the figures.
void print_failure(const RunOptions& options, const WorldOptions& world, const WorldEnd& told, Counts& sums) {
  print(fmt::format("seed {} FAILED: {}: {}\n", told.seed, told.violations.front().invariant,
                    told.violations.front().what));
  WorldOptions least = world;
  if (options.shrinks) least = shrink(world, told.violations.front().invariant);
  print("  replay: " + replay_command(least) + "\n");
  ++sums[fmt::format("{}{} ({}: {})", kFailed, replay_command(least), told.violations.front().invariant,
                     told.violations.front().what)];
  const WorldEnd again = run_world(least);
  for (const auto& [kind, count] : again.fired)
    print(fmt::format("  fault: {} {} times\n", to_string(kind), count));
  for (const Violation& violation : again.violations)
    print(fmt::format("  {}: {}\n", violation.invariant, violation.what));
}

// What so many seeds must have shown, or they show less than they seem to: each kind of fault, and each of
// these.
constexpr std::uint64_t kEnoughSeeds = 10'000;
constexpr std::string_view kMustBeSeen[] = {
    "requires_payment_method became expired",
    "processing became requires_customer_action",
    "processing became requires_capture",
    "processing became succeeded",
    "processing became partially_captured",
    "processing became cancelled",
    "processing became failed",
    "processing became expired",
    "processing became conflicted",
    "processing became requires_merchant_action",
    "requires_customer_action became processing",
    "requires_customer_action became succeeded",
    "requires_customer_action became failed",
    "requires_capture became processing",
    "requires_capture became expired",
    "requires_merchant_action became succeeded",
    "requires_merchant_action became failed",
    "conflicted became succeeded",
    "conflicted became failed",
    "failed became succeeded",
    "a power cut tore a sector",
    "the store ended the process",
    "a request was answered from its first execution",
    "a person settled a payment",
    "a late charge was given back",
    "an API key was changed",
    "a backup was restored",
    "a drain ended with every request answered",
    "no algorithm decided",
    "single decided",
    "priority decided",
    "volume_split decided",
    "advanced decided",
    "dynamic decided",
    "fallback decided",
    "an account was tried to learn how it does",
    "a retry rule was changed",
    "rules changed while a payment was in flight",
    "a payment moved on to another account",
    "an account was tried again",
    "attempt 2 succeeded",
    "attempt 3 succeeded",
    "every attempt of several failed",
    "a payer authenticated after a decline, and paid",
    "a late charge was given back, another attempt having charged",
    "the retry budget was used up",
    "a breaker opened",
    "a breaker closed again",
    "what was unknown was resolved while its account's breaker was open",
    "no gateway was to be reached, and a client was told 503",
};
// And where there are wallets.
constexpr std::string_view kMustBeSeenOfWallets[] = {
    "a code was scanned and paid",
    "a barcode was paid",
    "an order was closed unpaid",
    "a wallet payment expired",
    "a cancellation took back what was paid",
    "a merchant cancelled, and the payer paid all the same",
    "a wallet was refunded",
    "a payer declined on the phone",
};

void check_what_was_seen(Counts& sums, Gateways gateways) {
  if (sums["seeds"] < kEnoughSeeds) return;
  const auto miss = [&](const std::string& what) {
    ++sums["failed"];
    ++sums[fmt::format("{}{} seeds have never shown: {}", kFailed, sums["seeds"], what)];
  };
  for (const std::string_view what : kMustBeSeen)
    if (!sums.contains(fmt::format("  seen: {}", what))) miss(std::string(what));
  if (gateways == Gateways::all)
    for (const std::string_view what : kMustBeSeenOfWallets)
      if (!sums.contains(fmt::format("  seen: {}", what))) miss(std::string(what));
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    const std::string_view kind = to_string(static_cast<FaultKind>(i));
    if (!sums.contains(fmt::format("  fault {}", kind))) miss(fmt::format("the fault {}", kind));
  }
}

void print_totals(Counts& sums, double wall_s) {
  print(fmt::format("simulated {:.1f} days in {:.1f} s, {} steps, {} crashes\n",
                    static_cast<double>(sums["simulated minutes"]) / 1'440, wall_s, sums["steps"],
                    sums["crashes"]));
  for (const auto& [name, count] : sums)
    if (name.starts_with("  ")) print(fmt::format("{}: {}\n", name, count));
  for (const auto& [name, count] : sums)
    if (name.starts_with(kFailed)) print(name + "\n");
  print(
      fmt::format("RESULT name=sim seeds={} payments={} lost={} double={} unbalanced={} failed={} "
                  "seeds_per_second={:.2f}\n",
                  sums["seeds"], sums["payments"], sums["lost"], sums["double"], sums["unbalanced"],
                  sums["failed"], static_cast<double>(sums["seeds"]) / std::max(wall_s, 0.001)));
}

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  }

 private:
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace

Result<RunOptions> parse_run_options(std::vector<std::string> arguments) {
  RunOptions options;
  const auto refuse = [](const std::string& why) { return fail(Code::invalid_value, "arguments", why); };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (name == "--trace") {
      options.shows_trace = true;
      continue;
    }
    if (name == "--no-shrink") {
      options.shrinks = false;
      continue;
    }
    if (i + 1 == arguments.size()) return refuse(name + " needs a value, or is no option");
    const std::string& value = arguments[++i];
    const auto number = parse_number(value);
    if (name == "--seeds" && number) {
      options.seeds = *number;
    } else if (name == "--from" && number) {
      options.from = *number;
    } else if (name == "--jobs" && number && *number >= 1 && *number <= 256) {
      options.jobs = *number;
    } else if (name == "--every" && number && *number >= 1) {
      options.every = *number;
    } else if (name == "--parts" && number && *number >= 1) {
      options.parts = *number;
    } else if (name == "--payments" && number && *number >= 1 && *number <= 100'000) {
      options.payments = *number;
    } else if (name == "--twice" && (value == "all" || value == "some" || value == "none")) {
      options.twice = value == "all"    ? RunOptions::Twice::all
                      : value == "some" ? RunOptions::Twice::some
                                        : RunOptions::Twice::none;
    } else if (name == "--gateways" && (value == "stripe" || value == "all")) {
      options.gateways = value == "all" ? Gateways::all : Gateways::stripe;
    } else if (name == "--faults") {
      auto caps = parse_caps(value);
      if (!caps) return std::unexpected(std::move(caps.error()));
      options.caps = std::move(*caps);
    } else {
      return refuse(name + " " + value + ": no such option, or not a value of it");
    }
  }
  return options;
}

std::string replay_command(const WorldOptions& options) {
  std::string command = fmt::format("make sim SEEDS=1 FROM={} PAYMENTS={}", options.seed, options.payments);
  if (!options.caps.empty()) command += " FAULTS=" + format_caps(options.caps);
  if (options.gateways == Gateways::stripe) command += " ARGS='--gateways stripe'";
  return command;
}

// First whole kinds of faults, then payments, then how often each kind strikes.
WorldOptions shrink(WorldOptions failed, const std::string& invariant) {
  const auto still_fails = [&](const WorldOptions& candidate) {
    const WorldEnd told = run_world(candidate);
    return !told.is_good() && told.violations.front().invariant == invariant;
  };
  for (const auto& [kind, count] : run_world(failed).fired) {
    WorldOptions without = failed;
    without.caps[kind] = 0;
    if (still_fails(without)) failed = std::move(without);
  }
  for (std::size_t payments = failed.payments / 2; payments >= 1; payments /= 2) {
    WorldOptions fewer = failed;
    fewer.payments = payments;
    if (!still_fails(fewer)) break;
    failed = std::move(fewer);
  }
  for (const auto& [kind, count] : run_world(failed).fired) {
    for (std::uint64_t cap = count / 2; cap >= 1; cap /= 2) {
      WorldOptions fewer = failed;
      fewer.caps[kind] = cap;
      if (!still_fails(fewer)) break;
      failed = std::move(fewer);
    }
  }
  return failed;
}

int run_sweep(const RunOptions& options, const std::string& only) {
  std::vector<Scenario> scenarios = all_scenarios();
  std::erase_if(scenarios, [&](const Scenario& scenario) { return !scenario.name.contains(only); });
  const std::uint64_t seed = options.parts > 1 ? 1 : options.from;
  std::vector<Scenario> chosen;
  for (std::size_t i = options.from % options.parts; i < scenarios.size(); i += options.parts)
    chosen.push_back(std::move(scenarios[i]));
  scenarios = std::move(chosen);
  const auto work = [&](std::size_t member, Post post) {
    Counts counts;
    for (std::size_t i = member; i < scenarios.size(); i += options.jobs) {
      post.set(i);
      const SweepEnd end = sweep(scenarios[i], seed, options.every);
      counts["runs"] += end.runs;
      counts["fired"] += end.fired;
      counts["failed"] += end.failures.size();
      std::string text =
          fmt::format("sweep {}: {} runs, {} failed\n", scenarios[i].name, end.runs, end.failures.size());
      for (const std::string& failure : end.failures)
        text += "  " + failure + "\n";
      print(text);
    }
    return counts;
  };
  std::uint64_t died = 0;
  Counts counts = run_crew(options.jobs, work, [&](std::uint64_t item) {
    ++died;
    print(fmt::format("sweep {}: a run ended its process\n", scenarios[item].name));
  });
  counts["failed"] += died;
  print(fmt::format("RESULT name=sweep runs={} failed={} scenarios={} fired={}\n", counts["runs"],
                    counts["failed"], scenarios.size(), counts["fired"]));
  return counts["failed"] == 0 && counts["runs"] > 0 ? 0 : 1;
}

int run_seeds(const RunOptions& options) {
  const Stopwatch stopwatch;
  const auto work = [&](std::size_t member, Post post) {
    Counts sums;
    double printed_s = 0;
    for (std::uint64_t i = member; i < options.seeds; i += options.jobs) {
      post.set(options.from + i);
      WorldOptions world{.seed = options.from + i,
                         .payments = options.payments,
                         .caps = options.caps,
                         .gateways = options.gateways};
      if (options.shows_trace) world.trace = Trace::Keep::lines;
      const WorldEnd told = run_world(world);
      add(sums, told);
      for (const std::string& line : told.trace)
        print(line + "\n");
      const bool twice = options.twice == RunOptions::Twice::all ||
                         (options.twice == RunOptions::Twice::some && i / options.jobs % 16 == 0);
      if (twice && run_world(world).trace_hash != told.trace_hash) {
        print(fmt::format("seed {} FAILED: it did not run twice the same\n", told.seed));
        ++sums["failed"];
      }
      if (!told.is_good()) print_failure(options, world, told, sums);
      if (member == 0 && stopwatch.seconds() - printed_s > 10) {
        printed_s = stopwatch.seconds();
        print(fmt::format("about {} of {} seeds, {:.0f} s\n", i + 1, options.seeds, printed_s));
      }
    }
    return sums;
  };
  std::uint64_t died = 0;
  Counts sums = run_crew(options.jobs, work, [&](std::uint64_t seed) {
    ++died;
    print(fmt::format(
        "seed {} FAILED: it ended its process, and the seeds behind it did not run\n  replay: {}\n", seed,
        replay_command({.seed = seed,
                        .payments = options.payments,
                        .caps = options.caps,
                        .gateways = options.gateways})));
  });
  sums["failed"] += died;
  check_what_was_seen(sums, options.gateways);
  print_totals(sums, stopwatch.seconds());
  return sums["failed"] == 0 ? 0 : 1;
}

}  // namespace payweir::sim
