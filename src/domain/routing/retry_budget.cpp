#include "domain/routing/retry_budget.hpp"

#include <algorithm>

namespace payweir::routing {

void RetryBudget::count_first_attempt() {
  tenths_ = std::min(tenths_ + kTenthsPerFirstAttempt, kRetriesMax * kTenthsPerRetry);
}

bool RetryBudget::take_retry() {
  if (tenths_ < kTenthsPerRetry) return false;
  tenths_ -= kTenthsPerRetry;
  return true;
}

}  // namespace payweir::routing
