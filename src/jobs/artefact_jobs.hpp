#pragma once
// What accounts depend on besides us, looked after in time: artefacts are fetched before they are needed, and
// certificates that are about to end are told of.
#include <map>
#include <unordered_map>
#include <utility>

#include "flows/context.hpp"
#include "jobs/job.hpp"
#include "store/queries/account_queries.hpp"

namespace payweir::jobs {

// At start, when an account is new, and when it is time again: has artefacts fetched, as long as that fails
// ever less often, every hour at last. An answer or a callback that needs a newer one does not wait for this.
class RenewArtefactsJob final : public Job {
 public:
  explicit RenewArtefactsJob(flows::Context& context) : context_(context) {}
  [[nodiscard]] std::string_view name() const override { return "renew_artefacts"; }
  [[nodiscard]] Pace pace() const override { return {seconds(30), 4}; }
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  // What is known of an account in one of its versions.
  struct Known {
    store::AccountPlace place;
    bool needs_none = false;
    Duration wait{};        // doubles with each failure
    Duration not_before{};  // Clock::suspended()
  };
  flows::Context& context_;
  std::unordered_map<std::int64_t, Known> known_;  // by account key
};

// Tells /metrics when certificates end, and the log once a day of those that end within thirty days. Of
// several that do for the same, as in a rotation, the one that lasts longest counts.
class WatchCertificatesJob final : public Job {
 public:
  static constexpr Duration kWarnBefore = days(30);
  explicit WatchCertificatesJob(flows::Context& context) : context_(context) {}
  [[nodiscard]] std::string_view name() const override { return "watch_certificates"; }
  [[nodiscard]] Pace pace() const override { return {minutes(10), 1}; }
  // Looks; there is never an item.
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  void look_at(const flows::ConnectorAccount& account, std::string_view owner, std::int64_t& first_end_ms);

  flows::Context& context_;
  std::map<std::pair<std::int64_t, std::string>, Instant> warned_at_;  // by account key and serial
};

}  // namespace payweir::jobs
