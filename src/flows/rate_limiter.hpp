#pragma once
// Rate limits: one token bucket a key and one an address, so that neither a runaway client nor a guesser
// of keys can take the switch for itself; and one a payment for its page. One object per io thread, no locks:
// each has its thread's share of the limits, but all of a payment's, because a page keeps to one connection.
// Tables are bounded: the bucket that was not used for longest makes room, and is full again when it comes
// back.
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "flows/settings.hpp"

namespace payweir::flows {

// Token buckets of one kind, as the instant at which each would be full again (the generic cell rate
// algorithm), which takes one integer a bucket.
class TokenBuckets {
 public:
  // `period_us` is the time in which `burst` tokens come back.
  TokenBuckets(std::int64_t burst, std::int64_t period_us, std::size_t bucket_count_max);
  TokenBuckets(const TokenBuckets&) = delete;
  TokenBuckets& operator=(const TokenBuckets&) = delete;

  // Takes a token if there is one.
  [[nodiscard]] bool take(std::string_view name, std::int64_t now_us);
  // Whether there is one, without taking it.
  [[nodiscard]] bool has_token(std::string_view name, std::int64_t now_us) const;
  [[nodiscard]] std::size_t size() const { return order_.size(); }

 private:
  struct Bucket {
    std::string name;
    std::int64_t full_at_ns = 0;
  };
  using Order = std::list<Bucket>;  // most recently used first
  [[nodiscard]] bool is_empty(const Bucket& bucket, std::int64_t now_ns) const;

  std::int64_t token_ns_;
  std::int64_t period_ns_;
  std::size_t bucket_count_max_;
  Order order_;
  std::unordered_map<std::string_view, Order::iterator> index_;  // the views are into order_
};

class RateLimiter {
 public:
  explicit RateLimiter(const Settings& settings);

  // Each takes a token; false: the request is one too many.
  [[nodiscard]] bool admit_address(std::string_view address, std::int64_t now_us);
  [[nodiscard]] bool admit_key(std::string_view key_name, std::int64_t now_us);

  // Of the payment page, by payments.
  [[nodiscard]] bool admit_payer(std::int64_t payment_key, std::int64_t now_us);
  // Whether a page that polls may have the gateway asked about this payment again.
  [[nodiscard]] bool admit_poll(std::int64_t payment_key, std::int64_t now_us);

  // Failed authentications are counted by themselves, so that guessing stops long before the other limits
  // would notice it.
  void count_failure(std::string_view address, std::int64_t now_us);
  [[nodiscard]] bool has_failed_too_often(std::string_view address, std::int64_t now_us) const;

 private:
  TokenBuckets addresses_, keys_, failures_, payers_, polls_;
};

}  // namespace payweir::flows
