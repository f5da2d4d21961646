#include "flows/routing/canaries.hpp"

#include <gtest/gtest.h>

#include "base/json_reader.hpp"
#include "flows/accounts/connector_accounts.hpp"
#include "flows/routing/algorithms.hpp"
#include "flows/routing/canary_counts.hpp"
#include "flows/testkit.hpp"

namespace payweir::flows {
namespace {

using testkit::member;
using testkit::World;

const routing::CanaryTerms kTerms{.percent = 5, .worse_by_ppm = 25'000, .payments_min = 100};

// A merchant with two routing algorithms.
struct Shop {
  Shop()
      : profile_id(member(world.create_merchant("shop"), "default_profile")), caller(world.merchant("shop")) {
    CreateConnectorAccount account;
    account.merchant_id = "shop";
    account.connector = "stripe";
    account.credentials.auth_type = "HeaderKey";
    account.credentials.set("api_key", Secret("sk_test_of_the_shop"));
    EXPECT_TRUE(world.run(
        create_connector_account(world.context(), world.admin(), std::nullopt, account, world.rendering)));
    for (std::string* id : {&old_one, &new_one}) {
      CreateRoutingAlgorithm command{profile_id, "name", "", R"({"type":"single","data":"stripe"})"};
      *id = member(
          world.run(create_routing_algorithm(world.context(), caller, std::nullopt, command, world.rendering))
              .value(),
          "id");
    }
  }
  Result<Answer> activate(const std::string& id, std::optional<routing::CanaryTerms> trial = std::nullopt) {
    return world.run(
        activate_routing_algorithm(world.context(), caller, std::nullopt, id, trial, world.rendering));
  }
  Result<Answer> deactivate() {
    return world.run(
        deactivate_routing_algorithm(world.context(), caller, std::nullopt, profile_id, world.rendering));
  }
  CanaryRecord record_of(const std::string& id) {
    const auto view = world.run(retrieve_routing_algorithm(world.context(), caller, id));
    return CanaryRecord::parse(view.value().row.canary);
  }
  std::shared_ptr<const ProfileEntry> profile() {
    return world.run(world.context().directory.merchant_by_id("shop")).value()->default_profile();
  }
  // Which run: "old", "old+new", ….
  std::string running() {
    const auto entry = profile();
    const auto name = [&](const std::shared_ptr<const ActiveRouting>& routing) {
      return to_text(routing->id) == old_one ? "old" : "new";
    };
    std::string names = entry->routing ? name(entry->routing) : "";
    if (entry->canary) names += std::string("+") + name(entry->canary->routing);
    return names;
  }
  // A payment that was routed, and came to this end.
  void pay(std::string_view routed_by, PaymentState after, PaymentState before = PaymentState::processing) {
    PaymentSnapshot snapshot;
    snapshot.profile = profile();
    snapshot.aggregate.payment.state = after;
    snapshot.aggregate.payment.created_at = created_at.ms > 0 ? created_at : world.clock.wall();
    snapshot.details.edit().routed_by_json = routed_by;
    count_for_canary(world.context(), before, snapshot);
  }
  routing::CanarySide side(CanaryArm arm) {
    return world.context().traffic.canaries.side(profile()->canary->run, arm);
  }

  World world;
  std::string profile_id;
  Principal caller;
  std::string old_one, new_one;
  Instant created_at;
};

TEST(RoutingCanaries, RunBesideTheActiveOneUntilTheyArePromotedOrEnd) {
  Shop shop;
  ASSERT_TRUE(shop.activate(shop.old_one));
  const Result<Answer> tried = shop.activate(shop.new_one, kTerms);
  ASSERT_TRUE(tried) << tried.error().detail;
  EXPECT_EQ(shop.running(), "old+new");
  EXPECT_EQ(json::parse(tried->body)->root()["canary"].dump(),
            R"({"percent":5,"worse_by_percent":"2.5","payments_min":100,"status":"running","why":null})");
  EXPECT_EQ(shop.activate(shop.new_one, kTerms).error().code, Code::illegal_transition);
  EXPECT_EQ(shop.activate(shop.old_one, kTerms).error().code, Code::illegal_transition);
  ASSERT_TRUE(shop.activate(shop.new_one));
  EXPECT_EQ(shop.running(), "new");
  EXPECT_EQ(shop.record_of(shop.new_one).status, "promoted");

  ASSERT_TRUE(shop.activate(shop.old_one, kTerms));
  EXPECT_EQ(shop.running(), "new+old");
  ASSERT_TRUE(shop.deactivate());
  EXPECT_EQ(shop.running(), "");
  EXPECT_EQ(shop.record_of(shop.old_one).status, "ended");
  EXPECT_EQ(shop.deactivate().error().code, Code::illegal_transition);

  ASSERT_TRUE(shop.activate(shop.new_one, kTerms));
  EXPECT_EQ(shop.running(), "+new") << "beside the default order";
  ASSERT_TRUE(shop.activate(shop.old_one, kTerms));
  EXPECT_EQ(shop.running(), "+old");
  EXPECT_EQ(shop.record_of(shop.new_one).why, "another algorithm was activated");
}

TEST(RoutingCanaries, CountPaymentsThatCameToTheirEndOnce) {
  Shop shop;
  const std::string canary = R"({"by":"single","canary":1})", rest = R"({"by":"default","canary":0})";
  shop.pay(canary, PaymentState::succeeded);  // none runs
  ASSERT_TRUE(shop.activate(shop.new_one, kTerms));
  const struct {
    std::string_view routed_by;
    PaymentState before, after;
    std::int64_t approved, payments;  // of the canary
  } steps[] = {
      {canary, PaymentState::processing, PaymentState::succeeded, 1, 1},
      {canary, PaymentState::requires_confirmation, PaymentState::failed, 1, 2},
      {canary, PaymentState::requires_customer_action, PaymentState::requires_capture, 2, 3},
      {canary, PaymentState::requires_capture, PaymentState::succeeded, 2, 3},
      {canary, PaymentState::processing, PaymentState::requires_customer_action, 2, 3},
      {canary, PaymentState::failed, PaymentState::failed, 2, 3},
      {canary, PaymentState::requires_payment_method, PaymentState::expired, 2, 3},
      {R"({"by":"request"})", PaymentState::processing, PaymentState::failed, 2, 3},
      {"", PaymentState::processing, PaymentState::failed, 2, 3},
  };
  for (const auto& each : steps) {
    shop.pay(each.routed_by, each.after, each.before);
    const routing::CanarySide side = shop.side(CanaryArm::canary);
    EXPECT_EQ(side.approved, each.approved) << to_string(each.before) << to_string(each.after);
    EXPECT_EQ(side.payments, each.payments) << to_string(each.before) << to_string(each.after);
  }
  EXPECT_EQ(shop.side(CanaryArm::rest).payments, 0);
  shop.pay(rest, PaymentState::failed);
  EXPECT_EQ(shop.side(CanaryArm::rest).payments, 1);
  shop.created_at = shop.world.clock.wall() - milliseconds(1);
  shop.pay(rest, PaymentState::failed);
  EXPECT_EQ(shop.side(CanaryArm::rest).payments, 1) << "routed before this canary";
}

TEST(RoutingCanaries, AreTakenBackWhenTheyDoWorse) {
  Shop shop;
  ASSERT_TRUE(shop.activate(shop.old_one));
  ASSERT_TRUE(shop.activate(shop.new_one, kTerms));
  const auto failing = [&] {
    return shop.world.run(list_failing_canaries(shop.world.context(), 10)).value();
  };
  for (int payment = 0; payment < 100; ++payment) {
    shop.pay(R"({"canary":1})", payment % 2 == 0 ? PaymentState::failed : PaymentState::succeeded);
    EXPECT_TRUE(failing().empty());
    if (payment < 99) shop.pay(R"({"canary":0})", PaymentState::succeeded);
  }
  shop.pay(R"({"canary":0})", PaymentState::succeeded);
  const std::vector<std::int64_t> keys = failing();
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys.front(), parse_id<RoutingAlgorithmTag>(shop.new_one)->key);
  ASSERT_TRUE(shop.world.run(return_canary(shop.world.context(), keys.front())));
  EXPECT_EQ(shop.running(), "old");
  const CanaryRecord record = shop.record_of(shop.new_one);
  EXPECT_EQ(record.status, "returned");
  EXPECT_EQ(record.why, "approved 50.00 % of 100 payments, the rest 100.00 % of 100");
  EXPECT_EQ(shop.world.context().telemetry.canaries_returned, 1u);
  EXPECT_TRUE(shop.world.run(return_canary(shop.world.context(), keys.front()))) << "it is done";
  EXPECT_TRUE(failing().empty());
  EXPECT_EQ(shop.world.context().telemetry.canaries_returned, 1u);

  ASSERT_TRUE(shop.activate(shop.new_one, kTerms));
  EXPECT_EQ(shop.side(CanaryArm::canary).payments, 0) << "it begins anew";
}

TEST(CanaryCounts, KeepsRunsApart) {
  CanaryCounts counts;
  for (std::int64_t run = 1; run <= 1'000; ++run)
    for (std::int64_t payment = 0; payment < run % 3; ++payment)
      counts.count(run, CanaryArm::canary, payment == 0);
  for (std::int64_t run = 1; run <= 1'000; ++run) {
    EXPECT_EQ(counts.side(run, CanaryArm::canary).payments, run % 3);
    EXPECT_EQ(counts.side(run, CanaryArm::canary).approved, run % 3 > 0 ? 1 : 0);
    EXPECT_EQ(counts.side(run, CanaryArm::rest).payments, 0);
  }
}

}  // namespace
}  // namespace payweir::flows
