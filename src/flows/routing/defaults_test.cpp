#include "flows/routing/defaults.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "flows/accounts/connector_accounts.hpp"
#include "flows/testkit.hpp"

namespace payweir::flows {
namespace {

using testkit::member;
using testkit::World;

std::string ids_of(const DefaultRoutingView& view) {
  std::string ids;
  for (const routing::Choice& account : view.accounts)
    ids += (ids.empty() ? "" : " ") + account.connector + ":" + account.merchant_connector_id;
  return ids;
}

struct Shop {
  Shop()
      : profile_id(member(world.create_merchant("shop"), "default_profile")),
        caller(world.merchant("shop")) {}

  std::string add(std::string label) {
    CreateConnectorAccount account;
    account.merchant_id = "shop";
    account.connector = "stripe";
    account.label = std::move(label);
    account.credentials.auth_type = "HeaderKey";
    account.credentials.set("api_key", Secret("sk_test_of_the_shop"));
    auto made = world.run(
        create_connector_account(world.context(), world.admin(), std::nullopt, account, world.rendering));
    return member(made.value(), "merchant_connector_id");
  }
  Result<Answer> set(std::vector<routing::Choice> accounts, Key key = std::nullopt) {
    return world.run(
        update_default_routing(world.context(), caller, std::move(key), "", std::move(accounts), ids_of));
  }
  std::string now() {
    return ids_of(world.run(retrieve_default_routing(world.other_context(), caller, "")).value());
  }

  World world;
  std::string profile_id;
  Principal caller;
};

TEST(DefaultRouting, IsTheOldestFirstUntilTheMerchantSaysOtherwise) {
  Shop shop;
  EXPECT_EQ(shop.now(), "");
  const std::string one = shop.add("one"), two = shop.add("two");
  EXPECT_EQ(shop.now(), "stripe:" + one + " stripe:" + two);
  const Result<Answer> changed = shop.set({{"stripe", two}, {"stripe", one}});
  ASSERT_TRUE(changed) << changed.error().detail;
  EXPECT_EQ(changed->body, "stripe:" + two + " stripe:" + one);
  EXPECT_EQ(shop.now(), changed->body) << "at another thread, too";
  const std::string three = shop.add("three");
  EXPECT_EQ(shop.now(), changed->body + " stripe:" + three) << "later ones go to the end";
  ASSERT_TRUE(
      shop.world.run(delete_connector_account(shop.world.context(), shop.world.admin(), "shop", two)));
  EXPECT_EQ(shop.now(), "stripe:" + one + " stripe:" + three);
  const auto all = shop.world.run(list_default_routings(shop.world.context(), shop.caller));
  ASSERT_EQ(all.value().size(), 1u);
  EXPECT_EQ(all->front().profile_id, shop.profile_id);
}

TEST(DefaultRouting, TakesEachOfTheProfilesAccountsOnce) {
  Shop shop;
  const std::string one = shop.add("one"), two = shop.add("two");
  const std::string before = shop.now();
  const struct {
    std::vector<routing::Choice> accounts;
    Code code;
    std::string_view detail;
  } refused[] = {
      {{}, Code::illegal_transition, "different lengths"},
      {{{"stripe", one}}, Code::illegal_transition, "different lengths"},
      {{{"stripe", one}, {"stripe", two}, {"stripe", two}}, Code::illegal_transition, "different lengths"},
      {{{"stripe", one}, {"stripe", one}}, Code::invalid_value, "mismatch"},
      {{{"stripe", one}, {"alipay", two}}, Code::invalid_value, "alipay:mca_"},
      {{{"stripe", one}, {"stripe", ""}}, Code::invalid_value, "mismatch"},
  };
  for (const auto& each : refused) {
    const Result<Answer> answer = shop.set(each.accounts);
    ASSERT_FALSE(answer) << each.detail;
    EXPECT_EQ(answer.error().code, each.code);
    EXPECT_TRUE(answer.error().detail.contains(each.detail)) << answer.error().detail;
  }
  EXPECT_EQ(shop.now(), before);
}

TEST(DefaultRouting, ARepeatedRequestAnswersTheSame) {
  Shop shop;
  const std::string one = shop.add("one"), two = shop.add("two");
  const auto key = [&] { return shop.world.request_key(shop.caller, "again"); };
  const Result<Answer> first = shop.set({{"stripe", two}, {"stripe", one}}, key());
  ASSERT_TRUE(first);
  ASSERT_TRUE(shop.set({{"stripe", one}, {"stripe", two}}));
  const Result<Answer> again = shop.set({{"stripe", two}, {"stripe", one}}, key());
  EXPECT_EQ(again.value().body, first->body);
  EXPECT_EQ(shop.now(), "stripe:" + one + " stripe:" + two);
}

}  // namespace
}  // namespace payweir::flows
