#include "jobs/upkeep_jobs.hpp"

#include <utility>

#include "flows/routing/breaker_series.hpp"
#include "jobs/schedule.hpp"
#include "store/queries/event_queries.hpp"
#include "store/queries/idempotency_queries.hpp"
#include "store/queries/job_queries.hpp"

namespace payweir::jobs {

Task<Result<std::vector<DueItem>>> PurgeJob::list_due(Selection) {
  const Instant made_before = context_.clock.wall() - kClaimLifetime;
  Result<std::vector<std::int64_t>> keys =
      co_await store::list_claims_before(context_.store, made_before, kStep);
  if (!keys) co_return fail(std::move(keys.error()));
  if (keys->empty()) co_return std::vector<DueItem>{};
  co_return std::vector<DueItem>{{keys->back(), 0}};
}

Task<Result<void>> PurgeJob::work(DueItem item) {
  const Instant made_before = context_.clock.wall() - kClaimLifetime;
  Result<std::vector<std::int64_t>> keys =
      co_await store::list_claims_before(context_.store, made_before, kStep);
  if (!keys) co_return fail(std::move(keys.error()));
  store::ChangeSet changes;
  for (const std::int64_t key : *keys) {
    if (key > item.key) break;
    changes.erase<store::IdempotencyRow>(key);
    changes.erase<store::AnswerRow>(key);
  }
  if (changes.empty()) co_return Result<void>{};
  store::CommitAnswer committed = co_await context_.store.commit(std::move(changes));
  if (auto* failed = std::get_if<store::commit::Failed>(&committed)) co_return fail(std::move(failed->error));
  if (auto* maybe = std::get_if<store::commit::Maybe>(&committed)) co_return fail(std::move(maybe->error));
  co_return Result<void>{};
}

Task<Result<std::vector<DueItem>>> MeasureJob::list_due(Selection) {
  const Result<store::WorkCounts> work = co_await store::count_work(context_.store);
  if (!work) co_return fail(work.error());
  const Result<store::DeliveryCounts> deliveries = co_await store::count_deliveries(context_.store);
  if (!deliveries) co_return fail(deliveries.error());
  flows::Telemetry& telemetry = context_.telemetry;
  telemetry.operations_open = work->operations_open;
  telemetry.inbox_pending = work->inbox_pending;
  telemetry.inbox_orphans = work->inbox_orphans;
  telemetry.with_operator = work->with_operator;
  telemetry.late_charges = work->late_charges;
  telemetry.deliveries_pending = deliveries->pending;
  telemetry.deliveries_dead = deliveries->dead;
  Result<std::vector<flows::BreakerSeries>> breakers = co_await flows::list_breaker_series(context_);
  if (!breakers) co_return fail(std::move(breakers.error()));
  telemetry.publish_breakers(std::move(*breakers));
  co_return std::vector<DueItem>{};
}

Task<Result<void>> MeasureJob::work(DueItem) {
  co_return Result<void>{};
}

}  // namespace payweir::jobs
