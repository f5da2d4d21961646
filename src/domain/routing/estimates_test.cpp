#include "domain/routing/estimates.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "domain/routing/ranking.hpp"

namespace payweir::routing {
namespace {

constexpr Instant kStart{1'790'000'000'000};
constexpr std::int64_t kFirst = 11, kSecond = 22;

Segment cards(std::string_view network = "visa", std::string_view currency = "EUR") {
  return {PaymentMethod::card, network_number(network), Currency::parse(currency).value()};
}
Segment wallet() {
  return {PaymentMethod::ali_pay_qr, 0, Currency::parse("CNY").value()};
}

// Spread evenly, and the same in every run.
class Chance {
 public:
  std::uint32_t draw() {
    state_ = state_ * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return static_cast<std::uint32_t>(state_ >> 32);
  }
  bool is(std::int32_t ppm) { return static_cast<std::int64_t>(draw()) * kAll >> 32 < ppm; }

 private:
  std::uint64_t state_ = 1;
};

void feed(SuccessRates& rates, std::int64_t account, Segment segment, std::uint32_t approved,
          std::uint32_t declined, Instant now, std::uint32_t technical_failures = 0) {
  rates.observe(account, segment, Counts{approved, declined, technical_failures}, now);
}

// Accounts that are chosen by rank() and observed. What each approves and answers is the test's to change.
struct Market {
  struct Account {
    std::int32_t approved_ppm = 0;
    std::int32_t answered_ppm = kAll;
    std::int64_t chosen = 0;
  };
  SuccessRates rates;
  std::vector<Account> accounts;
  Instant now = kStart;
  Chance chance;
  std::int64_t regret_ppm = 0;  // of all payments together

  explicit Market(std::vector<Account> made) : accounts(std::move(made)) {}

  void pay(std::int64_t payments, Duration apart = seconds(5)) {
    for (Account& account : accounts)
      account.chosen = 0;
    regret_ppm = 0;
    for (std::int64_t i = 0; i < payments; ++i) {
      std::vector<Standing> standings;
      const std::uint32_t draw = chance.draw();
      for (std::size_t index = 0; index < accounts.size(); ++index)
        standings.push_back({rates.estimate(static_cast<std::int64_t>(index), cards(), draw, now)});
      const std::size_t index = rank(standings, {}).order.front();
      Account& account = accounts[index];
      ++account.chosen;
      std::int64_t best = 0;
      for (const Account& each : accounts)
        best = std::max(best, std::int64_t{each.approved_ppm} * each.answered_ppm / kAll);
      regret_ppm += best - std::int64_t{account.approved_ppm} * account.answered_ppm / kAll;
      Observation seen = Observation::technical_failure;
      if (chance.is(account.answered_ppm))
        seen = chance.is(account.approved_ppm) ? Observation::approved : Observation::declined;
      rates.observe(static_cast<std::int64_t>(index), cards(), seen, now);
      now = now + apart;
    }
  }
};

TEST(SuccessRates, AnAccountThatNobodyKnowsIsExpectedToBeUsual) {
  const SuccessRates rates;
  const Estimate estimate = rates.estimate(kFirst, cards(), 0, kStart);
  EXPECT_NEAR(estimate.rate_ppm, 890'000, 5'000);
  EXPECT_EQ(estimate.day_ppm, estimate.rate_ppm);
  EXPECT_EQ(estimate.payments, 0);
  EXPECT_EQ(estimate.technical_payments, 0);
}

TEST(SuccessRates, TheRateIsTheShareThatWasApproved) {
  SuccessRates rates;
  for (int i = 0; i < 1000; ++i) {
    const bool is_approved = i % 10 < 8;
    rates.observe(kFirst, cards(), is_approved ? Observation::approved : Observation::declined, kStart);
  }
  const Estimate estimate = rates.estimate(kFirst, cards(), 0, kStart);
  EXPECT_NEAR(estimate.rate_ppm, 800'000, 15'000);
  EXPECT_EQ(estimate.day_ppm, 800'000);
  EXPECT_EQ(estimate.payments, 1000);
}

TEST(SuccessRates, ATechnicalFailureIsNoDecline) {
  SuccessRates rates;
  for (int i = 0; i < 400; ++i) {
    rates.observe(kFirst, cards(), Observation::approved, kStart);
    rates.observe(kFirst, cards(), Observation::technical_failure, kStart);
  }
  const Estimate estimate = rates.estimate(kFirst, cards(), 0, kStart);
  EXPECT_NEAR(estimate.technical_ppm, 500'000, 20'000);
  EXPECT_NEAR(estimate.rate_ppm, 490'000, 20'000);
  EXPECT_EQ(estimate.day_ppm, 500'000);
  EXPECT_GE(estimate.technical_payments, 60);
}

TEST(SuccessRates, ADayIsTwentyFourHours) {
  SuccessRates rates;
  feed(rates, kFirst, cards(), 70, 30, kStart);
  feed(rates, kFirst, cards(), 0, 100, kStart + hours(12));
  const auto payments_at = [&](Duration later) {
    return rates.estimate(kFirst, cards(), 0, kStart + later).payments;
  };
  EXPECT_EQ(payments_at(hours(23)), 200);
  EXPECT_EQ(payments_at(hours(25)), 100);
  EXPECT_EQ(rates.estimate(kFirst, cards(), 0, kStart + hours(25)).day_ppm, 0);
  EXPECT_EQ(payments_at(hours(37)), 0);
  EXPECT_EQ(payments_at(days(400)), 0);
}

// The account's other payments are all that is known of a segment without any.
TEST(SuccessRates, ASegmentThatHasSeenNothingBorrows) {
  SuccessRates rates;
  feed(rates, kFirst, cards(), 300, 700, kStart);
  EXPECT_NEAR(rates.estimate(kFirst, cards("amex"), 0, kStart).rate_ppm, 300'000, 25'000);
  EXPECT_NEAR(rates.estimate(kFirst, wallet(), 0, kStart).rate_ppm, 300'000, 25'000);
  EXPECT_NEAR(rates.estimate(kSecond, wallet(), 0, kStart).rate_ppm, 890'000, 5'000);
  // Of its own method rather than of others.
  feed(rates, kFirst, wallet(), 950, 50, kStart);
  EXPECT_NEAR(rates.estimate(kFirst, cards("amex"), 0, kStart).rate_ppm, 310'000, 25'000);
  // A few payments of its own weigh more than many of others.
  feed(rates, kFirst, cards("amex"), 30, 0, kStart);
  EXPECT_GT(rates.estimate(kFirst, cards("amex"), 0, kStart).rate_ppm, 550'000);
}

TEST(SuccessRates, NetworksAndCurrenciesAreApart) {
  SuccessRates rates;
  feed(rates, kFirst, cards("visa", "EUR"), 900, 100, kStart);
  feed(rates, kFirst, cards("amex", "EUR"), 500, 500, kStart);
  feed(rates, kFirst, cards("visa", "USD"), 200, 800, kStart);
  EXPECT_NEAR(rates.estimate(kFirst, cards("visa", "EUR"), 0, kStart).rate_ppm, 900'000, 40'000);
  EXPECT_NEAR(rates.estimate(kFirst, cards("amex", "EUR"), 0, kStart).rate_ppm, 500'000, 40'000);
  EXPECT_NEAR(rates.estimate(kFirst, cards("visa", "USD"), 0, kStart).rate_ppm, 200'000, 40'000);
}

TEST(SuccessRates, NetworksHaveTheirNumbers) {
  EXPECT_EQ(network_number("visa"), 1);
  EXPECT_EQ(network_number("star"), 15);
  EXPECT_EQ(network_number(""), 0);
  EXPECT_EQ(network_number("unheard of"), 0);
}

TEST(SuccessRates, TimeMakesUncertain) {
  SuccessRates rates;
  feed(rates, kFirst, cards(), 900, 100, kStart);
  // How far draws lie from the rate, the widest of many.
  const auto spread_at = [&](Instant now) {
    Chance chance;
    std::int64_t widest = 0;
    for (int i = 0; i < 1000; ++i) {
      const Estimate estimate = rates.estimate(kFirst, cards(), chance.draw(), now);
      if (estimate.drawn_ppm >= kAll) continue;  // a probe
      widest = std::max<std::int64_t>(widest, std::abs(estimate.drawn_ppm - estimate.rate_ppm));
    }
    return widest;
  };
  const std::int64_t at_once = spread_at(kStart), later = spread_at(kStart + hours(6));
  EXPECT_GT(at_once, 5'000);
  EXPECT_LT(at_once, 30'000);
  EXPECT_GT(later, at_once * 3 / 2);
  EXPECT_LE(spread_at(kStart + days(300)), 200'000);
}

TEST(SuccessRates, WhatWasSeenTogetherCountsAsOneByOne) {
  SuccessRates together, one_by_one;
  feed(together, kFirst, cards(), 700, 300, kStart, 50);
  for (int i = 0; i < 1000; ++i)
    one_by_one.observe(kFirst, cards(), i % 10 < 7 ? Observation::approved : Observation::declined, kStart);
  for (int i = 0; i < 50; ++i)
    one_by_one.observe(kFirst, wallet(), Observation::approved, kStart);
  const Estimate a = together.estimate(kFirst, cards(), 0, kStart);
  const Estimate b = one_by_one.estimate(kFirst, cards(), 0, kStart);
  EXPECT_NEAR(static_cast<double>(a.rate_ppm) / a.technical_ppm,
              static_cast<double>(b.rate_ppm) / b.technical_ppm, 0.02);
  EXPECT_NEAR(a.technical_ppm, 950'000, 30'000);
  EXPECT_EQ(a.payments, 1050);
  // More than anybody goes through one by one.
  feed(together, kSecond, cards(), 3'000'000'000u, 1'000'000'000u, kStart);
  EXPECT_NEAR(together.estimate(kSecond, cards(), 0, kStart).rate_ppm, 750'000, 20'000);
  EXPECT_EQ(together.estimate(kSecond, cards(), 0, kStart).day_ppm, 750'000);
}

TEST(SuccessRates, AClockThatIsSetBackBreaksNothing) {
  SuccessRates rates, steady;
  feed(rates, kFirst, cards(), 500, 500, kStart + days(3));
  feed(steady, kFirst, cards(), 500, 500, kStart + days(3));
  feed(rates, kFirst, cards(), 100, 0, kStart);
  feed(steady, kFirst, cards(), 100, 0, kStart + days(3));
  // While it is behind, and when it is right again.
  for (const Instant now : {kStart, kStart + days(3)}) {
    const Estimate estimate = rates.estimate(kFirst, cards(), 7, now);
    const Estimate expected = steady.estimate(kFirst, cards(), 7, kStart + days(3));
    EXPECT_EQ(estimate.rate_ppm, expected.rate_ppm);
    EXPECT_EQ(estimate.payments, 1100);
    EXPECT_EQ(estimate.technical_payments, expected.technical_payments);
    EXPECT_EQ(estimate.drawn_ppm, expected.drawn_ppm);
  }
}

TEST(SuccessRates, TheSegmentsThatWereNotFedForLongestMakeRoom) {
  SuccessRates rates(9);
  // Three cells each: the segment, the method, the account.
  for (const std::int64_t account : {1, 2, 3})
    feed(rates, account, cards(), 0, 100, kStart);
  feed(rates, 1, cards(), 0, 100, kStart + seconds(1));
  EXPECT_EQ(rates.size(), 9u);
  feed(rates, 4, cards(), 0, 100, kStart + seconds(1));
  EXPECT_EQ(rates.size(), 9u);
  const auto payments_of = [&](std::int64_t account) {
    return rates.estimate(account, cards(), 0, kStart + seconds(1)).payments;
  };
  EXPECT_EQ(payments_of(1), 200);
  EXPECT_EQ(payments_of(2), 0);
  EXPECT_EQ(payments_of(3), 100);
  EXPECT_EQ(payments_of(4), 100);
}

TEST(SuccessRates, TheSameObservationsGiveTheSameEstimates) {
  const auto play = [] {
    Market market({{850'000}, {900'000, 980'000}, {700'000}});
    market.pay(2'000);
    return std::pair(market.accounts[0].chosen, market.accounts[1].chosen);
  };
  EXPECT_EQ(play(), play());
}

// No choice may cost more than the search for the best account is worth: of 20 000 payments, those lost are
// fewer than one in a hundred, though the best is better by no more than five in a hundred.
TEST(SuccessRates, InASteadyWorldLittleIsLost) {
  Market market({{800'000}, {850'000}, {900'000}, {820'000}});
  market.pay(20'000);
  EXPECT_LT(market.regret_ppm / kAll, 200);
  EXPECT_GT(market.accounts[2].chosen, 17'000);
  market.pay(20'000);
  EXPECT_LT(market.regret_ppm / kAll, 120) << "what was learnt is kept";
}

TEST(SuccessRates, ADriftIsFollowed) {
  Market market({{900'000}, {850'000}});
  market.pay(5'000);
  EXPECT_GT(market.accounts[0].chosen, 4'000);
  // Ten points down in half a day, and up again.
  for (int step = 0; step < 10; ++step) {
    market.accounts[0].approved_ppm -= 10'000;
    market.pay(800);
  }
  market.pay(2'000);
  EXPECT_GT(market.accounts[1].chosen, 1'700);
  for (int step = 0; step < 10; ++step) {
    market.accounts[0].approved_ppm += 10'000;
    market.pay(800);
  }
  market.pay(4'000);
  EXPECT_GT(market.accounts[0].chosen, 2'500);
}

TEST(SuccessRates, AnAccountThatIsDownIsLeftAndFoundAgain) {
  Market market({{920'000}, {850'000}});
  market.pay(3'000);
  market.accounts[0].answered_ppm = 0;
  market.pay(720);  // an hour
  EXPECT_LT(market.accounts[0].chosen, 40);
  market.accounts[0].answered_ppm = kAll;
  market.pay(720);
  EXPECT_GT(market.accounts[0].chosen, 150) << "it is found again within an hour";
  market.pay(2'000);
  EXPECT_GT(market.accounts[0].chosen, 1'800);
}

// Down for longer than anything is remembered.
TEST(SuccessRates, AnAccountThatWasDownForDaysIsFoundAgain) {
  Market market({{920'000, 0}, {850'000}});
  market.pay(3 * 17'280);
  EXPECT_LT(market.accounts[0].chosen, 700);
  market.accounts[0].answered_ppm = kAll;
  market.pay(2'000);
  market.pay(2'000);
  EXPECT_GT(market.accounts[0].chosen, 1'500);
}

// Declines instead of failures: much worse than the other, then much better.
TEST(SuccessRates, AnAccountThatWasFarBehindIsFoundAgain) {
  Market market({{200'000}, {800'000}});
  market.pay(17'280);
  EXPECT_LT(market.accounts[0].chosen, 150);
  market.accounts[0].approved_ppm = 950'000;
  market.pay(2 * 17'280);
  market.pay(2'000);
  EXPECT_GT(market.accounts[0].chosen, 1'500);
}

// An account that was set back gets one payment now and then, however many there are.
TEST(SuccessRates, WhoWasSetBackIsProbed) {
  SuccessRates rates;
  Instant now = kStart;
  std::int64_t failures = 0;
  const auto run = [&](std::int64_t payments, Observation first) {
    failures = 0;
    for (std::int64_t i = 0; i < payments; ++i, now = now + milliseconds(100)) {
      std::vector<Standing> standings = {{rates.estimate(kFirst, cards(), 0, now)},
                                         {rates.estimate(kSecond, cards(), 0, now)}};
      std::vector<std::size_t> order = {0, 1};
      static_cast<void>(set_back(standings, order, 700'000));
      rates.observe(order[0] == 0 ? kFirst : kSecond, cards(), order[0] == 0 ? first : Observation::approved,
                    now);
      failures += order[0] == 0 ? 1 : 0;
    }
  };
  run(600, Observation::approved);
  run(36'000, Observation::technical_failure);  // an hour
  EXPECT_GT(failures, 50);
  EXPECT_LT(failures, 200);
  run(9'000, Observation::approved);  // a quarter of an hour
  run(1'000, Observation::approved);
  EXPECT_EQ(failures, 1'000) << "it has its place again";
}

RC_GTEST_PROP(SuccessRates, EveryShareIsOne, ()) {
  SuccessRates rates(12);
  Instant now = kStart;
  const auto steps = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
      rc::gen::tuple(rc::gen::inRange(0, 6), rc::gen::inRange(0, 3), rc::gen::inRange(-5, 60)));
  for (const auto& [account, seen, minutes_later] : steps) {
    now = now + minutes(minutes_later * minutes_later * minutes_later);
    rates.observe(account, account % 2 == 0 ? cards() : wallet(), static_cast<Observation>(seen), now);
    RC_ASSERT(rates.size() <= 12u);
    const Estimate estimate = rates.estimate(account, cards(), static_cast<std::uint32_t>(seen), now);
    for (const std::int32_t ppm : {estimate.rate_ppm, estimate.day_ppm, estimate.technical_ppm}) {
      RC_ASSERT(ppm >= 0);
      RC_ASSERT(ppm <= kAll);
    }
    RC_ASSERT(estimate.payments >= 0);
    RC_ASSERT(estimate.technical_payments >= 0);
  }
}

}  // namespace
}  // namespace payweir::routing
