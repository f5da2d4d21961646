#pragma once
// What one try to deliver a webhook came to, and what its row says afterwards. Pure.
#include <cstdint>
#include <string>

#include "base/http.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "store/rows.hpp"

namespace payweir::jobs {

struct DeliveryVerdict {
  enum class Kind : std::uint8_t {
    delivered,
    failed,
    throttled,  // the endpoint, or what stands before it, asks for less: leave it alone for `wait`
    gone,       // 410: the endpoint wants no more, ever
  } kind = Kind::failed;
  std::int64_t status = 0;  // 0: no answer came
  std::string error;        // for people
  Duration wait{};
};

// 2xx is delivered. A redirect is a failure and never followed.
[[nodiscard]] DeliveryVerdict judge(const Result<http::Response>& answer, Instant now);

// The row after this try: delivered, due again as the schedule says, or dead.
[[nodiscard]] store::DeliveryRow conclude(store::DeliveryRow row, const DeliveryVerdict& verdict,
                                          Instant now);

// The row given up on without a try.
[[nodiscard]] store::DeliveryRow bury(store::DeliveryRow row, std::string why);

}  // namespace payweir::jobs
