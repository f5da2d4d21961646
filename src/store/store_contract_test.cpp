// What every engine promises, written against Store alone. An engine joins by one line in the list at the
// end.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "store/queries/idempotency_queries.hpp"
#include "store/queries/payment_queries.hpp"
#include "store/queries/typed_select.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "store/testkit.hpp"

namespace payweir::store {
namespace {

using testkit::make_payment;
using testkit::PaymentRows;
using testkit::to_values;

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

// Every row type, with a different value in every column: what a descriptor and its table disagree about
// fails here.
template <class Row>
Row with_every_column_set(std::int64_t key) {
  std::vector<Value> values;
  std::int64_t number = 0;
  for (const Column& column : table_of<Row>().columns) {
    ++number;
    if (column.type == ColumnType::integer)
      values.emplace_back(number);
    else
      values.emplace_back("text " + std::to_string(number) + std::string(1, '\0') + "\xc3\xa9");
  }
  Row row = from_values<Row>(values);
  std::vector<Value> adjusted = to_values(row);
  adjusted.front() = key;
  return from_values<Row>(adjusted);
}

template <class Row>
Task<Result<std::vector<Row>>> select_all(Store& store) {
  static const std::string name = "test_all_" + std::string(table_of<Row>().name);
  static const std::string sql =
      std::string(kSql<Row, "SELECT {} FROM ">) + std::string(table_of<Row>().name);
  static const Query query{name, sql};
  return select_rows<Row>(store, query, {}, 10);
}

TEST_P(StoreContract, RowsOfEveryTypeComeBackAsTheyWent) {
  const auto round_trip = [&]<class Row>(Row row) {
    ChangeSet changes;
    changes.insert(row);
    ASSERT_TRUE(is_committed(std::move(changes))) << table_of<Row>().name;
    const auto rows = read(select_all<Row>(*store_));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(to_values(rows[0]), to_values(row)) << table_of<Row>().name;
  };
  const auto flagged = []<class Row>(Row row, bool Row::* flag) {
    row.*flag = true;
    return row;
  };
  round_trip(flagged(with_every_column_set<MerchantRow>(1), &MerchantRow::deleted));
  round_trip(flagged(with_every_column_set<ProfileRow>(2), &ProfileRow::deleted));
  round_trip(flagged(with_every_column_set<ApiKeyRow>(3), &ApiKeyRow::revoked));
  round_trip(flagged(with_every_column_set<ConnectorAccountRow>(4), &ConnectorAccountRow::disabled));
  round_trip(with_every_column_set<AliasRow>(5));
  IdempotencyRow claim = with_every_column_set<IdempotencyRow>(6);
  claim.digest = std::string(15, '\0') + "\xff";
  round_trip(claim);
  round_trip(flagged(with_every_column_set<AnswerRow>(7), &AnswerRow::sealed));
  round_trip(with_every_column_set<OutboxRow>(8));
  InboxRow callback = with_every_column_set<InboxRow>(9);
  callback.state = InboxState::orphan;
  round_trip(callback);
  DeliveryRow delivery = with_every_column_set<DeliveryRow>(10);
  delivery.state = DeliveryState::dead;
  round_trip(delivery);
  RefundRow refund = with_every_column_set<RefundRow>(11);
  refund.refund.state = RefundState::requires_merchant_action;
  refund.refund.amount = {1, *Currency::parse("BHD")};
  round_trip(refund);
  PostingRow posting = with_every_column_set<PostingRow>(12);
  posting.amount.currency = *Currency::parse("JPY");
  round_trip(posting);
  CallbackBodyRow body = with_every_column_set<CallbackBodyRow>(13);
  body.body = std::string("\xff\0{", 3);
  round_trip(body);
}

TEST_P(StoreContract, AConflictWritesNothing) {
  PaymentRows rows = make_payment(1);
  ASSERT_TRUE(is_committed(rows.creation()));
  PaymentRows stale = rows;
  ASSERT_TRUE(is_committed(rows.capture()));

  ChangeSet late = stale.capture();
  const CommitAnswer answer = commit(std::move(late));
  ASSERT_TRUE(std::holds_alternative<commit::Conflict>(answer));
  EXPECT_EQ(std::get<commit::Conflict>(answer).table, "payment");
  EXPECT_EQ(stored(rows.payment)->payment.version, 2);
}

TEST_P(StoreContract, AnUpdateOfThePaymentsStateLeavesItsDetails) {
  PaymentRows rows = make_payment(1);
  ASSERT_TRUE(is_committed(rows.creation()));
  PaymentRow expected = rows.payment;
  expected.payment.version = 2;
  expected.payment.state = PaymentState::succeeded;
  ChangeSet changes;
  changes.update(PaymentStateRow{expected.payment});
  ASSERT_TRUE(is_committed(std::move(changes)));
  EXPECT_EQ(to_values(*stored(rows.payment)), to_values(expected));
}

TEST_P(StoreContract, AnUpdateOfAMissingRowIsAConflict) {
  PaymentRows rows = make_payment(1);
  ChangeSet changes;
  rows.payment.payment.version = 2;
  changes.update(rows.payment);
  EXPECT_TRUE(std::holds_alternative<commit::Conflict>(commit(std::move(changes))));
}

TEST_P(StoreContract, AChangeSetWhoseLastChangeFailsLeavesNothing) {
  const PaymentRows first = make_payment(1);
  ASSERT_TRUE(is_committed(first.creation()));
  PaymentRows second = make_payment(1);
  second.operation.operation.id = first.operation.operation.id;  // the last change of a creation
  const CommitAnswer answer = commit(second.creation());
  ASSERT_TRUE(std::holds_alternative<commit::Duplicate>(answer));
  EXPECT_EQ(std::get<commit::Duplicate>(answer).table, "operation");
  EXPECT_EQ(row_count(second), 0);
}

TEST_P(StoreContract, ErasesByKeyAndIsContentWhenThereIsNone) {
  const PaymentRows rows = make_payment(1);
  ASSERT_TRUE(is_committed(rows.creation()));
  for (int round = 0; round < 2; ++round) {
    ChangeSet changes;
    changes.erase<IdempotencyRow>(rows.claim.key);
    EXPECT_TRUE(is_committed(std::move(changes)));
  }
  EXPECT_EQ(row_count(rows), 3);
  EXPECT_FALSE(read(find_claim(*store_, rows.claim.digest)).has_value());
  PaymentRows again = make_payment(1);
  again.claim.digest = rows.claim.digest;
  EXPECT_TRUE(is_committed(again.creation())) << "an erased claim can be made again";
}

TEST_P(StoreContract, AnUpdateLeavesImmutableColumnsAlone) {
  PaymentRows rows = make_payment(1);
  ASSERT_TRUE(is_committed(rows.creation()));
  PaymentRow changed = rows.payment;
  changed.payment.version = 2;
  changed.payment.merchant_no = 99;
  changed.payment.state = PaymentState::cancelled;
  ChangeSet changes;
  changes.update(changed);
  ASSERT_TRUE(is_committed(std::move(changes)));
  EXPECT_EQ(stored(rows.payment)->payment.merchant_no, 1);
  EXPECT_EQ(stored(rows.payment)->payment.state, PaymentState::cancelled);
}

TEST_P(StoreContract, SelectStopsAtItsBound) {
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(is_committed(make_payment(1).creation()));
  static constexpr Query kAll{"test_all_keys", "SELECT key FROM payment ORDER BY key"};
  EXPECT_EQ(read(store_->select(kAll, {}, 3)).size(), 3u);
  EXPECT_EQ(read(store_->select(kAll, {}, 100)).size(), 5u);
}

TEST_P(StoreContract, SelectSaysWhatIsWrongWithItself) {
  static constexpr Query kBroken{"test_broken", "SELECT nothing FROM nowhere"};
  const auto result = testkit::run(store_->select(kBroken, {}, 1));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, Code::store_unavailable);
}

TEST_P(StoreContract, SelectCannotWrite) {
  static constexpr Query kWrite{"test_write", "DELETE FROM payment"};
  EXPECT_FALSE(testkit::run(store_->select(kWrite, {}, 1)).has_value());
}

TEST_P(StoreContract, CountsWhatBecameOfChangeSets) {
  PaymentRows rows = make_payment(1);
  PaymentRows stale = rows;
  ASSERT_TRUE(is_committed(rows.creation()));
  EXPECT_FALSE(is_committed(rows.creation()));
  ASSERT_TRUE(is_committed(rows.capture()));
  EXPECT_FALSE(is_committed(stale.capture()));
  const Store::Statistics statistics = store_->statistics();
  EXPECT_EQ(statistics.commit_count, 2u);
  EXPECT_EQ(statistics.duplicate_count, 1u);
  EXPECT_EQ(statistics.conflict_count, 1u);
  EXPECT_EQ(statistics.failure_count, 0u);
  EXPECT_EQ(statistics.batch_count, 4u);
  EXPECT_EQ(statistics.batch_sizes[0], 4u);
  EXPECT_EQ(statistics.queue_depth, 0u);
  EXPECT_TRUE(statistics.writable);
}

Task<void> commit_and_count(Store& store, ChangeSet changes, int& committed) {
  const CommitAnswer answer = co_await store.commit(std::move(changes));
  committed += std::holds_alternative<commit::Committed>(answer) ? 1 : 0;
}

TEST_P(StoreContract, D01_OfOneKeyAtOnceExactlyOneIsExecuted) {
  constexpr int kRivals = 100;
  boost::asio::io_context context;
  int committed = 0;
  const std::string digest = make_payment(1).claim.digest;
  for (int i = 0; i < kRivals; ++i) {
    PaymentRows rows = make_payment(1);
    rows.claim.digest = digest;
    boost::asio::co_spawn(context, commit_and_count(*store_, rows.creation(), committed), testkit::rethrow);
  }
  context.run();
  EXPECT_EQ(committed, 1);
  EXPECT_EQ(store_->statistics().duplicate_count, kRivals - 1u);
  static constexpr Query kCount{"test_count_payments", "SELECT count(*) FROM payment"};
  EXPECT_EQ(std::get<std::int64_t>(read(store_->select(kCount, {}, 1)).at(0).at(0)), 1);
}

TEST_P(StoreContract, ManyAtOnceShareTransactions) {
  constexpr int kUnits = 100;
  boost::asio::io_context context;
  int committed = 0;
  for (int i = 0; i < kUnits; ++i)
    boost::asio::co_spawn(context, commit_and_count(*store_, make_payment(i).creation(), committed),
                          testkit::rethrow);
  context.run();
  EXPECT_EQ(committed, kUnits);
  EXPECT_LT(store_->statistics().batch_count, kUnits / 4u);
}

// One live attempt a payment: the store's own rule, whatever a decision said.
TEST_P(StoreContract, ASecondLiveAttemptIsADuplicate) {
  PaymentRows rows = make_payment(1);
  ASSERT_TRUE(is_committed(rows.creation()));
  for (int number = 1; number <= 13; ++number) {
    const auto state = static_cast<AttemptState>(number);
    AttemptRow second = rows.attempt;
    second.attempt.id.key = testkit::next_key();
    second.attempt.number = 2;
    second.attempt.state = state;
    ChangeSet changes;
    changes.insert(second);
    EXPECT_EQ(is_committed(std::move(changes)), !is_live(state)) << to_string(state);
  }
  // An ended one does not come back to life beside a live one.
  const auto attempts = read(list_attempts(*store_, rows.payment.payment.id.key));
  ASSERT_GT(attempts.size(), 1u);
  AttemptRow revived = attempts.back();
  revived.attempt.version += 1;
  revived.attempt.state = AttemptState::pending;
  ChangeSet changes;
  changes.update(revived);
  EXPECT_TRUE(std::holds_alternative<commit::Duplicate>(commit(std::move(changes))));
}

TEST_P(StoreContract, E04_CapturedAboveAuthorisedIsRefused) {
  PaymentRows rows = make_payment(1);
  ASSERT_TRUE(is_committed(rows.creation()));
  AttemptRow attempt = rows.attempt;
  attempt.attempt.version = 2;
  attempt.attempt.authorised_minor = 100;
  attempt.attempt.captured_minor = 101;
  ChangeSet changes;
  changes.update(attempt);
  EXPECT_TRUE(std::holds_alternative<commit::Failed>(commit(std::move(changes))));
  PaymentRow payment = rows.payment;
  payment.payment.version = 2;
  payment.payment.captured_minor = payment.payment.amount.minor + 1;
  ChangeSet more;
  more.update(payment);
  EXPECT_TRUE(std::holds_alternative<commit::Failed>(commit(std::move(more))));
  EXPECT_EQ(stored(rows.payment)->payment.captured_minor, 0);
}

TEST_P(StoreContract, E05_RefundsAboveCapturedAreRefusedCountingThoseUnderWay) {
  PaymentRows rows = make_payment(1);
  ASSERT_TRUE(is_committed(rows.creation()));
  ASSERT_TRUE(is_committed(rows.capture()));
  PaymentRow payment = rows.payment;
  payment.payment.version += 1;
  payment.payment.refunded_minor = 6000;
  payment.payment.refund_reserved_minor = 541;  // one more than is left
  ChangeSet changes;
  changes.update(payment);
  EXPECT_TRUE(std::holds_alternative<commit::Failed>(commit(std::move(changes))));
  payment.payment.refund_reserved_minor = 540;
  ChangeSet exact;
  exact.update(payment);
  EXPECT_TRUE(is_committed(std::move(exact)));
}

TEST_P(StoreContract, G07_APostingIsPositiveBetweenTwoAccountsAndOnceAnOperation) {
  const PaymentRows rows = make_payment(1);
  PostingRow to_itself = rows.posting, negative = rows.posting;
  to_itself.credit_account = to_itself.debit_account;
  negative.amount.minor = -1;
  for (const PostingRow& posting : {to_itself, negative}) {
    ChangeSet changes;
    changes.insert(posting);
    EXPECT_TRUE(std::holds_alternative<commit::Failed>(commit(std::move(changes))));
  }
  ChangeSet once, twice;
  once.insert(rows.posting);
  twice.insert(rows.posting);
  EXPECT_TRUE(is_committed(std::move(once)));
  EXPECT_TRUE(std::holds_alternative<commit::Duplicate>(commit(std::move(twice))));
}

TEST_P(StoreContract, B02_ACallbackIsStoredOnce) {
  InboxRow callback;
  callback.connector_account_key = 11;
  callback.event_id = "evt_1";
  ChangeSet first, copy, of_another_account;
  callback.key = testkit::next_key();
  first.insert(callback);
  callback.key = testkit::next_key();
  copy.insert(callback);
  callback.key = testkit::next_key();
  callback.connector_account_key = 12;
  of_another_account.insert(callback);
  EXPECT_TRUE(is_committed(std::move(first)));
  EXPECT_TRUE(std::holds_alternative<commit::Duplicate>(commit(std::move(copy))));
  EXPECT_TRUE(is_committed(std::move(of_another_account)));
}

TEST_P(StoreContract, I06_EventsOfAPaymentAreNumberedWithoutRepetition) {
  OutboxRow event = make_payment(1).event;
  ChangeSet first, repeated, next;
  first.insert(event);
  event.id.key = testkit::next_key();
  repeated.insert(event);
  event.sequence = 2;
  next.insert(event);
  EXPECT_TRUE(is_committed(std::move(first)));
  EXPECT_TRUE(std::holds_alternative<commit::Duplicate>(commit(std::move(repeated))));
  EXPECT_TRUE(is_committed(std::move(next)));
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
