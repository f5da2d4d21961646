#include "jobs/settle_jobs.hpp"

#include <algorithm>
#include <utility>

#include "base/planted.hpp"
#include "flows/settle.hpp"
#include "jobs/schedule.hpp"
#include "store/queries/inbox_queries.hpp"
#include "store/queries/job_queries.hpp"
#include "store/queries/payment_queries.hpp"

namespace payweir::jobs {
namespace {

std::vector<DueItem> items_of(const std::vector<std::int64_t>& keys) {
  std::vector<DueItem> items;
  for (const std::int64_t key : keys)
    items.push_back({key, 0});
  return items;
}

Task<Result<void>> settle(flows::Context& context, std::int64_t operation_key) {
  Result<flows::Settled> settled =
      co_await flows::settle_operation(context, operation_key, flows::Fencing::allowed);
  if (!settled) co_return fail(std::move(settled.error()));
  co_return Result<void>{};
}

constexpr std::size_t kTriedMax = 1'000;

}  // namespace

Task<Result<std::vector<DueItem>>> RecoverJob::list_due(Selection selection) {
  if (is_done_) co_return std::vector<DueItem>{};
  Result<std::vector<std::int64_t>> keys = co_await store::list_dispatching_operations(
      context_.store, context_.settings.last_key_of_earlier_life, selection.limit);
  if (!keys) co_return fail(std::move(keys.error()));
  if (PLANTED(recovers_nothing)) co_return std::vector<DueItem>{};
  is_done_ = keys->empty();
  co_return items_of(*keys);
}

Task<Result<void>> RecoverJob::work(DueItem item) {
  return settle(context_, item.key);
}

Task<Result<std::vector<DueItem>>> ResolveJob::list_due(Selection selection) {
  const Instant now = context_.clock.wall();
  Result<std::vector<store::OperationRow>> due =
      co_await store::list_due_operations(context_.store, now, selection.limit);
  if (!due) co_return fail(std::move(due.error()));
  std::vector<DueItem> items;
  for (const store::OperationRow& row : *due) {
    const Operation& operation = row.operation;
    const bool is_to_recover = operation.state == OperationState::dispatching &&
                               operation.id.key <= context_.settings.last_key_of_earlier_life;
    if (!is_to_recover && !PLANTED(resolves_nothing)) items.push_back({operation.id.key, 0});
  }
  co_return items;
}

Task<Result<void>> ResolveJob::work(DueItem item) {
  return settle(context_, item.key);
}

Task<Result<std::vector<DueItem>>> InboxJob::list_due(Selection selection) {
  const Instant now = context_.clock.wall();
  Result<std::vector<store::InboxRow>> due =
      co_await store::list_due_inbox(context_.store, now, selection.limit);
  if (!due) co_return fail(std::move(due.error()));
  std::vector<DueItem> items;
  for (const store::InboxRow& row : *due)
    if (!PLANTED(works_off_nothing)) items.push_back({row.key, 0});
  co_return items;
}

Task<Result<void>> InboxJob::work(DueItem item) {
  return flows::work_off_callback(context_, item.key);
}

Task<Result<std::vector<DueItem>>> OrphanJob::list_due(Selection selection) {
  const Instant now = context_.clock.wall();
  Result<std::vector<store::InboxRow>> due =
      co_await store::list_due_orphans(context_.store, now - kFor, now, selection.limit);
  if (!due) co_return fail(std::move(due.error()));
  std::vector<DueItem> items;
  for (const store::InboxRow& row : *due)
    items.push_back({row.key, 0});
  co_return items;
}

Task<Result<void>> OrphanJob::work(DueItem item) {
  return flows::work_off_callback(context_, item.key);
}

Task<Result<std::vector<DueItem>>> ExpireJob::list_due(Selection selection) {
  if (context_.review.is_under_way()) co_return std::vector<DueItem>{};
  const Instant now = context_.clock.wall();
  const std::size_t limit = selection.limit + tried_.size();
  Result<std::vector<std::int64_t>> keys = co_await store::list_expired_payments(context_.store, now, limit);
  if (!keys) co_return fail(std::move(keys.error()));
  // What is no longer listed has ended.
  if (keys->size() < limit)
    std::erase_if(tried_,
                  [&](const auto& each) { return std::ranges::find(*keys, each.first) == keys->end(); });
  std::erase_if(*keys, [&](std::int64_t key) {
    const auto tried = tried_.find(key);
    return tried != tried_.end() && now < tried->second.next;
  });
  co_return items_of(*keys);
}

Task<Result<void>> ExpireJob::work(DueItem item) {
  if (tried_.size() >= kTriedMax) tried_.clear();
  Try& last = tried_[item.key];
  ++last.count;
  last.next = context_.clock.wall() + seconds(60) * std::min<std::int64_t>(last.count * last.count, 60);
  Result<bool> expired = co_await flows::expire_payment(context_, item.key);
  if (!expired) co_return fail(std::move(expired.error()));
  co_return Result<void>{};
}

Task<Result<std::vector<DueItem>>> WatchJob::list_due(Selection selection) {
  const Instant untouched_since = context_.clock.wall() - kEvery;
  Result<std::vector<std::int64_t>> keys =
      co_await store::list_held_payments(context_.store, untouched_since, selection.limit);
  if (!keys) co_return fail(std::move(keys.error()));
  co_return items_of(*keys);
}

Task<Result<void>> WatchJob::work(DueItem item) {
  Result<bool> looked = co_await flows::look_at_held(context_, item.key, flows::Marks::looks);
  if (!looked) co_return fail(std::move(looked.error()));
  co_return Result<void>{};
}

Task<Result<std::vector<DueItem>>> ReverseJob::list_due(Selection selection) {
  if (context_.review.is_under_way()) co_return std::vector<DueItem>{};
  const Instant untouched_since = context_.clock.wall() - kEvery;
  Result<std::vector<std::int64_t>> keys =
      co_await store::list_attempts_to_reverse(context_.store, untouched_since, selection.limit);
  if (!keys) co_return fail(std::move(keys.error()));
  co_return items_of(*keys);
}

Task<Result<void>> ReverseJob::work(DueItem item) {
  Result<bool> sent = co_await flows::reverse_attempt(context_, item.key);
  if (!sent) co_return fail(std::move(sent.error()));
  co_return Result<void>{};
}

}  // namespace payweir::jobs
