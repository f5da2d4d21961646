#include "flows/accounts/api_keys.hpp"

#include <gtest/gtest.h>

#include "flows/accounts/keys.hpp"
#include "flows/testkit.hpp"

namespace payweir::flows {
namespace {

using testkit::member;
using testkit::World;

Result<Answer> create(World& world, Key key, Instant expires_at = Instant{}) {
  CreateApiKey command;
  command.merchant_id = "shop";
  command.name = "till";
  command.expires_at = expires_at;
  return world.run(
      create_api_key(world.context(), world.admin(), std::move(key), std::move(command), world.rendering));
}

TEST(ApiKeys, ShowTheirPlaintextOnceAndKeepAHash) {
  World world;
  world.create_merchant("shop");
  const auto key = world.request_key(world.admin(), "k");
  const Answer made = create(world, key).value();
  const std::string plaintext = member(made, "api_key");
  const std::optional<ApiKeyParts> parts = parse_api_key(plaintext);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->secret.size(), 64u);
  EXPECT_TRUE(plaintext.starts_with("snd_"));

  const ApiKeyView view =
      world.run(retrieve_api_key(world.context(), world.admin(), "shop", member(made, "key_id"))).value();
  EXPECT_TRUE(view.plaintext.empty());
  EXPECT_TRUE(plaintext.starts_with(view.row.prefix));
  EXPECT_EQ(view.row.prefix.size(), parts->name.size() + 4);
  EXPECT_FALSE(world.folder.holds(parts->secret)) << "not in the row, and not in the stored answer";
  EXPECT_EQ(create(world, key)->body, made.body) << "though a repeated request is shown it again";
}

TEST(ApiKeys, AreMadeForProductionOutsideTheSandbox) {
  World world;
  world.settings.sandbox = false;
  world.create_merchant("shop");
  const std::string api_key = world.create_api_key("shop");
  EXPECT_TRUE(api_key.starts_with("prd_"));
  EXPECT_TRUE(world.authenticate(world.context(), api_key));
}

TEST(ApiKeys, RefuseAnExpiryThatHasPassed) {
  World world;
  world.create_merchant("shop");
  const Result<Answer> made = create(world, std::nullopt, world.clock.wall());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().field, "expiration");
}

TEST(ApiKeys, ChangeTheirExpiryAtOnce) {
  World world;
  world.create_merchant("shop");
  const Answer made = create(world, std::nullopt).value();
  ASSERT_TRUE(world.authenticate(world.other_context(), member(made, "api_key")));
  UpdateApiKey command;
  command.merchant_id = "shop";
  command.key_id = member(made, "key_id");
  command.expires_at = world.clock.wall() + seconds(1);
  ASSERT_TRUE(
      world.run(update_api_key(world.context(), world.admin(), std::nullopt, command, world.rendering)));
  world.clock.advance(seconds(1));
  EXPECT_FALSE(world.authenticate(world.other_context(), member(made, "api_key")));
}

TEST(ApiKeys, StayListedWhenTheyAreRevoked) {
  World world;
  world.create_merchant("shop");
  const std::string key_id = member(create(world, std::nullopt).value(), "key_id");
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(world.run(revoke_api_key(world.context(), world.admin(), "shop", key_id))->row.revoked);
  const auto listed = world.run(list_api_keys(world.context(), world.admin(), "shop"));
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_TRUE(listed->front().row.revoked);
}

}  // namespace
}  // namespace payweir::flows
