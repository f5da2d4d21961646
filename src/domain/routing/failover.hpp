#pragma once
// What follows an attempt that came to nothing, while the request that brought the card is still there: the
// policy, as one pure function. Whether money may have moved is not decided here but by the outcome; whether
// the reason is worth another try, by the retry rules; whether there is budget and a gateway that takes
// calls, by the caller, who holds both.
#include <cstdint>

#include "base/time.hpp"
#include "domain/outcome.hpp"
#include "domain/routing/retry_rules.hpp"

namespace payweir::routing {

struct FailoverPolicy {
  std::int32_t attempts_max = 3;  // of one request, the first included
  // Before the same account is tried again, with full jitter: 0 … 100 ms, then 0 … 200 ms, up to 800 ms.
  Duration backoff_first{100};
  Duration backoff_max{800};
  // A gateway that wants to be left alone for longer is not waited for.
  Duration wait_max{2'000};
};

enum class Next : std::uint8_t {
  end,            // the payment has failed
  other_account,  // the next account of the route
  same_account,   // this one again, after a pause
  step_up         // this one again, and the payer authenticates
};

// What the policy looks at, beside the outcome.
struct Tried {
  std::int32_t attempts = 1;  // of this request so far
  bool has_other = false;     // the route names another account that takes calls
  bool can_step_up = false;   // a card, which was not asked to authenticate yet
};

// `retry`: may_retry() of this outcome.
[[nodiscard]] Next next_try(const FailoverPolicy& policy, const Outcome& outcome, Retry retry, Tried tried);

// How long to wait before the same account is tried for the n-th time again (1 = first). `draw` is random.
[[nodiscard]] Duration backoff(const FailoverPolicy& policy, std::int32_t retry_number, std::uint64_t draw,
                               Duration retry_after);

}  // namespace payweir::routing
