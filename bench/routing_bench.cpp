// What routing by success rate is worth, and what a decision costs: routing_bench [FROM [SEEDS]]. A hundred
// thousand payments a seed, over two days, four accounts and six kinds of payment. What an account approves
// differs by kind and drifts; one account is down for two hours and comes back. Each way of choosing meets
// the same payments, and the same chance decides each payment, so that the ways differ by their choices
// alone.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "domain/routing/compiled_program.hpp"
#include "domain/routing/fees.hpp"
#include "domain/routing/ranking.hpp"
#include "sandbox/draws.hpp"

namespace {

using namespace payweir;
using namespace payweir::routing;
using sandbox::Draws;

constexpr std::size_t kPayments = 100'000, kAccounts = 4, kKinds = 6;
constexpr Duration kSpan = days(2), kKnotEveryLeast = hours(6);
constexpr std::size_t kKnots = static_cast<std::size_t>(kSpan.ms / kKnotEveryLeast.ms) + 2;
constexpr Instant kStart{1'790'000'000'000};

// How accounts differ from what is usual for a kind, and how far they drift to either side; millionths.
struct Climate {
  std::string_view name;
  std::int32_t least, most;
  std::int32_t drift;
  Duration knot_every;  // between which they drift in a straight line
};
constexpr Climate kSettled{"settled", -150'000, 50'000, 20'000, hours(12)};
constexpr Climate kRestless{"restless", -80'000, 60'000, 50'000, hours(6)};

struct Kind {
  PaymentMethod method;
  std::string_view network, currency;
  std::int64_t per_million;  // share of all payments
  std::int32_t usual_ppm;    // approved at an average account
};
constexpr std::array<Kind, kKinds> kKindsOfPayment{{
    {PaymentMethod::card, "visa", "EUR", 330'000, 880'000},
    {PaymentMethod::card, "mastercard", "EUR", 250'000, 870'000},
    {PaymentMethod::card, "amex", "USD", 80'000, 800'000},
    {PaymentMethod::card, "unionpay", "CNY", 60'000, 840'000},
    {PaymentMethod::ali_pay_qr, "", "CNY", 160'000, 920'000},
    {PaymentMethod::we_chat_pay_qr, "", "CNY", 120'000, 930'000},
}};

// A value that moves in straight lines between knots.
struct Drift {
  Duration knot_every = kKnotEveryLeast;
  std::array<std::int32_t, kKnots> knots{};
  [[nodiscard]] std::int32_t at(Duration since) const {
    const auto index = static_cast<std::size_t>(since.ms / knot_every.ms);
    const std::int64_t part = since.ms % knot_every.ms;
    return static_cast<std::int32_t>(knots[index] + (knots[index + 1] - knots[index]) * part / knot_every.ms);
  }
};

std::int32_t between(Draws& draws, std::int32_t least, std::int32_t most) {
  return least + static_cast<std::int32_t>(draws.below(static_cast<std::uint64_t>(most - least + 1)));
}

Drift drawn(const Climate& climate, std::int32_t most, Draws& draws) {
  Drift drift{climate.knot_every};
  for (std::int32_t& knot : drift.knots)
    knot = between(draws, -most, most);
  return drift;
}

struct Payment {
  Instant at;
  std::size_t kind = 0;
  std::int64_t minor = 0;
  std::uint32_t draw = 0;    // of its id
  std::int32_t chance = 0;   // approved where more than this is
  std::int32_t trouble = 0;  // answered where more than this is
};

struct World {
  std::array<std::array<std::int32_t, kKinds>, kAccounts> offset{};
  std::array<std::array<Drift, kKinds>, kAccounts> drift{};
  std::array<Drift, kAccounts> common{};  // to all kinds of an account
  std::array<std::vector<Fee>, kAccounts> fees;
  std::size_t down = 0;
  Duration down_from{}, down_to{};
  std::vector<Payment> payments;

  World(const Climate& climate, std::uint64_t seed) {
    Draws draws(seed);
    for (std::size_t account = 0; account < kAccounts; ++account) {
      for (std::size_t kind = 0; kind < kKinds; ++kind) {
        offset[account][kind] = between(draws, climate.least, climate.most);
        drift[account][kind] = drawn(climate, climate.drift, draws);
      }
      common[account] = drawn(climate, 15'000, draws);
      const auto base = static_cast<std::int32_t>(90 + 30 * account);
      fees[account] = {{"card", "amex", "", std::nullopt, 0, base + 120},
                       {"card", "", "", Currency::parse("EUR").value(), 10, base},
                       {"wallet", "", "", std::nullopt, 0, base / 2},
                       {"", "", "", std::nullopt, 0, base + 60}};
    }
    down = draws.below(kAccounts);
    down_from = {between(draws, 12, 36) * hours(1).ms};
    down_to = down_from + hours(2);
    payments.resize(kPayments);
    for (Payment& payment : payments) {
      payment.at =
          kStart + Duration{static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(kSpan.ms)))};
      auto place = static_cast<std::int64_t>(draws.below(1'000'000));
      while ((place -= kKindsOfPayment[payment.kind].per_million) >= 0)
        ++payment.kind;
      payment.minor = between(draws, 500, 20'000);
      payment.draw = static_cast<std::uint32_t>(draws.bits());
      payment.chance = between(draws, 0, kAll - 1);
      payment.trouble = between(draws, 0, kAll - 1);
    }
    std::ranges::sort(payments, {}, &Payment::at);
  }

  [[nodiscard]] std::int32_t answered_ppm(std::size_t account, Instant at) const {
    const bool is_down = account == down && at - kStart >= down_from && at - kStart < down_to;
    return is_down ? 20'000 : 998'000;
  }
  [[nodiscard]] std::int32_t approved_ppm(std::size_t account, const Payment& payment) const {
    const Duration since = payment.at - kStart;
    const std::int32_t ppm = kKindsOfPayment[payment.kind].usual_ppm + offset[account][payment.kind] +
                             drift[account][payment.kind].at(since) + common[account].at(since);
    return std::clamp(ppm, 20'000, 990'000);
  }
  [[nodiscard]] double expected(std::size_t account, const Payment& payment) const {
    return static_cast<double>(answered_ppm(account, payment.at)) / kAll * approved_ppm(account, payment) /
           kAll;
  }
  [[nodiscard]] Observation outcome(std::size_t account, const Payment& payment) const {
    if (payment.trouble >= answered_ppm(account, payment.at)) return Observation::technical_failure;
    return payment.chance < approved_ppm(account, payment) ? Observation::approved : Observation::declined;
  }
  [[nodiscard]] std::int32_t cost(std::size_t account, const Payment& payment) const {
    const Kind& kind = kKindsOfPayment[payment.kind];
    return cost_bps(fees[account], {.amount = {payment.minor, Currency::parse(kind.currency).value()},
                                    .method = kind.method,
                                    .card_network = kind.network})
        .value_or(kCostUnknown);
  }
};

Segment segment_of(const Payment& payment) {
  const Kind& kind = kKindsOfPayment[payment.kind];
  return {kind.method, network_number(kind.network), Currency::parse(kind.currency).value()};
}

struct Score {
  std::int64_t approved = 0, explored = 0;
  double expected = 0, cost_bps = 0;  // sums over payments
  void add(const Score& other) {
    approved += other.approved;
    explored += other.explored;
    expected += other.expected;
    cost_bps += other.cost_bps;
  }
};

struct Chosen {
  std::size_t account = 0;
  bool is_exploring = false;
};

template <class Choose, class Learn>
Score play(const World& world, Choose choose, Learn learn) {
  Score score;
  for (const Payment& payment : world.payments) {
    const Chosen chosen = choose(payment);
    const Observation outcome = world.outcome(chosen.account, payment);
    score.approved += outcome == Observation::approved ? 1 : 0;
    score.explored += chosen.is_exploring ? 1 : 0;
    score.expected += world.expected(chosen.account, payment);
    score.cost_bps += world.cost(chosen.account, payment);
    learn(payment, chosen.account, outcome);
  }
  return score;
}

void learn_nothing(const Payment&, std::size_t, Observation) {}

// Without failover the first of a list takes all that it can: here, the account whose fees are lowest.
Score play_cheapest(const World& world) {
  return play(world, [](const Payment&) { return Chosen{}; }, learn_nothing);
}

// The one account that is best over all payments, which is known when they are over.
Score play_best_account(const World& world) {
  std::array<double, kAccounts> sums{};
  for (const Payment& payment : world.payments)
    for (std::size_t account = 0; account < kAccounts; ++account)
      sums[account] += world.expected(account, payment);
  const auto best = static_cast<std::size_t>(std::ranges::max_element(sums) - sums.begin());
  return play(world, [best](const Payment&) { return Chosen{best}; }, learn_nothing);
}

Score play_oracle(const World& world) {
  const auto choose = [&](const Payment& payment) {
    Chosen best;
    for (std::size_t account = 1; account < kAccounts; ++account)
      if (world.expected(account, payment) > world.expected(best.account, payment)) best.account = account;
    return best;
  };
  return play(world, choose, learn_nothing);
}

Score play_rates(const World& world, const RankingPolicy& policy) {
  SuccessRates rates;
  const auto key_of = [](std::size_t account) { return static_cast<std::int64_t>(account) + 1; };
  const auto choose = [&](const Payment& payment) {
    std::array<Standing, kAccounts> standings;
    for (std::size_t account = 0; account < kAccounts; ++account)
      standings[account] = {rates.estimate(key_of(account), segment_of(payment), payment.draw, payment.at),
                            world.cost(account, payment)};
    const Ranking ranking = rank(standings, policy);
    return Chosen{ranking.order.front(), ranking.has_explored};
  };
  const auto learn = [&](const Payment& payment, std::size_t account, Observation outcome) {
    rates.observe(key_of(account), segment_of(payment), outcome, payment.at);
  };
  return play(world, choose, learn);
}

struct Way {
  std::string_view name;
  std::function<Score(const World&)> play;
  Score total;
};

struct Verdict {
  double uplift_pct = 0, oracle_share_pct = 0;  // of choosing by success rate
};

Verdict run(const Climate& climate, std::uint64_t from, std::uint64_t seeds) {
  enum : std::size_t { cheapest, best_account, by_rate, by_rate_and_cost, oracle };
  std::vector<Way> ways = {{"fixed: the cheapest first", play_cheapest, {}},
                           {"fixed: the best account of all", play_best_account, {}},
                           {"by success rate", [](const World& world) { return play_rates(world, {}); }, {}},
                           {"by success rate, within a point the cheapest",
                            [](const World& world) { return play_rates(world, {.within_ppm = 10'000}); },
                            {}},
                           {"oracle", play_oracle, {}}};
  for (std::uint64_t seed = from; seed < from + seeds; ++seed) {
    const World world(climate, seed);
    for (Way& way : ways)
      way.total.add(way.play(world));
  }
  const double payments = static_cast<double>(kPayments * seeds);
  const auto approved = [&](std::size_t way) { return static_cast<double>(ways[way].total.approved); };
  const auto share = [&](std::size_t way, std::size_t base) {
    return 100 * (approved(way) - approved(base)) / (approved(oracle) - approved(base));
  };
  std::printf("\n%s: accounts differ by %d points, drift by %d to either side in %lld h\n",
              climate.name.data(), (climate.most - climate.least) / 10'000, climate.drift / 10'000,
              static_cast<long long>(climate.knot_every.ms / hours(1).ms));
  std::printf("%-46s %9s %8s %8s %8s %9s %9s\n", "way of choosing", "approved", "uplift", "of the", "lost of",
              "cost", "explored");
  std::printf("%-46s %9s %8s %8s %8s %9s %9s\n", "", "%", "%", "oracle %", "100 000", "bps", "%");
  for (std::size_t way = 0; way < ways.size(); ++way) {
    const Score& total = ways[way].total;
    std::printf("%-46s %9.2f %8.2f %8.1f %8.0f %9.1f %9.2f\n", ways[way].name.data(),
                100 * approved(way) / payments, 100 * (approved(way) / approved(cheapest) - 1),
                share(way, cheapest),
                (ways[oracle].total.expected - total.expected) / static_cast<double>(seeds),
                total.cost_bps / payments, 100 * static_cast<double>(total.explored) / payments);
  }
  std::printf("of what the oracle wins over the best account: %.1f %%\n", share(by_rate, best_account));
  return {100 * (approved(by_rate) / approved(cheapest) - 1), share(by_rate, cheapest)};
}

double cpu_seconds() {
  timespec spent{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

// A thousand rules about issuers, the last of which holds, and leads to any of fifty accounts.
double decision_us() {
  constexpr std::size_t kMany = 50, kDecisions = 2'000;
  std::vector<std::string> ids;
  std::vector<Choice> choices;
  for (std::size_t account = 0; account < kMany; ++account) {
    ids.push_back("mca_" + std::to_string(account));
    choices.push_back({"gateway", ids.back()});
  }
  Program program{Priority{{choices[0]}}, {}};
  for (std::size_t rule = 0; rule < kRulesMax; ++rule) {
    std::vector<Comparison> condition = {{"card_bin", Operator::equal, Text{std::to_string(400'000 + rule)}},
                                         {"currency", Operator::equal, Word{"EUR"}},
                                         {"amount", Operator::greater_than, std::int64_t{100'000}}};
    program.rules.push_back(
        {"rule " + std::to_string(rule), Priority{choices}, {{std::move(condition), {}}}});
  }
  const auto compiled = CompiledProgram::compile(program, std::nullopt);
  check(compiled.has_value(), "the rules of this measurement do not compile");

  const World world(kSettled, 1);
  SuccessRates rates;
  for (std::size_t index = 0; index < world.payments.size(); ++index) {
    const Payment& payment = world.payments[index];
    rates.observe(static_cast<std::int64_t>(index % kMany), segment_of(payment),
                  world.outcome(index % kAccounts, payment), payment.at);
  }
  Facts facts;
  facts.amount = {100'002, Currency::parse("EUR").value()};
  facts.set(Key::currency, "EUR");
  facts.set(Key::payment_method, "card");
  facts.set(Key::card_network, "visa");
  facts.set(Key::card_bin, std::to_string(400'000 + kRulesMax - 1));
  const Segment segment{PaymentMethod::card, network_number("visa"), facts.amount.currency};
  const Instant now = world.payments.back().at + minutes(90);
  const auto decide = [&](std::uint32_t draw) {
    std::vector<Candidate> candidates;
    std::vector<Standing> standings;
    for (std::size_t account = 0; account < kMany; ++account) {
      const FeeFacts of{.amount = facts.amount, .method = segment.method, .card_network = "visa"};
      standings.push_back({rates.estimate(static_cast<std::int64_t>(account), segment, draw, now),
                           cost_bps(world.fees[account % kAccounts], of).value_or(kCostUnknown)});
      candidates.push_back({"gateway", ids[account], standings.back()});
    }
    check(compiled->decide(facts, candidates).rule == kRulesMax - 1, "the last rule is to decide");
    Ranking ranking = rank(standings, {.within_ppm = 10'000});
    set_back(standings, ranking.order, 500'000);
    return ranking.order.front();
  };
  std::array<std::size_t, kMany> chosen{};
  double least = 0;
  for (int run = 0; run < 10; ++run) {  // others on this machine can only add to it
    const double start = cpu_seconds();
    for (std::uint32_t decision = 0; decision < kDecisions; ++decision)
      ++chosen[decide(decision * 2'654'435'761u)];
    const double spent = cpu_seconds() - start;
    least = run == 0 ? spent : std::min(least, spent);
  }
  check(std::ranges::count(chosen, 0u) < static_cast<std::ptrdiff_t>(kMany) - 1, "draws change nothing");
  return least * 1e6 / kDecisions;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t from = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  const std::uint64_t seeds = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 40;
  check(seeds > 0, "no seeds");
  std::printf("%zu payments a seed over two days, seeds %llu to %llu\n", kPayments,
              static_cast<unsigned long long>(from), static_cast<unsigned long long>(from + seeds - 1));
  const Verdict verdict = run(kSettled, from, seeds);
  run(kRestless, from, seeds);
  std::printf("\nRESULT name=bench-routing uplift_pct=%.2f oracle_share_pct=%.1f decision_us=%.1f\n",
              verdict.uplift_pct, verdict.oracle_share_pct, decision_us());
}
