#pragma once
// DueQueue: what happens to orders by itself at a time, and the requests that a fault holds back until then.
#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <utility>

#include "base/http.hpp"
#include "base/time.hpp"

namespace payweir::sandbox::orders {

struct Due {
  enum class What : std::uint8_t {
    expire_order,
    approve_payment,
    decline_payment,
    settle_refund,
    execute_held_request
  };
  Instant at;
  std::uint64_t sequence = 0;  // equal times happen in the order they were set
  What what = What::expire_order;
  std::uint32_t order = 0;
  std::uint32_t refund = 0;  // its place in the order

  friend bool operator<(const Due& a, const Due& b) {  // the largest of a priority queue is the earliest
    return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
  }
};

class DueQueue {
 public:
  static constexpr std::size_t kHeldRequestsMax = 10'000;

  void set(Due::What what, Instant at, std::uint32_t order, std::size_t refund = 0) {
    queue_.push({at, ++sequence_, what, order, static_cast<std::uint32_t>(refund)});
  }
  // Dropped when kHeldRequestsMax are held already.
  void hold(http::Request request, Instant until) {
    if (held_.size() >= kHeldRequestsMax) return;
    set(Due::What::execute_held_request, until, 0);
    held_.emplace(sequence_, std::move(request));
  }
  [[nodiscard]] std::optional<http::Request> take_held(const Due& due) {
    auto held = held_.extract(due.sequence);
    if (held.empty()) return std::nullopt;
    return std::move(held.mapped());
  }
  [[nodiscard]] std::optional<Due> take_due(Instant now) {
    if (queue_.empty() || queue_.top().at > now) return std::nullopt;
    const Due due = queue_.top();
    queue_.pop();
    return due;
  }
  [[nodiscard]] std::optional<Instant> next() const {
    if (queue_.empty()) return std::nullopt;
    return queue_.top().at;
  }

 private:
  std::priority_queue<Due> queue_;
  std::map<std::uint64_t, http::Request> held_;  // by Due::sequence
  std::uint64_t sequence_ = 0;
};

}  // namespace payweir::sandbox::orders
