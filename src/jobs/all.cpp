#include "jobs/all.hpp"

#include "jobs/artefact_jobs.hpp"
#include "jobs/canary_job.hpp"
#include "jobs/deliver_job.hpp"
#include "jobs/review_job.hpp"
#include "jobs/settle_jobs.hpp"
#include "jobs/statistics_job.hpp"
#include "jobs/upkeep_jobs.hpp"

namespace payweir::jobs {

std::vector<std::unique_ptr<Job>> all_jobs(flows::Context& context) {
  std::vector<std::unique_ptr<Job>> jobs;
  jobs.push_back(std::make_unique<ReviewJob>(context));
  jobs.push_back(std::make_unique<RecoverJob>(context));
  jobs.push_back(std::make_unique<ResolveJob>(context));
  jobs.push_back(std::make_unique<InboxJob>(context));
  jobs.push_back(std::make_unique<OrphanJob>(context));
  jobs.push_back(std::make_unique<DeliverJob>(context));
  jobs.push_back(std::make_unique<ExpireJob>(context));
  jobs.push_back(std::make_unique<WatchJob>(context));
  jobs.push_back(std::make_unique<ReverseJob>(context));
  jobs.push_back(std::make_unique<PurgeJob>(context));
  jobs.push_back(std::make_unique<MeasureJob>(context));
  jobs.push_back(std::make_unique<RenewArtefactsJob>(context));
  jobs.push_back(std::make_unique<WatchCertificatesJob>(context));
  jobs.push_back(std::make_unique<JudgeCanariesJob>(context));
  jobs.push_back(std::make_unique<SaveStatisticsJob>(context, context.traffic.statistics));
  return jobs;
}

}  // namespace payweir::jobs
