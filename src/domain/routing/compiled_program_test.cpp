#include "domain/routing/compiled_program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace payweir::routing {
namespace {

const std::vector<Choice> kAccounts = {{"stripe", "mca_1"}, {"stripe", "mca_2"}, {"adyen", "mca_3"}};
Standing standing(std::int32_t rate_ppm, std::int32_t cost_bps) {
  return {{.rate_ppm = rate_ppm, .day_ppm = rate_ppm, .drawn_ppm = rate_ppm}, cost_bps};
}
const std::vector<Candidate> kCandidates = {{"stripe", "mca_1", standing(900'000, 290)},
                                            {"stripe", "mca_2", standing(950'000, 250)},
                                            {"adyen", "mca_3", standing(800'000, 100)}};

Selection to(std::vector<Choice> choices) {
  return Priority{std::move(choices)};
}
Comparison word(std::string lhs, std::string value, Operator op = Operator::equal) {
  return {std::move(lhs), op, Word{std::move(value)}};
}
Comparison amount(Operator op, std::int64_t number) {
  return {"amount", op, number};
}
Rule rule(std::string name, std::vector<Comparison> condition, std::vector<Choice> choices) {
  return {std::move(name), to(std::move(choices)), {{std::move(condition), {}}}};
}

Facts facts(std::int64_t minor, std::string_view currency, std::string_view network = "") {
  Facts made;
  made.amount = {minor, Currency::parse(currency).value()};
  made.set(Key::currency, currency);
  made.set(Key::payment_method, "card");
  made.set(Key::card_network, network);
  return made;
}

CompiledProgram compiled(std::vector<Rule> rules) {
  auto made = CompiledProgram::compile({to({{"adyen", ""}}), std::move(rules)}, kAccounts);
  EXPECT_TRUE(made) << made.error().field << ": " << made.error().detail;
  return std::move(*made);
}

std::string why_refused(std::vector<Rule> rules) {
  const auto made = CompiledProgram::compile({to({{"adyen", ""}}), std::move(rules)}, kAccounts);
  return made ? "" : made.error().field + ": " + made.error().detail;
}

TEST(RoutingProgram, TheFirstRuleThatHoldsDecides) {
  const CompiledProgram program =
      compiled({rule("small", {amount(Operator::less_than, 1000)}, {{"stripe", "mca_2"}}),
                rule("euros", {word("currency", "EUR")}, {{"stripe", ""}})});
  const auto order_of = [&](const Facts& of) { return program.decide(of, kCandidates).order; };
  EXPECT_EQ(order_of(facts(999, "EUR")), (std::vector<std::size_t>{1}));
  EXPECT_EQ(order_of(facts(1000, "EUR")), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(order_of(facts(1000, "USD")), (std::vector<std::size_t>{2}));
  EXPECT_EQ(program.decide(facts(1000, "USD"), kCandidates).rule, Ruling::kDefault);
  EXPECT_EQ(program.rule_name(program.decide(facts(5, "USD"), kCandidates).rule), "small");
}

TEST(RoutingProgram, TheBestOfThoseThatAreLeftComesFirst) {
  const auto order_of = [](Best best, std::vector<Comparison> condition = {}) {
    Program program{best, {}};
    if (!condition.empty()) program = {to({{"adyen", ""}}), {{"best", best, {{condition, {}}}}}};
    return CompiledProgram::compile(program, kAccounts).value().decide(facts(1, "USD"), kCandidates).order;
  };
  using Order = std::vector<std::size_t>;
  EXPECT_EQ(order_of({}), (Order{1, 0, 2}));
  EXPECT_EQ(order_of({.within_ppm = 150'000}), (Order{2, 1, 0})) << "the cheapest of those that are near";
  EXPECT_EQ(order_of({.choices = {{"adyen", ""}, {"stripe", "mca_1"}}}), (Order{0, 2}));
  const Comparison cheap{"cost_bps", Operator::less_than, std::int64_t{251}};
  EXPECT_EQ(order_of({}, {cheap}), (Order{1, 2}));
  EXPECT_EQ(order_of({.choices = {{"stripe", ""}}}, {cheap}), (Order{1}));
  EXPECT_EQ(order_of({.choices = {{"stripe", "mca_1"}}}, {cheap}), (Order{2})) << "none is left: the default";
}

TEST(RoutingProgram, SaysThatItExplores) {
  std::vector<Candidate> candidates = kCandidates;
  candidates[2].standing.estimate.drawn_ppm = 990'000;
  const auto decide = [&](bool explores) {
    return CompiledProgram::compile({Best{.explores = explores}, {}}, kAccounts)
        .value()
        .decide(facts(1, "USD"), candidates);
  };
  EXPECT_EQ(decide(true).order, (std::vector<std::size_t>{2, 1, 0}));
  EXPECT_TRUE(decide(true).has_explored);
  EXPECT_EQ(decide(false).order, (std::vector<std::size_t>{1, 0, 2}));
  EXPECT_FALSE(decide(false).has_explored);
}

TEST(RoutingProgram, AStatementWithNestedOnesNeedsOneOfThem) {
  Rule nested = rule("nested", {word("payment_method", "card")}, {{"stripe", "mca_1"}});
  nested.statements[0].nested = {{{word("card_network", "Visa"), amount(Operator::greater_than, 100)}, {}},
                                 {{word("card_network", "AmericanExpress")}, {}}};
  const CompiledProgram program = compiled({nested});
  const auto is_it = [&](const Facts& of) { return program.decide(of, kCandidates).rule == 0; };
  EXPECT_TRUE(is_it(facts(101, "USD", "visa")));
  EXPECT_FALSE(is_it(facts(100, "USD", "visa")));
  EXPECT_TRUE(is_it(facts(100, "USD", "amex")));
  EXPECT_FALSE(is_it(facts(500, "USD", "jcb")));
  EXPECT_FALSE(is_it(facts(500, "USD")));
}

TEST(RoutingProgram, WhatIsNotKnownIsNotEqualToAnything) {
  const CompiledProgram program =
      compiled({rule("others", {word("card_network", "visa", Operator::not_equal)}, {{"stripe", ""}})});
  EXPECT_EQ(program.decide(facts(1, "USD"), kCandidates).rule, 0u);
  EXPECT_EQ(program.decide(facts(1, "USD", "jcb"), kCandidates).rule, 0u);
  EXPECT_EQ(program.decide(facts(1, "USD", "visa"), kCandidates).rule, Ruling::kDefault);
}

TEST(RoutingProgram, NumbersAreComparedWithListsAndBounds) {
  const auto holds_for = [](Comparison comparison) {
    const CompiledProgram program = compiled({rule("r", {std::move(comparison)}, {{"stripe", ""}})});
    std::vector<std::int64_t> held;
    for (std::int64_t minor = 0; minor < 10; ++minor)
      if (program.decide(facts(minor, "USD"), kCandidates).rule == 0) held.push_back(minor);
    return held;
  };
  const std::vector<std::int64_t> list = {7, 3, 4, 3};
  using Numbers = std::vector<std::int64_t>;
  EXPECT_EQ(holds_for({"amount", Operator::equal, list}), (Numbers{3, 4, 7}));
  EXPECT_EQ(holds_for({"amount", Operator::not_equal, list}), (Numbers{0, 1, 2, 5, 6, 8, 9}));
  const std::vector<NumberBound> bounds = {
      {Operator::greater_than, 2}, {Operator::less_than_equal, 5}, {Operator::not_equal, 4}};
  EXPECT_EQ(holds_for({"amount", Operator::equal, bounds}), (Numbers{3, 5}));
}

TEST(RoutingProgram, MetadataIsComparedByItsKey) {
  const CompiledProgram program = compiled(
      {rule("vip", {{"metadata", Operator::equal, MetadataEntry{"tier", "gold"}}}, {{"stripe", ""}})});
  Facts of = facts(1, "USD");
  of.metadata = {{"gold", "tier"}, {"tier", "silver"}};
  EXPECT_EQ(program.decide(of, kCandidates).rule, Ruling::kDefault);
  of.metadata = {{"other", "1"}, {"tier", "gold"}};
  EXPECT_EQ(program.decide(of, kCandidates).rule, 0u);
}

TEST(RoutingProgram, ASplitFollowsTheDraw) {
  Rule split = rule("split", {word("currency", "USD")}, {});
  split.selection = VolumeSplit{{{{"adyen", ""}, 25}, {{"stripe", "mca_1"}, 75}}};
  const CompiledProgram program = compiled({split});
  int at_adyen = 0;
  for (std::uint32_t draw = 0; draw < 1000; ++draw) {
    Facts of = facts(1, "USD");
    of.draw = draw * 4'294'967;
    const Ruling ruling = program.decide(of, kCandidates);
    ASSERT_EQ(ruling.order.size(), 2u);
    at_adyen += ruling.order[0] == 2 ? 1 : 0;
    EXPECT_EQ(ruling.percent, ruling.order[0] == 2 ? 25 : 75);
  }
  EXPECT_NEAR(at_adyen, 250, 1);
}

TEST(RoutingProgram, ASplitGoesToTheOthersWhenTheDrawnAccountCannotTakeIt) {
  Rule split = rule("split", {word("currency", "USD")}, {});
  split.selection = VolumeSplit{{{{"adyen", ""}, 100}, {{"stripe", "mca_1"}, 0}}};
  const CompiledProgram program = compiled({split});
  const Ruling ruling = program.decide(facts(1, "USD"), std::span(kCandidates).first(2));
  EXPECT_EQ(ruling.order, (std::vector<std::size_t>{0}));
  EXPECT_EQ(ruling.percent, 0);
}

TEST(RoutingProgram, ConditionsOnAccountsKeepThoseThatMeetThem) {
  const CompiledProgram program =
      compiled({rule("good and cheap",
                     {{"success_rate", Operator::greater_than, std::int64_t{900'000}},
                      {"cost_bps", Operator::less_than, std::int64_t{260}}},
                     {{"adyen", ""}, {"stripe", "mca_1"}, {"stripe", "mca_2"}}),
                rule("good", {{"success_rate", Operator::greater_than, std::int64_t{850'000}}},
                     {{"stripe", "mca_1"}})});
  EXPECT_EQ(program.decide(facts(1, "USD"), kCandidates).order, (std::vector<std::size_t>{1}));
  const Ruling second = program.decide(facts(1, "USD"), std::span(kCandidates).first(1));
  EXPECT_EQ(second.rule, 1u);
  EXPECT_EQ(second.order, (std::vector<std::size_t>{0}));
}

TEST(RoutingProgram, RefusesWhatCannotBeMeantAndNamesTheRule) {
  const std::vector<Choice> stripe = {{"stripe", ""}};
  const struct {
    Rule rule;
    std::string_view why;
  } cases[] = {
      {rule("r", {word("colour", "red")}, stripe), "rules[0].statements[0].condition[0].lhs: rule \"r\""},
      {rule("r", {word("amount", "100")}, stripe), "\"amount\" is a number"},
      {rule("r", {{"currency", Operator::equal, std::int64_t{840}}}, stripe),
       "compared with an enum_variant"},
      {rule("r", {word("currency", "EUX")}, stripe), "\"EUX\" is no currency"},
      {rule("r", {word("currency", "EUR", Operator::less_than)}, stripe), "can only be equal or not_equal"},
      {rule("r", {{"card_bin", Operator::equal, Text{"42424"}}}, stripe), "\"42424\" is no card_bin"},
      {rule("r", {{"metadata", Operator::equal, Word{"gold"}}}, stripe), "metadata_variant"},
      {rule("r", {word("currency", "EUR")}, {{"paypal", ""}}), "no account of connector \"paypal\""},
      {rule("r", {word("currency", "EUR")}, {{"stripe", "mca_3"}}), "no account mca_3"},
      {rule("r", {word("currency", "EUR")}, {}), "names no connector"},
      {rule("r", {}, stripe), "no comparison"},
      {rule("", {word("currency", "EUR")}, stripe), "a rule needs a name"},
      {rule("r", {word("currency", "EUR"), word("currency", "USD")}, stripe), "contradict each other"},
      {rule("r", {amount(Operator::greater_than, 9), amount(Operator::less_than, 10)}, stripe),
       "contradict each other"},
  };
  for (const auto& each : cases)
    EXPECT_TRUE(why_refused({each.rule}).contains(each.why)) << why_refused({each.rule}) << "\n" << each.why;
  Rule split = rule("r", {word("currency", "EUR")}, {});
  split.selection = VolumeSplit{{{{"adyen", ""}, 50}, {{"stripe", ""}, 49}}};
  EXPECT_TRUE(why_refused({split}).contains("make 99 per cent"));
}

TEST(RoutingProgram, RefusesARuleThatIsNeverReached) {
  const std::vector<Choice> stripe = {{"stripe", ""}};
  const Rule euros = rule("euros", {word("currency", "EUR")}, stripe);
  const Rule many = {
      "many", to(stripe), {{{{"currency", Operator::equal, std::vector<Word>{{"EUR"}, {"USD"}}}}, {}}}};
  const Rule small_euros =
      rule("small euros", {word("currency", "EUR"), amount(Operator::less_than, 10)}, stripe);
  EXPECT_TRUE(why_refused({euros, small_euros}).contains("decided by rule \"euros\""));
  EXPECT_TRUE(why_refused({many, euros}).contains("decided by rule \"many\""));
  EXPECT_EQ(why_refused({euros, many}), "");
  EXPECT_EQ(why_refused({small_euros, euros}), "");
  // Whether a rule on accounts decides is not known beforehand.
  Rule good = euros;
  good.name = "good";
  good.statements[0].condition.push_back({"success_rate", Operator::greater_than, std::int64_t{900'000}});
  EXPECT_EQ(why_refused({good, euros}), "");
}

// The program read as it is written, without compiling: what the compiled one is held to.
bool holds(const Comparison& comparison, const Facts& of) {
  if (comparison.lhs == "amount") {
    const std::int64_t number = std::get<std::int64_t>(comparison.value);
    switch (comparison.op) {
      case Operator::equal: return of.amount.minor == number;
      case Operator::not_equal: return of.amount.minor != number;
      case Operator::less_than: return of.amount.minor < number;
      case Operator::less_than_equal: return of.amount.minor <= number;
      case Operator::greater_than: return of.amount.minor > number;
      case Operator::greater_than_equal: return of.amount.minor >= number;
    }
  }
  const Key key = find_key(comparison.lhs)->key;
  const bool is_equal = std::ranges::any_of(of.words, [&](const auto& pair) {
    return pair.first == key && pair.second == canonical(key, std::get<Word>(comparison.value).text);
  });
  return is_equal == (comparison.op == Operator::equal);
}
bool holds(const Statement& statement, const Facts& of) {
  return std::ranges::all_of(statement.condition, [&](const auto& each) { return holds(each, of); }) &&
         (statement.nested.empty() ||
          std::ranges::any_of(statement.nested, [&](const auto& each) { return holds(each, of); }));
}

TEST(RoutingProgram, DecidesAsItIsWritten) {
  std::uint64_t random = 20261122;
  const auto below = [&](std::uint32_t limit) {
    random = random * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return static_cast<std::uint32_t>(random >> 33) % limit;
  };
  const std::vector<std::string> currencies = {"EUR", "USD", "CNY"}, networks = {"visa", "amex", "jcb"};
  const auto comparison = [&] {
    if (below(2) == 0) return amount(static_cast<Operator>(below(6)), below(8));
    const auto op = static_cast<Operator>(below(2));
    return below(2) == 0 ? word("currency", currencies[below(3)], op)
                         : word("card_network", networks[below(3)], op);
  };
  int stored = 0, decided_by_rule = 0;
  for (int round = 0; round < 1500; ++round) {
    Program program{to({{"adyen", ""}}), {}};
    for (std::uint32_t number = 0; number <= below(4); ++number) {
      Rule made = rule("rule " + std::to_string(number), {comparison(), comparison()}, {{"stripe", ""}});
      if (below(2) == 0) made.statements[0].nested = {{{comparison()}, {}}, {{comparison()}, {}}};
      if (below(2) == 0) made.statements.push_back({{comparison()}, {}});
      program.rules.push_back(std::move(made));
    }
    const auto compiled = CompiledProgram::compile(program, kAccounts);
    std::vector<bool> was_reached(program.rules.size());
    for (const std::string& currency : currencies)
      for (const std::string network : {"visa", "amex", "jcb", "discover", ""})
        for (std::int64_t minor = -1; minor < 9; ++minor) {
          const Facts of = facts(minor, currency, network);
          const auto first = std::ranges::find_if(program.rules, [&](const Rule& each) {
            return std::ranges::any_of(each.statements, [&](const auto& one) { return holds(one, of); });
          });
          const auto index = static_cast<std::size_t>(first - program.rules.begin());
          if (first != program.rules.end()) was_reached[index] = true;
          if (!compiled) continue;
          const Ruling ruling = compiled->decide(of, kCandidates);
          ASSERT_EQ(ruling.rule, first == program.rules.end() ? Ruling::kDefault : index) << round;
          decided_by_rule += first == program.rules.end() ? 0 : 1;
        }
    stored += compiled ? 1 : 0;
    // What is refused as never reached is not; all else that is refused contradicts itself.
    if (!compiled && compiled.error().detail.contains("never reached")) {
      const std::size_t refused = static_cast<std::size_t>(std::stoi(compiled.error().field.substr(6)));
      ASSERT_FALSE(was_reached[refused]) << round;
    }
  }
  EXPECT_GT(stored, 200);
  EXPECT_GT(decided_by_rule, 10'000);
}

}  // namespace
}  // namespace payweir::routing
