#pragma once
// Job: something that must happen later, as a worker needs to know it: what is due, and how one item is
// finished. Items are keys of rows; a job keeps nothing that a restart may not forget.
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/task.hpp"

namespace payweir::jobs {

// `lane`: what must not be held up by others, such as an endpoint; 0 when there is no such thing.
struct DueItem {
  std::int64_t key = 0;
  std::int64_t lane = 0;
};

struct Pace {
  Duration poll_every;
  std::size_t in_flight_max = 32;
  std::size_t per_lane_max = 32;
};

// What is asked for: items that are due, as many as `limit`, none of a lane that is full.
struct Selection {
  std::size_t limit = 0;
  std::vector<std::int64_t> lanes_full;
};

class Job {
 public:
  virtual ~Job() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;  // a literal
  [[nodiscard]] virtual Pace pace() const = 0;
  // Cheap: it is asked again and again. Items that are in flight may be among them.
  [[nodiscard]] virtual Task<Result<std::vector<DueItem>>> list_due(Selection selection) = 0;
  // Idempotent: it may run again after a crash, and finds the item done. An error is logged and tried again
  // later; what is no error of ours is the item's business and recorded by the job.
  [[nodiscard]] virtual Task<Result<void>> work(DueItem item) = 0;
};

}  // namespace payweir::jobs
