#include "flows/directory.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "flows/accounts/connector_accounts.hpp"
#include "flows/accounts/merchants.hpp"
#include "flows/testkit.hpp"
#include "store/queries/account_queries.hpp"

namespace payweir::flows {
namespace {

using testkit::World;

std::shared_ptr<const MerchantEntry> find(World& world, Context& context, std::string merchant_id) {
  return world.run(context.directory.merchant_by_id(std::move(merchant_id))).value();
}

TEST(Directory, FindsAMerchantByEachOfItsNames) {
  World world;
  const Answer made = world.create_merchant("shop");
  Directory& directory = world.context().directory;
  const auto by_id = find(world, world.context(), "shop");
  ASSERT_TRUE(by_id);
  EXPECT_EQ(world.run(directory.merchant(by_id->row.id.key)).value(), by_id) << "cached";
  EXPECT_EQ(
      world.run(directory.merchant_by_publishable_key(testkit::member(made, "publishable_key"))).value(),
      by_id);
  ASSERT_TRUE(by_id->default_profile());
  EXPECT_EQ(by_id->default_profile()->row.name, "default");
  EXPECT_EQ(by_id->default_profile()->webhook_secrets.size(), 1u);
}

TEST(Directory, KnowsNothingOfWhatDoesNotExist) {
  World world;
  Directory& directory = world.context().directory;
  EXPECT_FALSE(find(world, world.context(), "nobody"));
  EXPECT_FALSE(world.run(directory.merchant(123)).value());
  EXPECT_FALSE(
      world.run(directory.merchant_by_publishable_key("pk_snd_" + encode_crockford(123, 4))).value());
  EXPECT_FALSE(world.run(directory.api_key(123)).value());
}

TEST(Directory, SeesAChangeMadeOnAnotherThread) {
  World world;
  world.create_merchant("shop");
  ASSERT_TRUE(find(world, world.other_context(), "shop"));
  UpdateMerchant command;
  command.merchant_id = "shop";
  command.settings.webhook_url = "https://shop.example/hook";
  ASSERT_TRUE(
      world.run(update_merchant(world.context(), world.admin(), std::nullopt, command, world.rendering)));
  EXPECT_EQ(find(world, world.other_context(), "shop")->default_profile()->row.webhook_url,
            "https://shop.example/hook");
}

TEST(Directory, LeavesWhatACallerHoldsAsItWas) {
  World world;
  world.create_merchant("shop");
  const auto held = find(world, world.context(), "shop");
  ASSERT_TRUE(world.run(delete_merchant(world.context(), world.admin(), "shop")));
  EXPECT_FALSE(find(world, world.context(), "shop"));
  EXPECT_EQ(held->row.merchant_id, "shop");
}

// Lets something happen between a read and its answer, once.
class InterruptedStore final : public store::Store {
 public:
  InterruptedStore(store::Store& inner, int reads_before) : reads_before_(reads_before), inner_(inner) {}

  Task<store::CommitAnswer> commit(store::ChangeSet changes) override {
    return inner_.commit(std::move(changes));
  }
  Task<Result<std::vector<store::ResultRow>>> select(const store::Query& query,
                                                     std::vector<store::Value> parameters,
                                                     std::size_t rows_max) override {
    auto rows = co_await inner_.select(query, std::move(parameters), rows_max);
    if (reads_before_-- == 0) co_await interruption();
    co_return rows;
  }
  Statistics statistics() const override { return inner_.statistics(); }

  std::function<Task<void>()> interruption;

 private:
  int reads_before_;
  store::Store& inner_;
};

Task<void> change_and_read_another(Directory& directory) {
  directory.changed();
  const auto other = co_await directory.merchant_by_id("nobody");
  EXPECT_TRUE(other);
}

// The reader's own thread has seen the change, through another look-up, before the read ends.
TEST(Directory, DoesNotKeepWhatItReadWhileItChanged) {
  World world;
  world.create_merchant("shop");
  for (int reads_before = 0; reads_before < 3; ++reads_before) {
    InterruptedStore store(world.context().store, reads_before);
    DirectoryEpoch epoch{1};
    Directory directory(store, world.keys, epoch);
    store.interruption = [&directory] { return change_and_read_another(directory); };
    const auto first = world.run(directory.merchant_by_id("shop")).value();
    ASSERT_TRUE(first);
    const auto second = world.run(directory.merchant_by_id("shop")).value();
    EXPECT_NE(second, first) << "after read " << reads_before;
    EXPECT_EQ(world.run(directory.merchant_by_id("shop")).value(), second) << "which is kept";
  }
}

TEST(Directory, KeepsDeletedAccountsForWhatTheyHaveUnderWay) {
  World world;
  world.create_merchant("shop");
  CreateConnectorAccount command;
  command.merchant_id = "shop";
  command.connector = "stripe";
  command.credentials.auth_type = "HeaderKey";
  command.credentials.set("api_key", Secret("sk_test_of_the_account"));
  const Answer made = world
                          .run(create_connector_account(world.context(), world.admin(), std::nullopt, command,
                                                        world.rendering))
                          .value();
  const std::string account_id = testkit::member(made, "merchant_connector_id");
  const std::int64_t account_key = parse_id<ConnectorAccountTag>(account_id)->key;
  const std::int64_t merchant_no = find(world, world.context(), "shop")->row.id.key;
  ASSERT_TRUE(world.run(delete_connector_account(world.context(), world.admin(), "shop", account_id)));
  EXPECT_TRUE(find(world, world.context(), "shop")->default_profile()->accounts.empty()) << "no new payments";
  const auto retired = find(world, world.context(), "shop")->find_account(account_key);
  ASSERT_TRUE(retired);
  EXPECT_EQ(retired->credentials.field("api_key").reveal(), "sk_test_of_the_account");

  ASSERT_TRUE(world.run(delete_merchant(world.context(), world.admin(), "shop")));
  const auto deleted = world.run(world.context().directory.merchant(merchant_no)).value();
  ASSERT_TRUE(deleted);
  EXPECT_TRUE(deleted->find_account(account_key));
  EXPECT_FALSE(find(world, world.context(), "shop")) << "nor under its name, once it is cached";
}

// Catalogue K12: credentials copied into another row do not open there.
TEST(Faults, K12_CredentialsOpenOnlyInTheirOwnRow) {
  World world;
  world.create_merchant("shop");
  for (const std::string label : {"one", "two"}) {
    CreateConnectorAccount command;
    command.merchant_id = "shop";
    command.connector = "stripe";
    command.label = label;
    command.credentials.auth_type = "HeaderKey";
    command.credentials.set("api_key", Secret("sk_test_of_" + label + "_account"));
    ASSERT_TRUE(world.run(
        create_connector_account(world.context(), world.admin(), std::nullopt, command, world.rendering)));
  }
  const auto merchant = find(world, world.context(), "shop");
  const auto& accounts = merchant->default_profile()->accounts;
  ASSERT_EQ(accounts.size(), 2u);
  store::ConnectorAccountRow swapped = accounts[0]->row;
  swapped.sealed_credentials = accounts[1]->row.sealed_credentials;
  ++swapped.version;
  store::ChangeSet changes;
  changes.update(swapped);
  ASSERT_TRUE(std::holds_alternative<store::commit::Committed>(
      world.run(world.context().store.commit(std::move(changes)))));
  world.context().directory.changed();
  const auto opened = world.run(world.context().directory.merchant_by_id("shop"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::decrypt_failed);
}

}  // namespace
}  // namespace payweir::flows
