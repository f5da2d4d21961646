#include "flows/routing/canaries.hpp"

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "domain/routing/decimal.hpp"
#include "domain/routing/estimates.hpp"
#include "flows/accounts/change.hpp"
#include "store/queries/routing_queries.hpp"

namespace payweir::flows {
namespace {

struct Score {
  routing::CanarySide canary, rest;
};

Score score_of(const Context& context, const store::RoutingAlgorithmRow& row) {
  const std::int64_t run = canary_run_of(row);
  return {context.traffic.canaries.side(run, CanaryArm::canary),
          context.traffic.canaries.side(run, CanaryArm::rest)};
}

bool is_failing(const Score& score, const store::RoutingAlgorithmRow& row) {
  return routing::is_worse(score.canary, score.rest, CanaryRecord::parse(row.canary).terms);
}

}  // namespace

std::string CanaryRecord::serialise() const {
  json::Writer out;
  out.begin_object().field("percent", terms.percent);
  // Hundredths of millionths: "2.5" of 25 000.
  std::string places = std::to_string(terms.worse_by_ppm % 10'000 + 10'000).substr(1);
  while (places.ends_with('0'))
    places.pop_back();
  out.field("worse_by_percent",
            std::to_string(terms.worse_by_ppm / 10'000) + (places.empty() ? "" : "." + places));
  out.field("payments_min", terms.payments_min).field("status", status).text_or_null("why", why);
  out.end_object();
  return std::move(out).take();
}

CanaryRecord CanaryRecord::parse(std::string_view json) {
  CanaryRecord record;
  const Result<json::Document> document = json::parse(json);
  if (!document) return record;
  const json::Value root = document->root();
  record.terms.percent = static_cast<std::int32_t>(root["percent"].integer());
  const auto worse_by =
      routing::scaled_decimal(root["worse_by_percent"].text(), routing::kAll / 100, routing::kAll);
  record.terms.worse_by_ppm = static_cast<std::int32_t>(worse_by.value_or(routing::kAll));
  record.terms.payments_min = root["payments_min"].integer();
  record.status = root["status"].text();
  record.why = root["why"].text();
  return record;
}

std::int64_t canary_run_of(const store::RoutingAlgorithmRow& row) {
  // A row's version rises with each change, and nothing changes it while the canary runs.
  const std::int64_t run = row.id.key ^ (row.version << 48);
  return run == 0 ? 1 : run;
}

void end_canary(store::RoutingAlgorithmRow& row, std::string status, std::string why, Instant now) {
  CanaryRecord record = CanaryRecord::parse(row.canary);
  record.status = std::move(status);
  record.why = std::move(why);
  row.canary = record.serialise();
  row.canary_percent = 0;
  row.modified_at = now;
  ++row.version;
}

void count_for_canary(Context& context, PaymentState before, const PaymentSnapshot& snapshot) {
  const PaymentState after = snapshot.aggregate.payment.state;
  const bool is_approved = after == PaymentState::requires_capture || after == PaymentState::succeeded;
  const bool was_approved = before == PaymentState::requires_capture || before == PaymentState::succeeded ||
                            before == PaymentState::partially_captured;
  if (before == after || was_approved || !(is_approved || after == PaymentState::failed)) return;
  if (!snapshot.profile || !snapshot.profile->canary) return;
  const RoutingCanary& canary = *snapshot.profile->canary;
  if (snapshot.aggregate.payment.created_at < canary.since) return;  // of an earlier one, perhaps
  const Result<json::Document> reason = json::parse(snapshot.details->routed_by_json);
  if (!reason || !reason->root()["canary"].present()) return;
  const auto arm = reason->root()["canary"].integer() == 1 ? CanaryArm::canary : CanaryArm::rest;
  context.traffic.canaries.count(canary.run, arm, is_approved);
}

Task<Result<std::vector<std::int64_t>>> list_failing_canaries(Context& context, std::size_t limit) {
  Result<std::vector<store::RoutingAlgorithmRow>> rows = co_await store::list_running_canaries(context.store);
  if (!rows) co_return fail(std::move(rows.error()));
  std::vector<std::int64_t> keys;
  for (const store::RoutingAlgorithmRow& row : *rows)
    if (keys.size() < limit && is_failing(score_of(context, row), row)) keys.push_back(row.id.key);
  co_return keys;
}

Task<Result<void>> return_canary(Context& context, std::int64_t algorithm_key) {
  Result<std::vector<store::RoutingAlgorithmRow>> rows = co_await store::list_running_canaries(context.store);
  if (!rows) co_return fail(std::move(rows.error()));
  for (store::RoutingAlgorithmRow& row : *rows) {
    if (row.id.key != algorithm_key) continue;
    const Score score = score_of(context, row);
    if (!is_failing(score, row)) continue;
    const std::string why = routing::describe(score.canary, score.rest);
    const std::string id = to_text(row.id);
    end_canary(row, "returned", why, context.clock.wall());
    store::ChangeSet changes;
    changes.update(row);
    const Result<bool> committed = co_await commit_rows(context, std::move(changes));
    if (!committed) co_return fail(committed.error());
    if (!*committed) co_return Result<void>{};  // somebody ended it meanwhile
    ++context.telemetry.canaries_returned;
    context.log.write(LogLevel::warning, "routing.canary_returned",
                      {{"routing_algorithm", std::string_view(id)}, {"why", std::string_view(why)}});
  }
  co_return Result<void>{};
}

}  // namespace payweir::flows
