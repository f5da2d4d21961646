#include "flows/accounts/connector_accounts.hpp"

#include <gtest/gtest.h>

#include "flows/gateway.hpp"
#include "flows/testkit.hpp"

namespace payweir::flows {
namespace {

using testkit::member;
using testkit::World;

constexpr std::string_view kApiKey = "sk_test_canary_0123456789_23";
constexpr std::string_view kWebhookSecret = "whsec_canary_of_the_gateway";

CreateConnectorAccount make_command(std::string label = "") {
  CreateConnectorAccount command;
  command.merchant_id = "shop";
  command.connector = "stripe";
  command.label = std::move(label);
  command.credentials.auth_type = "HeaderKey";
  command.credentials.set("api_key", Secret(std::string(kApiKey)));
  command.webhook_secrets = std::vector{Secret(std::string(kWebhookSecret))};
  return command;
}

Result<Answer> create(World& world, CreateConnectorAccount command, Key key = std::nullopt) {
  return world.run(create_connector_account(world.context(), world.admin(), std::move(key),
                                            std::move(command), world.rendering));
}

Result<Answer> update(World& world, UpdateConnectorAccount command) {
  command.merchant_id = "shop";
  return world.run(update_connector_account(world.context(), world.admin(), std::nullopt, std::move(command),
                                            world.rendering));
}

std::shared_ptr<const ConnectorAccount> find(World& world, const std::string& account_id) {
  const auto merchant = world.run(world.context().directory.merchant_by_id("shop")).value();
  return merchant->find_account(parse_id<ConnectorAccountTag>(account_id)->key);
}

TEST(ConnectorAccounts, KeepCredentialsSealedAndShowThemMasked) {
  World world;
  world.create_merchant("shop");
  const Answer made = create(world, make_command(), world.request_key(world.admin(), "k")).value();
  EXPECT_EQ(member(made, "api_key"), "sk********23");
  EXPECT_FALSE(made.body.contains(kApiKey));
  EXPECT_FALSE(made.body.contains(kWebhookSecret));
  EXPECT_FALSE(world.folder.holds(kApiKey));
  EXPECT_FALSE(world.folder.holds(kWebhookSecret));
  const auto account = find(world, member(made, "merchant_connector_id"));
  EXPECT_EQ(account->credentials.field("api_key").reveal(), kApiKey);
  ASSERT_EQ(account->credentials.webhook_secrets.size(), 1u);
  EXPECT_EQ(account->credentials.webhook_secrets[0].reveal(), kWebhookSecret);
  world.restart();
  EXPECT_EQ(find(world, member(made, "merchant_connector_id"))->credentials.field("api_key").reveal(),
            kApiKey);
}

TEST(ConnectorAccounts, KeepNoCredentialThatTheirConnectorDoesNotAskFor) {
  World world;
  world.create_merchant("shop");
  CreateConnectorAccount command = make_command();
  command.credentials.set("password", Secret("canary_of_a_password"));
  const Answer made = create(world, std::move(command)).value();
  EXPECT_FALSE(made.body.contains("password"));
  const std::string account_id = member(made, "merchant_connector_id");
  EXPECT_TRUE(find(world, account_id)->credentials.field("password").empty());

  UpdateConnectorAccount change;
  change.account_id = account_id;
  change.credentials = make_command().credentials;
  change.credentials->set("api_key", Secret("sk_test_another"));
  change.credentials->set("password", Secret("canary_of_a_password"));
  const Answer changed = update(world, std::move(change)).value();
  EXPECT_FALSE(changed.body.contains("password"));
  EXPECT_EQ(find(world, account_id)->credentials.field("api_key").reveal(), "sk_test_another");
  EXPECT_TRUE(find(world, account_id)->credentials.field("password").empty());
}

TEST(ConnectorAccounts, AreLabelledOncePerProfile) {
  World world;
  world.create_merchant("shop");
  EXPECT_EQ(member(create(world, make_command()).value(), "connector_label"), "stripe_default");
  const Result<Answer> again = create(world, make_command());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::duplicate_resource);
  EXPECT_EQ(again.error().field, "connector_label");
  EXPECT_TRUE(create(world, make_command("second_stripe")));
  CreateConnectorAccount labelled = make_command();
  labelled.details.business_label = "food";
  EXPECT_EQ(member(create(world, labelled).value(), "connector_label"), "stripe_food");
}

TEST(ConnectorAccounts, RefuseConnectorsAndCredentialsThatCannotWork) {
  World world;
  world.create_merchant("shop");
  CreateConnectorAccount unknown = make_command();
  unknown.connector = "nowhere";
  EXPECT_EQ(create(world, unknown).error().code, Code::connector_unknown);
  CreateConnectorAccount empty = make_command();
  empty.credentials.set("api_key", Secret());
  EXPECT_EQ(create(world, empty).error().code, Code::connector_credentials_invalid);
  EXPECT_TRUE(world.run(list_connector_accounts(world.context(), world.admin(), "shop"))->empty());
}

TEST(ConnectorAccounts, ReplaceOnlyWhatIsGiven) {
  World world;
  world.create_merchant("shop");
  UpdateConnectorAccount change;
  change.account_id = member(create(world, make_command()).value(), "merchant_connector_id");
  change.label = "updated";
  change.disabled = true;
  ASSERT_TRUE(update(world, change));
  auto account = find(world, change.account_id);
  EXPECT_EQ(account->row.label, "updated");
  EXPECT_TRUE(account->row.disabled);
  EXPECT_EQ(account->credentials.field("api_key").reveal(), kApiKey);

  UpdateConnectorAccount other_key;
  other_key.account_id = change.account_id;
  other_key.credentials = ConnectorCredentials{"HeaderKey", {{"api_key", Secret("sk_test_another_one")}}, {}};
  ASSERT_TRUE(update(world, other_key));
  account = find(world, change.account_id);
  EXPECT_EQ(account->credentials.field("api_key").reveal(), "sk_test_another_one");
  ASSERT_EQ(account->credentials.webhook_secrets.size(), 1u)
      << "another key does not lose the webhook secret";
  EXPECT_TRUE(account->row.disabled);
}

TEST(ConnectorAccounts, HaveTimeoutsAndFeesOfTheirOwn) {
  World world;
  world.create_merchant("shop");
  UpdateConnectorAccount change;
  change.account_id = member(create(world, make_command()).value(), "merchant_connector_id");
  const auto timeout = [&](AttemptPlace place) {
    return attempt_timeout(world.settings, *find(world, change.account_id), place);
  };
  EXPECT_EQ(timeout(AttemptPlace::first), seconds(3));
  EXPECT_EQ(timeout(AttemptPlace::later), seconds(5));
  EXPECT_TRUE(find(world, change.account_id)->fees.empty());

  change.details.timeouts_json = R"({"first_ms":700})";
  change.details.fees_json = R"([{"card_network":"visa","fixed":0,"basis_points":250}])";
  ASSERT_TRUE(update(world, change));
  EXPECT_EQ(timeout(AttemptPlace::first), milliseconds(700));
  EXPECT_EQ(timeout(AttemptPlace::later), seconds(5));
  const auto account = find(world, change.account_id);
  ASSERT_EQ(account->fees.size(), 1u);
  EXPECT_EQ(account->fees[0].card_network, "visa");
  EXPECT_EQ(account->fees[0].basis_points, 250);

  world.settings.gateway_timeout = milliseconds(600);
  EXPECT_EQ(timeout(AttemptPlace::first), milliseconds(600)) << "no call takes longer";

  UpdateConnectorAccount back;
  back.account_id = change.account_id;
  back.details.timeouts_json = "{}";
  back.details.fees_json = "[]";
  ASSERT_TRUE(update(world, back));
  world.settings.gateway_timeout = seconds(30);
  EXPECT_EQ(timeout(AttemptPlace::first), seconds(3));
  EXPECT_TRUE(find(world, change.account_id)->fees.empty());
}

TEST(ConnectorAccounts, AreGoneOnceDeleted) {
  World world;
  world.create_merchant("shop");
  const std::string account_id = member(create(world, make_command()).value(), "merchant_connector_id");
  const auto remove = [&] {
    return world.run(delete_connector_account(world.context(), world.admin(), "shop", account_id));
  };
  ASSERT_TRUE(remove());
  EXPECT_EQ(remove().error().code, Code::not_found);
  EXPECT_TRUE(create(world, make_command())) << "its label is free again";
}

TEST(ConnectorAccounts, AnswerARepeatedRequestEvenWhenItsAccountIsGone) {
  World world;
  world.create_merchant("shop");
  const auto key = world.request_key(world.admin(), "k");
  const Answer first = create(world, make_command(), key).value();
  ASSERT_TRUE(world.run(delete_connector_account(world.context(), world.admin(), "shop",
                                                 member(first, "merchant_connector_id"))));
  const Answer second = create(world, make_command(), key).value();
  EXPECT_TRUE(second.replayed);
  EXPECT_EQ(second.body, first.body);
}

TEST(Mask, ShowsLittleOfALongSecretAndNothingOfAShortOne) {
  ConnectorCredentials credentials;
  credentials.auth_type = "BodyKey";
  credentials.set("api_key", Secret("sk_live_1234567"));
  credentials.set("api_secret", Secret("short"));
  credentials.set("key1", Secret("acct_1234567890"));
  const MaskedCredentials masked = mask(credentials, find_connector("stripe"));
  ASSERT_EQ(masked.fields.size(), 3u);
  EXPECT_EQ(masked.fields[0].second, "sk********67");
  EXPECT_EQ(masked.fields[1].second, "********");
  EXPECT_EQ(masked.fields[2].second, "acct_1234567890") << "an id is no secret";
  EXPECT_EQ(mask(credentials, nullptr).fields[2].second, "ac********90");
}

}  // namespace
}  // namespace payweir::flows
