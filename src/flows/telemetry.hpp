#pragma once
// Telemetry: counters and histograms of one process, updated without locks from every thread and shown
// by /metrics in Prometheus' text format.
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/brief_lock.hpp"
#include "base/time.hpp"
#include "domain/payment.hpp"
#include "domain/routing/breaker.hpp"
#include "store/store.hpp"

namespace payweir::flows {

class Admission;
class GatewayHealth;

// The last bucket, behind the largest bound, has none.
class LatencyHistogram {
 public:
  // Upper bounds in microseconds: of what a gateway or a disk takes part in,
  static constexpr auto kBoundsUs =
      std::to_array<std::int64_t>({100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000,
                                   250'000, 1'000'000, 5'000'000, 30'000'000});
  // and of what is computed.
  static constexpr auto kComputingBoundsUs = std::to_array<std::int64_t>(
      {5, 10, 20, 50, 100, 200, 500, 1'000, 2'000, 5'000, 10'000, 20'000, 50'000});

  // The bounds outlive it.
  explicit LatencyHistogram(std::span<const std::int64_t> bounds_us = kBoundsUs);
  void observe(std::int64_t us);
  void render(std::string& out, std::string_view name, std::string_view help) const;

 private:
  static constexpr std::size_t kBoundsMax = 14;
  const std::span<const std::int64_t> bounds_us_;
  std::array<std::atomic<std::uint64_t>, kBoundsMax + 1> counts_{};
  std::atomic<std::uint64_t> sum_us_{0};
};

// Why a payment was tried again within the request that it came with.
enum class RetryWhy : std::uint8_t {
  other_account,  // at the next account of its route
  same_account,   // there again, after a pause
  step_up         // there again, and the payer authenticates
};

// What the guards of gateways have counted, read when it is shown.
struct GuardReadings {
  std::size_t admission_in_flight = 0;
  std::uint64_t admission_refused = 0;
  std::array<std::uint64_t, routing::kBreakerStateCount> breaker_transitions{};  // by the state entered
  std::uint64_t retries_refused = 0;
};
[[nodiscard]] GuardReadings read_guards(const Admission& admission, const GatewayHealth& health);

// The account that a series is about.
struct AccountLabel {
  std::string merchant_connector_id;  // "mca_…"
  std::string connector;
};
struct BreakerSeries {
  AccountLabel account;
  OperationKind kind = OperationKind::authorise;
  routing::BreakerState state = routing::BreakerState::closed;
};
struct SuccessSeries {
  AccountLabel account;
  std::int32_t success_ppm = 0;  // of the last 24 hours, millionths
};

struct Telemetry {
  static constexpr std::size_t kConnectorsMax = 16;
  static constexpr std::size_t kStatesMax = 16;

  std::array<std::atomic<std::uint64_t>, 6> requests_by_class{};  // index = status / 100
  std::array<std::array<std::atomic<std::uint64_t>, kStatesMax>, kConnectorsMax>
      payments{};                                       // [connector][state]
  std::atomic<std::uint64_t> idempotency_hits{0};       // a stored answer was replayed
  std::atomic<std::uint64_t> idempotency_conflicts{0};  // key reused with another body, or in progress
  std::atomic<std::uint64_t> rate_limited{0};
  std::atomic<std::uint64_t> webhook_signature_failures{0};
  std::atomic<std::uint64_t> webhook_address_refusals{0};  // callbacks from where the account takes none
  std::atomic<std::uint64_t> artefact_failures{0};
  std::atomic<std::uint64_t> contradictions{0};  // a gateway's word that cannot be true
  std::atomic<std::uint64_t> late_successes{0};  // given up here, and succeeded at the gateway
  std::atomic<std::int64_t> deliveries_pending{0}, deliveries_dead{0}, inbox_pending{0}, inbox_orphans{0},
      with_operator{0}, operations_open{0}, late_charges{0}, under_review{0};  // gauges, set by jobs
  std::atomic<std::uint64_t> canaries_returned{0};
  LatencyHistogram switch_latency;  // without the gateway's
  LatencyHistogram gateway_latency;

  std::atomic<std::uint64_t> failovers{0};  // payments that left their first account for another; once each
  std::array<std::atomic<std::uint64_t>, 3> retries{};  // [RetryWhy]
  void count_retry(RetryWhy why) { ++retries[static_cast<std::size_t>(why)]; }
  LatencyHistogram routing_decision{LatencyHistogram::kComputingBoundsUs};  // of one route_payment()

  // Series by account are kept to so many, so that a switch with many merchants does not grow /metrics
  // without end; what comes first in a list is kept.
  static constexpr std::size_t kAccountSeriesMax = 500;
  // Each replaces the list before it. Breakers: those that opened within the last hour.
  void publish_breakers(std::vector<BreakerSeries> breakers);
  void publish_success(std::vector<SuccessSeries> accounts);

  // How far each gateway's clock is ahead of ours, milliseconds, as its last answer told; by connector.
  std::array<std::atomic<std::int64_t>, kConnectorsMax> gateway_clock_ahead_ms{};
  void observe_gateway_clock(std::size_t connector_index, Duration ahead);

  // When the first of the certificates ends that accounts of a connector depend on, Unix milliseconds; 0:
  // there is none. By connector and owner, the gateway before the merchant.
  static constexpr std::array<std::string_view, 2> kCertificateOwners = {"gateway", "merchant"};
  std::array<std::array<std::atomic<std::int64_t>, kCertificateOwners.size()>, kConnectorsMax>
      certificate_ends_ms{};

  // `connector_index` is the place in all_connectors().
  void count_payment(std::size_t connector_index, PaymentState state);
  [[nodiscard]] std::string render(const store::Store::Statistics& store,
                                   const GuardReadings& guards = {}) const;

 private:
  mutable BriefLock series_lock_;
  std::shared_ptr<const std::vector<BreakerSeries>> breakers_;  // null: not published yet
  std::shared_ptr<const std::vector<SuccessSeries>> success_;
};

}  // namespace payweir::flows
