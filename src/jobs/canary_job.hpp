#pragma once
#include "flows/context.hpp"
#include "jobs/job.hpp"

namespace payweir::jobs {

// Takes back canaries of routing algorithms that do worse than what runs beside them. An item is an
// algorithm.
class JudgeCanariesJob final : public Job {
 public:
  explicit JudgeCanariesJob(flows::Context& context) : context_(context) {}
  [[nodiscard]] std::string_view name() const override { return "judge_canaries"; }
  [[nodiscard]] Pace pace() const override { return {seconds(10), 1}; }
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  flows::Context& context_;
};

}  // namespace payweir::jobs
