// Each query against rows that it must and must not find.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "store/queries/account_queries.hpp"
#include "store/queries/event_queries.hpp"
#include "store/queries/idempotency_queries.hpp"
#include "store/queries/inbox_queries.hpp"
#include "store/queries/ledger_queries.hpp"
#include "store/queries/payment_queries.hpp"
#include "store/queries/refund_queries.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "store/testkit.hpp"

namespace payweir::store {
namespace {

using testkit::make_payment;
using testkit::next_key;
using testkit::PaymentRows;

class Queries : public testing::Test {
 protected:
  void SetUp() override {
    sqlite::SqliteOptions options;
    options.directory = directory_.path();
    auto opened = sqlite::SqliteStore::open(std::move(options));
    ASSERT_TRUE(opened.has_value());
    store_ = std::move(*opened);
  }
  void commit(ChangeSet changes) {
    const CommitAnswer answer = testkit::run(store_->commit(std::move(changes)));
    ASSERT_TRUE(std::holds_alternative<commit::Committed>(answer));
  }
  template <class... Row>
  void insert(const Row&... rows) {
    ChangeSet changes;
    (changes.insert(rows), ...);
    commit(std::move(changes));
  }
  template <class T>
  T read(Task<Result<T>> task) {
    auto result = testkit::run(std::move(task));
    EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().detail);
    return result ? std::move(*result) : T{};
  }

  testkit::TemporaryDirectory directory_;
  std::unique_ptr<sqlite::SqliteStore> store_;
};

template <class Row>
std::vector<std::int64_t> keys_of(const std::vector<Row>& rows) {
  std::vector<std::int64_t> keys;
  for (const Row& row : rows)
    keys.push_back(std::get<std::int64_t>(testkit::to_values(row).front()));
  return keys;
}
using Keys = std::vector<std::int64_t>;

TEST_F(Queries, APaymentIsFoundByIdSaltAndMerchantTogether) {
  const PaymentRows rows = make_payment(1);
  insert(rows.payment);
  const PaymentId id = rows.payment.payment.id;
  EXPECT_TRUE(read(find_payment(*store_, 1, id)).has_value());
  EXPECT_FALSE(read(find_payment(*store_, 2, id)).has_value()) << "another merchant's";
  EXPECT_FALSE(read(find_payment(*store_, 1, {id.key, id.salt + 1})).has_value()) << "a guessed id";
}

TEST_F(Queries, AReferenceIsTheMerchantsOwn) {
  PaymentRows rows = make_payment(1);
  rows.payment.reference = "order-17";
  const std::int64_t key = rows.payment.payment.id.key;
  insert(rows.payment, AliasRow{next_key(), 1, AliasKind::payment, "order-17", key},
         AliasRow{next_key(), 1, AliasKind::refund, "other", key});
  EXPECT_TRUE(read(find_payment_by_reference(*store_, 1, "order-17")).has_value());
  EXPECT_FALSE(read(find_payment_by_reference(*store_, 2, "order-17")).has_value());
  EXPECT_FALSE(read(find_payment_by_reference(*store_, 1, "other")).has_value()) << "a refund's name";
}

TEST_F(Queries, PaymentsAreListedNewestFirstWithinTheFilter) {
  std::vector<PaymentRows> all;
  for (int i = 0; i < 6; ++i) {
    PaymentRows rows = make_payment(i == 5 ? 2 : 1);
    if (i == 1) rows.payment.payment.state = PaymentState::succeeded;
    if (i == 2) rows.payment.payment.state = PaymentState::failed;
    if (i == 3) rows.payment.payment.amount.currency = *Currency::parse("JPY");
    if (i == 4) rows.payment.details = R"({"customer_id":"cus_2"})";
    if (i == 4) rows.attempt.attempt.connector_account_key = 12;
    insert(rows.payment, rows.attempt);
    all.push_back(rows);
  }
  const auto key = [&](std::size_t i) { return all[i].payment.payment.id.key; };
  const auto list = [&](auto change) {
    PaymentFilter filter;
    filter.merchant_no = 1;
    change(filter);
    return keys_of(read(list_payments(*store_, filter)));
  };
  EXPECT_EQ(list([](PaymentFilter&) {}), (Keys{key(4), key(3), key(2), key(1), key(0)}));
  EXPECT_EQ(list([](PaymentFilter& f) { f.limit = 2; }), (Keys{key(4), key(3)}));
  EXPECT_EQ(list([](PaymentFilter& f) { f.limit = 2, f.offset = 3; }), (Keys{key(1), key(0)}));
  EXPECT_EQ(list([&](PaymentFilter& f) { f.before_key = key(2); }), (Keys{key(1), key(0)}));
  EXPECT_EQ(list([&](PaymentFilter& f) { f.after_key = key(2); }), (Keys{key(4), key(3)}));
  EXPECT_EQ(list([](PaymentFilter& f) { f.states = {PaymentState::succeeded, PaymentState::failed}; }),
            (Keys{key(2), key(1)}));
  EXPECT_EQ(list([](PaymentFilter& f) { f.currency = *Currency::parse("JPY"); }), (Keys{key(3)}));
  EXPECT_EQ(list([](PaymentFilter& f) { f.customer_id = "cus_2"; }), (Keys{key(4)}));
  EXPECT_EQ(list([](PaymentFilter& f) { f.connector_account_key = 12; }), (Keys{key(4)}));
  EXPECT_EQ(list([](PaymentFilter& f) { f.profile_key = 8; }), Keys{});
}

TEST_F(Queries, ATimeRangeIncludesBothEnds) {
  const PaymentRows rows = make_payment(1);
  insert(rows.payment);
  const Instant made_at = KeySequence::instant_of(rows.payment.payment.id.key);
  const auto count = [&](Instant from, Instant to) {
    PaymentFilter filter;
    filter.merchant_no = 1;
    filter.created_from = from;
    filter.created_to = to;
    return read(list_payments(*store_, filter)).size();
  };
  EXPECT_EQ(count(made_at, made_at), 1u);
  EXPECT_EQ(count(made_at - milliseconds(5), made_at - milliseconds(1)), 0u);
  EXPECT_EQ(count(made_at + milliseconds(1), made_at + milliseconds(5)), 0u);
}

TEST_F(Queries, AttemptsOfAPaymentEndedOrLive) {
  const PaymentRows rows = make_payment(1);
  AttemptRow declined = rows.attempt, live = rows.attempt;
  declined.attempt.state = AttemptState::declined;
  live.attempt.id.key = next_key();
  live.attempt.number = 2;
  insert(rows.payment, declined, live);
  const std::int64_t payment_key = rows.payment.payment.id.key;
  EXPECT_EQ(read(find_newest_attempt(*store_, payment_key))->attempt.number, 2);
  EXPECT_EQ(keys_of(read(list_attempts(*store_, payment_key))),
            (Keys{declined.attempt.id.key, live.attempt.id.key}));
  EXPECT_FALSE(read(find_newest_attempt(*store_, payment_key + 1)).has_value());
}

TEST_F(Queries, OperationsUnderWayAreThoseNotDone) {
  const PaymentRows rows = make_payment(1);
  OperationRow done = rows.operation, unknown = rows.operation, refunding = rows.operation;
  done.operation.state = OperationState::done;
  unknown.operation.id.key = next_key();
  unknown.operation.state = OperationState::unknown;
  unknown.operation.ask_at = {500};
  refunding.operation.id.key = next_key();
  refunding.operation.refund_key = 77;
  refunding.operation.ask_at = {900};
  insert(done, unknown, refunding);
  const std::int64_t payment_key = rows.payment.payment.id.key, attempt_key = rows.attempt.attempt.id.key;
  EXPECT_EQ(read(find_live_payment_operation(*store_, payment_key, attempt_key))->operation.id,
            unknown.operation.id);
  EXPECT_FALSE(read(find_live_payment_operation(*store_, payment_key, attempt_key + 1)).has_value());
  EXPECT_EQ(keys_of(read(list_live_operations(*store_, payment_key))),
            (Keys{unknown.operation.id.key, refunding.operation.id.key}));
  EXPECT_EQ(keys_of(read(list_due_operations(*store_, {899}, 10))), (Keys{unknown.operation.id.key}));
  EXPECT_EQ(keys_of(read(list_due_operations(*store_, {900}, 10))),
            (Keys{unknown.operation.id.key, refunding.operation.id.key}));
  EXPECT_EQ(read(list_due_operations(*store_, {900}, 1)).size(), 1u);
}

TEST_F(Queries, OnlyUnpaidPaymentsExpire) {
  Keys unpaid;
  for (int number = 1; number <= 12; ++number) {
    PaymentRows rows = make_payment(1);
    rows.payment.payment.state = static_cast<PaymentState>(number);
    rows.payment.payment.expires_at = {1000 + number};
    insert(rows.payment);
    if (number == 1 || number == 2 || number == 4) unpaid.push_back(rows.payment.payment.id.key);
  }
  EXPECT_EQ(read(list_expired_payments(*store_, {2000}, 10)), unpaid);
  EXPECT_EQ(read(list_expired_payments(*store_, {1001}, 10)), (Keys{unpaid[0]}));
}

TEST_F(Queries, RefundsByIdByPaymentAndByMerchant) {
  const PaymentRows rows = make_payment(1);
  RefundRow refund;
  refund.refund.id = {next_key(), 5};
  refund.refund.merchant_no = 1;
  refund.refund.payment_key = rows.payment.payment.id.key;
  refund.refund.amount = {100, *Currency::parse("USD")};
  RefundRow other = refund;
  other.refund.id.key = next_key();
  other.refund.payment_key += 1;
  other.refund.state = RefundState::succeeded;
  insert(refund, other);
  EXPECT_TRUE(read(find_refund(*store_, 1, refund.refund.id)).has_value());
  EXPECT_FALSE(read(find_refund(*store_, 2, refund.refund.id)).has_value());
  EXPECT_EQ(read(list_refunds_of_payment(*store_, refund.refund.payment_key)).size(), 1u);
  RefundFilter filter;
  filter.merchant_no = 1;
  EXPECT_EQ(keys_of(read(list_refunds(*store_, filter))), (Keys{other.refund.id.key, refund.refund.id.key}));
  filter.states = {RefundState::succeeded};
  EXPECT_EQ(keys_of(read(list_refunds(*store_, filter))), (Keys{other.refund.id.key}));
  filter.payment_key = refund.refund.payment_key;
  EXPECT_TRUE(read(list_refunds(*store_, filter)).empty());
}

TEST_F(Queries, AClaimComesWithItsAnswer) {
  PaymentRows rows = make_payment(1);
  insert(rows.claim);
  const auto unanswered = read(find_claim(*store_, rows.claim.digest));
  ASSERT_TRUE(unanswered.has_value());
  EXPECT_EQ(unanswered->claim.resource_key, rows.claim.resource_key);
  EXPECT_FALSE(unanswered->answer.has_value());
  insert(rows.answer);
  EXPECT_EQ(read(find_claim(*store_, rows.claim.digest))->answer->body, rows.answer.body);
  EXPECT_FALSE(read(find_claim(*store_, std::string(16, 'x'))).has_value());
  const Instant made_at = KeySequence::instant_of(rows.claim.key);
  EXPECT_TRUE(read(list_claims_before(*store_, made_at, 10)).empty());
  EXPECT_EQ(read(list_claims_before(*store_, made_at + milliseconds(1), 10)), (Keys{rows.claim.key}));
}

TEST_F(Queries, EventsAndTheirDeliveries) {
  const PaymentRows rows = make_payment(1);
  OutboxRow second = rows.event;
  second.id.key = next_key();
  second.sequence = 2;
  second.type = EventType::refund_succeeded;
  DeliveryRow due, dead;
  due.key = rows.event.id.key;
  due.merchant_no = dead.merchant_no = 1;
  due.due_at = {100};
  dead.key = second.id.key;
  dead.state = DeliveryState::dead;
  insert(rows.event, second, due, dead);
  EXPECT_TRUE(read(find_event(*store_, 1, rows.event.id)).has_value());
  EXPECT_FALSE(read(find_event(*store_, 2, rows.event.id)).has_value());
  EventFilter filter;
  filter.merchant_no = 1;
  EXPECT_EQ(keys_of(read(list_events(*store_, filter))), (Keys{second.id.key, rows.event.id.key}));
  filter.types = {EventType::refund_succeeded};
  filter.payment_key = rows.event.aggregate_key;
  EXPECT_EQ(keys_of(read(list_events(*store_, filter))), (Keys{second.id.key}));
  EXPECT_EQ(keys_of(read(list_dead_deliveries(*store_, 1, {}))), (Keys{dead.key}));
  const DeliveryCounts counts = read(count_deliveries(*store_));
  EXPECT_EQ(counts.pending, 1);
  EXPECT_EQ(counts.dead, 1);
}

TEST_F(Queries, CallbacksThatAreDueAndOrphans) {
  InboxRow due, orphan;
  due.key = next_key();
  due.connector_account_key = orphan.connector_account_key = 11;
  due.event_id = "evt_due";
  due.due_at = {100};
  orphan.key = next_key();
  orphan.event_id = "evt_orphan";
  orphan.state = InboxState::orphan;
  orphan.received_at = {50};
  insert(due, orphan);
  EXPECT_EQ(keys_of(read(list_due_inbox(*store_, {100}, 10))), (Keys{due.key}));
  EXPECT_EQ(keys_of(read(list_due_orphans(*store_, {50}, {99}, 10))), (Keys{orphan.key}));
  EXPECT_TRUE(read(list_due_orphans(*store_, {51}, {99}, 10)).empty());
}

TEST_F(Queries, BalancesAreTheSumsOfPostings) {
  PaymentRows first = make_payment(1), second = make_payment(1), other = make_payment(2);
  second.posting.debit_account = 2;  // a refund
  second.posting.credit_account = 1;
  second.posting.amount.minor = 40;
  insert(first.posting, second.posting, other.posting, first.operation);
  const auto balances = read(list_balances(*store_, 1));
  const Currency usd = *Currency::parse("USD");
  EXPECT_EQ(balances, (std::vector<ledger::Balance>{{ledger::AccountKind::gateway_clearing, {6500, usd}},
                                                    {ledger::AccountKind::merchant_payable, {-6500, usd}}}));
  EXPECT_TRUE(ledger::is_balanced(balances));
  EXPECT_EQ(keys_of(read(list_postings(*store_, first.payment.payment.id.key))), (Keys{first.posting.key}));
}

TEST_F(Queries, DeletedAccountsAreFoundByKeyAndLeftOutOfLists) {
  MerchantRow merchant;
  merchant.id = {next_key(), 1};
  merchant.merchant_id = "shop";
  merchant.publishable_key = "pk_snd_1";
  ProfileRow profile, gone;
  profile.id.key = next_key();
  profile.merchant_no = gone.merchant_no = merchant.id.key;
  profile.name = gone.name = "default";
  gone.id.key = next_key();
  gone.deleted = true;
  insert(merchant, profile, gone);
  EXPECT_EQ(read(find_merchant_by_id(*store_, "shop"))->id, merchant.id);
  EXPECT_EQ(keys_of(read(list_merchants(*store_, 0, 10))), (Keys{merchant.id.key}));
  EXPECT_TRUE(read(list_merchants(*store_, merchant.id.key, 10)).empty());
  EXPECT_EQ(keys_of(read(list_profiles(*store_, merchant.id.key))), (Keys{profile.id.key}));
  EXPECT_TRUE(read(find_profile(*store_, gone.id.key))->deleted);
}

}  // namespace
}  // namespace payweir::store
