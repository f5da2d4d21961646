// The simulator itself, and the faults of the catalogue that it shows by name. The great numbers of seeds are
// `make sim` and `make sweep`.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "ledger/accounts.hpp"
#include "report.hpp"
#include "scenarios.hpp"
#include "store/sqlite/engine.hpp"
#include "world.hpp"

namespace payweir::sim {
namespace {

std::string told(const WorldEnd& end) {
  std::string text = "seed " + std::to_string(end.seed);
  for (const Violation& violation : end.violations)
    text += "\n  " + violation.invariant + ": " + violation.what;
  return text;
}

const Scenario& scenario(std::string_view name) {
  static const std::vector<Scenario> all = all_scenarios();
  const auto found = std::ranges::find(all, name, &Scenario::name);
  EXPECT_NE(found, all.end()) << name;
  return *found;
}

// One fault of this kind at each of its occasions in a story, or at every so manieth.
void strike_each(std::string_view name, FaultKind kind, std::uint64_t every = 1,
                 std::function<void(World&)> prepare = nullptr) {
  WorldOptions options{.seed = 3, .orders = scenario(name).orders, .only = std::pair(kind, std::uint64_t{0})};
  options.prepare = std::move(prepare);
  const WorldEnd calm = run_world(options);
  ASSERT_TRUE(calm.is_good()) << told(calm);
  const std::uint64_t occasions = calm.occasions[static_cast<std::size_t>(kind)];
  ASSERT_GT(occasions, 0u) << name;
  for (std::uint64_t nth = 1; nth <= occasions; nth += every) {
    options.only = std::pair(kind, nth);
    const WorldEnd end = run_world(options);
    EXPECT_TRUE(end.is_good()) << name << ", " << to_string(kind) << " at " << nth << ": " << told(end);
    EXPECT_EQ(end.faults_fired, 1u) << name << ", " << to_string(kind) << " at " << nth;
  }
}

TEST(Sim, TellsTheSameStoryTwice) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const WorldOptions options{.seed = seed, .payments = 20, .trace = Trace::Keep::lines};
    const WorldEnd first = run_world(options), second = run_world(options);
    for (std::size_t i = 0; i < std::min(first.trace.size(), second.trace.size()); ++i)
      ASSERT_EQ(first.trace[i], second.trace[i]) << "seed " << seed << ", line " << i;
    EXPECT_EQ(first.trace_hash, second.trace_hash);
    EXPECT_FALSE(first.trace.empty());
  }
}

TEST(Sim, KeepsTheSameHashWithAndWithoutLines) {
  WorldOptions options{.seed = 5, .payments = 5};
  const std::string hash = run_world(options).trace_hash;
  options.payments = 6;
  EXPECT_NE(run_world(options).trace_hash, hash);
  options.payments = 5;
  options.seed = 6;
  EXPECT_NE(run_world(options).trace_hash, hash);
}

TEST(Sim, SmallSwarmsEndInTheGatewaysTruth) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const WorldEnd end = run_world({.seed = seed, .payments = 25});
    EXPECT_TRUE(end.is_good()) << told(end);
    EXPECT_GT(end.payments, 0u);
  }
}

// ── the oracle is awake ───────────────────────────────────────────────────────────────────────────

// A gateway that charges twice on purpose must be found out.
TEST(Sim, FindsAGatewayThatChargesTwice) {
  WorldOptions options{.seed = 1, .orders = scenario("pay").orders, .only = std::pair(FaultKind::kill, 0ull)};
  options.prepare = [](World& world) { world.gateway().charge_twice(); };
  const WorldEnd end = run_world(options);
  ASSERT_FALSE(end.is_good());
  EXPECT_EQ(end.violations.front().invariant, "INV-04") << told(end);
  EXPECT_GT(end.charged_twice, 0u);
}

StoredPayment paid() {
  StoredPayment stored;
  Payment& payment = stored.row.payment;
  payment.id = {10, 1};
  payment.state = PaymentState::succeeded;
  payment.amount = {100, Currency::parse("USD").value()};
  payment.captured_minor = 100;
  payment.event_sequence = 1;
  payment.version = 3;
  Attempt attempt;
  attempt.state = AttemptState::captured;
  attempt.authorised_minor = attempt.captured_minor = 100;
  stored.attempts.push_back({attempt, 1});
  store::PostingRow posting;
  const ledger::Posting capture = ledger::capture_posting(payment.amount);
  posting.key = 30;
  posting.debit_account = static_cast<std::int64_t>(capture.debit);
  posting.credit_account = static_cast<std::int64_t>(capture.credit);
  posting.amount = payment.amount;
  stored.postings.push_back(posting);
  store::OutboxRow event;
  event.sequence = 1;
  event.type = EventType::payment_succeeded;
  stored.events.push_back(event);
  return stored;
}

// Histories made by hand, each wrong in one thing.
TEST(Checker, FindsWhatIsWrong) {
  const StoredPayment good = paid();
  ASSERT_TRUE(check_payment(good, &good).empty());
  const auto first_of = [&](const auto& spoil, const StoredPayment* before = nullptr) {
    StoredPayment spoilt = good;
    spoil(spoilt);
    const std::vector<Violation> found = check_payment(spoilt, before);
    return found.empty() ? std::string("nothing") : found.front().invariant;
  };
  EXPECT_EQ(first_of([](StoredPayment& it) { it.attempts[0].attempt.authorised_minor = 99; }), "INV-01");
  EXPECT_EQ(first_of([](StoredPayment& it) { it.row.payment.captured_minor = 99; }), "INV-01");
  EXPECT_EQ(first_of([](StoredPayment& it) { it.row.payment.refunded_minor = 10; }), "INV-02");
  EXPECT_EQ(first_of([](StoredPayment& it) {
              it.attempts.push_back(it.attempts[0]);
              it.attempts[1].attempt.captured_minor = 0;
            }),
            "INV-03");
  EXPECT_EQ(first_of([](StoredPayment& it) {
              it.operations.resize(2);  // both dispatching
            }),
            "INV-05");
  EXPECT_EQ(first_of([](StoredPayment& it) { it.events.clear(); }), "INV-06");
  EXPECT_EQ(first_of([](StoredPayment& it) { it.events[0].type = EventType::payment_failed; }), "INV-06");
  EXPECT_EQ(first_of([](StoredPayment& it) { it.postings[0].credit_account = it.postings[0].debit_account; }),
            "INV-08");
  EXPECT_EQ(first_of([](StoredPayment& it) { it.postings.push_back(it.postings[0]); }), "INV-11");
  EXPECT_EQ(first_of([](StoredPayment& it) { it.postings[0].key = 31; }, &good), "INV-10");
  EXPECT_EQ(first_of([](StoredPayment& it) { it.row.payment.version = 2; }, &good), "INV-15");
  StoredPayment earlier = good;
  earlier.row.payment.modified_at = Instant{5};
  EXPECT_EQ(first_of([](StoredPayment& it) { ++it.row.payment.version; }, &earlier), "INV-28");
}

TEST(Disk, APowerCutTakesOnlyWhatWasNotSynced) {
  Disk disk(1);
  auto writer =
      store::sqlite::Connection::open("data/a.db", disk.name(), store::sqlite::Connection::Role::writer);
  ASSERT_TRUE(writer.has_value()) << writer.error().detail;
  ASSERT_TRUE(writer->execute("PRAGMA journal_mode = WAL").has_value());
  ASSERT_TRUE(writer->execute("CREATE TABLE t (a)").has_value());
  ASSERT_TRUE(writer->execute("INSERT INTO t VALUES (1), (2)").has_value());
  bool syncs = true;
  disk.set_verdict(
      [&](Disk::Call call) { return call == Disk::Call::sync && !syncs ? SQLITE_IOERR_FSYNC : SQLITE_OK; });
  syncs = false;
  EXPECT_FALSE(writer->execute("INSERT INTO t VALUES (3)").has_value());
  disk.detach();
  *writer = {};
  disk.attach(Disk::End::power_lost);
  syncs = true;
  auto again =
      store::sqlite::Connection::open("data/a.db", disk.name(), store::sqlite::Connection::Role::writer);
  ASSERT_TRUE(again.has_value());
  const auto count = again->query_integer("SELECT count(*) FROM t");
  ASSERT_TRUE(count.has_value());
  EXPECT_GE(*count, 2);
  EXPECT_LE(*count, 3);
}

TEST(Faults, C10_WhatANewProcessReadsBackIsOnTheDisk) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Disk disk(seed);
    bool syncs = true;
    disk.set_verdict(
        [&](Disk::Call call) { return call == Disk::Call::sync && !syncs ? SQLITE_IOERR_FSYNC : SQLITE_OK; });
    const auto open_engine = [&] {
      auto engine = store::sqlite::SqliteEngine::open(
          {.path = "data/a.db", .vfs = disk.name(), .on_fatal = [](std::string_view) {}});
      EXPECT_TRUE(engine.has_value()) << engine.error().detail;
      return std::move(*engine);
    };
    const auto merchants = [&] {
      auto reader =
          store::sqlite::Connection::open("data/a.db", disk.name(), store::sqlite::Connection::Role::reader);
      return reader->query_integer("SELECT count(*) FROM merchant").value_or(-1);
    };
    auto engine = open_engine();
    syncs = false;
    store::MerchantRow row;
    row.id = {1, 1};
    store::ChangeSet changes;
    changes.insert(row);
    const store::ChangeSet* const unit = &changes;
    EXPECT_TRUE(std::holds_alternative<store::commit::Maybe>(engine->commit_batch({&unit, 1}).front()));
    disk.detach();
    engine.reset();
    disk.attach(Disk::End::killed);
    EXPECT_FALSE(store::sqlite::SqliteEngine::open(
                     {.path = "data/a.db", .vfs = disk.name(), .on_fatal = [](std::string_view) {}})
                     .has_value());  // nothing is answered while the disk does not keep it
    syncs = true;
    engine = open_engine();
    const std::int64_t read_back = merchants();
    disk.detach();
    engine.reset();
    disk.attach(Disk::End::power_lost);
    engine = open_engine();
    EXPECT_EQ(merchants(), read_back) << "disk " << seed;
    engine.reset();
  }
}

TEST(Swarm, CapsReadWhatTheyWrite) {
  const auto caps = parse_caps("kill=3,request_lost=0");
  ASSERT_TRUE(caps.has_value());
  EXPECT_EQ(format_caps(*caps), "request_lost=0,kill=3");
  EXPECT_FALSE(parse_caps("kil=3").has_value());
  EXPECT_FALSE(parse_caps("kill=x").has_value());
}

TEST(Scenarios, AreSixtyNineAndEndWell) {
  const std::vector<Scenario> all = all_scenarios();
  EXPECT_EQ(all.size(), 69u);
  for (const Scenario& each : all) {
    const WorldEnd end = run_world({.seed = 2,
                                    .orders = each.orders,
                                    .only = std::pair(FaultKind::kill, std::uint64_t{0}),
                                    .prepare = each.prepare});
    EXPECT_TRUE(end.is_good()) << each.name << ": " << told(end);
    EXPECT_EQ(end.payments, each.orders.size()) << each.name;
  }
}

// The merchant cancels, the payer pays, and the cancellation comes last: Alipay pays back what it had
// charged, and the payment must not have been called paid meanwhile.
TEST(Wallets, ALateCancellationPaysBackNothingThatWasCalledPaid) {
  WorldOptions options{.seed = 2,
                       .orders = scenario("a code of Alipay's, cancelled").orders,
                       .only = std::pair(FaultKind::kill, std::uint64_t{0})};
  const WorldEnd calm = run_world(options);
  ASSERT_TRUE(calm.is_good()) << told(calm);
  for (const FaultKind kind : {FaultKind::request_late, FaultKind::gateway_late}) {
    const std::uint64_t occasions = calm.occasions[static_cast<std::size_t>(kind)];
    EXPECT_GT(occasions, 2u);
    for (std::uint64_t nth = 1; nth <= occasions; ++nth) {
      options.only = std::pair(kind, nth);
      const WorldEnd end = run_world(options);
      EXPECT_TRUE(end.is_good()) << to_string(kind) << " at " << nth << ": " << told(end);
    }
  }
}

// ── the catalogue ─────────────────────────────────────────────────────────────────────────────────

// C01 to C05: the process ends before and after each await and each commit of the request; the client asks
// again with its key.
TEST(Faults, C01_to_C05_ACrashAtAnyStepOfAPaymentChargesOnce) {
  strike_each("pay", FaultKind::kill, 3);
}

// The same, over and over, in the recovery too.
TEST(Faults, C08_CrashesWhileRecoveringLoseNothing) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    WorldOptions options{.seed = seed, .payments = 10};
    options.prepare = [](World& world) {
      for (std::size_t i = 0; i < kFaultKinds; ++i)
        world.faults().set_rate(static_cast<FaultKind>(i), 0);
      world.faults().set_rate(FaultKind::kill, 15'000);
    };
    const WorldEnd end = run_world(options);
    EXPECT_TRUE(end.is_good()) << told(end);
    EXPECT_GT(end.crashes, 10u);
  }
}

TEST(Faults, C09_APowerCutLosesNothingThatWasAcknowledged) {
  strike_each("held and captured", FaultKind::power_cut, 7);
  strike_each("pay", FaultKind::disk_dies);
}

TEST(Faults, C10_AFailedSyncEndsTheProcessBeforeAnybodyIsAnswered) {
  strike_each("pay", FaultKind::disk_sync_fails);
}

TEST(Faults, A02_ARequestThatIsLostIsFencedBeforeItIsCalledFailed) {
  strike_each("pay", FaultKind::request_lost);
}

TEST(Faults, A08_AChargeThatAppearsAfterANotFoundIsNeverASurprise) {
  strike_each("pay", FaultKind::request_late);
  strike_each("pay", FaultKind::gateway_late);
  strike_each("refunded", FaultKind::request_late);
}

TEST(Faults, A07_AnAnswerToSomebodyElseConcludesNothing) {
  strike_each("two at once", FaultKind::gateway_someone_elses_answer);
}

TEST(Faults, A09_AStored500IsFoundOut) {
  for (const FaultKind kind : {FaultKind::gateway_stored_500, FaultKind::gateway_stored_500_before}) {
    strike_each("pay", kind);
    strike_each("held and captured", kind);
    strike_each("refunded", kind);
  }
}

TEST(Faults, A11_ARateLimitIsNoUnknown) {
  strike_each("refunded", FaultKind::gateway_rate_limited);
}

// A story as it goes when nothing more goes wrong than it says itself.
WorldOptions calm_story(std::string_view name) {
  const Scenario& story = scenario(name);
  WorldOptions options{
      .seed = 3, .orders = story.orders, .only = std::pair(FaultKind::kill, std::uint64_t{0})};
  options.prepare = story.prepare;
  return options;
}

TEST(Faults, F01_SilenceAtOneAccountSendsNothingToTheOther) {
  const WorldEnd end = run_world(calm_story("pay, the first account silent"));
  EXPECT_TRUE(end.is_good()) << told(end);
  EXPECT_EQ(end.states.at("failed"), 1u);  // once the gateway is back, and knows nothing of it
  EXPECT_FALSE(end.seen.contains("a payment moved on to another account"));
}

// Whatever is lost or late on the way to the first account, the second charges only when that is certain.
TEST(Faults, F01_WhatMayHaveChargedNeverMovesOn) {
  for (const FaultKind kind : {FaultKind::request_lost, FaultKind::request_late, FaultKind::reply_lost,
                               FaultKind::gateway_late, FaultKind::gateway_error_500_after})
    strike_each("pay", kind);
}

// Nothing can be made sure of at the first account, for longer than the policy is patient: a person is asked,
// and the second account is not.
TEST(Faults, F02_WithoutAFenceAPersonIsAskedAndNobodyElse) {
  WorldOptions options = calm_story("pay, the first account silent");
  options.trouble_lasts = minutes(10);
  options.prepare = [settle = options.prepare](World& world) {
    settle(world);
    world.machine().settings.resolve_within = minutes(5);
  };
  const WorldEnd end = run_world(options);
  EXPECT_TRUE(end.is_good()) << told(end);
  EXPECT_TRUE(end.seen.contains("processing became requires_merchant_action"));
  EXPECT_FALSE(end.seen.contains("a payment moved on to another account"));
}

// A gateway that charges and says that it declined: the next account charges too, and what came late is given
// back as soon as the gateway tells.
TEST(Faults, F03_ALateChargeIsGivenBackOnceAnotherAccountHasCharged) {
  WorldOptions options = calm_story("pay");
  options.only = std::pair(FaultKind::gateway_lies, std::uint64_t{1});
  const WorldEnd end = run_world(options);
  EXPECT_TRUE(end.is_good()) << told(end);
  EXPECT_TRUE(end.seen.contains("a payment moved on to another account"));
  EXPECT_TRUE(end.seen.contains("a late charge was given back"));
  EXPECT_EQ(end.states.at("succeeded"), 1u);
}

std::vector<Order> many(std::string_view name, std::size_t count) {
  std::vector<Order> orders(count, scenario(name).orders.front());
  for (std::size_t i = 0; i < count; ++i) {
    orders[i].number = i;
    orders[i].payment_id = "order_" + std::to_string(i);
  }
  return orders;
}

// Both accounts come and go; what an open breaker guards is not sent (INV-27), and what is unknown is
// resolved all the same.
TEST(Faults, F05_BreakersThatFlapLoseNothing) {
  std::map<std::string, std::uint64_t> seen;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    WorldOptions options{.seed = seed, .payments = 150, .gateways = Gateways::stripe};
    options.prepare = [](World& world) {
      for (std::size_t i = 0; i < kFaultKinds; ++i)
        world.faults().set_rate(static_cast<FaultKind>(i), 0);
      for (const FaultKind kind : {FaultKind::account_refused, FaultKind::account_down,
                                   FaultKind::account_silent, FaultKind::account_throttled})
        world.faults().set_rate(kind, 5'000);
    };
    const WorldEnd end = run_world(options);
    EXPECT_TRUE(end.is_good()) << told(end);
    for (const auto& [what, count] : end.seen)
      seen[what] += count;
  }
  EXPECT_GT(seen["a breaker opened"], 0u);
  EXPECT_GT(seen["a breaker closed again"], 0u);
  EXPECT_GT(seen["what was unknown was resolved while its account's breaker was open"], 0u);
}

TEST(Faults, F06_WithoutAGatewayAClientIsToldSoAndNothingIsSent) {
  WorldOptions options{.seed = 1, .payments = 100, .gateways = Gateways::stripe};
  options.prepare = [](World& world) {
    for (std::size_t i = 0; i < kFaultKinds; ++i)
      world.faults().set_rate(static_cast<FaultKind>(i), 0);
    world.gateway().weather().settle("", Weather::Kind::refused);
  };
  const WorldEnd end = run_world(options);
  EXPECT_TRUE(end.is_good()) << told(end);
  EXPECT_TRUE(end.seen.contains("no gateway was to be reached, and a client was told 503"));
  EXPECT_TRUE(end.seen.contains("a breaker opened"));
}

// Somebody changes the rules at any moment of a payment that moves on: it stays on the way that it set out
// on.
TEST(Faults, F07_RulesThatChangeTouchNothingInFlight) {
  std::uint64_t changed = 0;
  for (std::int64_t after_ms = 0; after_ms <= 900; after_ms += 30) {
    WorldOptions options = calm_story("pay, the first account limiting its rate");
    options.prepare = [settle = options.prepare, after_ms](World& world) {
      settle(world);
      for (const std::int64_t at_ms : {after_ms, after_ms + 200})
        world.scheduler().happen_after(milliseconds(at_ms), [&world] { world.people().change_rules_now(0); });
    };
    const WorldEnd end = run_world(options);
    EXPECT_TRUE(end.is_good()) << "after " << after_ms << " ms: " << told(end);
    changed += end.seen.contains("rules changed while a payment was in flight") ? 1 : 0;
  }
  EXPECT_GT(changed, 0u);
}

// Every account refuses for a while: three attempts a request, a tenth of first attempts beyond the first ten
// (INV-26).
TEST(Faults, F08_ARateLimitEverywhereIsAnsweredByNoStorm) {
  WorldOptions options = calm_story("pay, both accounts refusing");
  options.orders = many("pay", 60);
  options.trouble_lasts = seconds(30);
  options.prepare = [](World& world) { world.gateway().weather().settle("", Weather::Kind::throttled); };
  const WorldEnd end = run_world(options);
  EXPECT_TRUE(end.is_good()) << told(end);
}

// An authorisation that nobody captures ends at the gateway, and the callback that tells of it is lost.
TEST(Faults, A15_AnAuthorisationThatExpiredIsFoundOut) {
  strike_each("held and left to expire", FaultKind::callback_lost);
}

TEST(Faults, B02_CopiesOfACallbackCountOnce) {
  strike_each("payer approves", FaultKind::callback_duplicated);
}

// Wherever the process ends once the callback is stored, the next one works the inbox off.
TEST(Faults, B10_ACallbackThatWasStoredBeforeACrashIsWorkedOff) {
  strike_each("payer approves", FaultKind::kill, 11);
}

TEST(Faults, H01_ADiskThatIsFullForAWriteCostsNobodyMoney) {
  strike_each("pay", FaultKind::disk_full);
}

TEST(Faults, H09_TheWallClockMayJump) {
  strike_each("pay", FaultKind::clock_jump, 11);
  strike_each("refunded", FaultKind::clock_jump, 23);
}

// A process that started while the wall clock was an hour ahead, and goes on when it is right again.
TEST(Faults, H09_WhatIsOfAnEarlierLifeIsNotToldByTheWallClock) {
  strike_each("pay", FaultKind::disk_full, 1, [](World& world) {
    world.machine().clock.set_offset(hours(1));
    world.crash(Disk::End::killed);
    world.wait_until_up();
    world.machine().clock.set_offset({});
  });
}

// A gateway that says nothing for longer than the policy allows: a person is asked, the switch goes on
// asking, and learns the truth when the gateway is back.
TEST(Sim, NothingEndsInSilence) {
  WorldOptions options{
      .seed = 4, .orders = scenario("pay").orders, .only = std::pair(FaultKind::kill, std::uint64_t{0})};
  options.prepare = [](World& world) {
    world.machine().settings.resolve_within = minutes(5);
    world.faults().strike_always(FaultKind::gateway_silent_before);
  };
  World world(std::move(options));
  const WorldEnd end = world.run();
  EXPECT_TRUE(end.is_good()) << told(end);
  EXPECT_TRUE(end.seen.contains("processing became requires_merchant_action"));
  EXPECT_EQ(end.states.at("failed"), 1u);
}

// The gateway keeps a key for 24 hours: what is unknown for longer is asked about, and never sent again.
TEST(Faults, A10_NothingIsSentAgainWhenItsKeyIsForgotten) {
  WorldOptions options{.seed = 5,
                       .orders = scenario("pay").orders,
                       .only = std::pair(FaultKind::kill, std::uint64_t{0}),
                       .trouble_lasts = hours(25) + minutes(5)};
  options.prepare = [](World& world) {
    world.faults().strike_always(FaultKind::reply_lost);
    // The machine sleeps over it; asking every ten seconds for a day shows nothing more.
    world.scheduler().happen_after(minutes(1), [&world] { world.scheduler().pause_process(hours(25)); });
  };
  World world(std::move(options));
  const WorldEnd end = world.run();
  EXPECT_TRUE(end.is_good()) << told(end);
  EXPECT_EQ(end.states.at("succeeded"), 1u);
  EXPECT_GT(end.simulated, hours(25));
}

TEST(Faults, H13_ABackupThatIsRestoredUnderLoadAsksBeforeItSends) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const WorldEnd end = run_world({.seed = seed, .payments = 30, .restores = true});
    EXPECT_TRUE(end.is_good()) << told(end);
    EXPECT_EQ(end.seen.count("a backup was restored"), 1u) << "seed " << seed;
  }
}

TEST(Sim, RunsThatOnceFailedStayGood) {
  std::ifstream corpus("tests/sim/corpus.txt");  // tests run in the root of the tree
  ASSERT_TRUE(corpus.is_open());
  int runs = 0;
  for (std::string line; std::getline(corpus, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    WorldOptions options;
    std::string gateways;
    fields >> options.seed >> options.payments >> gateways;
    ASSERT_TRUE(gateways == "stripe" || gateways == "all") << line;
    options.gateways = gateways == "all" ? Gateways::all : Gateways::stripe;
    const WorldEnd end = run_world(options);
    EXPECT_TRUE(end.is_good()) << line << ": " << told(end);
    ++runs;
  }
  EXPECT_GT(runs, 0);
}

// Up to ten minutes between any two steps, so also between the record and the first byte: the resolver
// decides once the process goes on, and nothing is sent late.
TEST(Sim, APauseAnywhereChargesOnce) {
  strike_each("pay", FaultKind::pause, 5);
}

}  // namespace
}  // namespace payweir::sim
