#pragma once
// Delivers webhooks: due deliveries go to their profile's endpoint, at least once each, signed, on the
// schedule of jobs/schedule.hpp, and end delivered or as dead letters. A delivery is marked after it was
// answered: a crash in between sends it again, under the same webhook-id.
//
// One endpoint never holds up another: each has a few deliveries in flight and no more, and one that keeps
// failing or asks for less is left alone for a while.
#include <string>

#include "flows/context.hpp"
#include "jobs/delivery_verdict.hpp"
#include "jobs/endpoints.hpp"
#include "jobs/job.hpp"

namespace payweir::jobs {

class DeliverJob final : public Job {
 public:
  explicit DeliverJob(flows::Context& context);
  [[nodiscard]] std::string_view name() const override { return "deliver"; }
  [[nodiscard]] Pace pace() const override { return {milliseconds(200), 64, 4}; }
  [[nodiscard]] Task<Result<std::vector<DueItem>>> list_due(Selection selection) override;
  [[nodiscard]] Task<Result<void>> work(DueItem item) override;

 private:
  // Marks the delivery as `row` says. Another writer's mark stands.
  [[nodiscard]] Task<Result<void>> store(store::DeliveryRow row);
  void remember(std::int64_t profile_key, const DeliveryVerdict& verdict, Instant now);
  // Whether the endpoint is to be switched off for good after this try.
  [[nodiscard]] bool is_hopeless(const store::DeliveryRow& row, const DeliveryVerdict& verdict) const;

  flows::Context& context_;
  Endpoints endpoints_;
};

}  // namespace payweir::jobs
