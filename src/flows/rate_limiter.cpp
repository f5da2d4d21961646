#include "flows/rate_limiter.hpp"

#include <algorithm>

namespace payweir::flows {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kMinuteUs = 60 * kSecondUs;
// A payer who has paid sees it this much later at most; the page itself asks every two seconds at first.
constexpr std::int64_t kPollPauseUs = 3 * kSecondUs;
// About 2 MB a table; more addresses than that at once share what the oldest lose.
constexpr std::size_t kBucketCountMax = 16'384;

std::int64_t share_of(std::int64_t limit, const Settings& settings) {
  const auto threads = static_cast<std::int64_t>(std::max<std::size_t>(settings.io_thread_count, 1));
  return std::max<std::int64_t>(limit / threads, 1);
}

}  // namespace

TokenBuckets::TokenBuckets(std::int64_t burst, std::int64_t period_us, std::size_t bucket_count_max)
    : token_ns_(std::max<std::int64_t>(period_us * 1000 / std::max<std::int64_t>(burst, 1), 1)),
      period_ns_(period_us * 1000),
      bucket_count_max_(std::max<std::size_t>(bucket_count_max, 1)) {}

// A bucket is empty when taking one token more would put off the instant at which it is full by more than
// the whole period.
bool TokenBuckets::is_empty(const Bucket& bucket, std::int64_t now_ns) const {
  return std::max(bucket.full_at_ns, now_ns) + token_ns_ > now_ns + period_ns_;
}

bool TokenBuckets::take(std::string_view name, std::int64_t now_us) {
  const std::int64_t now_ns = now_us * 1000;
  if (const auto known = index_.find(name); known != index_.end()) {
    order_.splice(order_.begin(), order_, known->second);
  } else {
    if (order_.size() >= bucket_count_max_) {
      index_.erase(order_.back().name);
      order_.pop_back();
    }
    order_.push_front({std::string(name), now_ns});
    index_.emplace(order_.front().name, order_.begin());
  }
  Bucket& bucket = order_.front();
  if (is_empty(bucket, now_ns)) return false;
  bucket.full_at_ns = std::max(bucket.full_at_ns, now_ns) + token_ns_;
  return true;
}

bool TokenBuckets::has_token(std::string_view name, std::int64_t now_us) const {
  const auto known = index_.find(name);
  return known == index_.end() || !is_empty(*known->second, now_us * 1000);
}

RateLimiter::RateLimiter(const Settings& settings)
    : addresses_(share_of(settings.rate_limit_per_address, settings), kSecondUs, kBucketCountMax),
      keys_(share_of(settings.rate_limit_per_key, settings), kSecondUs, kBucketCountMax),
      failures_(share_of(settings.failed_auth_per_address_per_minute, settings), kMinuteUs, kBucketCountMax),
      payers_(settings.page_requests_per_payment_per_minute, kMinuteUs, kBucketCountMax),
      polls_(1, kPollPauseUs, kBucketCountMax) {}

bool RateLimiter::admit_address(std::string_view address, std::int64_t now_us) {
  return addresses_.take(address, now_us);
}

bool RateLimiter::admit_key(std::string_view key_name, std::int64_t now_us) {
  return keys_.take(key_name, now_us);
}

bool RateLimiter::admit_payer(std::int64_t payment_key, std::int64_t now_us) {
  return payers_.take(std::to_string(payment_key), now_us);
}

bool RateLimiter::admit_poll(std::int64_t payment_key, std::int64_t now_us) {
  return polls_.take(std::to_string(payment_key), now_us);
}

// A failure that finds the bucket empty has nothing left to take.
void RateLimiter::count_failure(std::string_view address, std::int64_t now_us) {
  static_cast<void>(failures_.take(address, now_us));
}

bool RateLimiter::has_failed_too_often(std::string_view address, std::int64_t now_us) const {
  return !failures_.has_token(address, now_us);
}

}  // namespace payweir::flows
