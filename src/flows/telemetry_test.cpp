#include "flows/telemetry.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <map>
#include <set>
#include <sstream>

#include "connectors/connector.hpp"
#include "flows/admission.hpp"
#include "flows/routing/gateway_health.hpp"

namespace payweir::flows {
namespace {

// A reader of Prometheus' text format, 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/
struct Exposition {
  std::map<std::string, std::string> types;  // by family
  std::set<std::string> help;                // families
  std::map<std::string, double> samples;     // by name and labels
  std::vector<std::string> problems;
};

bool is_metric_name(std::string_view name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front()))) return false;
  for (const char c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != ':') return false;
  return true;
}

std::string family_of(std::string name, const std::map<std::string, std::string>& types) {
  if (types.contains(name)) return name;
  for (const std::string_view suffix : {"_bucket", "_sum", "_count"})
    if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
  return name;
}

Exposition read(const std::string& text) {
  Exposition out;
  if (!text.ends_with("\n")) out.problems.push_back("the last line does not end");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    if (line.starts_with("# ")) {
      std::string hash, kind, name, rest;
      words >> hash >> kind >> name;
      std::getline(words, rest);
      if (kind == "HELP" ? !out.help.insert(name).second : !out.types.emplace(name, rest.substr(1)).second)
        out.problems.push_back("twice: " + line);
      continue;
    }
    const std::size_t space = line.rfind(' ');
    const std::string key = line.substr(0, space);
    const std::string name = key.substr(0, key.find('{'));
    if (!is_metric_name(name)) out.problems.push_back("name: " + line);
    if (key.contains('{') && !key.ends_with("\"}")) out.problems.push_back("labels: " + line);
    const std::string family = family_of(name, out.types);
    if (!out.types.contains(family) || !out.help.contains(family))
      out.problems.push_back("undescribed: " + line);
    std::size_t used = 0;
    const std::string number = line.substr(space + 1);
    const double value = std::stod(number, &used);
    if (used != number.size()) out.problems.push_back("value: " + line);
    if (!out.samples.emplace(key, value).second) out.problems.push_back("twice: " + line);
  }
  return out;
}

TEST(Telemetry, IsInPrometheusFormat) {
  Telemetry telemetry;
  telemetry.switch_latency.observe(3);
  telemetry.requests_by_class[2] = 7;
  telemetry.count_payment(0, PaymentState::succeeded);
  store::Store::Statistics store;
  const Exposition shown = read(telemetry.render(store));
  EXPECT_EQ(shown.problems, std::vector<std::string>());
  EXPECT_EQ(shown.samples.at("payweir_requests_total{class=\"2xx\"}"), 7);
  const std::string connector(all_connectors().front()->capabilities().name);
  EXPECT_EQ(shown.samples.at("payweir_payments_total{connector=\"" + connector + "\",status=\"succeeded\"}"),
            1);
  EXPECT_EQ(shown.samples.at("payweir_store_writable"), 1);
}

TEST(Telemetry, CountsLatenciesInSecondsAndCumulatively) {
  Telemetry telemetry;
  for (const std::int64_t us :
       {std::int64_t{90}, std::int64_t{100}, std::int64_t{2'400}, std::int64_t{90'000'000}})
    telemetry.gateway_latency.observe(us);
  const Exposition shown = read(telemetry.render(store::Store::Statistics()));
  const std::string name = "payweir_gateway_latency_seconds";
  EXPECT_EQ(shown.samples.at(name + "_bucket{le=\"0.0001\"}"), 2);
  EXPECT_EQ(shown.samples.at(name + "_bucket{le=\"0.0025\"}"), 3);
  EXPECT_EQ(shown.samples.at(name + "_bucket{le=\"30\"}"), 3);
  EXPECT_EQ(shown.samples.at(name + "_bucket{le=\"+Inf\"}"), 4);
  EXPECT_EQ(shown.samples.at(name + "_count"), 4);
  EXPECT_DOUBLE_EQ(shown.samples.at(name + "_sum"), 90.00259);
}

TEST(Telemetry, MeasuresDecisionsFinely) {
  Telemetry telemetry;
  for (const std::int64_t us : {4, 5, 6, 50'000, 50'001})
    telemetry.routing_decision.observe(us);
  const Exposition shown = read(telemetry.render(store::Store::Statistics()));
  const std::string name = "payweir_routing_decision_seconds";
  EXPECT_EQ(shown.samples.at(name + "_bucket{le=\"0.000005\"}"), 2);
  EXPECT_EQ(shown.samples.at(name + "_bucket{le=\"0.00001\"}"), 3);
  EXPECT_EQ(shown.samples.at(name + "_bucket{le=\"0.05\"}"), 4);
  EXPECT_EQ(shown.samples.at(name + "_bucket{le=\"+Inf\"}"), 5);
  EXPECT_FALSE(shown.samples.contains(name + "_bucket{le=\"30\"}"));
}

TEST(Telemetry, ShowsRetriesAndTheGuardsOfGateways) {
  Telemetry telemetry;
  ++telemetry.failovers;
  telemetry.count_retry(RetryWhy::other_account);
  telemetry.count_retry(RetryWhy::step_up);
  telemetry.count_retry(RetryWhy::step_up);
  Admission admission(1);
  const auto ticket = admission.admit(1, 0);
  EXPECT_FALSE(admission.admit(2, 0));
  GatewayHealth health{HealthPolicy{}};
  for (int i = 0; i < 5; ++i)
    health.concluded(7, OperationKind::authorise, GatewayHealth::Dispatch::allowed,
                     GatewayHealth::Word::failed, 0);
  while (health.take_retry(8)) {
  }
  const Exposition shown = read(telemetry.render(store::Store::Statistics(), read_guards(admission, health)));
  EXPECT_EQ(shown.problems, std::vector<std::string>());
  EXPECT_EQ(shown.samples.at("payweir_failovers_total"), 1);
  EXPECT_EQ(shown.samples.at("payweir_retries_total{why=\"other_account\"}"), 1);
  EXPECT_EQ(shown.samples.at("payweir_retries_total{why=\"same_account\"}"), 0);
  EXPECT_EQ(shown.samples.at("payweir_retries_total{why=\"step_up\"}"), 2);
  EXPECT_EQ(shown.samples.at("payweir_admission_in_flight"), 1);
  EXPECT_EQ(shown.samples.at("payweir_admission_refused_total"), 1);
  EXPECT_EQ(shown.samples.at("payweir_breaker_transitions_total{to=\"open\"}"), 1);
  EXPECT_EQ(shown.samples.at("payweir_breaker_transitions_total{to=\"closed\"}"), 0);
  EXPECT_EQ(shown.samples.at("payweir_retry_budget_exhausted_total"), 1);
}

TEST(Telemetry, ShowsAccountsByNameAndSoManyAtMost) {
  Telemetry telemetry;
  const AccountLabel account{"mca_1", "stripe"};
  telemetry.publish_breakers({{account, OperationKind::refund, routing::BreakerState::open}});
  telemetry.publish_success({{account, 987'650}, {{"mca_2", "alipay"}, 1'000'000}});
  const Exposition shown = read(telemetry.render(store::Store::Statistics()));
  EXPECT_EQ(shown.problems, std::vector<std::string>());
  const std::string labels = "merchant_connector_id=\"mca_1\",connector=\"stripe\"";
  EXPECT_EQ(shown.samples.at("payweir_breaker_state{" + labels + ",operation=\"refund\"}"), 2);
  EXPECT_DOUBLE_EQ(shown.samples.at("payweir_account_success_ratio{" + labels + "}"), 0.98765);
  EXPECT_EQ(
      shown.samples.at("payweir_account_success_ratio{merchant_connector_id=\"mca_2\",connector=\"alipay\"}"),
      1);

  std::vector<SuccessSeries> many;
  for (int i = 0; i < 10'000; ++i)
    many.push_back({{"mca_" + std::to_string(i), "stripe"}, 0});
  telemetry.publish_success(std::move(many));
  telemetry.publish_breakers({});
  std::size_t series = 0;
  for (const auto& [name, value] : read(telemetry.render(store::Store::Statistics())).samples) {
    series += name.starts_with("payweir_account_success_ratio{");
    EXPECT_FALSE(name.starts_with("payweir_breaker_state{")) << name;
  }
  EXPECT_EQ(series, Telemetry::kAccountSeriesMax);
}

TEST(Telemetry, CountsBatchesBySize) {
  store::Store::Statistics store;
  store.batch_sizes[0] = 3;   // of 1
  store.batch_sizes[3] = 2;   // of 5 … 8
  store.batch_sizes[10] = 1;  // of more than 512
  store.commit_count = 600;
  store.queue_depth = 4;
  store.writable = false;
  const Exposition shown = read(Telemetry().render(store));
  EXPECT_EQ(shown.samples.at("payweir_commit_batch_size_bucket{le=\"1\"}"), 3);
  EXPECT_EQ(shown.samples.at("payweir_commit_batch_size_bucket{le=\"8\"}"), 5);
  EXPECT_EQ(shown.samples.at("payweir_commit_batch_size_bucket{le=\"512\"}"), 5);
  EXPECT_EQ(shown.samples.at("payweir_commit_batch_size_bucket{le=\"+Inf\"}"), 6);
  EXPECT_EQ(shown.samples.at("payweir_commit_batch_size_sum"), 600);
  EXPECT_EQ(shown.samples.at("payweir_store_queue_depth"), 4);
  EXPECT_EQ(shown.samples.at("payweir_store_writable"), 0);
}

TEST(Telemetry, HasRoomForEveryConnectorAndStatus) {
  EXPECT_LE(all_connectors().size(), Telemetry::kConnectorsMax);
  EXPECT_LT(static_cast<std::size_t>(PaymentState::requires_merchant_action), Telemetry::kStatesMax);
}

}  // namespace
}  // namespace payweir::flows
