#include "flows/review.hpp"

#include "flows/operate.hpp"
#include "flows/settle.hpp"
#include "store/queries/start_queries.hpp"

namespace payweir::flows {
namespace {

Task<Result<void>> store_instance(store::Store& store, store::InstanceRow row, RowIs is) {
  store::ChangeSet changes;
  if (is == RowIs::fresh)
    changes.insert(row);
  else
    changes.update(row);
  store::CommitAnswer committed = co_await store.commit(std::move(changes));
  if (auto* failed = std::get_if<store::commit::Failed>(&committed)) co_return fail(std::move(failed->error));
  if (auto* maybe = std::get_if<store::commit::Maybe>(&committed)) co_return fail(std::move(maybe->error));
  if (!std::holds_alternative<store::commit::Committed>(committed))
    co_return fail(Code::store_busy, "", "another process begins to serve this database");
  co_return Result<void>{};
}

}  // namespace

Task<Result<Life>> begin_life(store::Store& store, std::string identity, bool wanted, Instant now) {
  Result<std::optional<store::InstanceRow>> found = co_await store::find_instance(store);
  if (!found) co_return fail(std::move(found.error()));
  store::InstanceRow row = *found ? std::move(**found) : store::InstanceRow{};
  const bool is_first = !*found;
  if (!is_first && row.identity == identity && !wanted) co_return Life{row.epoch, row.under_review};
  if (is_first) {
    row.under_review = wanted;
  } else {
    ++row.version;
    ++row.epoch;
    row.under_review = true;
  }
  row.identity = std::move(identity);
  row.since = now;
  const Life life{row.epoch, row.under_review};
  Result<void> stored =
      co_await store_instance(store, std::move(row), is_first ? RowIs::fresh : RowIs::stored);
  if (!stored) co_return fail(std::move(stored.error()));
  co_return life;
}

Task<Result<void>> end_review(Context& context) {
  Result<std::optional<store::InstanceRow>> found = co_await store::find_instance(context.store);
  if (!found) co_return fail(std::move(found.error()));
  if (*found && (*found)->under_review) {
    store::InstanceRow row = std::move(**found);
    ++row.version;
    row.under_review = false;
    Result<void> stored = co_await store_instance(context.store, std::move(row), RowIs::stored);
    if (!stored) co_return stored;
  }
  context.review.end();
  co_return Result<void>{};
}

Task<Result<void>> end_unsent_payment(Context& context, std::int64_t payment_key) {
  for (int round = 0; round < kConflictRetriesMax; ++round) {
    Result<PaymentSnapshot> loaded = co_await load_payment_by_key(context, payment_key);
    if (!loaded) co_return fail(std::move(loaded.error()));
    PaymentSnapshot snapshot = std::move(*loaded);
    if (snapshot.aggregate.attempt) co_return Result<void>{};
    const Instant now = context.clock.wall();
    Result<Decision> decision = decide(snapshot.aggregate, event::Expire{{}, now, true}, now);
    if (!decision) co_return fail(std::move(decision.error()));
    store::ChangeSet changes;
    apply(context, snapshot, std::move(*decision), RowIs::stored, changes);
    if (changes.empty()) co_return Result<void>{};
    store::CommitAnswer committed = co_await context.store.commit(std::move(changes));
    if (std::holds_alternative<store::commit::Conflict>(committed)) continue;
    if (auto* failed = std::get_if<store::commit::Failed>(&committed))
      co_return fail(std::move(failed->error));
    if (auto* maybe = std::get_if<store::commit::Maybe>(&committed)) co_return fail(std::move(maybe->error));
    co_return Result<void>{};
  }
  co_return fail(Code::store_busy, "", "too many writers at once on this payment");
}

}  // namespace payweir::flows
