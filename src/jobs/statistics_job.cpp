#include "jobs/statistics_job.hpp"

#include <utility>
#include <variant>

#include "store/queries/statistics_queries.hpp"

namespace payweir::jobs {
namespace {

flows::Saving saving_of(const store::CommitAnswer& answer) {
  if (std::holds_alternative<store::commit::Committed>(answer)) return flows::Saving::done;
  return std::holds_alternative<store::commit::Failed>(answer) ? flows::Saving::failed : flows::Saving::lost;
}

}  // namespace

Task<Result<void>> SaveStatisticsJob::save() {
  const Instant now = context_.clock.wall();
  const std::int64_t kept_from = KeySequence::first_key_at(now - flows::GatewayStatistics::kKept);
  const auto old = co_await store::list_gateway_statistics_before(context_.store, kept_from, kErasedMax);
  if (!old) co_return fail(old.error());
  store::ChangeSet changes;
  for (const std::int64_t key : *old)
    changes.erase<store::GatewayStatisticsRow>(key);
  std::vector<store::GatewayStatisticsRow> rows = statistics_.take_rows(now);
  for (store::GatewayStatisticsRow& row : rows) {
    if (row.key != 0) {
      changes.update(row);
      continue;
    }
    row.key = context_.new_key();
    changes.insert(row);
  }
  if (changes.empty()) co_return Result<void>{};
  store::CommitAnswer answer = co_await context_.store.commit(std::move(changes));
  for (const store::GatewayStatisticsRow& row : rows)
    statistics_.finish(row, saving_of(answer));
  if (auto* failed = std::get_if<store::commit::Failed>(&answer)) co_return fail(std::move(failed->error));
  if (auto* maybe = std::get_if<store::commit::Maybe>(&answer)) co_return fail(std::move(maybe->error));
  co_return Result<void>{};
}

Task<Result<std::vector<DueItem>>> SaveStatisticsJob::list_due(Selection) {
  Result<void> saved = co_await save();
  if (!saved) co_return fail(std::move(saved.error()));
  co_return std::vector<DueItem>{};
}

Task<Result<void>> SaveStatisticsJob::work(DueItem) {
  co_return Result<void>{};
}

}  // namespace payweir::jobs
