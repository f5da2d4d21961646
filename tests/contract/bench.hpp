#pragma once
// Bench: one connector before its gateway. It plays operations to their end, keeps what was said, and plays
// it again with one answer bent.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <variant>
#include <vector>

#include "connectors/connector.hpp"
#include "fixture.hpp"

namespace payweir {
// Tests of all connectors are named by them.
inline void PrintTo(const Connector* connector, std::ostream* out) {
  *out << connector->capabilities().name;
}
}  // namespace payweir

namespace payweir::contract {

// One operation, and what comes before it.
struct Scenario {
  OperationKind kind = OperationKind::authorise;
  PaymentMethod method = PaymentMethod::card;
  CaptureMethod capture = CaptureMethod::automatic;
  std::optional<Currency> currency = std::nullopt;  // one that the connector takes
};
[[nodiscard]] std::string describe(const Scenario& scenario);
// Every kind of operation by every payment method that the connector says it takes.
[[nodiscard]] std::vector<Scenario> scenarios_of(const Connector& connector);

// What an operation or a question sent, and the answers.
struct Play {
  std::vector<http::Request> requests;
  std::vector<SendKind> kinds;
  std::vector<http::Response> answers;
  std::variant<Outcome, Finding> end;

  [[nodiscard]] const Outcome& outcome() const { return std::get<Outcome>(end); }
  [[nodiscard]] const Finding& finding() const { return std::get<Finding>(end); }
  [[nodiscard]] std::ptrdiff_t money_sends() const { return std::ranges::count(kinds, SendKind::money); }
};

class Bench {
 public:
  explicit Bench(const Connector& its_connector);

  // The request of the operation, with everything done that comes before it. Each has references of its own.
  [[nodiscard]] ConnectorRequest prepare(const Scenario& scenario);
  // Plays it at the gateway.
  Play play(const ConnectorRequest& request);
  Play ask(const ConnectorRequest& request);
  // Plays it without the gateway: each answer is the one kept, but the last, which is `bent`. Nullopt when
  // even that does not end it.
  [[nodiscard]] std::optional<Outcome> replay(const ConnectorRequest& request, const Play& kept,
                                              std::size_t bent_at, const http::Response& bent);
  [[nodiscard]] std::optional<Finding> replay_ask(const ConnectorRequest& request, const Play& kept,
                                                  std::size_t bent_at, const http::Response& bent);
  // The payer pays what authorised it, when it waits for that; what takes its time has it.
  void pay(const ConnectorRequest& request, const Outcome& outcome);
  // The gateway's id, as the switch keeps it once it was told.
  static void remember(ConnectorRequest& request, const Outcome& outcome);
  // A fault of the model's own, once.
  void plant(std::string_view kind);
  [[nodiscard]] ConnectorContext context() const;

  const Connector& connector;
  const Fixture& fixture;
  House house;
  ConnectorCredentials credentials;
  std::shared_ptr<const PreparedCredentials> prepared;
  std::string base_url;
  std::string random = "sixteen letters!";

 private:
  [[nodiscard]] ConnectorRequest blank(const Scenario& scenario);
  int operation_count_ = 0;
  int attempt_count_ = 0;
};

// Whether it says which operation it is about: of what does not, no connector can tell whose it is.
[[nodiscard]] bool names(const http::Response& answer, const ConnectorRequest& request);
// Money moved, was held, given back or let go of.
[[nodiscard]] bool says_done(const Outcome& outcome);
[[nodiscard]] bool says_no(const Outcome& outcome);
[[nodiscard]] bool is_unknown(const Outcome& outcome);
[[nodiscard]] std::string describe(const Outcome& outcome);
[[nodiscard]] std::string describe(const Finding& finding);
// Everything of it that people are shown, or that is kept.
[[nodiscard]] std::string words_of(const Outcome& outcome);
// Sent, it moves money at once; other authorisations only show the payer something.
[[nodiscard]] bool moves_money(const ConnectorRequest& request);

// Answers that no gateway gave, or not whole: what stands between two computers says.
struct Mishap {
  std::string_view what;
  http::Response answer;
  bool says_not_now = false;  // 429
};
[[nodiscard]] std::vector<Mishap> mishaps_of(const http::Response& good);

// The tests of every connector: TEST_P(…) with GetParam() the connector.
class EveryConnector : public testing::TestWithParam<const Connector*> {
 protected:
  void SetUp() override {
    ASSERT_NE(find_fixture(GetParam()->capabilities().name), nullptr)
        << GetParam()->capabilities().name << " has no fixture in tests/contract";
  }
  // Runs `check` on a bench of its own for each scenario.
  void for_each_scenario(const std::function<void(Bench&, const Scenario&)>& check) const {
    for (const Scenario& scenario : scenarios_of(*GetParam())) {
      SCOPED_TRACE(describe(scenario));
      Bench bench(*GetParam());
      check(bench, scenario);
    }
  }
};

[[nodiscard]] inline std::string name_of(const testing::TestParamInfo<const Connector*>& info) {
  return std::string(info.param->capabilities().name);
}

}  // namespace payweir::contract
