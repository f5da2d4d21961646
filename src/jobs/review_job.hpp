#pragma once
// ReviewJob: goes through what a restored database had open, and lets the switch send when it has asked about
// all of it. Begins anew after a restart; asking twice does no harm.
#include <cstdint>
#include <deque>

#include "flows/context.hpp"
#include "jobs/job.hpp"

namespace payweir::jobs {

class ReviewJob final : public Job {
 public:
  explicit ReviewJob(flows::Context& context) : context_(context) {}
  [[nodiscard]] std::string_view name() const override { return "review"; }
  [[nodiscard]] Pace pace() const override { return {milliseconds(250)}; }
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  enum class Phase : std::uint8_t { operations, held, unsent, over };
  // The next keys of the phase, or of the phases behind it.
  [[nodiscard]] Task<Result<void>> load_more();

  flows::Context& context_;
  Phase phase_ = Phase::operations;
  std::int64_t loaded_to_ = 0;        // the last key of the phase that was loaded
  std::deque<std::int64_t> waiting_;  // not asked about yet; those that are not answered go to the end
};

}  // namespace payweir::jobs
