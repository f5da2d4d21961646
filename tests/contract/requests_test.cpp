// What connectors send: one operation moves money once, however often it is sent, and questions move none.
#include "bench.hpp"

namespace payweir::contract {
namespace {

class ContractRequests : public EveryConnector {};
INSTANTIATE_TEST_SUITE_P(Every, ContractRequests, testing::ValuesIn(all_connectors()), name_of);

std::string bytes_of(const http::Request& request) {
  std::string bytes =
      std::string(http::to_string(request.method)) + " " + request.origin + request.target + "\n";
  for (const auto [name, value] : request.headers.all())
    bytes.append(name).append(": ").append(value).append("\n");
  return bytes + request.body;
}

TEST_P(ContractRequests, SentTwiceMoveMoneyOnce) {
  for_each_scenario([](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario);
    const Play first = bench.play(request);
    bench.pay(request, first.outcome());
    const std::string once = bench.house.money();
    // Built anew, later, with other chance.
    bench.house.wait(minutes(1));
    bench.random = "other 16 letters";
    const Step again = bench.connector.begin(request, bench.context());
    if (const auto* send = std::get_if<step::Send>(&again)) {
      static_cast<void>(bench.house.answer(first.requests[0]));
      static_cast<void>(bench.house.answer(send->request));
      const std::string& ours =
          scenario.kind == OperationKind::refund ? request.operation_reference : request.attempt_reference;
      const std::string sent = bytes_of(send->request), sent_first = bytes_of(first.requests[0]);
      if (bench.fixture.needs_the_same_bytes()) {
        EXPECT_EQ(sent, sent_first);
        EXPECT_NE(sent.find(request.operation_reference), std::string::npos);
      } else {
        EXPECT_NE(sent.find(ours), std::string::npos) << sent;
        EXPECT_NE(sent_first.find(ours), std::string::npos) << sent_first;
      }
    }
    EXPECT_EQ(bench.house.money(), once);
  });
}

TEST_P(ContractRequests, QuestionsMoveNoMoney) {
  for_each_scenario([](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario);
    const bool is_void = scenario.kind == OperationKind::void_authorisation;  // asks by sending itself again
    const std::string before = bench.house.money();
    static_cast<void>(bench.ask(request));
    if (!is_void) {
      EXPECT_EQ(bench.house.money(), before);
    }
    bench.pay(request, bench.play(request).outcome());
    const std::string after = bench.house.money();
    static_cast<void>(bench.ask(request));
    EXPECT_EQ(bench.house.money(), after);
  });
}

TEST_P(ContractRequests, WhatNeverArrivedIsNotFound) {
  for_each_scenario([](Bench& bench, const Scenario& scenario) {
    if (scenario.kind == OperationKind::void_authorisation && !bench.connector.capabilities().manual_capture)
      return;  // asks by sending itself again
    ConnectorRequest request = bench.prepare(scenario);
    request.payer_was_told = false;
    const Play asked = bench.ask(request);
    EXPECT_TRUE(std::holds_alternative<finding::NotFound>(asked.finding())) << describe(asked.finding());
  });
}

TEST_P(ContractRequests, K09_NothingOfTheKeysLeaves) {
  for_each_scenario([](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario);
    const Play play = bench.play(request);
    std::string sent = words_of(play.outcome());
    for (const http::Request& each : play.requests)
      sent += bytes_of(each);
    for (const http::Request& each : bench.ask(request).requests)
      sent += bytes_of(each);
    for (const std::string_view name : {"private_key", "apiv3_key", "aes_key"})
      if (const Secret& key = bench.credentials.field(name); !key.empty()) {
        EXPECT_EQ(sent.find(key.reveal()), std::string::npos) << name;
        EXPECT_EQ(sent.find(key.reveal().substr(0, 64)), std::string::npos) << name;
      }
    for (const Secret& secret : bench.credentials.webhook_secrets)
      EXPECT_EQ(sent.find(secret.reveal()), std::string::npos);
    // Addresses stand in logs of everybody on the way.
    for (const http::Request& each : play.requests) {
      const Secret& api_key = bench.credentials.field("api_key");
      EXPECT_TRUE(api_key.empty() || each.target.find(api_key.reveal()) == std::string::npos);
      EXPECT_TRUE(!request.card || each.target.find(request.card->number.reveal()) == std::string::npos);
    }
  });
}

}  // namespace
}  // namespace payweir::contract
