#include "domain/routing/failover.hpp"

#include <algorithm>

#include "base/planted.hpp"

namespace payweir::routing {
namespace {

// What may be over in a moment, at the same gateway: it could not be reached, or wants fewer calls. A decline
// is an answer; asking the same issuer by the same road again in the same second changes nothing.
bool may_be_over_soon(const FailoverPolicy& policy, const Outcome& outcome) {
  if (std::holds_alternative<outcome::NotSent>(outcome)) return true;
  const auto* rejected = std::get_if<outcome::Rejected>(&outcome);
  return rejected && rejected->cause == outcome::Rejected::Cause::rate_limit &&
         rejected->retry_after.ms <= policy.wait_max.ms;
}

}  // namespace

Next next_try(const FailoverPolicy& policy, const Outcome& outcome, Retry retry, Tried tried) {
  if (tried.attempts >= policy.attempts_max && !PLANTED(tries_for_ever)) return Next::end;
  switch (retry) {
    case Retry::no: return Next::end;
    case Retry::step_up: return tried.can_step_up ? Next::step_up : Next::end;
    case Retry::next_account: break;
  }
  if (tried.has_other) return Next::other_account;
  return may_be_over_soon(policy, outcome) ? Next::same_account : Next::end;
}

Duration backoff(const FailoverPolicy& policy, std::int32_t retry_number, std::uint64_t draw,
                 Duration retry_after) {
  std::int64_t bound = policy.backoff_first.ms;
  for (std::int32_t n = 1; n < retry_number && bound < policy.backoff_max.ms; ++n)
    bound *= 2;
  bound = std::min(bound, policy.backoff_max.ms);
  const auto jitter = static_cast<std::int64_t>(draw % static_cast<std::uint64_t>(bound + 1));
  return Duration{std::min(retry_after.ms, policy.wait_max.ms) + jitter};
}

}  // namespace payweir::routing
