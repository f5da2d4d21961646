#include "store/sqlite/sqlite_store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "store/queries/payment_queries.hpp"
#include "store/queries/start_queries.hpp"
#include "store/sqlite/testkit_faulty_vfs.hpp"
#include "store/testkit.hpp"

namespace payweir::store::sqlite {
namespace {

using store::testkit::make_payment;
using store::testkit::PaymentRows;
using store::testkit::TemporaryDirectory;
using testkit::FaultyVfs;
using testkit::VfsCall;

std::unique_ptr<SqliteStore> open_store(SqliteOptions options) {
  auto store = SqliteStore::open(std::move(options));
  check(store.has_value(), "a fresh store opens");
  return std::move(*store);
}

SqliteOptions options_for(const TemporaryDirectory& directory) {
  SqliteOptions options;
  options.directory = directory.path() + "/data";
  return options;
}

// In a folder that exists, because a store with a VFS of its own makes none.
SqliteOptions options_for(const TemporaryDirectory& directory, const FaultyVfs& vfs) {
  SqliteOptions options;
  options.directory = directory.path();
  options.vfs = vfs.name();
  return options;
}

CommitAnswer commit(Store& store, ChangeSet changes) {
  return store::testkit::run(store.commit(std::move(changes)));
}

Code failure_of(const CommitAnswer& answer) {
  const auto* failed = std::get_if<commit::Failed>(&answer);
  return failed ? failed->error.code : Code::internal;
}

int mode_of(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 ? static_cast<int>(status.st_mode & 0777) : -1;
}

Task<void> commit_into(Store& store, ChangeSet changes, std::vector<CommitAnswer>& answers) {
  CommitAnswer answer = co_await store.commit(std::move(changes));
  answers.push_back(std::move(answer));
}

TEST(SqliteStore, KeepsItsFilesToItsOwner) {
  TemporaryDirectory directory;
  const auto store = open_store(options_for(directory));
  ASSERT_TRUE(std::holds_alternative<commit::Committed>(commit(*store, make_payment(1).creation())));
  const std::string data = directory.path() + "/data";
  EXPECT_EQ(mode_of(data), 0700);
  for (const auto& file : std::filesystem::directory_iterator(data))
    EXPECT_EQ(mode_of(file.path()), 0600) << file.path();
}

TEST(SqliteStore, AnswersOnTheExecutorOfTheCaller) {
  TemporaryDirectory directory;
  const auto store = open_store(options_for(directory));
  std::vector<std::jthread> threads;
  std::atomic<int> on_own_thread = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      const auto task = [](Store& where, int merchant, std::atomic<int>& count) -> Task<void> {
        const auto before = std::this_thread::get_id();
        ChangeSet changes = make_payment(merchant).creation();
        const CommitAnswer answer = co_await where.commit(std::move(changes));
        check(std::holds_alternative<commit::Committed>(answer), "the commit succeeds");
        count += before == std::this_thread::get_id() ? 1 : 0;
      };
      boost::asio::io_context context(1);
      for (int n = 0; n < 25; ++n)
        boost::asio::co_spawn(context, task(*store, i, on_own_thread), store::testkit::rethrow);
      context.run();
    });
  }
  threads.clear();
  EXPECT_EQ(on_own_thread, 100);
}

TEST(SqliteStore, RefusesAtOnceBeyondItsQueue) {
  TemporaryDirectory directory;
  SqliteOptions options = options_for(directory);
  options.drive = Drive::manual;
  options.queue_max = 2;
  const auto store = open_store(std::move(options));
  boost::asio::io_context context;
  std::vector<CommitAnswer> answers;
  for (int i = 0; i < 3; ++i)
    boost::asio::co_spawn(context, commit_into(*store, make_payment(1).creation(), answers),
                          store::testkit::rethrow);
  context.poll();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(failure_of(answers[0]), Code::store_busy);
  EXPECT_EQ(store->statistics().queue_depth, 2u);
  EXPECT_EQ(store->run_batch(), 2u);
  context.run();
  EXPECT_EQ(answers.size(), 3u);
}

TEST(SqliteStore, ManualDriveAnswersNothingUntilItRuns) {
  TemporaryDirectory directory;
  SqliteOptions options = options_for(directory);
  options.drive = Drive::manual;
  options.batch_max = 2;
  const auto store = open_store(std::move(options));
  boost::asio::io_context context;
  std::vector<CommitAnswer> answers;
  for (int i = 0; i < 3; ++i)
    boost::asio::co_spawn(context, commit_into(*store, make_payment(1).creation(), answers),
                          store::testkit::rethrow);
  context.poll();
  EXPECT_TRUE(answers.empty());
  EXPECT_EQ(store->run_batch(), 2u);
  EXPECT_EQ(store->run_batch(), 1u);
  EXPECT_EQ(store->run_batch(), 0u);
  context.run();
  EXPECT_EQ(answers.size(), 3u);
}

TEST(SqliteStore, CommitsWhatIsQueuedBeforeItStops) {
  TemporaryDirectory directory;
  constexpr int kUnits = 50;
  std::vector<PaymentRows> payments;
  {
    auto store = open_store(options_for(directory));
    boost::asio::io_context context;
    std::vector<CommitAnswer> answers;
    for (int i = 0; i < kUnits; ++i) {
      payments.push_back(make_payment(i));
      boost::asio::co_spawn(context, commit_into(*store, payments.back().creation(), answers),
                            store::testkit::rethrow);
    }
    context.poll();
    store.reset();
    context.run();
    EXPECT_EQ(answers.size(), kUnits + 0u);
  }
  const auto store = open_store(options_for(directory));
  for (const PaymentRows& rows : payments) {
    const auto found = store::testkit::run(find_payment_by_key(*store, rows.payment.payment.id.key));
    ASSERT_TRUE(found.has_value());
    EXPECT_TRUE(found->has_value());
  }
}

TEST(SqliteStore, KeepsItsLogShortUnderLoad) {
  TemporaryDirectory directory;
  const auto store = open_store(options_for(directory));
  boost::asio::io_context context(1);
  const auto client = [](Store& where) -> Task<void> {
    for (int i = 0; i < 150; ++i) {
      PaymentRows rows = make_payment(i);
      ChangeSet creation = rows.creation();
      const CommitAnswer created = co_await where.commit(std::move(creation));
      check(std::holds_alternative<commit::Committed>(created), "the commit succeeds");
      ChangeSet capture = rows.capture();
      const CommitAnswer captured = co_await where.commit(std::move(capture));
      check(std::holds_alternative<commit::Committed>(captured), "the commit succeeds");
    }
  };
  for (int i = 0; i < 32; ++i)
    boost::asio::co_spawn(context, client(*store), store::testkit::rethrow);
  context.run();
  // 4800 payments write some 40 MiB to the log, which starts over at 16.
  EXPECT_LT(std::filesystem::file_size(directory.path() + "/data/payweir.db-wal"), 30u << 20);
  EXPECT_GT(std::filesystem::file_size(directory.path() + "/data/payweir.db"), 5u << 20);
}

TEST(SqliteStore, LargestKeyIsFoundInAnyTable) {
  TemporaryDirectory directory;
  const auto store = open_store(options_for(directory));
  EXPECT_EQ(store::testkit::run(find_largest_key(*store)).value_or(-1), 0);
  const PaymentRows rows = make_payment(1);
  ASSERT_TRUE(std::holds_alternative<commit::Committed>(commit(*store, rows.creation())));
  EXPECT_EQ(store::testkit::run(find_largest_key(*store)).value_or(-1), rows.claim.key);
  InboxRow callback;
  callback.key = store::testkit::next_key();
  ChangeSet changes;
  changes.insert(callback);
  ASSERT_TRUE(std::holds_alternative<commit::Committed>(commit(*store, std::move(changes))));
  EXPECT_EQ(store::testkit::run(find_largest_key(*store)).value_or(-1), callback.key);
}

TEST(Faults, C13_ASecondProcessIsRefusedAndToldWhoHasIt) {
  TemporaryDirectory directory;
  const auto store = open_store(options_for(directory));
  const pid_t child = fork();
  if (child == 0) {
    const auto second = SqliteStore::open(options_for(directory));
    const bool refused =
        !second.has_value() && second.error().code == Code::store_locked &&
        second.error().detail.find("process " + std::to_string(getppid())) != std::string::npos;
    _exit(refused ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(Faults, C13_TheLockGoesWithTheProcessThatHadIt) {
  TemporaryDirectory directory;
  const pid_t child = fork();
  if (child == 0) {
    const auto store = SqliteStore::open(options_for(directory));
    if (!store.has_value()) _exit(1);
    raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_TRUE(SqliteStore::open(options_for(directory)).has_value());
}

// Commits payments one wave after the other and writes the key of each acknowledged one to `out`.
[[noreturn]] void commit_until_killed(const TemporaryDirectory& directory, int out) {
  const auto store = open_store(options_for(directory));
  const auto client = [](Store& where, int pipe) -> Task<void> {
    while (true) {
      const PaymentRows rows = make_payment(1);
      ChangeSet creation = rows.creation();
      const CommitAnswer answer = co_await where.commit(std::move(creation));
      if (!std::holds_alternative<commit::Committed>(answer)) _exit(1);
      const std::int64_t key = rows.payment.payment.id.key;
      if (write(pipe, &key, sizeof key) != sizeof key) _exit(1);
    }
  };
  boost::asio::io_context context(1);
  for (int i = 0; i < 16; ++i)
    boost::asio::co_spawn(context, client(*store, out), store::testkit::rethrow);
  context.run();
  _exit(1);
}

TEST(Faults, C05_WhatWasAcknowledgedSurvivesKillNine) {
  TemporaryDirectory directory;
  std::set<std::int64_t> acknowledged;
  for (int round = 0; round < 3; ++round) {
    int pipe_ends[2] = {};
    ASSERT_EQ(pipe(pipe_ends), 0);
    // Keys go on behind those of the rounds before: the child draws from a copy of the parent's sequence.
    for (int i = 0; i < 20'000; ++i)
      (void)store::testkit::next_key();
    const pid_t child = fork();
    if (child == 0) {
      close(pipe_ends[0]);
      commit_until_killed(directory, pipe_ends[1]);
    }
    close(pipe_ends[1]);
    const std::size_t enough = acknowledged.size() + 300;
    std::int64_t key = 0;
    bool killed = false;
    while (read(pipe_ends[0], &key, sizeof key) == sizeof key) {
      acknowledged.insert(key);
      if (!killed && acknowledged.size() >= enough) killed = kill(child, SIGKILL) == 0;
    }
    close(pipe_ends[0]);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(killed && WIFSIGNALED(status));

    const auto store = open_store(options_for(directory));
    for (const std::int64_t each : acknowledged) {
      const auto found = store::testkit::run(find_payment_by_key(*store, each));
      ASSERT_TRUE(found.has_value() && found->has_value()) << "lost " << each << " in round " << round;
    }
    static constexpr Query kHalves{
        "test_halves", "SELECT count(*) FROM payment WHERE key NOT IN (SELECT payment_key FROM attempt)"};
    const auto halves = store::testkit::run(store->select(kHalves, {}, 1));
    EXPECT_EQ(std::get<std::int64_t>(halves->at(0).at(0)), 0) << "payments without their attempt";
  }
}

TEST(Faults, H01_AFullDiskAnswersStoreFullAndHealsByItself) {
  TemporaryDirectory directory;
  FaultyVfs vfs("faulty-store");
  const auto store = open_store(options_for(directory, vfs));
  const PaymentRows before = make_payment(1), during = make_payment(1), after = make_payment(1);
  ASSERT_TRUE(std::holds_alternative<commit::Committed>(commit(*store, before.creation())));

  vfs.fail(VfsCall::write, 1, SQLITE_FULL, FaultyVfs::kForEver);
  EXPECT_EQ(failure_of(commit(*store, during.creation())), Code::store_full);
  EXPECT_GT(vfs.fault_count(), 0);
  EXPECT_FALSE(store->statistics().writable);
  const auto read = store::testkit::run(find_payment_by_key(*store, before.payment.payment.id.key));
  EXPECT_TRUE(read.has_value() && read->has_value()) << "reads still answer";

  // Nobody commits any more, as when the flows refuse at the door: the writer looks by itself.
  vfs.heal();
  for (int i = 0; i < 500 && !store->statistics().writable; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_TRUE(store->statistics().writable);
  EXPECT_TRUE(std::holds_alternative<commit::Committed>(commit(*store, after.creation())));
  const auto lost = store::testkit::run(find_payment_by_key(*store, during.payment.payment.id.key));
  EXPECT_TRUE(lost.has_value() && !lost->has_value()) << "what was refused is not there";
}

}  // namespace
}  // namespace payweir::store::sqlite
