#include "flows/webhooks.hpp"

#include "store/queries/account_queries.hpp"
#include "store/queries/event_queries.hpp"

namespace payweir::flows {
namespace {

// An update that lost against another one is tried on what is stored then.
constexpr int kConflictRetriesMax = 3;

Result<void> error_of(store::CommitAnswer answer) {
  if (auto* failed = std::get_if<store::commit::Failed>(&answer)) return fail(std::move(failed->error));
  if (auto* maybe = std::get_if<store::commit::Maybe>(&answer)) return fail(std::move(maybe->error));
  return {};
}

}  // namespace

bool takes_webhooks(const ProfileEntry& profile) {
  return !profile.row.webhook_url.empty() && profile.details.webhook_disabled_at.empty();
}

Task<Result<void>> disable_webhooks(Context& context, std::int64_t profile_key, std::string failed_url) {
  for (int round = 0; round < kConflictRetriesMax; ++round) {
    Result<std::optional<store::ProfileRow>> found = co_await store::find_profile(context.store, profile_key);
    if (!found) co_return fail(std::move(found.error()));
    if (!*found || (*found)->webhook_url != failed_url) co_return Result<void>{};
    store::ProfileRow row = std::move(**found);
    ProfileDetails details = ProfileDetails::parse(row.details);
    if (!details.webhook_disabled_at.empty()) co_return Result<void>{};
    const Instant now = context.clock.wall();
    details.webhook_disabled_at = format_iso8601(now);
    row.details = details.serialise();
    row.modified_at = now;
    ++row.version;
    store::ChangeSet changes;
    changes.update(row);
    store::CommitAnswer committed = co_await context.store.commit(std::move(changes));
    context.directory.changed();
    if (!std::holds_alternative<store::commit::Conflict>(committed)) co_return error_of(std::move(committed));
  }
  co_return fail(Code::store_busy, "", "too many writers at once on this profile");
}

Task<Result<std::size_t>> replay_dead_letters(Context& context, std::int64_t merchant_no, Instant from,
                                              Instant to) {
  store::Page page;
  page.created_from = from;
  page.created_to = to;
  page.limit = kReplayMax;
  Result<std::vector<store::DeliveryRow>> dead =
      co_await store::list_dead_deliveries(context.store, merchant_no, page);
  if (!dead) co_return fail(std::move(dead.error()));
  store::ChangeSet changes;
  for (store::DeliveryRow& row : *dead) {
    row.state = store::DeliveryState::pending;
    row.attempt_count = 0;
    row.due_at = context.clock.wall();
    ++row.version;
    changes.update(row);
  }
  if (changes.empty()) co_return 0;
  store::CommitAnswer committed = co_await context.store.commit(std::move(changes));
  if (std::holds_alternative<store::commit::Conflict>(committed))
    co_return fail(Code::store_busy, "", "some of these are being replayed already");
  if (Result<void> stored = error_of(std::move(committed)); !stored)
    co_return fail(std::move(stored.error()));
  co_return dead->size();
}

}  // namespace payweir::flows
