// What connectors make of answers: never a success, and never a no where money may have moved, of an answer
// that is not the gateway's own word about this very operation.
#include <string>

#include "bench.hpp"

namespace payweir::contract {
namespace {

class ContractAnswers : public EveryConnector {};
INSTANTIATE_TEST_SUITE_P(Every, ContractAnswers, testing::ValuesIn(all_connectors()), name_of);

void expect_unknown(const Finding& finding) {
  const auto* found = std::get_if<finding::Found>(&finding);
  EXPECT_TRUE(found && is_unknown(found->outcome)) << describe(finding);
}

// The answer with other words for its states; false when it has none.
bool reword_states(http::Response& answer, std::span<const std::string_view> members) {
  bool changed = false;
  for (const std::string_view member : members) {
    const std::string before = "\"" + std::string(member) + "\":\"";
    for (std::size_t at = 0; (at = answer.body.find(before, at)) != std::string::npos;) {
      at += before.size();
      answer.body.replace(at, answer.body.find('"', at) - at, "NEVER_HEARD_OF");
      changed = true;
    }
  }
  return changed;
}

TEST_P(ContractAnswers, TheGatewaysOwnEndEachOperation) {
  for_each_scenario([](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario);
    const Play play = bench.play(request);
    ASSERT_TRUE(std::holds_alternative<outcome::Accepted>(play.outcome())) << describe(play.outcome());
    EXPECT_LE(play.money_sends(), 1);
    bench.pay(request, play.outcome());
    bench.house.wait(minutes(1));
    const Play asked = bench.ask(request);
    const auto* found = std::get_if<finding::Found>(&asked.finding());
    EXPECT_TRUE(found && says_done(found->outcome)) << describe(asked.finding());
  });
}

TEST_P(ContractAnswers, AFailureOfAnyStepIsUnknown) {
  for_each_scenario([](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario);
    const Play good = bench.play(request);
    for (std::size_t step = 0; step < good.answers.size(); ++step) {
      for (const Mishap& mishap : mishaps_of(good.answers[step])) {
        SCOPED_TRACE(std::to_string(step) + ": " + std::string(mishap.what));
        const auto outcome = bench.replay(request, good, step, mishap.answer);
        ASSERT_TRUE(outcome) << "sends on";
        const auto* rejected = std::get_if<outcome::Rejected>(&*outcome);
        const bool waits = rejected && rejected->cause == outcome::Rejected::Cause::rate_limit;
        EXPECT_TRUE(is_unknown(*outcome) || (mishap.says_not_now && waits)) << describe(*outcome);
      }
    }
  });
}

TEST_P(ContractAnswers, AQuestionThatFailsIsUnknown) {
  for_each_scenario([](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario);
    bench.pay(request, bench.play(request).outcome());
    const Play good = bench.ask(request);
    for (std::size_t step = 0; step < good.answers.size(); ++step) {
      for (const Mishap& mishap : mishaps_of(good.answers[step])) {
        SCOPED_TRACE(std::to_string(step) + ": " + std::string(mishap.what));
        const auto finding = bench.replay_ask(request, good, step, mishap.answer);
        ASSERT_TRUE(finding) << "asks on";
        expect_unknown(*finding);
      }
    }
  });
}

TEST_P(ContractAnswers, SignedByAnotherSayNothing) {
  if (!find_fixture(GetParam()->capabilities().name)->signs_answers()) return;
  for_each_scenario([](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario);
    bench.fixture.be_an_impostor(bench.house, bench.credentials);
    const Play play = bench.play(request);
    if (play.answers.empty()) return;  // a page that the payer opens
    ASSERT_TRUE(is_unknown(play.outcome())) << describe(play.outcome());
    EXPECT_TRUE(std::get<outcome::Unknown>(play.outcome()).not_ours);
    EXPECT_EQ(play.answers.size(), 1) << "went on after it";
    expect_unknown(bench.ask(request).finding());
  });
}

TEST_P(ContractAnswers, ThatNobodySignedSayNothing) {
  if (!find_fixture(GetParam()->capabilities().name)->signs_answers()) return;
  for_each_scenario([](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario);
    const Play good = bench.play(request);
    for (std::size_t step = 0; step < good.answers.size(); ++step) {
      const auto outcome = bench.replay(request, good, step, bench.fixture.unsign(good.answers[step]));
      ASSERT_TRUE(outcome) << "sends on";
      EXPECT_TRUE(is_unknown(*outcome)) << describe(*outcome);
    }
    bench.pay(request, good.outcome());
    const Play asked = bench.ask(request);
    for (std::size_t step = 0; step < asked.answers.size(); ++step) {
      const auto finding = bench.replay_ask(request, asked, step, bench.fixture.unsign(asked.answers[step]));
      ASSERT_TRUE(finding) << "asks on";
      expect_unknown(*finding);
    }
  });
}

TEST_P(ContractAnswers, MeantForAnotherOrderSayNothing) {
  int tried = 0;
  for_each_scenario([&tried](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario), another = bench.prepare(scenario);
    const Play ours = bench.play(request), theirs = bench.play(another);
    for (std::size_t step = 0; step < ours.answers.size(); ++step) {
      if (!names(theirs.answers[step], another)) continue;
      ++tried;
      const auto outcome = bench.replay(request, ours, step, theirs.answers[step]);
      ASSERT_TRUE(outcome) << "sends on";
      const auto* unknown = std::get_if<outcome::Unknown>(&*outcome);
      ASSERT_TRUE(unknown) << describe(*outcome);
      EXPECT_TRUE(unknown->connector_payment_id.empty()) << "keeps an id that is another's";
    }
  });
  EXPECT_GT(tried, 0);
}

TEST_P(ContractAnswers, OfAQuestionAboutAnotherOrderSayNothing) {
  int tried = 0;
  for_each_scenario([&tried](Bench& bench, const Scenario& scenario) {
    ConnectorRequest request = bench.prepare(scenario), another = bench.prepare(scenario);
    for (ConnectorRequest* each : {&request, &another}) {
      const Outcome outcome = bench.play(*each).outcome();
      bench.pay(*each, outcome);
      Bench::remember(*each, outcome);
    }
    const Play ours = bench.ask(request), theirs = bench.ask(another);
    if (!names(theirs.answers[0], another) || names(theirs.answers[0], request)) return;
    ++tried;
    const auto finding = bench.replay_ask(request, ours, 0, theirs.answers[0]);
    ASSERT_TRUE(finding) << "asks on";
    expect_unknown(*finding);
  });
  EXPECT_GT(tried, 0);
}

TEST_P(ContractAnswers, OfAnotherAmountOrCurrencyAreNoSuccess) {
  for (const std::string_view lie : {"wrong_amount", "wrong_currency"}) {
    int tried = 0;
    for_each_scenario([lie, &tried](Bench& bench, const Scenario& scenario) {
      if (scenario.kind == OperationKind::void_authorisation) return;  // of all of it
      SCOPED_TRACE(lie);
      ConnectorRequest request = bench.prepare(scenario);
      bench.plant(lie);
      const Play play = bench.play(request);
      const bool names_it = lie != "wrong_amount" || bench.fixture.answer_names_amount(request);
      if (!play.answers.empty() && names_it) {
        EXPECT_FALSE(says_done(play.outcome()) || says_no(play.outcome())) << describe(play.outcome());
      }
      // And of a question, where the gateway's answer to it can lie.
      bench.pay(request, play.outcome());
      Bench::remember(request, play.outcome());
      bench.house.wait(minutes(1));  // refunds take a while
      const Play honest = bench.ask(request);
      bench.plant(lie);
      const Play asked = bench.ask(request);
      if (honest.answers.back().body == asked.answers.back().body) return;
      ++tried;
      const auto* found = std::get_if<finding::Found>(&asked.finding());
      EXPECT_FALSE(found && says_done(found->outcome)) << describe(asked.finding());
    });
    EXPECT_GT(tried, 0);
  }
}

TEST_P(ContractAnswers, AnUnknownStateIsPendingOrUnknown) {
  int tried = 0;
  for_each_scenario([&tried](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario);
    const Play good = bench.play(request);
    const auto is_open = [](const Outcome& outcome) { return !says_done(outcome) && !says_no(outcome); };
    for (std::size_t step = 0; step < good.answers.size(); ++step) {
      http::Response reworded = good.answers[step];
      if (!reword_states(reworded, bench.fixture.state_members())) continue;
      const auto outcome =
          bench.replay(request, good, step, bench.fixture.sign(std::move(reworded), bench.house));
      ASSERT_TRUE(outcome) << "sends on";
      EXPECT_TRUE(is_open(*outcome)) << describe(*outcome);
    }
    bench.pay(request, good.outcome());
    const Play asked = bench.ask(request);
    http::Response reworded = asked.answers[0];
    if (!reword_states(reworded, bench.fixture.state_members())) return;  // there is nothing yet
    ++tried;
    const auto finding =
        bench.replay_ask(request, asked, 0, bench.fixture.sign(std::move(reworded), bench.house));
    ASSERT_TRUE(finding) << "asks on";
    const auto* found = std::get_if<finding::Found>(&*finding);
    EXPECT_TRUE(found && is_open(found->outcome)) << describe(*finding);
  });
  EXPECT_GT(tried, 0);
}

TEST_P(ContractAnswers, AnUnknownRefusalIsUnknown) {
  for_each_scenario([](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario);
    const Play good = bench.play(request);
    for (std::size_t step = 0; step < good.answers.size(); ++step) {
      const auto outcome = bench.replay(
          request, good, step,
          bench.fixture.refusal(good.answers[step], "NEVER.HEARD_OF", "what is that?", bench.house));
      ASSERT_TRUE(outcome) << "sends on";
      EXPECT_TRUE(is_unknown(*outcome)) << describe(*outcome);
    }
    bench.pay(request, good.outcome());
    const Play asked = bench.ask(request);
    const auto finding = bench.replay_ask(
        request, asked, 0,
        bench.fixture.refusal(asked.answers[0], "NEVER.HEARD_OF", "what is that?", bench.house));
    ASSERT_TRUE(finding);
    expect_unknown(*finding);
  });
}

TEST_P(ContractAnswers, ARefusalThatNobodySignedIsNoNoForMoney) {
  if (!find_fixture(GetParam()->capabilities().name)->signs_answers()) return;
  for_each_scenario([](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario);
    const Play good = bench.play(request);
    for (const std::string_view code : bench.fixture.refusals()) {
      SCOPED_TRACE(code);
      for (std::size_t step = 0; step < good.answers.size(); ++step) {
        const auto outcome = bench.replay(
            request, good, step,
            bench.fixture.unsign(bench.fixture.refusal(good.answers[step], code, "no", bench.house)));
        ASSERT_TRUE(outcome) << "sends on";
        EXPECT_TRUE(is_unknown(*outcome) || !moves_money(request)) << describe(*outcome);
        EXPECT_FALSE(says_done(*outcome)) << describe(*outcome);
      }
      const Play asked = bench.ask(request);
      const auto finding = bench.replay_ask(
          request, asked, 0,
          bench.fixture.unsign(bench.fixture.refusal(asked.answers[0], code, "no", bench.house)));
      ASSERT_TRUE(finding);
      expect_unknown(*finding);
    }
  });
}

// A gateway, or what stands before it, may quote what it was sent.
TEST_P(ContractAnswers, K09_RefusalsThatQuoteSecretsTellNone) {
  for_each_scenario([](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario);
    std::vector<std::string> secrets;
    for (const AuthType& type : bench.connector.capabilities().auth_types) {
      if (type.name != bench.credentials.auth_type) continue;
      for (const CredentialField& field : type.fields)
        if (const Secret& secret = bench.credentials.field(field.name); field.is_secret && !secret.empty())
          secrets.emplace_back(secret.reveal());
    }
    ASSERT_FALSE(secrets.empty());
    const std::vector<std::string> keys = secrets;
    if (request.card) secrets.emplace_back(request.card->number.reveal());
    if (!request.wallet.auth_code.empty()) secrets.emplace_back(request.wallet.auth_code.reveal());
    if (!request.local.account_number.empty()) secrets.emplace_back(request.local.account_number.reveal());
    std::string words = "we were sent";
    for (const std::string& secret : secrets)
      words += " '" + secret + "'";
    const Play good = bench.play(request);
    std::vector<std::string_view> codes(bench.fixture.refusals().begin(), bench.fixture.refusals().end());
    codes.push_back("NEVER.HEARD_OF");
    for (std::size_t step = 0; step < good.answers.size(); ++step) {
      for (const std::string_view code : codes) {
        const auto outcome = bench.replay(
            request, good, step, bench.fixture.refusal(good.answers[step], code, words, bench.house));
        if (!outcome) continue;
        for (const std::string& secret : secrets)
          EXPECT_EQ(words_of(*outcome).find(secret), std::string::npos) << code;
      }
    }
    const http::Response refused = bench.fixture.refusal(
        bench.house.answer(bench.connector.begin_verify(bench.context())), codes.front(), words, bench.house);
    const Result<void> verified = bench.connector.read_verify(bench.context(), refused);
    ASSERT_FALSE(verified);
    for (const std::string& secret : keys)
      EXPECT_EQ(verified.error().detail.find(secret), std::string::npos) << verified.error().detail;
  });
}

TEST_P(ContractAnswers, OnlyACertainOneSaysThatCredentialsAreGood) {
  Bench bench(*GetParam());
  const http::Response good = bench.house.answer(bench.connector.begin_verify(bench.context()));
  EXPECT_TRUE(bench.connector.read_verify(bench.context(), good));
  for (const Mishap& mishap : mishaps_of(good)) {
    SCOPED_TRACE(mishap.what);
    EXPECT_FALSE(bench.connector.read_verify(bench.context(), mishap.answer));
  }
}

// ── Fences ────────────────────────────────────────────────────────────────────────────────────────

// A void asks by sending itself again, so that it is never not found; under a key of its own it is fenced all
// the same.
bool is_fenced(const Bench& bench, const ConnectorRequest& request) {
  const FenceKind kind = bench.connector.fence(request).kind;
  if (kind == FenceKind::key_takeover) return true;
  return (kind == FenceKind::cancel || kind == FenceKind::close) && request.kind == OperationKind::authorise;
}

TEST_P(ContractAnswers, AFenceHoldsOnACertainAnswerOnly) {
  for_each_scenario([](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario);
    if (!is_fenced(bench, request)) return;
    bench.house.wait(bench.connector.fence(request).horizon + seconds(1));
    const http::Response good = bench.house.answer(bench.connector.begin_fence(request, bench.context()));
    EXPECT_EQ(bench.connector.read_fence(request, bench.context(), good), FenceAnswer::holds) << good.body;
    std::vector<Mishap> mishaps = mishaps_of(good);
    mishaps.push_back(
        {"an unknown refusal", bench.fixture.refusal(good, "NEVER.HEARD_OF", "what is that?", bench.house)});
    if (bench.fixture.signs_answers())
      mishaps.push_back({"the same, signed by nobody", bench.fixture.unsign(good)});
    for (const Mishap& mishap : mishaps)
      EXPECT_NE(bench.connector.read_fence(request, bench.context(), mishap.answer), FenceAnswer::holds)
          << mishap.what;
  });
}

TEST_P(ContractAnswers, BehindAFenceALateOriginalMovesNoMoney) {
  for_each_scenario([](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario);
    const Fence fence = bench.connector.fence(request);
    // With a horizon the original cannot be so late.
    if (!is_fenced(bench, request) || fence.horizon != Duration{}) return;
    const Step original = bench.connector.begin(request, bench.context());
    const std::string before = bench.house.money();
    const http::Response fenced = bench.house.answer(bench.connector.begin_fence(request, bench.context()));
    ASSERT_EQ(bench.connector.read_fence(request, bench.context(), fenced), FenceAnswer::holds);
    if (const auto* send = std::get_if<step::Send>(&original))
      static_cast<void>(bench.house.answer(send->request));
    EXPECT_EQ(bench.house.money(), before);
  });
}

TEST_P(ContractAnswers, AFenceDoesNotHoldBehindWhatWasPaid) {
  for_each_scenario([](Bench& bench, const Scenario& scenario) {
    const ConnectorRequest request = bench.prepare(scenario);
    if (!is_fenced(bench, request)) return;
    bench.pay(request, bench.play(request).outcome());
    const http::Response answer = bench.house.answer(bench.connector.begin_fence(request, bench.context()));
    EXPECT_NE(bench.connector.read_fence(request, bench.context(), answer), FenceAnswer::holds)
        << answer.body;
  });
}

}  // namespace
}  // namespace payweir::contract
