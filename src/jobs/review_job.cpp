#include "jobs/review_job.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "flows/review.hpp"
#include "flows/settle.hpp"
#include "store/queries/start_queries.hpp"

namespace payweir::jobs {

Task<Result<void>> ReviewJob::load_more() {
  while (waiting_.empty() && phase_ != Phase::over) {
    const store::KeysAfter range{loaded_to_, context_.settings.last_key_of_earlier_life};
    Result<std::vector<std::int64_t>> keys = std::vector<std::int64_t>{};
    switch (phase_) {
      case Phase::operations: keys = co_await store::list_open_operations(context_.store, range); break;
      case Phase::held: keys = co_await store::list_held_payments_of(context_.store, range); break;
      case Phase::unsent: keys = co_await store::list_unsent_payments(context_.store, range); break;
      case Phase::over: break;
    }
    if (!keys) co_return fail(std::move(keys.error()));
    waiting_.assign(keys->begin(), keys->end());
    if (!keys->empty()) {
      loaded_to_ = keys->back();
    } else {
      loaded_to_ = 0;
      phase_ = static_cast<Phase>(std::to_underlying(phase_) + 1);
    }
  }
  co_return Result<void>{};
}

Task<Result<std::vector<DueItem>>> ReviewJob::list_due(Selection selection) {
  std::vector<DueItem> due;
  if (!context_.review.is_under_way()) co_return due;
  Result<void> loaded = co_await load_more();
  if (!loaded) co_return fail(std::move(loaded.error()));
  context_.telemetry.under_review = static_cast<std::int64_t>(waiting_.size());
  if (phase_ == Phase::over) {
    Result<void> ended = co_await flows::end_review(context_);
    if (!ended) co_return fail(std::move(ended.error()));
    context_.log.write(LogLevel::info, "review.ended", {});
    co_return due;
  }
  for (const std::int64_t key : waiting_) {
    if (due.size() >= selection.limit) break;
    due.push_back({key, 0});
  }
  co_return due;
}

Task<Result<void>> ReviewJob::work(DueItem item) {
  // The phase ends only when each of its items has.
  Result<void> done{};
  switch (phase_) {
    case Phase::operations: {
      Result<flows::Settled> settled =
          co_await flows::settle_operation(context_, item.key, flows::Fencing::allowed);
      if (!settled)
        done = fail(std::move(settled.error()));
      else if (!settled->answered)
        done = fail(Code::connection_lost, "", "the gateway does not answer");
      break;
    }
    case Phase::held: {
      Result<bool> looked = co_await flows::look_at_held(context_, item.key, flows::Marks::looks);
      if (!looked) done = fail(std::move(looked.error()));
      break;
    }
    case Phase::unsent: done = co_await flows::end_unsent_payment(context_, item.key); break;
    case Phase::over: break;
  }
  const auto place = std::ranges::find(waiting_, item.key);
  check(place != waiting_.end(), "an item of a review is worked on once");
  waiting_.erase(place);
  if (!done) waiting_.push_back(item.key);
  co_return done;
}

}  // namespace payweir::jobs
