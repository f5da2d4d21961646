// Webhooks from the stored event to the endpoint, over the real store: what faults of endpoints and
// crashes of ours may do, and what they may not.
#include "jobs/deliver_job.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "flows/webhooks.hpp"
#include "jobs/testkit.hpp"
#include "jobs/upkeep_jobs.hpp"

namespace payweir::jobs {
namespace {

using store::DeliveryState;
using testkit::EndpointHttpClient;
using testkit::World;

constexpr const char* kGood = "https://good.example";
constexpr const char* kBad = "https://bad.example";

// Two merchants, one of whose endpoints behaves.
struct Delivering {
  Delivering() {
    world.add_profile(1, std::string(kGood) + "/hooks");
    world.add_profile(2, std::string(kBad) + "/hooks");
    world.http.answer(kGood, 200);
  }
  void start_job() { world.start(std::make_unique<DeliverJob>(world.context())); }
  [[nodiscard]] std::size_t calls_to(const std::string& origin) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        world.http.requests, [&](const http::Request& each) { return each.origin == origin; }));
  }
  World world;
};

TEST(DeliverJob, SendsOnceSignsAndMarks) {
  Delivering at;
  World& world = at.world;
  const EventId id = world.add_delivery(1, R"({"event_id":"e","sequence":4})");
  at.start_job();
  world.advance(minutes(10));
  ASSERT_EQ(world.http.requests.size(), 1u);
  const http::Request& sent = world.http.requests.front();
  EXPECT_EQ(sent.origin, kGood);
  EXPECT_EQ(sent.target, "/hooks");
  EXPECT_EQ(sent.body, R"({"event_id":"e","sequence":4})");
  EXPECT_EQ(sent.headers.get("webhook-id"), to_text(id));
  const std::string signed_text =
      to_text(id) + "." + std::string(sent.headers.get("webhook-timestamp")) + "." + sent.body;
  EXPECT_EQ(sent.headers.get("webhook-signature"),
            "v1," + crypto::to_base64(crypto::hmac_sha256("current secret", signed_text)));
  EXPECT_EQ(world.delivery(id).state, DeliveryState::delivered);
  EXPECT_EQ(world.delivery(id).last_status, 200);
}

TEST(DeliverJob, WithoutAnEndpointThereIsADeadLetter) {
  Delivering at;
  World& world = at.world;
  world.add_profile(3, "");
  const EventId id = world.add_delivery(3);
  const EventId nobodys = world.add_delivery(99);
  at.start_job();
  world.advance(seconds(1));
  EXPECT_TRUE(world.http.requests.empty());
  EXPECT_EQ(world.delivery(id).state, DeliveryState::dead);
  EXPECT_EQ(world.delivery(nobodys).state, DeliveryState::dead);
}

TEST(DeliverJob, ADeletedMerchantIsSentNothing) {
  Delivering at;
  World& world = at.world;
  const EventId id = world.add_delivery(1);
  auto merchant = world.run(world.context().directory.merchant(1)).value()->row;
  merchant.deleted = true;
  ++merchant.version;
  store::ChangeSet changes;
  changes.update(merchant);
  world.commit(std::move(changes));
  world.restart();
  at.start_job();
  world.advance(seconds(1));
  EXPECT_TRUE(world.http.requests.empty());
  EXPECT_EQ(world.delivery(id).state, DeliveryState::dead);
}

TEST(Faults, I01_AHangingEndpointEndsAfterFifteenSeconds) {
  Delivering at;
  World& world = at.world;
  world.http.at(kBad,
                [](const http::Request&) { return EndpointHttpClient::Reply{http::Response{}, hours(1)}; });
  const EventId id = world.add_delivery(2);
  at.start_job();
  world.advance(seconds(14));
  EXPECT_EQ(world.delivery(id).attempt_count, 0);
  world.advance(seconds(2));
  EXPECT_EQ(world.delivery(id).attempt_count, 1);
  EXPECT_EQ(world.delivery(id).last_status, 0);
  EXPECT_TRUE(world.delivery(id).last_error.starts_with("timeout"));
  ASSERT_FALSE(world.http.options.empty());
  EXPECT_EQ(world.http.options.front().timeout, seconds(15));
  EXPECT_EQ(world.http.options.front().response_bytes_max, 65'536u);
}

TEST(Faults, I02_APoisonEndpointDoesNotDelayTheOthers) {
  Delivering at;
  World& world = at.world;
  world.http.at(kBad,
                [](const http::Request&) { return EndpointHttpClient::Reply{http::Response{}, hours(1)}; });
  for (int i = 0; i < 300; ++i)
    (void)world.add_delivery(2);
  at.start_job();
  world.advance(seconds(1));
  std::vector<EventId> good;
  for (int i = 0; i < 20; ++i)
    good.push_back(world.add_delivery(1));
  world.advance(seconds(2));
  for (const EventId id : good)
    EXPECT_EQ(world.delivery(id).state, DeliveryState::delivered);
  EXPECT_EQ(at.calls_to(kBad), 4u);  // no more of one endpoint in flight
}

TEST(Faults, I02_AnEndpointThatKeepsFailingIsLeftAloneForAWhile) {
  Delivering at;
  World& world = at.world;
  world.http.answer(kBad, 500);
  for (int i = 0; i < 100; ++i)
    (void)world.add_delivery(2);
  at.start_job();
  world.advance(seconds(30));
  const std::size_t first = at.calls_to(kBad);
  EXPECT_LE(first, 12u);  // eight in a row, and those in flight with them
  world.advance(minutes(2));
  EXPECT_GT(at.calls_to(kBad), first);  // it is probed
  EXPECT_LE(at.calls_to(kBad), first + 12);
}

TEST(Faults, I02_AnEndpointThatTookNothingForAWholeScheduleIsSwitchedOff) {
  Delivering at;
  World& world = at.world;
  world.http.answer(kBad, 500);
  const EventId id = world.add_delivery(2);
  at.start_job();
  world.advance(hours(25), minutes(1));
  EXPECT_EQ(world.delivery(id).state, DeliveryState::dead);
  EXPECT_EQ(world.delivery(id).attempt_count, 9);
  EXPECT_FALSE(flows::takes_webhooks(*world.profile(2)));
  EXPECT_TRUE(world.log.contains("webhook.switched_off merchant_id=merchant_2"));
}

TEST(Faults, I02_APoisonEventAloneSwitchesNothingOff) {
  Delivering at;
  World& world = at.world;
  world.http.at(kBad, [](const http::Request& request) {
    return EndpointHttpClient::Reply{http::Response{request.body == "poison" ? 500 : 200, {}, ""}, {}};
  });
  const EventId poison = world.add_delivery(2, "poison");
  at.start_job();
  world.advance(hours(2), minutes(1));
  const EventId good = world.add_delivery(2, "good");
  world.advance(hours(23), minutes(1));
  EXPECT_EQ(world.delivery(poison).state, DeliveryState::dead);
  EXPECT_EQ(world.delivery(good).state, DeliveryState::delivered);
  EXPECT_TRUE(flows::takes_webhooks(*world.profile(2)));
}

TEST(Faults, I03_ARedirectIsNeverFollowed) {
  Delivering at;
  World& world = at.world;
  http::Headers headers;
  headers.set("Location", std::string(kGood) + "/elsewhere");
  world.http.answer(kBad, 302, headers);
  const EventId id = world.add_delivery(2);
  at.start_job();
  world.advance(seconds(30));
  EXPECT_EQ(at.calls_to(kGood), 0u);
  EXPECT_EQ(at.calls_to(kBad), 1u);
  EXPECT_EQ(world.delivery(id).state, DeliveryState::pending);
  EXPECT_EQ(world.delivery(id).last_error, "answered 302, and redirects are not followed");
}

TEST(Faults, I04_GoneSwitchesTheEndpointOff) {
  Delivering at;
  World& world = at.world;
  world.http.answer(kBad, 410);
  const EventId first = world.add_delivery(2);
  at.start_job();
  world.advance(seconds(1));
  EXPECT_EQ(world.delivery(first).state, DeliveryState::dead);
  EXPECT_FALSE(world.profile(2)->details.webhook_disabled_at.empty());
  const EventId second = world.add_delivery(2);
  world.advance(seconds(1));
  EXPECT_EQ(world.delivery(second).state, DeliveryState::dead);
  EXPECT_EQ(at.calls_to(kBad), 1u);
}

TEST(Faults, I04_RetryAfterHoldsBackTheWholeEndpoint) {
  Delivering at;
  World& world = at.world;
  http::Headers headers;
  headers.set("Retry-After", "600");
  world.http.answer(kBad, 429, headers);
  const EventId first = world.add_delivery(2);
  at.start_job();
  world.advance(seconds(1));
  EXPECT_EQ(at.calls_to(kBad), 1u);
  world.http.answer(kBad, 200);
  const EventId second = world.add_delivery(2);
  world.advance(minutes(9));
  EXPECT_EQ(at.calls_to(kBad), 1u);
  world.advance(minutes(2));
  EXPECT_EQ(world.delivery(first).state, DeliveryState::delivered);
  EXPECT_EQ(world.delivery(second).state, DeliveryState::delivered);
}

TEST(Faults, I05_ACrashBeforeTheMarkSendsAgainUnderTheSameId) {
  Delivering at;
  World& world = at.world;
  // The endpoint has taken it, and our process ends before the answer arrives.
  world.http.at(kGood,
                [](const http::Request&) { return EndpointHttpClient::Reply{http::Response{}, seconds(5)}; });
  const EventId id = world.add_delivery(1);
  at.start_job();
  world.advance(seconds(1));
  ASSERT_EQ(at.calls_to(kGood), 1u);
  world.restart();
  world.http.answer(kGood, 200);
  at.start_job();
  world.advance(seconds(1));
  ASSERT_EQ(at.calls_to(kGood), 2u);
  EXPECT_EQ(world.http.requests[0].headers.get("webhook-id"), to_text(id));
  EXPECT_EQ(world.http.requests[1].headers.get("webhook-id"), to_text(id));
  EXPECT_EQ(world.http.requests[0].body, world.http.requests[1].body);
  EXPECT_EQ(world.delivery(id).state, DeliveryState::delivered);
}

TEST(Faults, I08_AReceiverThatIsDownForThreeDaysCanHaveItsDeadLettersAgain) {
  Delivering at;
  World& world = at.world;
  const Instant from = world.clock.wall();
  const EventId id = world.add_delivery(2);  // refused connections
  const EventId other = world.add_delivery(1);
  at.start_job();
  world.advance(hours(72), minutes(1));
  EXPECT_EQ(world.delivery(id).state, DeliveryState::dead);
  EXPECT_EQ(at.calls_to(kBad), 9u);
  ASSERT_EQ(world.delivery(other).state, DeliveryState::delivered);

  world.http.answer(kBad, 200);
  world.commit([&] {  // its owner sets the address again
    store::ProfileRow row = world.profile(2)->row;
    row.details = "{}";
    ++row.version;
    store::ChangeSet changes;
    changes.update(row);
    return changes;
  }());
  world.context().directory.changed();
  const auto replay = [&](std::int64_t merchant_no, Instant to) {
    return world.run(flows::replay_dead_letters(world.context(), merchant_no, from, to)).value();
  };
  EXPECT_EQ(replay(1, world.clock.wall()), 0u);
  EXPECT_EQ(replay(2, from - seconds(1)), 0u);
  EXPECT_EQ(replay(2, world.clock.wall()), 1u);
  world.advance(seconds(90));
  EXPECT_EQ(world.delivery(id).state, DeliveryState::delivered);
}

TEST(Faults, I09_AMerchantsAddressMayOnlyBePublic) {
  Delivering at;
  World& world = at.world;
  (void)world.add_delivery(1);
  at.start_job();
  world.advance(seconds(1));
  ASSERT_EQ(world.http.options.size(), 1u);
  EXPECT_EQ(world.http.options.front().reach, CallOptions::Reach::public_only);
  world.settings.webhooks_allow_private = true;
  (void)world.add_delivery(1);
  world.advance(seconds(1));
  EXPECT_EQ(world.http.options.back().reach, CallOptions::Reach::configured);
}

TEST(DeliverJob, GaugesTellWhatWaitsAndWhatIsDead) {
  Delivering at;
  World& world = at.world;
  (void)world.add_delivery(2);
  (void)world.add_delivery(2);
  world.add_profile(3, "");
  (void)world.add_delivery(3);
  at.start_job();
  world.advance(seconds(1));
  MeasureJob measure(world.context());
  ASSERT_TRUE(world.run(measure.list_due({})).has_value());
  EXPECT_EQ(world.telemetry().deliveries_pending.load(), 2);
  EXPECT_EQ(world.telemetry().deliveries_dead.load(), 1);
}

TEST(MeasureJob, ShowsBreakersByTheNamesOfTheirAccounts) {
  World world;
  flows::Context& context = world.context();
  store::ConnectorAccountRow account;
  account.id = context.new_id<ConnectorAccountTag>();
  account.connector = "stripe";
  store::ChangeSet changes;
  changes.insert(account);
  ASSERT_TRUE(
      std::holds_alternative<store::commit::Committed>(world.run(context.store.commit(std::move(changes)))));
  constexpr std::int64_t kNobodysAccount = 5;
  for (const std::int64_t key : {account.id.key, kNobodysAccount})
    for (int i = 0; i < 5; ++i)
      context.traffic.health.concluded(key, OperationKind::capture, flows::GatewayHealth::Dispatch::allowed,
                                       flows::GatewayHealth::Word::failed, context.clock.suspended_us());
  MeasureJob measure(context);
  ASSERT_TRUE(world.run(measure.list_due({})).has_value());
  const std::string shown = world.telemetry().render(store::Store::Statistics());
  EXPECT_TRUE(shown.contains("payweir_breaker_state{merchant_connector_id=\"" + to_text(account.id) +
                             "\",connector=\"stripe\",operation=\"capture\"} 2\n"))
      << shown;
}

store::IdempotencyRow claim_of(World& world) {
  store::IdempotencyRow claim;
  claim.key = world.context().new_key();
  claim.digest = crypto::sha256(std::to_string(claim.key)).substr(0, 16);
  claim.fingerprint = claim.digest;
  return claim;
}

TEST(PurgeJob, ErasesClaimsAndAnswersAfterThirtyDays) {
  World world;
  const auto add_claim = [&](bool answered) {
    store::IdempotencyRow claim = claim_of(world);
    store::ChangeSet changes;
    changes.insert(claim);
    if (answered) changes.insert(store::AnswerRow{claim.key, 200, false, "{}"});
    world.commit(std::move(changes));
  };
  const auto count = [&](std::string_view sql) {
    const store::Query query{sql, sql};  // statements are kept by name
    return std::get<std::int64_t>(world.run(world.store().select(query, {}, 1)).value().at(0).at(0));
  };
  add_claim(true);
  add_claim(false);
  world.advance(days(29), hours(1));
  add_claim(true);
  world.start(std::make_unique<PurgeJob>(world.context()));
  world.advance(hours(23), hours(1));
  EXPECT_EQ(count("SELECT count(*) FROM idempotency"), 3);
  world.advance(hours(3), hours(1));
  EXPECT_EQ(count("SELECT count(*) FROM idempotency"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM answer"), 1);
}

TEST(PurgeJob, GoesOnUntilNothingIsOld) {
  World world;
  store::ChangeSet changes;
  for (int i = 0; i < 1'000; ++i)
    changes.insert(claim_of(world));
  world.commit(std::move(changes));
  world.advance(days(31), days(1));
  world.start(std::make_unique<PurgeJob>(world.context()));
  world.advance(seconds(1));
  const store::Query query{"count", "SELECT count(*) FROM idempotency"};
  EXPECT_EQ(std::get<std::int64_t>(world.run(world.store().select(query, {}, 1)).value().at(0).at(0)), 0);
}

}  // namespace
}  // namespace payweir::jobs
