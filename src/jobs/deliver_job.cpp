#include "jobs/deliver_job.hpp"

#include <utility>

#include "base/id.hpp"
#include "base/planted.hpp"
#include "flows/webhooks.hpp"
#include "jobs/delivery_request.hpp"
#include "store/queries/job_queries.hpp"

namespace payweir::jobs {
namespace {

CallOptions options_of(const flows::Settings& settings) {
  CallOptions options;
  options.timeout = seconds(15);
  options.response_bytes_max = 64 * 1024;
  options.reach =
      settings.webhooks_allow_private ? CallOptions::Reach::configured : CallOptions::Reach::public_only;
  return options;
}

}  // namespace

DeliverJob::DeliverJob(flows::Context& context) : context_(context), endpoints_(context.clock.wall()) {}

Task<Result<std::vector<DueItem>>> DeliverJob::list_due(Selection selection) {
  const Instant now = context_.clock.wall();
  std::vector<std::int64_t> passed_over = std::move(selection.lanes_full);
  for (const std::int64_t profile_key : endpoints_.paused(now))
    passed_over.push_back(profile_key);
  Result<std::vector<store::DueDelivery>> due =
      co_await store::list_due_delivery_keys(context_.store, now, std::move(passed_over), selection.limit);
  if (!due) co_return fail(std::move(due.error()));
  std::vector<DueItem> items;
  for (const store::DueDelivery& each : *due)
    items.push_back({each.key, each.profile_key});
  co_return items;
}

Task<Result<void>> DeliverJob::work(DueItem item) {
  Result<std::optional<store::DeliveryOfEvent>> found =
      co_await store::find_delivery_of_event(context_.store, item.key);
  if (!found) co_return fail(std::move(found.error()));
  if (!*found || (*found)->delivery.state != store::DeliveryState::pending) co_return Result<void>{};
  store::DeliveryRow row = std::move((*found)->delivery);

  Result<std::shared_ptr<const flows::MerchantEntry>> merchant =
      co_await context_.directory.merchant(row.merchant_no);
  if (!merchant) co_return fail(std::move(merchant.error()));
  const bool is_served = *merchant && !(*merchant)->row.deleted;
  const auto profile = is_served ? (*merchant)->find_profile(row.profile_key) : nullptr;
  if (!profile || !flows::takes_webhooks(*profile)) {
    store::DeliveryRow dead = bury(std::move(row), "the endpoint was removed or switched off");
    Result<void> stored = co_await store(std::move(dead));
    co_return stored;
  }

  if (PLANTED(marks_before_it_sends)) {
    store::DeliveryRow done = row;
    ++done.version;
    done.state = store::DeliveryState::delivered;
    Result<void> marked = co_await store(std::move(done));
    if (!marked) co_return marked;
    ++row.version;
  }
  http::Request request =
      build_delivery_request(*profile, to_text((*found)->event_id), row.body, context_.clock.wall());
  const CallOptions options = options_of(context_.settings);
  const Result<http::Response> answer = co_await context_.http.send(std::move(request), options);
  const Instant now = context_.clock.wall();
  const DeliveryVerdict verdict = judge(answer, now);
  row = conclude(std::move(row), verdict, now);
  remember(row.profile_key, verdict, now);
  const bool hopeless = is_hopeless(row, verdict);
  Result<void> stored = co_await store(std::move(row));
  if (!stored || !hopeless) co_return stored;
  context_.log.write(LogLevel::warning, "webhook.switched_off",
                     {{"merchant_id", std::string_view((*merchant)->row.merchant_id)},
                      {"profile_id", to_text(profile->row.id)},
                      {"why", std::string_view(verdict.error)}});
  Result<void> disabled =
      co_await flows::disable_webhooks(context_, profile->row.id.key, profile->row.webhook_url);
  co_return disabled;
}

Task<Result<void>> DeliverJob::store(store::DeliveryRow row) {
  store::ChangeSet changes;
  changes.update(row);
  store::CommitAnswer committed = co_await context_.store.commit(std::move(changes));
  if (auto* failed = std::get_if<store::commit::Failed>(&committed)) co_return fail(std::move(failed->error));
  if (auto* maybe = std::get_if<store::commit::Maybe>(&committed)) co_return fail(std::move(maybe->error));
  co_return Result<void>{};
}

void DeliverJob::remember(std::int64_t profile_key, const DeliveryVerdict& verdict, Instant now) {
  if (verdict.kind == DeliveryVerdict::Kind::delivered) return endpoints_.succeeded(profile_key, now);
  endpoints_.failed(profile_key, now);
  if (verdict.kind == DeliveryVerdict::Kind::throttled) endpoints_.pause(profile_key, now + verdict.wait);
}

bool DeliverJob::is_hopeless(const store::DeliveryRow& row, const DeliveryVerdict& verdict) const {
  if (verdict.kind == DeliveryVerdict::Kind::gone) return true;
  return row.state == store::DeliveryState::dead &&
         endpoints_.took_nothing_since(row.profile_key, KeySequence::instant_of(row.key));
}

}  // namespace payweir::jobs
