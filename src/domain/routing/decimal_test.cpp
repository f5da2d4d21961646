#include "domain/routing/decimal.hpp"

#include <gtest/gtest.h>

namespace payweir::routing {
namespace {

TEST(RoutingDecimal, ReadsWhatPeopleWriteAndNothingElse) {
  const struct {
    std::string_view text;
    std::int64_t units, max;
    std::optional<std::int64_t> expected;
  } cases[] = {
      {"0", 1'000'000, 1'000'000, 0},
      {"1", 1'000'000, 1'000'000, 1'000'000},
      {"0.9", 1'000'000, 1'000'000, 900'000},
      {"0.000001", 1'000'000, 1'000'000, 1},
      {"1.000000", 1'000'000, 1'000'000, 1'000'000},
      {"0.5", 10'000, 1'000'000, 5'000},
      {"98.25", 10'000, 1'000'000, 982'500},
      {"100", 10'000, 1'000'000, 1'000'000},
      {"5", 1, 100, 5},
      {"1.000001", 1'000'000, 1'000'000, std::nullopt},
      {"2", 1'000'000, 1'000'000, std::nullopt},
      {"0.0000001", 1'000'000, 1'000'000, std::nullopt},
      {"5.0", 1, 100, std::nullopt},
      {"", 1, 100, std::nullopt},
      {".5", 10, 100, std::nullopt},
      {"1.", 10, 100, std::nullopt},
      {"-1", 1, 100, std::nullopt},
      {"+1", 1, 100, std::nullopt},
      {"1e2", 1, 100, std::nullopt},
      {"01", 1, 100, std::nullopt},
      {"1.2.3", 100, 1'000, std::nullopt},
      {" 1", 1, 100, std::nullopt},
      {"99999999999999999999999999", 1, 1'000'000'000'000'000, std::nullopt},
  };
  for (const auto& each : cases)
    EXPECT_EQ(scaled_decimal(each.text, each.units, each.max), each.expected) << each.text;
}

}  // namespace
}  // namespace payweir::routing
