#include "domain/routing/algorithm_json.hpp"

#include <gtest/gtest.h>

#include "domain/routing/compiled_program.hpp"

namespace payweir::routing {
namespace {

Result<Algorithm> read(std::string_view text) {
  const auto document = json::parse(text, kAlgorithmLimits);
  EXPECT_TRUE(document) << text;
  return read_algorithm(document->root(), "algorithm");
}

// As the peer's dashboard writes it.
constexpr std::string_view kAdvanced = R"({"type":"advanced","data":{
  "defaultSelection":{"type":"priority","data":["stripe",{"connector":"alipay","merchant_connector_id":"mca_2"}]},
  "rules":[{"name":"rule_1",
    "connectorSelection":{"type":"volume_split","data":[
      {"connector":{"connector":"stripe","merchant_connector_id":"mca_1"},"split":70},
      {"connector":{"connector":"alipay"},"split":30}]},
    "statements":[{"condition":[
        {"lhs":"amount","comparison":"greater_than","value":{"type":"number","value":100},"metadata":{}},
        {"lhs":"card_network","comparison":"equal",
         "value":{"type":"enum_variant_array","value":["Visa","AmericanExpress"]},"metadata":{}}],
      "nested":[{"condition":[{"lhs":"metadata","comparison":"not_equal",
        "value":{"type":"metadata_variant","value":{"key":"tier","value":"gold"}},"metadata":{}}],"nested":null}]}]},
  {"name":"rule_2","routingOutput":{"type":"priority","data":["alipay"]},
    "statements":[{"condition":[
        {"lhs":"amount","comparison":"equal","value":{"type":"number_comparison_array","value":[
          {"comparisonType":"greater_than","number":5},{"comparisonType":"less_than","number":9}]},"metadata":{}},
        {"lhs":"card_bin","comparison":"equal","value":{"type":"str_value","value":"424242"},"metadata":{}},
        {"lhs":"success_rate","comparison":"greater_than","value":{"type":"number","value":0.905},"metadata":{}}]}]}],
  "metadata":{}}})";

TEST(RoutingAlgorithm, ReadsWhatThePeersClientsSend) {
  const Result<Algorithm> algorithm = read(kAdvanced);
  ASSERT_TRUE(algorithm) << algorithm.error().field << ": " << algorithm.error().detail;
  EXPECT_EQ(algorithm->kind, AlgorithmKind::advanced);
  const Program& program = algorithm->program;
  EXPECT_EQ(std::get<Priority>(program.default_selection).choices,
            (std::vector<Choice>{{"stripe", ""}, {"alipay", "mca_2"}}));
  ASSERT_EQ(program.rules.size(), 2u);
  EXPECT_EQ(std::get<VolumeSplit>(program.rules[0].selection).shares,
            (std::vector<Share>{{{"stripe", "mca_1"}, 70}, {{"alipay", ""}, 30}}));
  ASSERT_EQ(program.rules[0].statements[0].nested.size(), 1u);
  const auto& condition = program.rules[1].statements[0].condition;
  EXPECT_EQ(std::get<std::vector<NumberBound>>(condition[0].value)[1].number, 9);
  EXPECT_EQ(std::get<Text>(condition[1].value).text, "424242");
  EXPECT_EQ(std::get<std::int64_t>(condition[2].value), 905'000);
  const std::vector<Choice> accounts = {{"stripe", "mca_1"}, {"alipay", "mca_2"}};
  EXPECT_TRUE(CompiledProgram::compile(program, accounts));
}

TEST(RoutingAlgorithm, TheOtherKindsAreADefaultWithoutRules) {
  const auto single =
      read(R"({"type":"single","data":{"connector":"stripe","merchant_connector_id":"mca_1"}})");
  ASSERT_TRUE(single);
  EXPECT_EQ(std::get<Priority>(single->program.default_selection).choices,
            (std::vector<Choice>{{"stripe", "mca_1"}}));
  const auto priority = read(R"({"type":"priority","data":[{"connector":"stripe"},"alipay"]})");
  ASSERT_TRUE(priority);
  EXPECT_EQ(std::get<Priority>(priority->program.default_selection).choices.size(), 2u);
  const auto split = read(R"({"type":"volume_split","data":[{"connector":"stripe","split":100}]})");
  ASSERT_TRUE(split);
  EXPECT_EQ(split->kind, AlgorithmKind::volume_split);
}

TEST(RoutingAlgorithm, ReadsTheOneThatTakesTheBest) {
  const auto plain = read(R"({"type":"dynamic","data":{}})");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->kind, AlgorithmKind::dynamic);
  const auto& all = std::get<Best>(plain->program.default_selection);
  EXPECT_TRUE(all.choices.empty() && all.explores && all.within_ppm == 0);
  const auto full = read(
      R"({"type":"dynamic","data":{"accounts":["stripe"],"cost":{"within_percent":"0.5"},"explore":false}})");
  ASSERT_TRUE(full);
  const auto& best = std::get<Best>(full->program.default_selection);
  EXPECT_EQ(best.choices, (std::vector<Choice>{{"stripe", ""}}));
  EXPECT_EQ(best.within_ppm, 5'000);
  EXPECT_FALSE(best.explores);
}

TEST(RoutingAlgorithm, NamesTheFieldOfWhatCannotBeCompiled) {
  const struct {
    std::string_view text, field;
  } cases[] = {
      {R"({"type":"single","data":"paypal"})", "routing.data"},
      {R"({"type":"priority","data":[]})", "routing.data"},
      {R"({"type":"priority","data":["stripe","paypal"]})", "routing.data[1]"},
      {R"({"type":"volume_split","data":[{"connector":"stripe","split":99}]})", "routing.data"},
      {R"({"type":"dynamic","data":{"accounts":["paypal"]}})", "routing.data.accounts[0]"},
      {R"({"type":"advanced","data":{"defaultSelection":{"type":"priority","data":["paypal"]},"rules":[]}})",
       "routing.data.defaultSelection.data[0]"},
      {R"({"type":"advanced","data":{"defaultSelection":{"type":"priority","data":["stripe"]},"rules":[
          {"name":"r","connectorSelection":{"type":"dynamic","data":{"accounts":["paypal"]}},"statements":[]}]}})",
       "routing.data.rules[0].connectorSelection.data.accounts[0]"},
  };
  const std::vector<Choice> accounts = {{"stripe", "mca_1"}};
  for (const auto& each : cases) {
    const auto algorithm = read(each.text);
    ASSERT_TRUE(algorithm) << each.text;
    const auto compiled = compile_algorithm(*algorithm, "routing", accounts);
    ASSERT_FALSE(compiled) << each.text;
    EXPECT_EQ(compiled.error().field, each.field);
  }
}

TEST(RoutingAlgorithm, NamesTheFieldThatIsWrong) {
  const struct {
    std::string_view text, field;
  } cases[] = {
      {R"([])", "algorithm"},
      {R"({"data":{}})", "algorithm.type"},
      {R"({"type":"random","data":{}})", "algorithm.type"},
      {R"({"type":"single"})", "algorithm.data"},
      {R"({"type":"single","data":{"merchant_connector_id":"mca_1"}})", "algorithm.data.connector"},
      {R"({"type":"single","data":{"connector":"stripe","merchant_connector_id":7}})",
       "algorithm.data.merchant_connector_id"},
      {R"({"type":"priority","data":{}})", "algorithm.data"},
      {R"({"type":"priority","data":["stripe",7]})", "algorithm.data[1]"},
      {R"({"type":"volume_split","data":[{"connector":"stripe"}]})", "algorithm.data[0].split"},
      {R"({"type":"volume_split","data":[{"connector":"stripe","split":101}]})", "algorithm.data[0].split"},
      {R"({"type":"dynamic","data":[]})", "algorithm.data"},
      {R"({"type":"dynamic","data":{"accounts":"stripe"}})", "algorithm.data.accounts"},
      {R"({"type":"dynamic","data":{"explore":"no"}})", "algorithm.data.explore"},
      {R"({"type":"dynamic","data":{"cost":{}}})", "algorithm.data.cost.within_percent"},
      {R"({"type":"dynamic","data":{"cost":{"within_percent":0.5}}})", "algorithm.data.cost.within_percent"},
      {R"({"type":"dynamic","data":{"cost":{"within_percent":"101"}}})",
       "algorithm.data.cost.within_percent"},
      {R"({"type":"advanced","data":{"rules":[]}})", "algorithm.data.defaultSelection"},
      {R"({"type":"advanced","data":{"defaultSelection":{"type":"none","data":[]},"rules":[]}})",
       "algorithm.data.defaultSelection.type"},
      {R"({"type":"advanced","data":{"defaultSelection":{"type":"priority","data":["stripe"]}}})",
       "algorithm.data.rules"},
  };
  for (const auto& each : cases) {
    const auto algorithm = read(each.text);
    ASSERT_FALSE(algorithm) << each.text;
    EXPECT_EQ(algorithm.error().field, each.field) << each.text;
  }
}

TEST(RoutingAlgorithm, NamesTheValueThatIsWrong) {
  const struct {
    std::string_view comparison, field;
  } cases[] = {
      {R"({"comparison":"equal","value":{"type":"number","value":1}})", "lhs"},
      {R"({"lhs":"amount","comparison":"like","value":{"type":"number","value":1}})", "comparison"},
      {R"({"lhs":"amount","comparison":"equal"})", "value"},
      {R"({"lhs":"amount","comparison":"equal","value":{"type":"money","value":1}})", "value.type"},
      {R"({"lhs":"amount","comparison":"equal","value":{"type":"number","value":"1"}})", "value.value"},
      {R"({"lhs":"amount","comparison":"equal","value":{"type":"number","value":1.5}})", "value.value"},
      {R"({"lhs":"amount","comparison":"equal","value":{"type":"number_array","value":[1,"2"]}})",
       "value.value[1]"},
      {R"({"lhs":"success_rate","comparison":"equal","value":{"type":"number","value":1.5}})", "value.value"},
      {R"({"lhs":"currency","comparison":"equal","value":{"type":"enum_variant","value":5}})", "value.value"},
      {R"({"lhs":"metadata","comparison":"equal","value":{"type":"metadata_variant","value":{"key":"k"}}})",
       "value.value.value"},
  };
  for (const auto& each : cases) {
    const auto algorithm = read(
        R"({"type":"advanced","data":{"defaultSelection":{"type":"priority","data":["stripe"]},"rules":[)"
        R"({"name":"r","connectorSelection":{"type":"priority","data":["stripe"]},"statements":[{"condition":[)" +
        std::string(each.comparison) + "]}]}]}}");
    ASSERT_FALSE(algorithm) << each.comparison;
    EXPECT_EQ(algorithm.error().field,
              "algorithm.data.rules[0].statements[0].condition[0]." + std::string(each.field));
  }
}

}  // namespace
}  // namespace payweir::routing
