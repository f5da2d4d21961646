#pragma once
// Gateway statistics from memory to the store.
#include "flows/context.hpp"
#include "flows/routing/gateway_statistics.hpp"
#include "jobs/job.hpp"

namespace payweir::jobs {

// Every ten seconds stores the windows with something new, and erases those that are too old to be kept.
// There is one item, and it is due as long as there is anything to do.
class SaveStatisticsJob final : public Job {
 public:
  static constexpr std::size_t kErasedMax = 256;  // at a time
  SaveStatisticsJob(flows::Context& context, flows::GatewayStatistics& statistics)
      : context_(context), statistics_(statistics) {}
  [[nodiscard]] std::string_view name() const override { return "save_statistics"; }
  [[nodiscard]] Pace pace() const override { return {seconds(10), 1}; }
  // Does it at once; there is never an item, or a busy switch would store them all the time.
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  [[nodiscard]] Task<Result<void>> save();

  flows::Context& context_;
  flows::GatewayStatistics& statistics_;
};

}  // namespace payweir::jobs
