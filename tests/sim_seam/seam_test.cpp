// The seams hold: production flows, jobs and store run on virtual time, with a crash in the middle, and two
// runs of one seed are the same to the byte.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "story.hpp"

namespace payweir::sim {
namespace {

// What must be true at the end of every story, whatever happened in it.
void expect_truth(const StoryEnd& told, const std::string& about) {
  EXPECT_EQ(told.operations_open, 0) << about;
  EXPECT_EQ(told.inbox_waiting, 0) << about;
  EXPECT_LE(told.charges, 1) << about << ": charged twice";
  EXPECT_EQ(told.captured_minor, told.charged_minor) << about << ": the switch's word and the books differ";
  EXPECT_EQ(told.postings, told.charges) << about << ": the ledger and the books differ";
  EXPECT_EQ(told.payment_state, told.charges == 1 ? "succeeded" : "failed") << about;
  EXPECT_EQ(static_cast<std::int64_t>(told.events.size()), told.sequence)
      << about << ": webhooks are missing";
  ASSERT_FALSE(told.events.empty()) << about;
  EXPECT_EQ(told.events.back(), told.charges == 1 ? "payment_succeeded" : "payment_failed") << about;
}

std::string describe(const StoryOptions& options) {
  return "seed " + std::to_string(options.seed) + ", crash at step " + std::to_string(options.crash_at_step) +
         ", trouble " + std::to_string(options.trouble_percent) + " %";
}

void expect_same_trace(const StoryOptions& options) {
  const StoryEnd first = tell(options), second = tell(options);
  for (std::size_t i = 0; i < std::min(first.trace.size(), second.trace.size()); ++i)
    ASSERT_EQ(first.trace[i], second.trace[i]) << describe(options) << ", line " << i;
  EXPECT_EQ(first.trace_hash, second.trace_hash) << describe(options);
}

TEST(Seam, APaymentWithACrashRunsTwiceTheSame) {
  StoryOptions options;
  options.seed = 7;
  const StoryEnd calm = tell(options);
  expect_truth(calm, "without a crash");
  EXPECT_EQ(calm.status, "succeeded");
  options.crash_at_step = 25;
  const StoryEnd crashed = tell(options);
  expect_truth(crashed, describe(options));
  EXPECT_NE(
      std::ranges::find_if(crashed.trace, [](const std::string& line) { return line.ends_with(" crash"); }),
      crashed.trace.end());
  expect_same_trace(options);
}

TEST(Seam, OtherSeedsRunOtherwise) {
  EXPECT_NE(tell({.seed = 1}).trace_hash, tell({.seed = 2}).trace_hash);
}

TEST(Seam, TroubleRepeatsToo) {
  expect_same_trace({.seed = 11, .crash_at_step = 40, .trouble_percent = 40});
}

// For a closer look: SEAM_SEED=3 SEAM_CRASH=17 SEAM_TROUBLE=50 seam_test --gtest_filter=*Replays*
TEST(Seam, ReplaysWhatTheEnvironmentNames) {
  if (std::getenv("SEAM_SEED") == nullptr) GTEST_SKIP() << "SEAM_SEED names no story";
  const auto number = [](const char* name) {
    const char* text = std::getenv(name);
    return text == nullptr ? 0 : std::strtoull(text, nullptr, 10);
  };
  const StoryOptions options{.seed = number("SEAM_SEED"),
                             .crash_at_step = number("SEAM_CRASH"),
                             .trouble_percent = number("SEAM_TROUBLE")};
  const StoryEnd told = tell(options);
  for (const std::string& line : told.trace)
    std::puts(line.c_str());
  expect_truth(told, describe(options));
}

// C01 to C05: the process ends before and after each await and each commit of the request; the client asks
// again with its key.
TEST(Faults, C01_to_C05_ACrashAtAnyStepOfAPaymentChargesOnce) {
  for (std::uint64_t step = 1; step <= 120; ++step) {
    const StoryOptions options{.seed = 3, .crash_at_step = step};
    expect_truth(tell(options), describe(options));
  }
}

TEST(Seam, TroubledStoriesEndInTheGatewaysTruth) {
  int failed = 0, charged = 0;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    const StoryOptions options{.seed = seed, .crash_at_step = 1 + seed * 13 % 120, .trouble_percent = 50};
    const StoryEnd told = tell(options);
    expect_truth(told, describe(options));
    (told.charges == 1 ? charged : failed) += 1;
  }
  EXPECT_GT(charged, 0);
  EXPECT_GT(failed, 0);  // requests that were lost, and fenced before they were called failed
}

TEST(Faults, B02_AHundredCopiesOfACallbackCountOnce) {
  const StoryOptions options{.seed = 5, .callback_copies = 100};
  const StoryEnd told = tell(options);
  expect_truth(told, describe(options));
  EXPECT_EQ(told.charges, 1);
  EXPECT_GT(told.inbox_done, 0);
}

// Wherever the process ends once the callback is stored, the next one works the inbox off.
TEST(Faults, B10_ACallbackThatWasStoredBeforeACrashIsWorkedOff) {
  const StoryEnd calm = tell({.seed = 9});
  ASSERT_GT(calm.acknowledged_at_step, 0u);
  for (std::uint64_t later = 1; later <= 20; ++later) {
    const StoryOptions options{.seed = 9, .crash_at_step = calm.acknowledged_at_step + later};
    const StoryEnd told = tell(options);
    expect_truth(told, describe(options));
    EXPECT_GT(told.inbox_done, 0);
  }
}

}  // namespace
}  // namespace payweir::sim
