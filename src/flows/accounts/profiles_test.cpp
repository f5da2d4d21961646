#include "flows/accounts/profiles.hpp"

#include <gtest/gtest.h>

#include "crypto/encoding.hpp"
#include "flows/accounts/connector_accounts.hpp"
#include "flows/testkit.hpp"

namespace payweir::flows {
namespace {

using testkit::member;
using testkit::World;

Result<Answer> create(World& world, std::string name, ProfileSettings settings = {}) {
  CreateProfile command;
  command.merchant_id = "shop";
  command.name = std::move(name);
  command.settings = std::move(settings);
  return world.run(
      create_profile(world.context(), world.admin(), std::nullopt, std::move(command), world.rendering));
}

Result<Answer> update(World& world, const std::string& profile_id, ProfileSettings settings) {
  UpdateProfile command;
  command.merchant_id = "shop";
  command.profile_id = profile_id;
  command.settings = std::move(settings);
  return world.run(
      update_profile(world.context(), world.admin(), std::nullopt, std::move(command), world.rendering));
}

std::shared_ptr<const ProfileEntry> find(World& world, const std::string& profile_id) {
  const auto merchant = world.run(world.context().directory.merchant_by_id("shop")).value();
  return merchant->find_profile(parse_id<ProfileTag>(profile_id)->key);
}

std::string shown(const Secret& secret) {
  return "whsec_" + crypto::to_base64(secret.reveal());
}

TEST(Profiles, HaveNamesOfTheirOwn) {
  World world;
  world.create_merchant("shop");
  ASSERT_TRUE(create(world, "eu"));
  const Result<Answer> again = create(world, "eu");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::duplicate_resource);
  EXPECT_EQ(again.error().field, "profile_name");
  EXPECT_TRUE(create(world, ""));
  EXPECT_TRUE(create(world, ""));
  EXPECT_EQ(world.run(list_profiles(world.context(), world.admin(), "shop"))->size(), 4u);
}

TEST(Profiles, ShowTheirWebhookSecretOnce) {
  World world;
  world.create_merchant("shop");
  const Answer made = create(world, "eu").value();
  const std::string profile_id = member(made, "profile_id");
  EXPECT_EQ(member(made, "webhook_secret"), shown(find(world, profile_id)->webhook_secrets.front()));
  const ProfileView view =
      world.run(retrieve_profile(world.context(), world.admin(), "shop", profile_id)).value();
  EXPECT_TRUE(view.new_webhook_secret.empty());
  EXPECT_FALSE(world.folder.holds(find(world, profile_id)->webhook_secrets.front().reveal()));
}

// Catalogue I07: both secrets sign while receivers change over, then only the new one.
TEST(Profiles, RotateTheirWebhookSecretWithAnOverlap) {
  World world;
  world.create_merchant("shop");
  const Answer made = create(world, "eu").value();
  const std::string profile_id = member(made, "profile_id");
  ProfileSettings rotate;
  rotate.rotate_webhook_secret = true;
  const Answer rotated = update(world, profile_id, rotate).value();
  EXPECT_NE(member(rotated, "webhook_secret"), member(made, "webhook_secret"));

  auto secrets = find(world, profile_id)->webhook_secrets_at(world.clock.wall());
  ASSERT_EQ(secrets.size(), 2u);
  EXPECT_EQ(shown(secrets[0]), member(rotated, "webhook_secret")) << "newest first";
  EXPECT_EQ(shown(secrets[1]), member(made, "webhook_secret"));

  world.clock.advance(hours(24));
  secrets = find(world, profile_id)->webhook_secrets_at(world.clock.wall());
  ASSERT_EQ(secrets.size(), 1u);
  EXPECT_EQ(shown(secrets[0]), member(rotated, "webhook_secret"));
}

TEST(Profiles, KeepTwoWebhookSecretsAtMost) {
  World world;
  world.create_merchant("shop");
  const std::string profile_id = member(create(world, "eu").value(), "profile_id");
  ProfileSettings rotate;
  rotate.rotate_webhook_secret = true;
  const Answer second = update(world, profile_id, rotate).value();
  const Answer third = update(world, profile_id, rotate).value();
  const auto profile = find(world, profile_id);
  ASSERT_EQ(profile->webhook_secrets.size(), 2u);
  EXPECT_EQ(shown(profile->webhook_secrets[0]), member(third, "webhook_secret"));
  EXPECT_EQ(shown(profile->webhook_secrets[1]), member(second, "webhook_secret"));
}

TEST(Profiles, TakeTheHashKeyThatTheyAreGiven) {
  World world;
  world.create_merchant("shop");
  ProfileSettings settings;
  settings.payment_response_hash_key = Secret("a key of the merchant's own");
  const std::string profile_id = member(create(world, "eu", settings).value(), "profile_id");
  EXPECT_EQ(find(world, profile_id)->payment_response_hash_key, "a key of the merchant's own");
  EXPECT_FALSE(world.folder.holds("a key of the merchant's own"));
}

// Catalogue I09, the part that registration can do.
TEST(Faults, I09_WebhookAddressesThatHideWhereTheyLeadAreRefused) {
  World world;
  world.create_merchant("shop");
  for (const std::string& url :
       {std::string("http://shop.example/hook"), std::string("ftp://shop.example"), std::string("https://"),
        std::string("https:///path"), std::string("https://:443/"), std::string("https://user@shop.example/"),
        std::string("https://a b/"), std::string("https://shop.example/\r\nX: y"),
        std::string("https://shop.example\\@x"), std::string("https://shop.example/#x"),
        std::string("https://bücher.example/"), "https://shop.example/" + std::string(2048, 'a'),
        std::string("javascript:alert(1)")}) {
    ProfileSettings settings;
    settings.webhook_url = url;
    const Result<Answer> made = create(world, "p", settings);
    ASSERT_FALSE(made) << url;
    EXPECT_EQ(made.error().field, "webhook_details.webhook_url");
  }
  EXPECT_EQ(world.run(list_profiles(world.context(), world.admin(), "shop"))->size(), 1u)
      << "nothing was stored";
}

TEST(Profiles, TakePlainHttpOnlyWhereThatIsAllowed) {
  World world;
  world.create_merchant("shop");
  ProfileSettings settings;
  settings.webhook_url = "http://127.0.0.1:9000/hook";
  EXPECT_FALSE(create(world, "one", settings));
  world.settings.webhooks_allow_private = true;
  EXPECT_TRUE(create(world, "one", settings));
}

TEST(Profiles, SetWhatTheirPaymentsDoNotSet) {
  World world;
  world.create_merchant("shop");
  CreateProfile command;
  command.merchant_id = "shop";
  command.details.session_expiry_json = "120";
  command.details.return_url = "https://shop.example/thanks";
  const Answer made =
      world.run(create_profile(world.context(), world.admin(), std::nullopt, command, world.rendering))
          .value();

  const Principal shop = world.merchant("shop");
  CreatePayment payment;
  payment.payment_id = "order-1";
  payment.profile_id = member(made, "profile_id");
  payment.amount = {1000, Currency::parse("EUR").value()};
  ASSERT_TRUE(world.run(create_payment(world.context(), shop, std::nullopt, payment, world.rendering)));
  RetrievePayment retrieve;
  retrieve.payment_id = "order-1";
  const auto view = world.run(retrieve_payment(world.context(), shop, retrieve));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payment.expires_at, world.clock.wall() + seconds(120));
  EXPECT_EQ(world.run(return_from_gateway(world.context(), "shop", "order-1")).value(),
            "https://shop.example/thanks?payment_id=order-1&status=requires_payment_method");
}

TEST(Profiles, AreDeletedWhenNothingNeedsThem) {
  World world;
  const Answer merchant = world.create_merchant("shop");
  const std::string default_profile = member(merchant, "default_profile");
  const std::string profile_id = member(create(world, "eu").value(), "profile_id");
  const auto remove = [&](const std::string& id) {
    return world.run(delete_profile(world.context(), world.admin(), "shop", id));
  };
  EXPECT_EQ(remove(default_profile).error().code, Code::invalid_value);

  CreateConnectorAccount account;
  account.merchant_id = "shop";
  account.profile_id = profile_id;
  account.connector = "stripe";
  account.credentials.auth_type = "HeaderKey";
  account.credentials.set("api_key", Secret("sk_test_1234567890"));
  const Answer made = world
                          .run(create_connector_account(world.context(), world.admin(), std::nullopt, account,
                                                        world.rendering))
                          .value();
  EXPECT_EQ(remove(profile_id).error().code, Code::invalid_value);
  ASSERT_TRUE(world.run(delete_connector_account(world.context(), world.admin(), "shop",
                                                 member(made, "merchant_connector_id"))));
  EXPECT_TRUE(remove(profile_id));
  EXPECT_EQ(remove(profile_id).error().code, Code::not_found);
  EXPECT_TRUE(create(world, "eu")) << "its name is free again";
}

TEST(Profiles, SayWhetherAndHowOftenAPaymentMovesOn) {
  const auto max_of = [](std::string enabled, std::string max) {
    ProfileDetails details;
    details.is_auto_retries_enabled_json = std::move(enabled);
    details.max_auto_retries_enabled_json = std::move(max);
    return ProfileDetails::parse(details.serialise()).auto_retries_max();
  };
  EXPECT_EQ(max_of("", ""), 2) << "unless the profile says otherwise";
  EXPECT_EQ(max_of("true", "1"), 1);
  EXPECT_EQ(max_of("true", "0"), 0);
  EXPECT_EQ(max_of("", "255"), 2) << "three attempts in all";
  EXPECT_EQ(max_of("false", "2"), 0);
}

}  // namespace
}  // namespace payweir::flows
