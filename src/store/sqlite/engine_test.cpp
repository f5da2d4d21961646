#include "store/sqlite/engine.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "store/sqlite/testkit_faulty_vfs.hpp"
#include "store/testkit.hpp"

namespace payweir::store::sqlite {
namespace {

using store::testkit::make_payment;
using store::testkit::PaymentRows;
using store::testkit::TemporaryDirectory;
using testkit::FaultyVfs;
using testkit::VfsCall;

// An engine on a faulty disk; a plain struct, because every room has a suite called Faults.
struct EngineRig {
  Result<std::unique_ptr<SqliteEngine>> try_open(
      std::span<const std::string_view> migrations = migrations::kAll) {
    EngineOptions options;
    options.path = path();
    options.vfs = vfs.name();
    options.migrations = migrations;
    options.on_fatal = [this](std::string_view why) { fatal = why; };
    return SqliteEngine::open(std::move(options));
  }
  void open() {
    auto opened = try_open();
    check(opened.has_value(), "the engine opens");
    engine = std::move(*opened);
  }
  void reopen_after_crash() {
    engine.reset();
    vfs.heal();
    open();
  }
  std::string path() const { return directory.path() + "/payweir.db"; }

  std::vector<CommitAnswer> commit(const std::vector<ChangeSet>& batch) {
    std::vector<const ChangeSet*> units;
    for (const ChangeSet& unit : batch)
      units.push_back(&unit);
    return engine->commit_batch(units);
  }
  CommitAnswer commit_one(ChangeSet unit) {
    std::vector<ChangeSet> batch;
    batch.push_back(std::move(unit));
    return commit(batch).at(0);
  }
  std::int64_t query(std::string_view sql) {
    auto reader = Connection::open(path(), "", Connection::Role::reader);
    if (!reader) return -1;
    auto value = reader->query_integer(sql);
    return value ? *value : -1;
  }
  bool holds(const PaymentRows& rows) {
    return query("SELECT count(*) FROM payment WHERE key = " + std::to_string(rows.payment.payment.id.key)) ==
           1;
  }

  TemporaryDirectory directory;
  FaultyVfs vfs{"faulty-engine"};
  std::string fatal;
  std::unique_ptr<SqliteEngine> engine;
};

bool is_committed(const CommitAnswer& answer) {
  return std::holds_alternative<commit::Committed>(answer);
}
Code failure_of(const CommitAnswer& answer) {
  const auto* failed = std::get_if<commit::Failed>(&answer);
  return failed ? failed->error.code : Code::internal;
}

TEST(SqliteEngine, OneSyncCarriesAWholeBatch) {
  EngineRig rig;
  rig.open();
  (void)rig.commit_one(make_payment(1).creation());  // the log's header is synced once
  std::vector<ChangeSet> batch;
  for (int i = 0; i < 64; ++i)
    batch.push_back(make_payment(i).creation());
  const std::int64_t before = rig.vfs.count(VfsCall::sync);
  for (const CommitAnswer& answer : rig.commit(batch))
    EXPECT_TRUE(is_committed(answer));
  EXPECT_EQ(rig.vfs.count(VfsCall::sync) - before, 1);
}

TEST(SqliteEngine, ARefusedUnitLeavesItsNeighboursAlone) {
  EngineRig rig;
  rig.open();
  PaymentRows first = make_payment(1), loser = make_payment(2), last = make_payment(3);
  // The loser's claim is the first one's, and its payment is written before the claim is.
  loser.claim.digest = first.claim.digest;
  ChangeSet losing;
  losing.insert(loser.payment);
  losing.insert(loser.attempt);
  losing.insert(loser.claim);
  std::vector<ChangeSet> batch{first.creation(), std::move(losing), last.creation()};
  const auto answers = rig.commit(batch);

  EXPECT_TRUE(is_committed(answers[0]));
  ASSERT_TRUE(std::holds_alternative<commit::Duplicate>(answers[1]));
  EXPECT_EQ(std::get<commit::Duplicate>(answers[1]).table, "idempotency");
  EXPECT_TRUE(is_committed(answers[2]));
  EXPECT_TRUE(rig.holds(first));
  EXPECT_FALSE(rig.holds(loser));
  EXPECT_TRUE(rig.holds(last));
  EXPECT_EQ(rig.query("SELECT count(*) FROM attempt"), 2);
}

// In one batch, of two decisions about one version only the first holds.
TEST(Faults, D09_TwoDecisionsAboutOneVersionInOneBatch) {
  EngineRig rig;
  rig.open();
  PaymentRows rows = make_payment(1);
  PaymentRows rival = rows;
  ASSERT_TRUE(is_committed(rig.commit_one(rows.creation())));
  const std::vector<ChangeSet> rivals{rows.capture(), rival.capture()};
  const auto answers = rig.commit(rivals);
  EXPECT_TRUE(is_committed(answers[0]));
  ASSERT_TRUE(std::holds_alternative<commit::Conflict>(answers[1]));
  EXPECT_EQ(std::get<commit::Conflict>(answers[1]).table, "payment");
}

constexpr auto kToday = static_cast<std::int64_t>(migrations::kAll.size());

std::vector<std::string_view> today_and(std::string_view next) {
  std::vector<std::string_view> all(migrations::kAll.begin(), migrations::kAll.end());
  all.push_back(next);
  return all;
}

TEST(Faults, C06_KillDuringMigrationLeavesTheVersionBeforeOrAfter) {
  EngineRig rig;
  static constexpr std::string_view kNext =
      "ALTER TABLE refund ADD COLUMN note TEXT NOT NULL DEFAULT '';"
      "CREATE INDEX refund_by_note ON refund (note);";
  const std::vector<std::string_view> migrations = today_and(kNext);
  bool survived = false;
  int deaths = 0;
  for (int nth = 1; !survived; ++nth) {
    ASSERT_LT(nth, 2000);
    rig.open();
    PaymentRows rows = make_payment(nth);
    ASSERT_TRUE(is_committed(rig.commit_one(rows.creation())));
    rig.engine.reset();
    rig.vfs.die_at(nth);
    auto dying = rig.try_open(migrations);
    if (dying) dying->reset();
    survived = !rig.vfs.is_dead();
    deaths += survived ? 0 : 1;
    rig.vfs.heal();

    const std::int64_t version = rig.query("PRAGMA user_version");
    ASSERT_TRUE(version == kToday || version == kToday + 1) << "after call " << nth;
    ASSERT_EQ(rig.query("SELECT count(*) FROM sqlite_schema WHERE name = 'refund_by_note'"),
              version - kToday);
    ASSERT_TRUE(rig.holds(rows));
    auto healed = rig.try_open(migrations);
    ASSERT_TRUE(healed.has_value()) << healed.error().detail;
    ASSERT_EQ(rig.query("PRAGMA user_version"), kToday + 1);
    healed->reset();
    // Back to today's version for the next call of the sweep.
    std::filesystem::remove(rig.path());
  }
  EXPECT_GT(deaths, 3);
}

TEST(Faults, C06_ANewerSchemaIsRefused) {
  EngineRig rig;
  static constexpr std::string_view kNext = "CREATE TABLE later (key INTEGER PRIMARY KEY) STRICT;";
  const std::vector<std::string_view> newer = today_and(kNext);
  ASSERT_TRUE(rig.try_open(newer).has_value());
  const auto older = rig.try_open();
  ASSERT_FALSE(older.has_value());
  EXPECT_EQ(older.error().code, Code::store_newer_schema);
  EXPECT_NE(older.error().detail.find("version " + std::to_string(kToday + 1)), std::string::npos);
  EXPECT_EQ(rig.query("PRAGMA user_version"), kToday + 1);
}

TEST(Faults, C06_AMigrationThatFailsIsRolledBackWhole) {
  EngineRig rig;
  static constexpr std::string_view kBroken =
      "CREATE TABLE half (key INTEGER PRIMARY KEY) STRICT;"
      "CREATE INDEX half_index ON missing (key);";
  const std::string_view migrations[] = {migrations::k0001Initial, kBroken};
  EXPECT_FALSE(rig.try_open(migrations).has_value());
  EXPECT_EQ(rig.query("PRAGMA user_version"), 1);
  EXPECT_EQ(rig.query("SELECT count(*) FROM sqlite_schema WHERE name = 'half'"), 0);
  rig.open();
}

TEST(Faults, C10_AFailedSyncEndsTheProcessAndAcknowledgesNothing) {
  EngineRig rig;
  rig.open();
  ASSERT_TRUE(is_committed(rig.commit_one(make_payment(1).creation())));
  rig.vfs.fail(VfsCall::sync, 1, SQLITE_IOERR_FSYNC);
  const PaymentRows rows = make_payment(2);
  const CommitAnswer answer = rig.commit_one(rows.creation());
  EXPECT_EQ(rig.vfs.fault_count(), 1);
  EXPECT_NE(rig.fatal, "");
  EXPECT_TRUE(std::holds_alternative<commit::Maybe>(answer));
}

TEST(Faults, C10_AFailedSyncAbortsUnlessToldOtherwise) {
  EngineRig rig;
  EXPECT_DEATH(
      {
        FaultyVfs vfs("faulty-death");
        EngineOptions options;
        options.path = rig.path();
        options.vfs = vfs.name();
        auto engine = SqliteEngine::open(std::move(options));
        const ChangeSet creation = make_payment(1).creation();
        const ChangeSet* const batch[] = {&creation};
        vfs.fail(VfsCall::sync, 1, SQLITE_IOERR_FSYNC);
        (void)(*engine)->commit_batch(batch);
      },
      "the store cannot go on");
}

// Every write and sync of a batch, one after the other: what was acknowledged is there, what was refused
// is not, and the store goes on.
TEST(Faults, H01_DiskFullAtAnyWriteFailsTheBatchAndRecovers) {
  EngineRig rig;
  rig.open();
  ASSERT_TRUE(is_committed(rig.commit_one(make_payment(1).creation())));
  bool reached_end = false;
  int refused = 0;
  for (int nth = 1; !reached_end; ++nth) {
    ASSERT_LT(nth, 500);
    const PaymentRows first = make_payment(1), second = make_payment(2);
    const std::vector<ChangeSet> batch{first.creation(), second.creation()};
    const std::int64_t faults_before = rig.vfs.fault_count();
    rig.vfs.fail(VfsCall::write, nth, SQLITE_FULL, FaultyVfs::kForEver);
    const auto answers = rig.commit(batch);
    reached_end = rig.vfs.fault_count() == faults_before;
    if (!reached_end) {
      ++refused;
      for (const CommitAnswer& answer : answers)
        ASSERT_EQ(failure_of(answer), Code::store_full);
      EXPECT_FALSE(rig.engine->writable());
      EXPECT_EQ(rig.fatal, "");
      EXPECT_GT(rig.query("SELECT count(*) FROM payment"), 0) << "reads still answer";
      rig.engine->probe();
      EXPECT_FALSE(rig.engine->writable()) << "still full";
      rig.vfs.heal();
      ASSERT_FALSE(rig.holds(first) || rig.holds(second));
      rig.engine->probe();
      EXPECT_TRUE(rig.engine->writable());
    }
    rig.vfs.heal();
    const auto again = rig.commit(batch);
    ASSERT_EQ(is_committed(again[0]), !reached_end);
    ASSERT_TRUE(rig.holds(first) && rig.holds(second));
  }
  EXPECT_GT(refused, 5);
}

TEST(Faults, D12_ABusyDatabaseIsTriedAgainForABoundedTime) {
  EngineRig rig;
  rig.open();
  ASSERT_TRUE(is_committed(rig.commit_one(make_payment(1).creation())));
  rig.vfs.fail(VfsCall::lock, 1, SQLITE_BUSY, 3);
  EXPECT_TRUE(is_committed(rig.commit_one(make_payment(1).creation())));
  EXPECT_EQ(rig.vfs.fault_count(), 3);

  rig.vfs.fail(VfsCall::lock, 1, SQLITE_BUSY, FaultyVfs::kForEver);
  const PaymentRows rows = make_payment(1);
  EXPECT_EQ(failure_of(rig.commit_one(rows.creation())), Code::store_busy);
  EXPECT_TRUE(rig.engine->writable()) << "busy is not full";
  rig.vfs.heal();
  EXPECT_FALSE(rig.holds(rows));
  EXPECT_TRUE(is_committed(rig.commit_one(rows.creation())));
}

TEST(SqliteEngine, AnIoErrorInACommitIsNeitherYesNorNo) {
  EngineRig rig;
  rig.open();
  ASSERT_TRUE(is_committed(rig.commit_one(make_payment(1).creation())));
  rig.vfs.fail(VfsCall::write, 1, SQLITE_IOERR_WRITE);
  const PaymentRows rows = make_payment(2);
  const CommitAnswer answer = rig.commit_one(rows.creation());
  EXPECT_EQ(rig.vfs.fault_count(), 1);
  EXPECT_TRUE(std::holds_alternative<commit::Maybe>(answer));
  EXPECT_NE(rig.fatal, "") << "COMMIT may have written part of the log";
}

// Dies at every changing call of a batch in turn; what a new process finds is all of the batch or none,
// and never less than what was acknowledged.
TEST(Faults, C01_KillAtAnyWriteOfACommit) {
  EngineRig rig;
  rig.open();
  bool survived = false;
  int deaths = 0;
  for (int nth = 1; !survived; ++nth) {
    ASSERT_LT(nth, 500);
    const PaymentRows rows = make_payment(nth);
    rig.vfs.die_at(nth);
    const CommitAnswer answer = rig.commit_one(rows.creation());
    survived = !rig.vfs.is_dead();
    deaths += survived ? 0 : 1;
    rig.reopen_after_crash();
    if (is_committed(answer)) ASSERT_TRUE(rig.holds(rows));
    const std::string key = std::to_string(rows.payment.payment.id.key);
    ASSERT_EQ(rig.query("SELECT count(*) FROM payment WHERE key = " + key),
              rig.query("SELECT count(*) FROM attempt WHERE payment_key = " + key + " AND state <= 7"));
    ASSERT_EQ(rig.query("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
  }
  EXPECT_GT(deaths, 3);
}

TEST(Faults, C13_AFileOfAnotherProgramIsLeftUntouched) {
  EngineRig rig;
  {
    auto other = Connection::open(rig.path(), "", Connection::Role::writer);
    ASSERT_TRUE(other.has_value());
    ASSERT_TRUE(other->execute("CREATE TABLE theirs (x); PRAGMA user_version = 1;").has_value());
  }
  const auto refused = rig.try_open();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::store_corrupt);
  EXPECT_EQ(rig.query("SELECT count(*) FROM sqlite_schema"), 1);
}

}  // namespace
}  // namespace payweir::store::sqlite
