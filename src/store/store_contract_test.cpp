// What every engine promises, written against Store alone. An engine joins by one line in the list at the
// end.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "store/queries/payment_queries.hpp"
#include "store/queries/typed_select.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "store/testkit.hpp"

namespace payweir::store {
namespace {

using testkit::make_payment;
using testkit::PaymentRows;

struct EngineUnderTest {
  const char* name;
  std::unique_ptr<Store> (*open)(const std::string& directory);
};

class StoreContract : public testing::TestWithParam<EngineUnderTest> {
 protected:
  void SetUp() override { store_ = GetParam().open(directory_.path()); }

  CommitAnswer commit(ChangeSet changes) { return testkit::run(store_->commit(std::move(changes))); }
  bool is_committed(ChangeSet changes) {
    return std::holds_alternative<commit::Committed>(commit(std::move(changes)));
  }
  template <class T>
  T read(Task<Result<T>> task) {
    auto result = testkit::run(std::move(task));
    EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().detail);
    return result ? std::move(*result) : T{};
  }
  std::optional<PaymentRow> stored(const PaymentRow& row) {
    return read(find_payment_by_key(*store_, row.payment.id.key));
  }
  // How many rows of the seven that a payment consists of are there.
  std::int64_t row_count(const PaymentRows& rows) {
    static constexpr Query kCount{"test_count",
                                  "SELECT (SELECT count(*) FROM payment WHERE key = $1)"
                                  " + (SELECT count(*) FROM attempt WHERE payment_key = $1 AND state <= 7)"
                                  " + (SELECT count(*) FROM operation WHERE payment_key = $1)"
                                  " + (SELECT count(*) FROM idempotency WHERE key = $2)"
                                  " + (SELECT count(*) FROM posting WHERE key = $3)"
                                  " + (SELECT count(*) FROM outbox WHERE aggregate_key = $1)"
                                  " + (SELECT count(*) FROM answer WHERE key = $2)"};
    const auto found = read(store_->select(
        kCount, parameters_of(rows.payment.payment.id.key, rows.claim.key, rows.posting.key), 1));
    return std::get<std::int64_t>(found.at(0).at(0));
  }

  testkit::TemporaryDirectory directory_;
  std::unique_ptr<Store> store_;
};

TEST_P(StoreContract, KeepsEveryColumnOfEveryRow) {
  PaymentRows rows = make_payment(1);
  ASSERT_TRUE(is_committed(rows.creation()));
  ASSERT_TRUE(is_committed(rows.capture()));

  const auto payment = stored(rows.payment);
  ASSERT_TRUE(payment.has_value());
  EXPECT_EQ(to_values(*payment), to_values(rows.payment));
  const auto attempt = read(find_newest_attempt(*store_, rows.payment.payment.id.key));
  ASSERT_TRUE(attempt.has_value());
  EXPECT_EQ(to_values(*attempt), to_values(rows.attempt));
  const auto operation = read(find_operation(*store_, rows.operation.operation.id.key));
  ASSERT_TRUE(operation.has_value());
  EXPECT_EQ(to_values(*operation), to_values(rows.operation));
  EXPECT_EQ(row_count(rows), 7);
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreContract,
                         testing::Values(EngineUnderTest{
                             "sqlite",
                             [](const std::string& directory) -> std::unique_ptr<Store> {
                               sqlite::SqliteOptions options;
                               options.directory = directory;
                               auto store = sqlite::SqliteStore::open(std::move(options));
                               check(store.has_value(), "a fresh store opens");
                               return std::move(*store);
                             }}),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace payweir::store
