#pragma once
// Telemetry: counters and histograms of one process, updated without locks from every thread and shown
// by /metrics in Prometheus' text format.
#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "domain/payment.hpp"
#include "store/store.hpp"

namespace payweir::flows {

// Upper bounds in microseconds; the last bucket is unbounded.
class LatencyHistogram {
 public:
  static constexpr std::array<std::int64_t, 14> kBoundsUs = {
      100,    250,    500,     1'000,   2'500,     5'000,     10'000,
      25'000, 50'000, 100'000, 250'000, 1'000'000, 5'000'000, 30'000'000};
  void observe(std::int64_t us);
  void render(std::string& out, std::string_view name, std::string_view help) const;

 private:
  std::array<std::atomic<std::uint64_t>, kBoundsUs.size() + 1> counts_{};
  std::atomic<std::uint64_t> sum_us_{0};
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
  [[nodiscard]] std::string render(const store::Store::Statistics& store) const;
};

}  // namespace payweir::flows
