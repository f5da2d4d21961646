// Claims are unique however they travel from memory to their table: the chunks here are so small that
// every way is taken.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "store/sqlite/engine.hpp"
#include "store/sqlite/testkit_faulty_vfs.hpp"
#include "store/testkit.hpp"

namespace payweir::store::sqlite {
namespace {

using store::testkit::next_key;
using store::testkit::TemporaryDirectory;
using testkit::FaultyVfs;
using testkit::VfsCall;

struct ClaimRig {
  static constexpr std::size_t kChunk = 600;  // two parts

  explicit ClaimRig(std::size_t size = kChunk) : chunk_size(size) { open(); }
  void open() {
    engine.reset();
    EngineOptions options;
    options.path = directory.path() + "/payweir.db";
    options.vfs = vfs.name();
    options.claim_chunk_size = chunk_size;
    options.on_fatal = [](std::string_view) {};
    auto opened = SqliteEngine::open(std::move(options));
    check(opened.has_value(), "the engine opens");
    engine = std::move(*opened);
  }
  CommitAnswer commit(ChangeSet unit) {
    const ChangeSet* const batch[] = {&unit};
    return engine->commit_batch(batch).at(0);
  }
  CommitAnswer claim(const IdempotencyRow& row) {
    ChangeSet unit;
    unit.insert(row);
    return commit(std::move(unit));
  }
  bool is_refused(IdempotencyRow rival) {
    rival.key = next_key();
    return std::holds_alternative<commit::Duplicate>(claim(rival));
  }
  std::int64_t query(std::string_view sql) {
    auto reader = Connection::open(directory.path() + "/payweir.db", "", Connection::Role::reader);
    return reader ? reader->query_integer(sql).value_or(-1) : -1;
  }
  // In one batch, so that the disk is not what the test waits for.
  std::vector<IdempotencyRow> make_claims(std::size_t count) {
    std::vector<IdempotencyRow> rows;
    std::vector<ChangeSet> units(count);
    std::vector<const ChangeSet*> batch;
    for (ChangeSet& unit : units) {
      rows.push_back(store::testkit::make_payment(1).claim);
      unit.insert(rows.back());
      batch.push_back(&unit);
    }
    const auto answers = engine->commit_batch(batch);
    check(std::ranges::all_of(answers, [](const CommitAnswer& a) { return a.index() == 0; }),
          "claims are new");
    return rows;
  }

  // Writes the second part of a chunk, which is due when the next chunk is half full.
  void finish_chunk() {
    (void)make_claims(kChunk / 2);
    engine->project_claims();
  }

  const std::size_t chunk_size;
  TemporaryDirectory directory;
  FaultyVfs vfs{"faulty-claims"};
  std::unique_ptr<SqliteEngine> engine;
};

TEST(ClaimIndex, RefusesARivalInMemoryInAPartAndInTheTable) {
  ClaimRig rig;
  const auto claims = rig.make_claims(ClaimRig::kChunk);
  const auto expect_all_refused = [&] {
    for (const IdempotencyRow& row : claims)
      ASSERT_TRUE(rig.is_refused(row));
  };
  expect_all_refused();
  rig.engine->project_claims();
  rig.engine->project_claims();  // the second part is not due yet
  const std::int64_t first_part = rig.query("SELECT count(*) FROM claim_digest");
  EXPECT_TRUE(first_part > 200 && first_part < 400) << first_part;
  expect_all_refused();
  rig.finish_chunk();
  EXPECT_EQ(rig.query("SELECT count(*) FROM claim_digest"), 600);
  expect_all_refused();
  EXPECT_EQ(rig.engine->claims().find_in_memory(claims[0].digest), 0) << "memory was given back";
  EXPECT_FALSE(rig.is_refused(store::testkit::make_payment(1).claim));
}

TEST(ClaimIndex, IsReadAgainWhereverAProcessEnded) {
  ClaimRig rig;
  std::vector<IdempotencyRow> claims;
  for (int round = 0; round < 6; ++round) {
    const auto more = rig.make_claims(ClaimRig::kChunk / 2);
    claims.insert(claims.end(), more.begin(), more.end());
    rig.engine->project_claims();
    rig.open();
    for (const IdempotencyRow& row : claims)
      ASSERT_TRUE(rig.is_refused(row)) << "round " << round;
  }
  EXPECT_GT(rig.query("SELECT count(*) FROM claim_digest"), 0);
}

TEST(ClaimIndex, AClaimWhoseKeyIsOlderThanTheWatermarkGoesToTheTable) {
  ClaimRig rig;
  IdempotencyRow late = store::testkit::make_payment(1).claim;
  (void)rig.make_claims(ClaimRig::kChunk);
  rig.engine->project_claims();
  rig.finish_chunk();
  ASSERT_GT(rig.query("SELECT watermark FROM claim_watermark"), late.key);
  ASSERT_TRUE(std::holds_alternative<commit::Committed>(rig.claim(late)));
  EXPECT_EQ(rig.query("SELECT count(*) FROM claim_digest WHERE key = " + std::to_string(late.key)), 1);
  rig.open();
  EXPECT_TRUE(rig.is_refused(late));
}

TEST(ClaimIndex, AChunkCommittedOutOfOrderLeavesNoGap) {
  ClaimRig rig;
  // Drawn before the chunk, committed behind it, still in memory when the chunk is done.
  const IdempotencyRow late = store::testkit::make_payment(1).claim;
  (void)rig.make_claims(ClaimRig::kChunk);
  rig.engine->project_claims();
  ASSERT_TRUE(std::holds_alternative<commit::Committed>(rig.claim(late)));
  rig.finish_chunk();
  ASSERT_GT(rig.query("SELECT watermark FROM claim_watermark"), 0);
  EXPECT_LE(rig.query("SELECT watermark FROM claim_watermark"), late.key);
  rig.open();
  EXPECT_TRUE(rig.is_refused(late));
}

TEST(ClaimIndex, WhatIsRolledBackCanBeClaimed) {
  ClaimRig rig;
  const IdempotencyRow row = store::testkit::make_payment(1).claim;
  const PaymentRow payment = store::testkit::make_payment(1).payment;
  ChangeSet existing, refused;
  existing.insert(payment);
  ASSERT_TRUE(std::holds_alternative<commit::Committed>(rig.commit(std::move(existing))));
  refused.insert(row);
  refused.insert(payment);  // there already, so the claim before it is taken back
  ASSERT_TRUE(std::holds_alternative<commit::Duplicate>(rig.commit(std::move(refused))));
  EXPECT_EQ(rig.engine->claims().find_in_memory(row.digest), 0);

  rig.vfs.fail(VfsCall::write, 1, SQLITE_FULL, FaultyVfs::kForEver);
  ASSERT_TRUE(std::holds_alternative<commit::Failed>(rig.claim(row)));
  rig.vfs.heal();
  EXPECT_EQ(rig.engine->claims().find_in_memory(row.digest), 0);
  EXPECT_TRUE(std::holds_alternative<commit::Committed>(rig.claim(row)));
}

TEST(ClaimIndex, WhatIsErasedCanBeClaimedAgainWhereverItWas) {
  ClaimRig rig;
  const auto claims = rig.make_claims(ClaimRig::kChunk);
  rig.engine->project_claims();  // of the chunk, a part is in the table
  for (const IdempotencyRow& row : claims) {
    ChangeSet erasure;
    erasure.erase<IdempotencyRow>(row.key);
    ASSERT_TRUE(std::holds_alternative<commit::Committed>(rig.commit(std::move(erasure))));
    if (&row == &claims[9]) break;
  }
  rig.finish_chunk();
  EXPECT_EQ(rig.query("SELECT count(*) FROM claim_digest"), ClaimRig::kChunk - 10);
  for (std::size_t i = 0; i < 12; ++i)
    EXPECT_EQ(rig.is_refused(claims[i]), i >= 10);
}

TEST(ClaimIndex, APartThatFailsIsWrittenLater) {
  ClaimRig rig;
  const auto claims = rig.make_claims(ClaimRig::kChunk);
  rig.vfs.fail(VfsCall::write, 1, SQLITE_FULL, FaultyVfs::kForEver);
  rig.engine->project_claims();
  EXPECT_GT(rig.vfs.fault_count(), 0);
  rig.vfs.heal();
  EXPECT_EQ(rig.query("SELECT count(*) FROM claim_digest"), 0);
  for (const IdempotencyRow& row : claims)
    ASSERT_TRUE(rig.is_refused(row));
  rig.engine->project_claims();
  rig.finish_chunk();
  EXPECT_EQ(rig.query("SELECT count(*) FROM claim_digest"), 600);
}

// Dies at each changing call of a projection in turn: no claim is lost and none is in the table twice.
TEST(Faults, C01_KillAtAnyWriteOfAProjection) {
  bool survived = false;
  for (int nth = 1; !survived; ++nth) {
    ASSERT_LT(nth, 500);
    ClaimRig rig(300);  // one part, which moves the watermark
    const auto claims = rig.make_claims(300);
    rig.vfs.die_at(nth);
    rig.engine->project_claims();
    survived = !rig.vfs.is_dead();
    rig.engine.reset();
    rig.vfs.heal();
    rig.open();
    for (const IdempotencyRow& row : claims)
      ASSERT_TRUE(rig.is_refused(row)) << "after call " << nth;
    rig.engine->project_claims();
    ASSERT_EQ(rig.query("SELECT count(*) FROM claim_digest"), 300) << "after call " << nth;
  }
}

}  // namespace
}  // namespace payweir::store::sqlite
