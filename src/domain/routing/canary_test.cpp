#include "domain/routing/canary.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace payweir::routing {
namespace {

TEST(RoutingCanary, IsTakenBackWhenItIsWorseAndThatIsNoChance) {
  const CanaryTerms usual{.percent = 5, .worse_by_ppm = 20'000, .payments_min = 200};
  const struct {
    CanarySide canary, rest;
    CanaryTerms terms;
    bool is_worse;
    std::string_view why;
  } cases[] = {
      {{190, 200}, {3'800, 4'000}, usual, false, "as good"},
      {{200, 200}, {3'800, 4'000}, usual, false, "better"},
      {{100, 199}, {3'800, 4'000}, usual, false, "too few of its own"},
      {{100, 200}, {190, 199}, usual, false, "too few of the rest"},
      {{100, 200}, {3'800, 4'000}, usual, true, "half of them fail"},
      {{0, 200}, {200, 200}, usual, true, "all of them fail"},
      {{0, 200}, {0, 200}, usual, false, "all fail everywhere"},
      {{200, 200}, {200, 200}, usual, false, "none fails anywhere"},
      {{184, 200}, {3'800, 4'000}, usual, false, "three points worse, but of few: z = 1.9"},
      {{9'200, 10'000}, {190'000, 200'000}, usual, true, "three points worse, of many"},
      {{9'400, 10'000}, {190'000, 200'000}, usual, false, "one point worse for sure, which is allowed"},
      {{9'400, 10'000}, {190'000, 200'000}, {5, 10'000, 200}, true, "just the margin"},
      {{9'401, 10'000}, {190'000, 200'000}, {5, 10'000, 200}, false, "just less than the margin"},
      {{176, 200}, {3'800, 4'000}, usual, true, "z = 4.2"},
      {{0, 0}, {0, 0}, {5, 0, 0}, false, "nothing was paid"},
      {{5'000'000, 10'000'000}, {9'000'000, 10'000'000}, usual, true, "the largest numbers"},
      {{0, 10'000'001}, {10'000'000, 10'000'000}, usual, false, "beyond what is looked at"},
  };
  for (const auto& each : cases)
    EXPECT_EQ(is_worse(each.canary, each.rest, each.terms), each.is_worse) << each.why;
}

TEST(RoutingCanary, TakesItsShareOfEveryShare) {
  std::uint64_t random = 20261123;
  std::int64_t taken = 0, taken_of_low_draws = 0, taken_of_both = 0;
  constexpr std::int64_t kPayments = 100'000;
  for (std::int64_t n = 0; n < kPayments; ++n) {
    random = random * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    // The upper half of a salt is what a volume split draws by: here the lower fifth of it.
    const bool is_low = n % 5 == 0;
    const std::uint64_t salt = is_low ? random % (UINT64_MAX / 5) : random;
    if (!takes_canary(static_cast<std::int64_t>(salt), 7, 5)) continue;
    ++taken;
    taken_of_low_draws += is_low ? 1 : 0;
    taken_of_both += takes_canary(static_cast<std::int64_t>(salt), 8, 5) ? 1 : 0;
  }
  EXPECT_LT(std::abs(taken - kPayments / 20), 300);
  EXPECT_LT(std::abs(taken_of_low_draws - kPayments / 100), 140);
  EXPECT_LT(std::abs(taken_of_both - kPayments / 400), 70) << "another run takes others";
  EXPECT_EQ(takes_canary(1, 2, 50), takes_canary(1, 2, 50));
}

TEST(RoutingCanary, TellsTheNumbersThatDecided) {
  EXPECT_EQ(describe({178, 250}, {4'422, 4'750}),
            "approved 71.20 % of 250 payments, the rest 93.09 % of 4750");
  EXPECT_EQ(describe({1, 1}, {0, 0}), "approved 100.00 % of 1 payments, the rest 0.00 % of 0");
}

}  // namespace
}  // namespace payweir::routing
