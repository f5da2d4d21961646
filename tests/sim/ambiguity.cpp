#include "ambiguity.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "crew.hpp"
#include "scenarios.hpp"

namespace payweir::sim {
namespace {

// How a payment is made; the scenario of that name.
constexpr std::array<std::string_view, 8> kStories = {
    "pay",
    "declined",
    "declined for now, by both accounts",
    "held and captured",
    "a code of Alipay's is scanned",
    "a barcode of Alipay's",
    "a code of WeChat Pay's is scanned",
    "a barcode of WeChat Pay's",
};

// What it did, and what is heard of it.
constexpr std::array kFaults = {
    FaultKind::refused,
    FaultKind::request_lost,
    FaultKind::request_late,
    FaultKind::reply_lost,
    FaultKind::reply_late,
    FaultKind::gateway_down,
    FaultKind::gateway_slow,
    FaultKind::gateway_silent_before,
    FaultKind::gateway_late,
    FaultKind::gateway_error_500_before,
    FaultKind::gateway_error_500_after,
    FaultKind::gateway_stored_500,
    FaultKind::gateway_stored_500_before,
    FaultKind::gateway_rate_limited,
    FaultKind::gateway_garbage,
    FaultKind::gateway_wrong_amount,
    FaultKind::gateway_wrong_currency,
    FaultKind::gateway_someone_elses_answer,
    FaultKind::gateway_lies,
    FaultKind::callback_duplicated,
    FaultKind::callback_delayed,
    FaultKind::account_refused,
    FaultKind::account_down,
    FaultKind::account_silent,
    FaultKind::account_slow,
    FaultKind::account_throttled,
    FaultKind::account_key_unknown,
};

struct Policy {
  std::string_view name;
  std::uint32_t attempts_max;
  bool second_is_well;
};
constexpr std::array kPolicies = std::to_array<Policy>({
    {"one attempt", 1, true},
    {"three attempts", 3, true},
    {"three attempts, nobody else there", 3, false},
});

constexpr std::uint64_t kOccasionsMax = 6;  // what comes later is asked by the resolver, again and again

WorldOptions options_of(const Scenario& story, const Policy& policy, FaultKind kind, std::uint64_t nth) {
  WorldOptions options{.seed = 7, .orders = story.orders, .only = std::pair(kind, nth)};
  options.prepare = [&policy](World& world) {
    world.machine().settings.attempts_max = policy.attempts_max;
    if (policy.second_is_well) return;
    for (const char* account : {"sk_test_sim1b", "2021000000000002", "1900000002"})
      world.gateway().weather().settle(account, Weather::Kind::refused);
  };
  return options;
}

void play(const Scenario& story, const Policy& policy, Counts& counts) {
  const WorldEnd calm = run_world(options_of(story, policy, FaultKind::kill, 0));
  for (const FaultKind kind : kFaults) {
    const std::uint64_t occasions = std::min(calm.occasions[static_cast<std::size_t>(kind)], kOccasionsMax);
    for (std::uint64_t nth = 1; nth <= occasions; ++nth) {
      const WorldEnd end = run_world(options_of(story, policy, kind, nth));
      ++counts["cases"];
      counts["double"] += end.charged_twice;
      counts["moved"] += end.seen.contains("a payment moved on to another account") ? 1 : 0;
      if (end.is_good()) continue;
      ++counts["failed"];
      std::fputs(fmt::format("{}, {}, {} at {}: {}: {}\n", story.name, policy.name, to_string(kind), nth,
                             end.violations.front().invariant, end.violations.front().what)
                     .c_str(),
                 stdout);
    }
  }
}

}  // namespace

int run_ambiguity(const RunOptions& options) {
  std::vector<Scenario> stories = all_scenarios();
  std::erase_if(stories, [](const Scenario& each) {
    return std::ranges::find(kStories, std::string_view(each.name)) == kStories.end();
  });
  const auto work = [&](std::size_t member, Post post) {
    Counts counts;
    for (std::size_t i = member; i < stories.size(); i += options.jobs) {
      post.set(i);
      for (const Policy& policy : kPolicies)
        play(stories[i], policy, counts);
    }
    return counts;
  };
  std::uint64_t died = 0;
  Counts counts = run_crew(options.jobs, work, [&](std::uint64_t item) {
    ++died;
    std::fputs(fmt::format("{}: a run ended its process\n", stories[item].name).c_str(), stdout);
  });
  counts["failed"] += died;
  std::fputs(fmt::format("RESULT name=ambiguity cases={} double={} failed={} moved_on={}\n", counts["cases"],
                         counts["double"], counts["failed"], counts["moved"])
                 .c_str(),
             stdout);
  const bool is_good = counts["failed"] == 0 && stories.size() == kStories.size() && counts["moved"] > 0;
  return is_good ? 0 : 1;
}

}  // namespace payweir::sim
