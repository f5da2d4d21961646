#include "jobs/canary_job.hpp"

#include "flows/routing/canaries.hpp"

namespace payweir::jobs {

Task<Result<std::vector<DueItem>>> JudgeCanariesJob::list_due(Selection selection) {
  const Result<std::vector<std::int64_t>> keys =
      co_await flows::list_failing_canaries(context_, selection.limit);
  if (!keys) co_return fail(keys.error());
  std::vector<DueItem> items;
  for (const std::int64_t key : *keys)
    items.push_back({key, 0});
  co_return items;
}

Task<Result<void>> JudgeCanariesJob::work(DueItem item) {
  return flows::return_canary(context_, item.key);
}

}  // namespace payweir::jobs
