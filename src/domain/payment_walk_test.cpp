// Walks the payment's machine: every consistent state with every event, and everything that can be
// reached from a new payment.
#include <gtest/gtest.h>

#include <set>

#include "domain/testkit.hpp"

namespace payweir {
namespace {

using testkit::all_events;
using testkit::breaches;
using testkit::consistent_states;
using testkit::read_aggregate;
using testkit::read_event;
using testkit::write_state;

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += "\n  " + line;
  return text;
}

TEST(PaymentDecide, KeepsEveryInvariantFromEveryStateOnEveryEvent) {
  std::size_t steps = 0;
  for (const std::string& state : consistent_states()) {
    for (const std::string& word : all_events()) {
      const PaymentAggregate before = read_aggregate(state);
      std::int64_t serial = 1000;
      const auto [event, now] = read_event(word, serial);
      if (!testkit::has_its_rows(before, event)) continue;
      const Result<Decision> result = decide(before, event, now);
      const std::vector<std::string> found = breaches(before, now, result);
      EXPECT_TRUE(found.empty()) << state << " | " << word << joined(found);
      ++steps;
    }
  }
  EXPECT_GT(steps, 3000u);
}

// A person's states: commands are refused there, and what a gateway still tells keeps the invariants.
TEST(PaymentDecide, RefusesEveryCommandWhileAPersonDecides) {
  for (const std::string state :
       {"conflicted quarantined authorise:done", "requires_merchant_action unknown authorise:done"})
    for (const std::string word :
         {"give_method", "change_amount 70", "confirm", "capture 40", "cancel", "refund 40"}) {
      std::int64_t serial = 1000;
      const auto [event, now] = read_event(word, serial);
      const Result<Decision> result = decide(read_aggregate(state), event, now);
      ASSERT_FALSE(result.has_value()) << state << " | " << word;
      EXPECT_EQ(result.error().code, Code::illegal_transition) << state << " | " << word;
      EXPECT_EQ(result.error().field, "status");
    }
}

TEST(PaymentDecide, ReachesExactlyTheConsistentStates) {
  std::set<std::string> reached;
  testkit::explore([&](const testkit::Step& step) {
    reached.insert(write_state(step.before));
    const std::vector<std::string> found = breaches(step.before, step.now, step.result);
    EXPECT_TRUE(found.empty()) << write_state(step.before) << " | " << step.event << joined(found);
  });
  const std::set<std::string> listed(consistent_states().begin(), consistent_states().end());
  for (const std::string& state : reached)
    EXPECT_TRUE(listed.contains(state)) << "reached and not listed: " << state;
  for (const std::string& state : listed)
    EXPECT_TRUE(reached.contains(state)) << "listed and not reached: " << state;
}

}  // namespace
}  // namespace payweir
