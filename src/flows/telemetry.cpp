#include "flows/telemetry.hpp"

#include <span>

#include "base/check.hpp"
#include "connectors/connector.hpp"
#include "flows/admission.hpp"
#include "flows/routing/gateway_health.hpp"

namespace payweir::flows {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

// "0.0025": microseconds as seconds, exact, without trailing zeros.
std::string seconds_of(std::uint64_t us) {
  std::string text = std::to_string(us / 1'000'000);
  std::string fraction = std::to_string(us % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  fraction.erase(fraction.find_last_not_of('0') + 1);
  if (!fraction.empty()) text.append(".").append(fraction);
  return text;
}

void describe(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out.append("# HELP ").append(name).append(" ").append(help).append("\n");
  out.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

// `labels` is "" or `{name="value"}`.
void sample(std::string& out, std::string_view name, std::string_view labels, std::string_view value) {
  out.append(name).append(labels).append(" ").append(value).append("\n");
}

template <class Number>
void single(std::string& out, std::string_view name, std::string_view type, std::string_view help,
            Number value) {
  describe(out, name, type, help);
  sample(out, name, "", std::to_string(value));
}

void bucket(std::string& out, std::string_view name, std::string_view bound, std::uint64_t cumulative) {
  const std::string labels = std::string("{le=\"").append(bound).append("\"}");
  sample(out, std::string(name) + "_bucket", labels, std::to_string(cumulative));
}

void finish_histogram(std::string& out, std::string_view name, std::string_view sum, std::uint64_t count) {
  bucket(out, name, "+Inf", count);
  sample(out, std::string(name) + "_sum", "", sum);
  sample(out, std::string(name) + "_count", "", std::to_string(count));
}

void render_requests(std::string& out, const Telemetry& telemetry) {
  constexpr std::string_view kName = "payweir_requests_total";
  describe(out, kName, "counter", "Requests answered, by class of HTTP status.");
  for (std::size_t status_class = 1; status_class < telemetry.requests_by_class.size(); ++status_class)
    sample(out, kName, "{class=\"" + std::to_string(status_class) + "xx\"}",
           std::to_string(telemetry.requests_by_class[status_class].load(kRelaxed)));
}

void render_payments(std::string& out, const Telemetry& telemetry) {
  constexpr std::string_view kName = "payweir_payments_total";
  describe(out, kName, "counter", "Payments that entered a status, by connector.");
  const std::span<const Connector* const> connectors = all_connectors();
  for (std::size_t i = 0; i < connectors.size() && i < Telemetry::kConnectorsMax; ++i) {
    for (std::size_t state = 0; state < Telemetry::kStatesMax; ++state) {
      const std::uint64_t count = telemetry.payments[i][state].load(kRelaxed);
      if (count == 0) continue;
      const std::string labels = std::string("{connector=\"")
                                     .append(connectors[i]->capabilities().name)
                                     .append("\",status=\"")
                                     .append(to_string(static_cast<PaymentState>(state)))
                                     .append("\"}");
      sample(out, kName, labels, std::to_string(count));
    }
  }
}

void render_gateway_clocks(std::string& out, const Telemetry& telemetry) {
  constexpr std::string_view kName = "payweir_gateway_clock_ahead_seconds";
  describe(
      out, kName, "gauge",
      "How far a gateway's clock is ahead of ours. Beyond 60 either way one is wrong; callbacks are refused "
      "by their age.");
  const std::span<const Connector* const> connectors = all_connectors();
  for (std::size_t i = 0; i < connectors.size() && i < Telemetry::kConnectorsMax; ++i)
    sample(out, kName, std::string("{connector=\"").append(connectors[i]->capabilities().name).append("\"}"),
           std::to_string(telemetry.gateway_clock_ahead_ms[i].load(kRelaxed) / 1000));
}

void render_certificates(std::string& out, const Telemetry& telemetry) {
  constexpr std::string_view kName = "payweir_certificate_expires_timestamp_seconds";
  describe(
      out, kName, "gauge",
      "When the first of the certificates ends that a connector's accounts depend on, the gateway's or the "
      "merchants' own.");
  const std::span<const Connector* const> connectors = all_connectors();
  for (std::size_t i = 0; i < connectors.size() && i < Telemetry::kConnectorsMax; ++i) {
    for (std::size_t owner = 0; owner < Telemetry::kCertificateOwners.size(); ++owner) {
      const std::int64_t ends_ms = telemetry.certificate_ends_ms[i][owner].load(kRelaxed);
      if (ends_ms == 0) continue;
      const std::string labels = std::string("{connector=\"")
                                     .append(connectors[i]->capabilities().name)
                                     .append("\",owner=\"")
                                     .append(Telemetry::kCertificateOwners[owner])
                                     .append("\"}");
      sample(out, kName, labels, std::to_string(ends_ms / 1000));
    }
  }
}

void render_store(std::string& out, const store::Store::Statistics& store) {
  constexpr std::string_view kBatches = "payweir_commit_batch_size";
  describe(out, kBatches, "histogram", "Change sets made durable together by one flush.");
  std::uint64_t cumulative = 0;
  std::size_t index = 0;
  for (const std::uint64_t count : store.batch_sizes) {
    cumulative += count;
    // The last of them holds all that are larger, which is +Inf.
    if (index + 1 < std::size(store.batch_sizes))
      bucket(out, kBatches, std::to_string(1u << index), cumulative);
    ++index;
  }
  const std::uint64_t change_sets = store.commit_count + store.conflict_count + store.duplicate_count;
  finish_histogram(out, kBatches, std::to_string(change_sets), cumulative);

  single(out, "payweir_store_commits_total", "counter", "Change sets made durable.", store.commit_count);
  single(out, "payweir_store_conflicts_total", "counter", "Change sets refused by a row version.",
         store.conflict_count);
  single(out, "payweir_store_duplicates_total", "counter", "Change sets refused by a unique index.",
         store.duplicate_count);
  single(out, "payweir_store_failures_total", "counter", "Change sets that the engine could not write.",
         store.failure_count);
  single(out, "payweir_store_queue_depth", "gauge", "Change sets that wait for the writer.",
         store.queue_depth);
  single(out, "payweir_store_writable", "gauge", "1 while the store takes writes, 0 while its disk is full.",
         store.writable ? 1 : 0);
}

constexpr std::array<std::string_view, 3> kRetryWhys = {"other_account", "same_account", "step_up"};

void render_retries(std::string& out, const Telemetry& telemetry) {
  single(out, "payweir_failovers_total", "counter",
         "Payments that left their first gateway account for another.", telemetry.failovers.load(kRelaxed));
  constexpr std::string_view kName = "payweir_retries_total";
  describe(out, kName, "counter", "Attempts after a payment's first, by what was tried.");
  for (std::size_t why = 0; why < kRetryWhys.size(); ++why)
    sample(out, kName, std::string("{why=\"").append(kRetryWhys[why]).append("\"}"),
           std::to_string(telemetry.retries[why].load(kRelaxed)));
}

void render_guards(std::string& out, const GuardReadings& guards) {
  constexpr std::string_view kTransitions = "payweir_breaker_transitions_total";
  describe(out, kTransitions, "counter", "How often a circuit breaker entered a state.");
  for (std::size_t state = 0; state < guards.breaker_transitions.size(); ++state)
    sample(out, kTransitions,
           std::string("{to=\"").append(to_string(static_cast<routing::BreakerState>(state))).append("\"}"),
           std::to_string(guards.breaker_transitions[state]));
  single(out, "payweir_admission_in_flight", "gauge", "Client requests that are calling gateways.",
         guards.admission_in_flight);
  single(out, "payweir_admission_refused_total", "counter",
         "Client requests refused because too many were calling gateways.", guards.admission_refused);
  single(out, "payweir_retry_budget_exhausted_total", "counter",
         "Retries that were left out because their account had no budget left.", guards.retries_refused);
}

// `{merchant_connector_id="…",connector="…"`, to go on from.
std::string labels_of(const AccountLabel& account) {
  return std::string("{merchant_connector_id=\"")
      .append(account.merchant_connector_id)
      .append("\",connector=\"")
      .append(account.connector)
      .append("\"");
}

void render_breakers(std::string& out, const std::vector<BreakerSeries>& breakers) {
  constexpr std::string_view kName = "payweir_breaker_state";
  describe(out, kName, "gauge",
           "Circuit breakers that opened within the last hour: 0 closed, 1 half open, 2 open.");
  for (const BreakerSeries& each : breakers)
    sample(out, kName,
           labels_of(each.account).append(",operation=\"").append(to_string(each.kind)).append("\"}"),
           std::to_string(static_cast<int>(each.state)));
}

void render_success(std::string& out, const std::vector<SuccessSeries>& accounts) {
  constexpr std::string_view kName = "payweir_account_success_ratio";
  describe(out, kName, "gauge", "Share of an account's payments of the last 24 hours that succeeded.");
  for (const SuccessSeries& each : accounts)
    sample(out, kName, labels_of(each.account).append("}"),
           seconds_of(static_cast<std::uint64_t>(each.success_ppm)));  // millionths, as of a second
}

template <class Series>
std::shared_ptr<const std::vector<Series>> first_of(std::vector<Series> series) {
  if (series.size() > Telemetry::kAccountSeriesMax) series.resize(Telemetry::kAccountSeriesMax);
  return std::make_shared<const std::vector<Series>>(std::move(series));
}

}  // namespace

GuardReadings read_guards(const Admission& admission, const GatewayHealth& health) {
  GuardReadings readings;
  readings.admission_in_flight = admission.in_flight();
  readings.admission_refused = admission.refused();
  for (std::size_t state = 0; state < readings.breaker_transitions.size(); ++state)
    readings.breaker_transitions[state] = health.transitions_to(static_cast<routing::BreakerState>(state));
  readings.retries_refused = health.retries_refused();
  return readings;
}

LatencyHistogram::LatencyHistogram(std::span<const std::int64_t> bounds_us) : bounds_us_(bounds_us) {
  check(bounds_us.size() <= kBoundsMax, "a histogram has room for its bounds");
}

void LatencyHistogram::observe(std::int64_t us) {
  std::size_t slot = 0;
  while (slot < bounds_us_.size() && us > bounds_us_[slot])
    ++slot;
  counts_[slot].fetch_add(1, kRelaxed);
  if (us > 0) sum_us_.fetch_add(static_cast<std::uint64_t>(us), kRelaxed);
}

void LatencyHistogram::render(std::string& out, std::string_view name, std::string_view help) const {
  describe(out, name, "histogram", help);
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < bounds_us_.size(); ++i) {
    cumulative += counts_[i].load(kRelaxed);
    bucket(out, name, seconds_of(static_cast<std::uint64_t>(bounds_us_[i])), cumulative);
  }
  cumulative += counts_[bounds_us_.size()].load(kRelaxed);
  finish_histogram(out, name, seconds_of(sum_us_.load(kRelaxed)), cumulative);
}

void Telemetry::count_payment(std::size_t connector_index, PaymentState state) {
  const auto index = static_cast<std::size_t>(state);
  check(connector_index < kConnectorsMax && index < kStatesMax,
        "telemetry has room for every connector and status");
  payments[connector_index][index].fetch_add(1, kRelaxed);
}

void Telemetry::observe_gateway_clock(std::size_t connector_index, Duration ahead) {
  check(connector_index < kConnectorsMax, "telemetry has room for every connector");
  gateway_clock_ahead_ms[connector_index].store(ahead.ms, kRelaxed);
}

void Telemetry::publish_breakers(std::vector<BreakerSeries> breakers) {
  auto kept = first_of(std::move(breakers));
  const BriefLock::Hold hold(series_lock_);
  breakers_.swap(kept);
}

void Telemetry::publish_success(std::vector<SuccessSeries> accounts) {
  auto kept = first_of(std::move(accounts));
  const BriefLock::Hold hold(series_lock_);
  success_.swap(kept);
}

std::string Telemetry::render(const store::Store::Statistics& store, const GuardReadings& guards) const {
  std::shared_ptr<const std::vector<BreakerSeries>> breakers;
  std::shared_ptr<const std::vector<SuccessSeries>> success;
  {
    const BriefLock::Hold hold(series_lock_);
    breakers = breakers_;
    success = success_;
  }
  std::string out;
  out.reserve(8192);
  render_requests(out, *this);
  render_payments(out, *this);
  render_gateway_clocks(out, *this);
  render_certificates(out, *this);
  single(out, "payweir_idempotency_hits_total", "counter", "Stored answers that were sent again.",
         idempotency_hits.load(kRelaxed));
  single(out, "payweir_idempotency_conflicts_total", "counter",
         "Idempotency keys reused with another request, or while the first one ran.",
         idempotency_conflicts.load(kRelaxed));
  single(out, "payweir_rate_limited_total", "counter", "Requests refused by a rate limit.",
         rate_limited.load(kRelaxed));
  single(out, "payweir_webhook_signature_failures_total", "counter",
         "Gateway callbacks whose signature was wrong.", webhook_signature_failures.load(kRelaxed));
  single(out, "payweir_webhook_address_refusals_total", "counter",
         "Gateway callbacks from an address that is not on their account's list.",
         webhook_address_refusals.load(kRelaxed));
  single(out, "payweir_artefact_failures_total", "counter",
         "Certificates or tokens that a gateway was asked for in vain.", artefact_failures.load(kRelaxed));
  single(out, "payweir_gateway_contradictions_total", "counter", "Gateway answers that cannot be true.",
         contradictions.load(kRelaxed));
  single(out, "payweir_late_successes_total", "counter",
         "Attempts and refunds that were given up and succeeded at the gateway.",
         late_successes.load(kRelaxed));
  single(out, "payweir_routing_canaries_returned_total", "counter",
         "Routing algorithms on trial that did worse than the rest, and were taken back.",
         canaries_returned.load(kRelaxed));
  single(out, "payweir_late_charges", "gauge", "Charges that came late and are not given back yet.",
         late_charges.load(kRelaxed));
  single(
      out, "payweir_under_review", "gauge",
      "What a restored database still has to ask about before it sends anything; -1 when that is not begun.",
      under_review.load(kRelaxed));
  single(out, "payweir_deliveries_pending", "gauge", "Webhooks that wait to be delivered.",
         deliveries_pending.load(kRelaxed));
  single(out, "payweir_deliveries_dead", "gauge", "Webhooks given up after their last try.",
         deliveries_dead.load(kRelaxed));
  single(out, "payweir_inbox_pending", "gauge", "Gateway callbacks that wait to be worked off.",
         inbox_pending.load(kRelaxed));
  single(out, "payweir_inbox_orphans", "gauge", "Gateway callbacks about nothing that is known.",
         inbox_orphans.load(kRelaxed));
  single(out, "payweir_operator_items", "gauge", "Payments and refunds that wait for a person.",
         with_operator.load(kRelaxed));
  single(out, "payweir_operations_open", "gauge", "Gateway operations whose outcome is not known yet.",
         operations_open.load(kRelaxed));
  switch_latency.render(out, "payweir_switch_latency_seconds",
                        "Time spent inside the switch a request, without the gateway's.");
  gateway_latency.render(out, "payweir_gateway_latency_seconds",
                         "Time spent waiting for a gateway's answer.");
  routing_decision.render(out, "payweir_routing_decision_seconds",
                          "Time to choose the gateway accounts of a payment.");
  render_retries(out, *this);
  render_guards(out, guards);
  render_breakers(out, breakers ? *breakers : std::vector<BreakerSeries>());
  render_success(out, success ? *success : std::vector<SuccessSeries>());
  render_store(out, store);
  return out;
}

}  // namespace payweir::flows
