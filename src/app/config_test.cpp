#include "app/config.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>

namespace payweir::app {
namespace {

class ConfigFile {
 public:
  explicit ConfigFile(std::string_view text) {
    char name[] = "/tmp/payweir-config-XXXXXX";
    const int file = ::mkstemp(name);
    path_ = name;
    std::ofstream(path_) << text;
    ::close(file);
  }
  ~ConfigFile() { std::remove(path_.c_str()); }
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string problem_of(std::string_view text) {
  const ConfigFile file(text);
  const Result<Config> config = load_config(file.path(), {});
  if (config) return "none";
  EXPECT_EQ(config.error().code, Code::configuration_invalid);
  std::string detail = config.error().detail;
  if (detail.starts_with(file.path())) detail.replace(0, file.path().size(), "FILE");
  return detail;
}

TEST(Config, WhatIsWrongIsNamedByFileLineKeyAndWhatWasExpected) {
  EXPECT_EQ(problem_of("[server]\nlisten = 8080\n"), "FILE:2: server.listen: expected a text");
  EXPECT_EQ(problem_of("[connectors]\n\ntimeout_ms = 50\n"),
            "FILE:3: connectors.timeout_ms: expected a whole number from 100 to 120000");
  EXPECT_EQ(problem_of("[log]\nlevel = \"loud\"\n"),
            "FILE:2: log.level: expected one of \"debug\" \"info\" \"warning\" \"error\"");
  EXPECT_EQ(problem_of("[webhooks]\nallow_private = 1\n"),
            "FILE:2: webhooks.allow_private: expected true or false");
  EXPECT_EQ(problem_of("[server]\nlisten = \"127.0.0.1:1\"\nlitsen = \"x\"\n"),
            "FILE:3: server.litsen: no such key (payweir config check --list shows all)");
  EXPECT_TRUE(problem_of("[server\n").starts_with("FILE:1: "));
  EXPECT_EQ(problem_of("[server]\nlisten = \"127.0.0.1:9000\"\n"), "none");
}

// Behind the first line, which names the rule.
std::string problem_of_rule(std::string_view members) {
  return problem_of("[[routing.rules]]\nname = \"r\"\n" + std::string(members) + "\n");
}

TEST(Config, RoutingRulesDecide) {
  const ConfigFile file(R"([[routing.rules]]
name = "große Beträge"  # which are more than bytes
condition = { success_rate = { gt = 0.9 }, cost_bps = { lt = 150 }, currency = ["EUR", "USD"], amount = { gte = 1000 } }
processors = ["adyen", "stripe", "paypal"]

[[routing.rules]]
name = "gold"
condition = { metadata = { tier = "gold" }, card_network = { ne = ["Visa", "Mastercard"] }, card_bin = "424242" }
processors = ["alipay"]

[[routing.rules]]
name = "the rest"
processors = ["wechatpay", "stripe"]
)");
  const Result<Config> config = load_config(file.path(), {});
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->routing_rule_names, (std::vector<std::string>{"große Beträge", "gold", "the rest"}));
  ASSERT_EQ(config->warnings.size(), 2u) << "adyen and paypal";
  EXPECT_TRUE(config->warnings[0].contains("adyen") && config->warnings[0].contains("große Beträge"));

  std::vector<routing::Candidate> candidates = {
      {"wechatpay", "mca_1", {}}, {"alipay", "mca_2", {}}, {"stripe", "mca_3", {}}};
  candidates[2].standing = {{.rate_ppm = 900'001}, 149};
  routing::Facts facts;
  facts.amount = {1000, *Currency::parse("EUR")};
  facts.set(routing::Key::currency, "EUR");
  const auto rule = [&] {
    const routing::Ruling ruling = config->routing_rules->decide(facts, candidates);
    return std::string(config->routing_rules->rule_name(ruling.rule)) + " " +
           std::string(candidates[ruling.order.at(0)].connector);
  };
  EXPECT_EQ(rule(), "große Beträge stripe");
  candidates[2].standing.estimate.rate_ppm = 900'000;
  EXPECT_EQ(rule(), "the rest wechatpay");
  candidates[2].standing = {{.rate_ppm = 900'001}, 150};
  EXPECT_EQ(rule(), "the rest wechatpay");
  facts.metadata = {{"tier", "gold"}};
  facts.set(routing::Key::card_network, "amex");
  facts.set(routing::Key::card_bin, "424242");
  EXPECT_EQ(rule(), "gold alipay");
}

TEST(Config, ARoutingRuleThatCannotBeMeantIsNamedWithItsKey) {
  const std::string head = "FILE:3: routing.rules: rule \"r\": ", processors = "\nprocessors = [\"stripe\"]";
  const struct {
    std::string members, problem;
  } cases[] = {
      {"condition = { colour = \"red\" }" + processors, "condition.colour: no such key"},
      {"conditions = {}" + processors, "conditions: no such key"},
      {"condition = 5" + processors, "condition: expected a table"},
      {"condition = { currency = 5 }" + processors,
       "condition.currency: expected a text or an array of texts"},
      {"condition = { currency = \"XXQ\" }" + processors, "condition.currency: \"XXQ\" is none"},
      {"condition = { currency = { gt = \"EUR\" } }" + processors, "condition.currency: words are compared"},
      {"condition = { amount = \"5\" }" + processors, "condition.amount: expected a whole number"},
      {"condition = { amount = 5.5 }" + processors, "condition.amount: expected a whole number"},
      {"condition = { amount = { above = 5 } }" + processors, "condition.amount: numbers are compared by"},
      {"condition = { success_rate = { gt = 90 } }" + processors,
       "condition.success_rate: expected a number from"},
      {"condition = { success_rate = { gt = 9e-1 } }" + processors,
       "condition.success_rate: expected a number"},
      {"condition = { metadata = \"gold\" }" + processors, "condition.metadata: expected a table"},
      {"processors = []", "processors: expected an array"},
      {"processors = [5]", "processors: expected an array"},
      {"processors = [\"adyen\"]", "processors: this build has none"},
  };
  for (const auto& each : cases)
    EXPECT_TRUE(problem_of_rule(each.members).starts_with(head + each.problem))
        << problem_of_rule(each.members);
  EXPECT_TRUE(problem_of_rule("").contains("processors: expected"));
  EXPECT_EQ(problem_of("[[routing.rules]]\nprocessors = [\"stripe\"]\n"),
            "FILE:1: routing.rules: rule 1: name: expected a text");
  EXPECT_EQ(problem_of("[routing]\nrules = 5\n"), "FILE:2: routing.rules: expected an array of tables");
  EXPECT_EQ(problem_of_rule("condition = { amount = { lt = 5, gt = 5 } }" + processors),
            "FILE:1: routing.rules: rule \"r\": its comparisons contradict each other");
  EXPECT_EQ(
      problem_of_rule("processors = [\"stripe\"]\n[[routing.rules]]\nname = \"s\"" + processors),
      "FILE:4: routing.rules: rule \"s\": it is never reached: every payment that it is about is decided by "
      "rule \"r\"");
}

TEST(Config, AMissingFileStopsTheStart) {
  const Result<Config> config = load_config("/nowhere/payweir.toml", {});
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().detail.find("/nowhere/payweir.toml"), std::string::npos);
}

TEST(Config, TheEnvironmentOverridesTheFile) {
  const ConfigFile file("[server]\nlisten = \"127.0.0.1:9000\"\n[log]\nrequests = true\n");
  const Environment environment{{{"PAYWEIR__SERVER__LISTEN", "127.0.0.1:9001"},
                                 {"PAYWEIR__LOG__REQUESTS", "false"},
                                 {"PAYWEIR__CONNECTORS__TIMEOUT_MS", "2500"},
                                 {"PAYWEIR__CONNECTORS__STRIPE__BASE_URL", "http://127.0.0.1:1/stripe"},
                                 {"PAYWEIR__ADMIN__API_KEY", "12345"}}};
  const Result<Config> config = load_config(file.path(), environment);
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->listen, "127.0.0.1:9001");
  EXPECT_FALSE(config->log_requests);
  EXPECT_EQ(config->gateway_timeout_ms, 2500);
  EXPECT_EQ(config->stripe_base_url, "http://127.0.0.1:1/stripe");
  EXPECT_EQ(config->admin_api_key.reveal(), "12345");  // a text that reads as a number stays a text
}

TEST(Config, AWrongVariableIsNamed) {
  const Result<Config> unknown = load_config("", {{{"PAYWEIR__SERVER__LITSEN", "x"}}});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().detail, "environment: PAYWEIR__SERVER__LITSEN: no such key");
  const Result<Config> wrong = load_config("", {{{"PAYWEIR__SERVER__IO_THREADS", "two"}}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().detail,
            "environment: PAYWEIR__SERVER__IO_THREADS: expected a whole number from 0 to 256");
}

TEST(Config, AnAddressThatOthersReachNeedsKeysOfItsOwn) {
  Config config;
  EXPECT_TRUE(check_config(config));
  config.listen = "0.0.0.0:8080";
  EXPECT_FALSE(check_config(config));
  config.master_key_file = "/etc/payweir/master.key";
  EXPECT_TRUE(check_config(config));
  config.admin_api_key = Secret("short");
  EXPECT_FALSE(check_config(config));
  config.admin_api_key = Secret("an admin key of more than 32 characters");
  EXPECT_TRUE(check_config(config));
  config.sandbox = true;
  EXPECT_FALSE(check_config(config));
}

TEST(Config, TrustedProxiesAreAddressesOrRanges) {
  Config config;
  EXPECT_TRUE(read_trusted_proxies(config)->empty());
  config.trusted_proxies = "10.0.0.0/8,::1";
  ASSERT_EQ(read_trusted_proxies(config)->size(), 2u);
  EXPECT_TRUE(contains(*read_trusted_proxies(config), "::1"));
  for (const std::string wrong : {"proxy.test", "10.0.0.0/8,,::1", "10.0.0.1/8", "10.0.0.0/8, ::1"}) {
    config.trusted_proxies = wrong;
    EXPECT_FALSE(read_trusted_proxies(config)) << wrong;
    EXPECT_FALSE(check_config(config)) << wrong;
  }
}

TEST(Config, OperatorsHaveNamesAndKeysOfTheirOwn) {
  const std::string first(32, 'a'), second(32, 'b');
  const auto read = [](const std::string& text) {
    Config config;
    config.operators = Secret(std::string(text));
    return read_operators(config);
  };
  const auto both = read("alice:" + first + ",bob.2:" + second);
  ASSERT_TRUE(both.has_value()) << both.error().detail;
  ASSERT_EQ(both->size(), 2u);
  EXPECT_EQ(both->at(1).name, "bob.2");
  EXPECT_EQ(both->at(1).api_key.reveal(), second);
  EXPECT_TRUE(read("")->empty());
  const std::vector<std::string> wrongs = {first,
                                           "alice:short",
                                           "Alice:" + first,
                                           "admin:" + first,
                                           ":" + first,
                                           "alice:" + first + ",alice:" + second,
                                           "alice:" + first + ",bob:" + first};
  for (const std::string& wrong : wrongs)
    EXPECT_FALSE(read(wrong).has_value()) << wrong;
}

TEST(Config, PlainHttpReachesOnlyThisMachine) {
  Config config;
  for (const char* good :
       {"https://api.stripe.com", "http://127.0.0.1:9090/stripe", "http://localhost/x", "http://[::1]:1"}) {
    config.stripe_base_url = good;
    EXPECT_TRUE(check_config(config)) << good;
  }
  for (std::string Config::* host : {&Config::wechatpay_open_url, &Config::wechatpay_api_url}) {
    Config wrong;
    wrong.*host = "http://open.weixin.qq.com";
    EXPECT_FALSE(check_config(wrong));
  }
  for (const char* bad :
       {"http://api.stripe.com", "http://127.0.0.1.evil.example/", "http://10.0.0.1/", "ftp://x", ""}) {
    config.stripe_base_url = bad;
    EXPECT_FALSE(check_config(config)) << bad;
  }
}

TEST(Config, TheDescriptionHidesSecrets) {
  Config config;
  config.admin_api_key = Secret("a secret of the operator");
  const std::string text = describe(config);
  EXPECT_EQ(text.find("a secret of the operator"), std::string::npos);
  EXPECT_NE(text.find("api_key = \"***\""), std::string::npos);
  // What it shows can be read again.
  EXPECT_EQ(problem_of(text), "none");
}

TEST(Config, TheDocumentListsEveryKey) {
  std::ifstream file("docs/configuration.md");  // tests run in the root of the tree
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_NE(text.find(describe_options()), std::string::npos)
      << "docs/configuration.md differs from payweir config check --list, which is:\n"
      << describe_options();
}

}  // namespace
}  // namespace payweir::app
