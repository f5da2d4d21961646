#include "jobs/delivery_verdict.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/planted.hpp"
#include "jobs/schedule.hpp"

namespace payweir::jobs {
namespace {

// Without a Retry-After that can be read.
constexpr Duration kThrottleDefault = minutes(1);
constexpr std::size_t kErrorBytesMax = 200;

}  // namespace

DeliveryVerdict judge(const Result<http::Response>& answer, Instant now) {
  using enum DeliveryVerdict::Kind;
  if (!answer) {
    std::string why = std::string(code_name(answer.error().code)) + ": " + answer.error().detail;
    why.resize(std::min(why.size(), kErrorBytesMax));
    return {failed, 0, std::move(why), {}};
  }
  const int status = answer->status;
  if ((status >= 200 && status < 300) || PLANTED(any_answer_is_delivered)) return {delivered, status, "", {}};
  std::string why = "answered " + std::to_string(status);
  if (status >= 300 && status < 400) why += ", and redirects are not followed";
  if (status == 410) return {gone, status, std::move(why), {}};
  const bool asks_for_less = status == 429 || status == 502 || status == 504;
  const std::optional<Duration> retry_after = parse_retry_after(answer->headers.get("Retry-After"), now);
  if (asks_for_less || retry_after)
    return {throttled, status, std::move(why), retry_after.value_or(kThrottleDefault)};
  return {failed, status, std::move(why), {}};
}

store::DeliveryRow conclude(store::DeliveryRow row, const DeliveryVerdict& verdict, Instant now) {
  using enum DeliveryVerdict::Kind;
  ++row.version;
  ++row.attempt_count;
  row.last_status = verdict.status;
  row.last_error = verdict.error;
  if (verdict.kind == delivered) {
    row.state = store::DeliveryState::delivered;
    return row;
  }
  const std::optional<Instant> next = next_delivery(now, row.attempt_count);
  if (verdict.kind == gone || !next)
    row.state = store::DeliveryState::dead;
  else
    row.due_at = std::max(*next, now + verdict.wait);
  return row;
}

store::DeliveryRow bury(store::DeliveryRow row, std::string why) {
  ++row.version;
  row.state = store::DeliveryState::dead;
  row.last_error = std::move(why);
  return row;
}

}  // namespace payweir::jobs
