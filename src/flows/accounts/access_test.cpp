#include "flows/accounts/access.hpp"

#include <gtest/gtest.h>

#include "flows/accounts/api_keys.hpp"
#include "flows/accounts/connector_accounts.hpp"
#include "flows/accounts/merchants.hpp"
#include "flows/accounts/profiles.hpp"
#include "flows/accounts/secrets.hpp"
#include "flows/events.hpp"
#include "flows/testkit.hpp"

namespace payweir::flows {
namespace {

using testkit::member;
using testkit::World;

// Two tenants, and of the first one object of each kind.
struct TwoTenants {
  World world;
  std::string key_id, account_id, profile_id;

  TwoTenants() {
    profile_id = member(world.create_merchant("victim"), "default_profile");
    world.create_merchant("attacker");
    const auto keys = [&] {
      static_cast<void>(world.create_api_key("victim"));
      return world.run(list_api_keys(world.context(), world.admin(), "victim")).value();
    }();
    key_id = to_text(keys.front().row.id);
    CreateConnectorAccount account;
    account.merchant_id = "victim";
    account.connector = "stripe";
    account.credentials.auth_type = "HeaderKey";
    account.credentials.set("api_key", Secret("sk_test_of_the_victim"));
    account_id = member(world
                            .run(create_connector_account(world.context(), world.admin(), std::nullopt,
                                                          account, world.rendering))
                            .value(),
                        "merchant_connector_id");
  }

  // Every operation on an account, called by `caller` on `merchant_id` with the victim's objects.
  std::vector<std::pair<std::string, std::optional<Error>>> call_all(const Principal& caller,
                                                                     const std::string& merchant_id) {
    std::vector<std::pair<std::string, std::optional<Error>>> results;
    const auto note = [&](std::string name, auto result) {
      results.emplace_back(std::move(name), result ? std::nullopt : std::optional(result.error()));
    };
    Context& context = world.context();
    const testkit::PlainRendering& r = world.rendering;
    const Key none;
    UpdateMerchant merchant{merchant_id, {}, {}, ""};
    note("update_merchant", world.run(update_merchant(context, caller, none, merchant, r)));
    note("retrieve_merchant", world.run(retrieve_merchant(context, caller, merchant_id)));
    note("create_profile", world.run(create_profile(context, caller, none, {merchant_id, "new", {}, {}}, r)));
    note("update_profile",
         world.run(update_profile(context, caller, none, {merchant_id, profile_id, "x", {}, {}}, r)));
    note("retrieve_profile", world.run(retrieve_profile(context, caller, merchant_id, profile_id)));
    note("list_profiles", world.run(list_profiles(context, caller, merchant_id)));
    note("delete_profile", world.run(delete_profile(context, caller, merchant_id, profile_id)));
    note("create_api_key",
         world.run(create_api_key(context, caller, none, {merchant_id, "n", "", Instant{}}, r)));
    note("update_api_key",
         world.run(update_api_key(context, caller, none,
                                  {merchant_id, key_id, "n", std::nullopt, std::nullopt}, r)));
    note("retrieve_api_key", world.run(retrieve_api_key(context, caller, merchant_id, key_id)));
    note("list_api_keys", world.run(list_api_keys(context, caller, merchant_id)));
    note("revoke_api_key", world.run(revoke_api_key(context, caller, merchant_id, key_id)));
    CreateConnectorAccount create{merchant_id, "", "stripe", "l", {}, std::nullopt, {}, false};
    create.credentials.auth_type = "HeaderKey";
    create.credentials.set("api_key", Secret("sk_test_of_somebody"));
    note("create_connector_account", world.run(create_connector_account(context, caller, none, create, r)));
    UpdateConnectorAccount update{merchant_id, account_id, "l", std::nullopt, std::nullopt, {}, std::nullopt};
    note("update_connector_account", world.run(update_connector_account(context, caller, none, update, r)));
    note("retrieve_connector_account",
         world.run(retrieve_connector_account(context, caller, merchant_id, account_id)));
    note("list_connector_accounts", world.run(list_connector_accounts(context, caller, merchant_id)));
    note("delete_connector_account",
         world.run(delete_connector_account(context, caller, merchant_id, account_id)));
    ListEvents events;
    events.merchant_id = merchant_id;
    note("list_events", world.run(list_events(context, caller, events)));
    note("retrieve_event", world.run(retrieve_event(context, caller, merchant_id, "evt_1")));
    note("deliver_event_again",
         world.run(deliver_event_again(context, caller, none, merchant_id, "evt_1", r)));
    return results;
  }
};

// Catalogue K01: another's account looks exactly as one that does not exist.
TEST(Faults, K01_AnotherMerchantsAccountsLookMissing) {
  TwoTenants tenants;
  const Principal attacker = tenants.world.merchant("attacker");
  const auto on_victim = tenants.call_all(attacker, "victim");
  const auto on_nobody = tenants.call_all(attacker, "nobody");
  ASSERT_EQ(on_victim.size(), on_nobody.size());
  for (std::size_t i = 0; i < on_victim.size(); ++i) {
    const auto& [name, error] = on_victim[i];
    ASSERT_TRUE(error) << name;
    EXPECT_EQ(error->code, Code::not_found) << name;
    ASSERT_TRUE(on_nobody[i].second) << name;
    EXPECT_EQ(error->field, on_nobody[i].second->field) << name;
    EXPECT_EQ(error->detail, on_nobody[i].second->detail) << name;
  }
}

// Catalogue K01: nor does naming oneself and another's object reach it.
TEST(Faults, K01_AnotherMerchantsObjectsLookMissingUnderOnesOwnId) {
  TwoTenants tenants;
  const Principal attacker = tenants.world.merchant("attacker");
  for (const auto& [name, error] : tenants.call_all(attacker, "attacker")) {
    const bool names_an_object = name.starts_with("retrieve_") || name.starts_with("update_") ||
                                 name.starts_with("delete_") || name.starts_with("revoke_");
    if (!names_an_object || name.ends_with("_merchant")) continue;
    ASSERT_TRUE(error) << name;
    EXPECT_EQ(error->code, Code::not_found) << name;
  }
  const auto account = tenants.world.run(retrieve_connector_account(
      tenants.world.context(), tenants.world.admin(), "victim", tenants.account_id));
  ASSERT_TRUE(account);
  EXPECT_EQ(account->row.version, 1) << "nothing of the victim changed";
}

// A key of ours and another salt: what a guess that goes on from a known id comes to.
template <class Tag>
std::string with_other_salt(const std::string& text) {
  Id<Tag> id = parse_id<Tag>(text).value();
  ++id.salt;
  return to_text(id);
}

TEST(Faults, K01_IdsCannotBeGuessedFromTheirTime) {
  TwoTenants tenants;
  World& world = tenants.world;
  const Principal victim = world.merchant("victim");
  const std::string profile_id = with_other_salt<ProfileTag>(tenants.profile_id);
  const std::string account_id = with_other_salt<ConnectorAccountTag>(tenants.account_id);
  const std::string key_id = with_other_salt<ApiKeyTag>(tenants.key_id);
  EXPECT_EQ(world.run(retrieve_profile(world.context(), victim, "victim", profile_id)).error().code,
            Code::not_found);
  EXPECT_EQ(world.run(retrieve_connector_account(world.context(), victim, "victim", account_id)).error().code,
            Code::not_found);
  EXPECT_EQ(world.run(retrieve_api_key(world.context(), victim, "victim", key_id)).error().code,
            Code::not_found);
}

TEST(Access, APublishableKeyReachesNothing) {
  TwoTenants tenants;
  Principal publishable = tenants.world.merchant("victim");
  publishable.role = Role::publishable;
  for (const auto& [name, error] : tenants.call_all(publishable, "victim")) {
    ASSERT_TRUE(error) << name;
    EXPECT_EQ(error->code, Code::unauthorized) << name;
  }
}

TEST(Access, AMerchantMakesNoMoreThanTheDirectoryMayHold) {
  World world;
  world.create_merchant("shop");
  const auto merchant = world.run(world.context().directory.merchant_by_id("shop")).value();
  store::ChangeSet changes;
  for (std::size_t i = 0; i < kAccountObjectsMax; ++i) {
    const std::string name = std::to_string(i);
    store::ApiKeyRow key;
    key.id = world.context().new_id<ApiKeyTag>();
    key.merchant_no = merchant->row.id.key;
    changes.insert(key);
    store::ConnectorAccountRow account;
    account.id = world.context().new_id<ConnectorAccountTag>();
    account.merchant_no = merchant->row.id.key;
    account.profile_key = merchant->row.default_profile_key;
    account.connector = "stripe";
    account.label = name;
    account.sealed_credentials = seal_credentials(world.keys, account.id.key, ConnectorCredentials());
    account.deleted = true;
    changes.insert(account);
    if (i == 0) continue;  // the default one is there
    store::ProfileRow profile = merchant->default_profile()->row;
    profile.id = world.context().new_id<ProfileTag>();
    profile.name = name;
    profile.sealed_secrets = seal_profile_secrets(world.keys, profile.id.key, ProfileSecrets());
    changes.insert(profile);
  }
  ASSERT_TRUE(std::holds_alternative<store::commit::Committed>(
      world.run(world.context().store.commit(std::move(changes)))));
  world.context().directory.changed();

  const Principal admin = world.admin();
  const auto profile = world.run(
      create_profile(world.context(), admin, std::nullopt, {"shop", "one more", {}, {}}, world.rendering));
  EXPECT_EQ(profile.error().code, Code::invalid_value);
  const auto key = world.run(create_api_key(world.context(), admin, std::nullopt,
                                            {"shop", "one more", "", Instant{}}, world.rendering));
  EXPECT_EQ(key.error().code, Code::invalid_value);
  CreateConnectorAccount account{"shop", "", "stripe", "one more", {}, std::nullopt, {}, false};
  account.credentials.auth_type = "HeaderKey";
  account.credentials.set("api_key", Secret("sk_test_of_somebody"));
  const auto made =
      world.run(create_connector_account(world.context(), admin, std::nullopt, account, world.rendering));
  EXPECT_EQ(made.error().code, Code::invalid_value);
}

TEST(Access, OnlyTheAdminKeyMakesListsAndDeletesMerchants) {
  TwoTenants tenants;
  World& world = tenants.world;
  const Principal merchant = world.merchant("victim");
  CreateMerchant command;
  command.merchant_id = "third";
  EXPECT_EQ(world.run(create_merchant(world.context(), merchant, std::nullopt, command, world.rendering))
                .error()
                .code,
            Code::forbidden);
  EXPECT_EQ(world.run(list_merchants(world.context(), merchant, "org_x")).error().code, Code::forbidden);
  EXPECT_EQ(world.run(delete_merchant(world.context(), merchant, "victim")).error().code, Code::forbidden);
}

}  // namespace
}  // namespace payweir::flows
