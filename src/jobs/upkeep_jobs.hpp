#pragma once
// What keeps the store small and the gauges true.
#include "flows/context.hpp"
#include "jobs/job.hpp"

namespace payweir::jobs {

// Erases keys of idempotent requests, with the answers given under them, when they are older than 30 days.
// One item is a step of at most kStep claims, named by the newest of them.
class PurgeJob final : public Job {
 public:
  static constexpr std::size_t kStep = 256;
  explicit PurgeJob(flows::Context& context) : context_(context) {}
  [[nodiscard]] std::string_view name() const override { return "purge"; }
  [[nodiscard]] Pace pace() const override { return {hours(1), 1}; }
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  flows::Context& context_;
};

// Counts what waits, for /metrics.
class MeasureJob final : public Job {
 public:
  explicit MeasureJob(flows::Context& context) : context_(context) {}
  [[nodiscard]] std::string_view name() const override { return "measure"; }
  [[nodiscard]] Pace pace() const override { return {seconds(10), 1}; }
  // Measures; there is never an item.
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  flows::Context& context_;
};

// Reads how accounts do, for /metrics.
class MeasureAccountsJob final : public Job {
 public:
  explicit MeasureAccountsJob(flows::Context& context) : context_(context) {}
  [[nodiscard]] std::string_view name() const override { return "measure_accounts"; }
  [[nodiscard]] Pace pace() const override { return {minutes(1), 1}; }
  // Measures; there is never an item.
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  flows::Context& context_;
};

}  // namespace payweir::jobs
