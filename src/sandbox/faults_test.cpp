#include "sandbox/faults.hpp"

#include <gtest/gtest.h>

namespace payweir::sandbox {
namespace {

Result<Fault> read(std::string_view text) {
  const auto document = json::parse(text);
  return read_fault(document->root());
}

TEST(FaultPlan, ReadsWhatATesterWrites) {
  const auto fault =
      read(R"({"operation":"void","kind":"slow","count":3,"delay_ms":250,"rate":0.125,"account":"acct_1"})");
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->operation, Operation::void_);
  EXPECT_EQ(fault->kind, FaultKind::slow);
  EXPECT_EQ(fault->count, 3);
  EXPECT_EQ(fault->delay, milliseconds(250));
  EXPECT_EQ(fault->per_million, 125'000);
  EXPECT_EQ(fault->account, "acct_1");
  EXPECT_EQ(read(R"({"kind":"down","count":null})")->count, std::nullopt);
}

TEST(FaultPlan, NamesTheFieldThatIsWrong) {
  const std::pair<const char*, const char*> table[] = {
      {R"({})", "kind"},
      {R"({"kind":"flood"})", "kind"},
      {R"({"kind":7})", "kind"},
      {R"({"kind":"down","operation":"everything"})", "operation"},
      {R"({"kind":"down","count":-1})", "count"},
      {R"({"kind":"down","count":"many"})", "count"},
      {R"({"kind":"down","delay_ms":-1})", "delay_ms"},
      {R"({"kind":"down","rate":1.5})", "rate"},
      {R"({"kind":"down","rate":"often"})", "rate"},
  };
  for (const auto& [text, field] : table) {
    const auto fault = read(text);
    ASSERT_FALSE(fault.has_value()) << text;
    EXPECT_EQ(fault.error().field, field) << text;
  }
}

TEST(FaultPlan, StrikesAsOftenAsItsCountSays) {
  FaultPlan plan;
  Draws draws(1);
  ASSERT_TRUE(plan.plant({.operation = Operation::capture, .kind = FaultKind::down, .count = 2}).has_value());
  EXPECT_FALSE(plan.strike(Operation::refund, "", draws));
  EXPECT_TRUE(plan.strike(Operation::capture, "", draws));
  EXPECT_TRUE(plan.strike(Operation::capture, "", draws));
  EXPECT_FALSE(plan.strike(Operation::capture, "", draws));
  EXPECT_EQ(plan.all()[0].fired, 2);
}

TEST(FaultPlan, StrikesAtAboutItsRate) {
  FaultPlan plan;
  Draws draws(1);
  ASSERT_TRUE(plan.plant({.kind = FaultKind::down, .per_million = 250'000}).has_value());
  int struck = 0;
  for (int i = 0; i < 10'000; ++i)
    struck += plan.strike(Operation::query, "", draws).has_value();
  EXPECT_NEAR(struck, 2500, 200);
}

TEST(FaultPlan, HoldsOnlySoMany) {
  FaultPlan plan;
  for (std::size_t i = 0; i < FaultPlan::kFaultsMax; ++i)
    ASSERT_TRUE(plan.plant({}).has_value());
  EXPECT_FALSE(plan.plant({}).has_value());
  plan.clear();
  EXPECT_TRUE(plan.plant({}).has_value());
}

TEST(Draws, AreAFunctionOfTheirSeed) {
  Draws a(7), b(7), c(8);
  EXPECT_EQ(a.token(24), b.token(24));
  EXPECT_NE(a.bits(), c.bits());
  EXPECT_FALSE(a.chance(0));
  EXPECT_TRUE(a.chance(1'000'000));
}

}  // namespace
}  // namespace payweir::sandbox
