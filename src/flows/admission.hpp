#pragma once
// Admission: how many requests of clients may be calling gateways at once, on this node, and whose. Beyond, a
// request is refused at once (Code::overloaded: 503, Retry-After 1): one that is refused has cost nothing,
// one that queues costs memory and is given up by its client. What settles payments that are under way
// (queries, callbacks, jobs) is not asked for a ticket.
//
// Fair between merchants: the share of each is the limit over the number of active merchants, those that have
// requests in flight or want in. A merchant below its share is let in while there is room. One above it may
// use what nobody wants: all of it while it is alone, and else all but a tenth, which is kept for whoever
// comes next, and nothing while a merchant below its share waits. One that was refused below its share wants
// in: it is held a place for two seconds, one behind the other, so that a merchant with many requests cannot
// keep out one with few; even when there are more merchants than places each has its turn.
//
// One a process, used by all io threads.
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/brief_lock.hpp"

namespace payweir::flows {

class Admission {
 public:
  // How long a refused merchant's place is held: longer than the Retry-After that it was given.
  static constexpr std::int64_t kWantsInForUs = 2'000'000;
  // Merchants that wait for a place; more are refused without being held one.
  static constexpr std::size_t kWantingMax = 1'024;
  // One part in so many is kept free of merchants above their share.
  static constexpr std::size_t kReservedPart = 10;

  // Requires: limit >= 1.
  explicit Admission(std::size_t limit);
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // A place, given back when it is destroyed, on whatever thread. The admission outlives its tickets.
  class Ticket {
   public:
    Ticket(Ticket&& other) noexcept
        : admission_(std::exchange(other.admission_, nullptr)), merchant_no_(other.merchant_no_) {}
    Ticket& operator=(Ticket&& other) noexcept {
      std::swap(admission_, other.admission_);
      std::swap(merchant_no_, other.merchant_no_);
      return *this;
    }
    ~Ticket() {
      if (admission_) admission_->leave(merchant_no_);
    }

   private:
    friend class Admission;
    Ticket(Admission& admission, std::int64_t merchant_no)
        : admission_(&admission), merchant_no_(merchant_no) {}
    Admission* admission_;
    std::int64_t merchant_no_;
  };

  // Nothing: refused. `now_us`: Clock::suspended_us().
  [[nodiscard]] std::optional<Ticket> admit(std::int64_t merchant_no, std::int64_t now_us);

  // For /metrics.
  [[nodiscard]] std::size_t in_flight() const;
  [[nodiscard]] std::uint64_t refused() const;

 private:
  struct Want {
    std::int64_t merchant_no = 0;
    std::int64_t until_us = 0;
  };
  using Wants = std::list<Want>;  // whoever was refused first comes first
  struct Merchant {
    std::size_t in_flight = 0;
    std::optional<Wants::iterator> want;
  };

  void forget_lapsed_wants(std::int64_t now_us);
  void want(std::int64_t merchant_no, Merchant& merchant, std::int64_t now_us);
  void stop_wanting(Merchant& merchant);
  [[nodiscard]] bool may_enter(std::int64_t merchant_no, const Merchant& merchant) const;
  // Places held for those who wanted in before this merchant did.
  [[nodiscard]] std::size_t places_held_before(std::int64_t merchant_no) const;
  [[nodiscard]] bool is_below_share(const Merchant& merchant) const;
  void forget_if_idle(std::int64_t merchant_no);
  void leave(std::int64_t merchant_no);

  const std::size_t limit_;
  mutable BriefLock lock_;
  std::size_t in_flight_ = 0;
  std::uint64_t refused_ = 0;
  std::int64_t next_sweep_us_ = 0;
  Wants wants_;
  std::unordered_map<std::int64_t, Merchant> merchants_;  // the active ones
};

}  // namespace payweir::flows
