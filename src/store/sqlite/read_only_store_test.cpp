#include "store/sqlite/read_only_store.hpp"

#include <gtest/gtest.h>

#include "store/queries/account_queries.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "store/testkit.hpp"

namespace payweir::store::sqlite {
namespace {
using store::testkit::next_key;
using store::testkit::run;
using store::testkit::TemporaryDirectory;

std::unique_ptr<SqliteStore> open_store(const TemporaryDirectory& directory) {
  SqliteOptions options;
  options.directory = directory.path();
  auto store = SqliteStore::open(std::move(options));
  check(store.has_value(), "a fresh store opens");
  return std::move(*store);
}

ConnectorAccountRow account_of(std::string connector, std::int64_t merchant_no) {
  ConnectorAccountRow row;
  row.id.key = next_key();
  row.merchant_no = merchant_no;
  row.connector = std::move(connector);
  row.label = std::to_string(row.id.key);
  return row;
}

void insert(Store& store, const ConnectorAccountRow& row) {
  ChangeSet changes;
  changes.insert(row);
  ASSERT_TRUE(std::holds_alternative<commit::Committed>(run(store.commit(std::move(changes)))));
}

TEST(ReadOnlyStore, SeesWhatIsWrittenBesideIt) {
  const TemporaryDirectory directory;
  const auto store = open_store(directory);
  const auto beside = ReadOnlyStore::open(directory.path());
  ASSERT_TRUE(beside) << beside.error().detail;
  EXPECT_TRUE(run(list_account_places(**beside, "wechatpay"))->empty());
  ConnectorAccountRow wanted = account_of("wechatpay", 7), disabled = account_of("wechatpay", 7),
                      deleted = account_of("wechatpay", 8);
  disabled.disabled = true;
  deleted.deleted = true;
  for (const auto& row : {account_of("stripe", 7), wanted, disabled, deleted})
    insert(*store, row);
  const auto places = run(list_account_places(**beside, "wechatpay"));
  ASSERT_EQ(places->size(), 1u);
  EXPECT_EQ(places->front().key, wanted.id.key);
  EXPECT_EQ(places->front().merchant_no, 7);
  EXPECT_EQ(places->front().version, 1);
}

TEST(ReadOnlyStore, WritesNothing) {
  const TemporaryDirectory directory;
  const auto store = open_store(directory);
  const auto beside = ReadOnlyStore::open(directory.path());
  ChangeSet changes;
  changes.insert(account_of("stripe", 7));
  const CommitAnswer answer = run((*beside)->commit(std::move(changes)));
  ASSERT_TRUE(std::holds_alternative<commit::Failed>(answer));
  EXPECT_TRUE(run(list_account_places(*store, "stripe"))->empty());
  const Query write{"write", "DELETE FROM connector_account"};
  EXPECT_FALSE(run((*beside)->select(write, {}, 1)));
}

TEST(ReadOnlyStore, ReadsADatabaseThatNobodyHasOpen) {
  const TemporaryDirectory directory;
  insert(*open_store(directory), account_of("stripe", 7));
  const auto beside = ReadOnlyStore::open(directory.path());
  ASSERT_TRUE(beside) << beside.error().detail;
  EXPECT_EQ(run(list_account_places(**beside, "stripe"))->size(), 1u);
}

TEST(ReadOnlyStore, MakesNoDatabase) {
  const TemporaryDirectory directory;
  EXPECT_FALSE(ReadOnlyStore::open(directory.path()));
  EXPECT_FALSE(ReadOnlyStore::open(directory.path() + "/nowhere"));
}

}  // namespace
}  // namespace payweir::store::sqlite
