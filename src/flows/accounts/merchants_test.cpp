#include "flows/accounts/merchants.hpp"

#include <gtest/gtest.h>

#include "flows/testkit.hpp"

namespace payweir::flows {
namespace {

using testkit::member;
using testkit::World;

CreateMerchant make_command(std::string merchant_id) {
  CreateMerchant command;
  command.merchant_id = std::move(merchant_id);
  return command;
}

Result<Answer> create(World& world, CreateMerchant command, Key key = std::nullopt) {
  return world.run(
      create_merchant(world.context(), world.admin(), std::move(key), std::move(command), world.rendering));
}

Code code_of(const Result<Answer>& result) {
  return result ? Code{} : result.error().code;
}

TEST(Merchants, ComeWithOrganisationProfileAndKeys) {
  World world;
  const Answer made = create(world, make_command("shop_1-A")).value();
  EXPECT_EQ(member(made, "merchant_id"), "shop_1-A");
  EXPECT_TRUE(member(made, "organization_id").starts_with("org_"));
  EXPECT_TRUE(member(made, "publishable_key").starts_with("pk_snd_"));
  EXPECT_TRUE(member(made, "webhook_secret").starts_with("whsec_"));
  EXPECT_EQ(member(made, "hash_key").size(), 64u);
  EXPECT_TRUE(looks_like_id<ProfileTag>(member(made, "default_profile")));
}

TEST(Merchants, AreListedByOrganisation) {
  World world;
  CreateMerchant command = make_command("one");
  command.details.organization_id = "org_ours";
  ASSERT_TRUE(create(world, command));
  command.merchant_id = "two";
  ASSERT_TRUE(create(world, command));
  ASSERT_TRUE(create(world, make_command("elsewhere")));
  const auto listed = world.run(list_merchants(world.context(), world.admin(), "org_ours"));
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 2u);
  EXPECT_EQ(listed->at(0).row.merchant_id, "one");
  EXPECT_EQ(listed->at(1).row.merchant_id, "two");
}

TEST(Merchants, RefuseIdsThatNeedEscaping) {
  World world;
  for (const std::string& id : {std::string(), std::string(65, 'a'), std::string("a b"), std::string("a/b"),
                                std::string("a.b"), std::string("é"), std::string("a\n")}) {
    const Result<Answer> made = create(world, make_command(id));
    EXPECT_EQ(code_of(made), Code::invalid_value) << id;
    EXPECT_EQ(made.error().field, "merchant_id");
  }
  EXPECT_TRUE(create(world, make_command(std::string(64, 'a'))));
}

TEST(Merchants, RefuseAnIdThatExistsOrExisted) {
  World world;
  ASSERT_TRUE(create(world, make_command("shop")));
  EXPECT_EQ(code_of(create(world, make_command("shop"))), Code::duplicate_resource);
  ASSERT_TRUE(world.run(delete_merchant(world.context(), world.admin(), "shop")));
  EXPECT_EQ(code_of(create(world, make_command("shop"))), Code::duplicate_resource);
}

TEST(Merchants, AnswerARepeatedRequestWithTheFirstAnswer) {
  World world;
  const auto key = world.request_key(world.admin(), "k");
  const Answer first = create(world, make_command("shop"), key).value();
  const Result<Answer> second = create(world, make_command("shop"), key);
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->replayed);
  EXPECT_EQ(second->body, first.body) << "also the secrets, which are shown only in this answer";
  EXPECT_FALSE(world.folder.holds(member(first, "webhook_secret")));
  EXPECT_FALSE(world.folder.holds(member(first, "hash_key")));
}

TEST(Merchants, ConsumeNoKeyWhenTheRequestIsInvalid) {
  World world;
  const auto key = world.request_key(world.admin(), "k");
  EXPECT_EQ(code_of(create(world, make_command("not valid"), key)), Code::invalid_value);
  EXPECT_TRUE(create(world, make_command("shop"), key)) << "catalogue D07";
}

TEST(Merchants, ChangeOnlyWhatIsGiven) {
  World world;
  CreateMerchant made = make_command("shop");
  made.details.name = "The Shop";
  made.details.metadata_json = R"({"a":1})";
  made.settings.webhook_url = "https://shop.example/hook";
  ASSERT_TRUE(create(world, made));
  UpdateMerchant command;
  command.merchant_id = "shop";
  command.details.name = "The New Shop";
  ASSERT_TRUE(
      world.run(update_merchant(world.context(), world.admin(), std::nullopt, command, world.rendering)));
  const MerchantView view = world.run(retrieve_merchant(world.context(), world.admin(), "shop")).value();
  EXPECT_EQ(view.details.name, "The New Shop");
  EXPECT_EQ(view.details.metadata_json, R"({"a":1})");
  EXPECT_EQ(view.default_profile.row.webhook_url, "https://shop.example/hook");
}

TEST(Merchants, RetryAfterAnotherWriter) {
  World world;
  ASSERT_TRUE(create(world, make_command("shop")));
  std::vector<Task<Result<Answer>>> updates;
  for (int i = 0; i < 4; ++i) {
    UpdateMerchant command;
    command.merchant_id = "shop";
    (i % 2 == 0 ? command.details.name : command.details.locker_id) = "by " + std::to_string(i);
    Context& context = i < 2 ? world.context() : world.other_context();
    updates.push_back(update_merchant(context, world.admin(), std::nullopt, command, world.rendering));
  }
  for (const Result<Answer>& answer : world.loop.run_together(std::move(updates)))
    EXPECT_TRUE(answer);
  const MerchantView view = world.run(retrieve_merchant(world.context(), world.admin(), "shop")).value();
  EXPECT_EQ(view.row.version, 5) << "one for each, none lost";
  EXPECT_FALSE(view.details.name.empty());
  EXPECT_FALSE(view.details.locker_id.empty());
}

}  // namespace
}  // namespace payweir::flows
