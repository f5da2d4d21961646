#pragma once
// RetryBudget: how many retries an account bears, so that a gateway in trouble is not given a multiple of its
// load by those who try again. A token bucket in tenths: each first attempt puts in one tenth of a retry, a
// retry takes ten. Over any stretch of time retries are a tenth of the first attempts, and what was saved up.
//
// Needs no clock: an account without first attempts has none to retry. Not for several threads at once.
#include <cstdint>

namespace payweir::routing {

class RetryBudget {
 public:
  static constexpr std::int64_t kTenthsPerRetry = 10;
  static constexpr std::int64_t kTenthsPerFirstAttempt = 1;  // retries are at most 10 % of first attempts
  static constexpr std::int64_t kRetriesMax = 100;           // as many may be saved up
  static constexpr std::int64_t kRetriesAtFirst = 10;        // for accounts that have only begun

  void count_first_attempt();
  // False: there is none left, and nothing was taken.
  [[nodiscard]] bool take_retry();
  [[nodiscard]] std::int64_t retries_left() const { return tenths_ / kTenthsPerRetry; }

 private:
  std::int64_t tenths_ = kRetriesAtFirst * kTenthsPerRetry;
};

}  // namespace payweir::routing
