#include "flows/idempotency.hpp"

#include <gtest/gtest.h>

#include "flows/testkit.hpp"
#include "store/queries/idempotency_queries.hpp"

namespace payweir::flows {
namespace {

using testkit::World;

bool commit(World& world, store::ChangeSet changes) {
  const store::CommitAnswer answer = world.run(world.context().store.commit(std::move(changes)));
  return std::holds_alternative<store::commit::Committed>(answer);
}

// Claims, and answers when there is an answer.
void execute_first(World& world, const RequestKey& key, std::optional<Answer> answer,
                   AnswerContent content = AnswerContent::ordinary) {
  store::ChangeSet changes;
  const std::int64_t claim_key = claim(world.context(), changes, key, 77);
  if (answer) store_answer(world.context(), changes, claim_key, *answer, content);
  ASSERT_TRUE(commit(world, std::move(changes)));
}

Answer make_answer() {
  Answer answer;
  answer.status = 202;
  answer.body = R"({"a":"body with \u0000 and é"})";
  return answer;
}

TEST(Idempotency, ASecondClaimIsADuplicate) {
  World world;
  const RequestKey key = *world.request_key(world.admin(), "k");
  execute_first(world, key, std::nullopt);
  store::ChangeSet changes;
  static_cast<void>(claim(world.context(), changes, key, 78));
  const store::CommitAnswer answer = world.run(world.context().store.commit(std::move(changes)));
  ASSERT_TRUE(std::holds_alternative<store::commit::Duplicate>(answer));
  EXPECT_EQ(std::get<store::commit::Duplicate>(answer).table, "idempotency");
}

TEST(Idempotency, ReplaysTheAnswerByteForByte) {
  World world;
  const RequestKey key = *world.request_key(world.admin(), "k");
  execute_first(world, key, make_answer());
  world.clock.advance(days(29));
  const Result<Replay> first = world.run(replay(world.context(), key));
  ASSERT_TRUE(first);
  ASSERT_TRUE(first->answer);
  EXPECT_EQ(first->answer->body, make_answer().body);
  EXPECT_EQ(first->answer->status, 202);
  EXPECT_TRUE(first->answer->replayed);
  EXPECT_EQ(first->resource_key, 77);
  EXPECT_EQ(world.context().telemetry.idempotency_hits.load(), 1u);
}

TEST(Idempotency, KnowsOfNoKeyThatWasNeverClaimed) {
  World world;
  const Result<Replay> first = world.run(replay(world.context(), *world.request_key(world.admin(), "k")));
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, Code::not_found);
}

TEST(Idempotency, KeepsAnswersThatShowASecretSealed) {
  World world;
  const RequestKey key = *world.request_key(world.admin(), "k");
  Answer answer = make_answer();
  answer.body = R"({"api_key":"a secret that must not be found"})";
  execute_first(world, key, answer, AnswerContent::shows_secret);
  EXPECT_FALSE(world.folder.holds("a secret that must not be found"));
  const Result<Replay> first = world.run(replay(world.context(), key));
  ASSERT_TRUE(first && first->answer);
  EXPECT_EQ(first->answer->body, answer.body);
}

// Catalogue D01: while the first may still run, a second one is told so; later, or after a restart, it gets
// what there is.
TEST(Faults, D01_SecondRequestWaitsForTheFirst) {
  World world;
  const RequestKey key = *world.request_key(world.admin(), "k");
  execute_first(world, key, std::nullopt);
  const Duration longest = world.settings.send_window + world.settings.gateway_timeout * 2;
  world.clock.advance(longest);
  const Result<Replay> running = world.run(replay(world.context(), key));
  ASSERT_FALSE(running);
  EXPECT_EQ(running.error().code, Code::idempotency_in_progress);
  EXPECT_EQ(world.context().telemetry.idempotency_conflicts.load(), 1u);

  world.clock.advance(milliseconds(1));
  const Result<Replay> over = world.run(replay(world.context(), key));
  ASSERT_TRUE(over);
  EXPECT_FALSE(over->answer);
  EXPECT_EQ(over->resource_key, 77);
}

TEST(Idempotency, ClaimsOfAnEarlierProcessAreOver) {
  World world;
  const RequestKey key = *world.request_key(world.admin(), "k");
  execute_first(world, key, std::nullopt);
  world.restart();
  const Result<Replay> over = world.run(replay(world.context(), key));
  ASSERT_TRUE(over);
  EXPECT_FALSE(over->answer);
}

// Catalogue D03: the key with another body is refused, whether or not the first was answered.
TEST(Faults, D03_SameKeyWithAnotherBodyIsRefused) {
  World world;
  for (const bool is_answered : {false, true}) {
    const std::string name = is_answered ? "answered" : "running";
    execute_first(world, *world.request_key(world.admin(), name, "{\"a\":1}"),
                  is_answered ? std::optional(make_answer()) : std::nullopt);
    const Result<Replay> other =
        world.run(replay(world.context(), *world.request_key(world.admin(), name, "{\"a\":2}")));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, Code::idempotency_key_reused);
  }
}

// Catalogue K12: an answer moved to another claim does not open.
TEST(Faults, K12_SealedAnswerOpensOnlyUnderItsOwnClaim) {
  World world;
  const RequestKey one = *world.request_key(world.admin(), "one"),
                   two = *world.request_key(world.admin(), "two");
  execute_first(world, one, make_answer(), AnswerContent::shows_secret);
  const auto stored = world.run(store::find_claim(world.context().store, one.digest));
  ASSERT_TRUE(stored && *stored && (*stored)->answer);

  store::ChangeSet changes;
  store::AnswerRow moved = *(*stored)->answer;
  moved.key = claim(world.context(), changes, two, 0);
  changes.insert(moved);
  ASSERT_TRUE(commit(world, std::move(changes)));
  const Result<Replay> opened = world.run(replay(world.context(), two));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::decrypt_failed);
}

}  // namespace
}  // namespace payweir::flows
