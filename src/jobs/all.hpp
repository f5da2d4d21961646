#pragma once
// Every job of the switch. app/ hands them to one Worker on one io thread; which thread does not matter.
#include <memory>
#include <vector>

#include "flows/context.hpp"
#include "jobs/job.hpp"

namespace payweir::jobs {

// `context` must outlive the jobs.
[[nodiscard]] std::vector<std::unique_ptr<Job>> all_jobs(flows::Context& context);

}  // namespace payweir::jobs
