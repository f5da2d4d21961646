#pragma once
// GatewayHealth: which accounts' gateways are to be left alone (domain/routing/breaker.hpp) and how many more
// retries each account bears (domain/routing/retry_budget.hpp). In memory and of this node: after a start
// every gateway is taken for well.
//
// One a process, used by all io threads: a call is a look into a table under one of 16 locks. An account that
// was not used for an hour is forgotten, and the one that was not used for longest when there are too many;
// one that is forgotten is taken for well and has the budget of a new one.
//
// Authorisations, captures and refunds are guarded, each for itself. Voids and reversals never are, nor is
// any query: they settle what is under way, and a gateway that comes back must find that it can be settled.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "base/brief_lock.hpp"
#include "base/time.hpp"
#include "domain/outcome.hpp"
#include "domain/payment.hpp"
#include "domain/routing/breaker.hpp"
#include "domain/routing/retry_budget.hpp"

namespace payweir::flows {

struct HealthPolicy {
  routing::BreakerPolicy breaker;
  std::int64_t forget_after_us = 3'600'000'000;  // an account that is not used
  std::size_t accounts_max = 16'384;             // of this node; about 700 bytes each
};

class GatewayHealth {
 public:
  using Dispatch = routing::Passage;  // allowed, probe, refused
  using Word = routing::GatewayWord;  // answered, failed, untold
  explicit GatewayHealth(HealthPolicy policy);
  GatewayHealth(const GatewayHealth&) = delete;
  GatewayHealth& operator=(const GatewayHealth&) = delete;

  // All times are microseconds of Clock::suspended_us().

  // Before an operation is recorded. A probe holds its place until concluded() or the end of its lease.
  [[nodiscard]] Dispatch try_dispatch(std::int64_t account_key, OperationKind kind, std::int64_t now_us);
  // Whether try_dispatch() would refuse, without taking a probe's place: for routing.
  [[nodiscard]] bool is_refusing(std::int64_t account_key, OperationKind kind, std::int64_t now_us) const;
  // How long it refuses at least (for Retry-After); 0 when it does not. While a probe is out: what is left of
  // its lease, one second at most, because most probes are answered by then.
  [[nodiscard]] Duration retry_after(std::int64_t account_key, OperationKind kind, std::int64_t now_us) const;
  // What became of an operation; `dispatch` is what try_dispatch() said of it. One that was allowed or a
  // probe and then came to nothing (its record lost against another writer) is concluded as untold.
  void concluded(std::int64_t account_key, OperationKind kind, Dispatch dispatch, Word word,
                 std::int64_t now_us);

  void count_first_attempt(std::int64_t account_key);
  // Of the account that the retry goes to. False: its budget is used up.
  [[nodiscard]] bool take_retry(std::int64_t account_key);

  // For /metrics. Only breakers that are not closed, or that were not within the last hour.
  struct BreakerReport {
    std::int64_t account_key = 0;
    OperationKind kind = OperationKind::authorise;
    routing::BreakerState state = routing::BreakerState::closed;
  };
  [[nodiscard]] std::vector<BreakerReport> report(std::int64_t now_us) const;
  // How often breakers entered a state, since the start.
  [[nodiscard]] std::uint64_t transitions_to(routing::BreakerState state) const;
  [[nodiscard]] std::uint64_t retries_refused() const;
  [[nodiscard]] std::size_t account_count() const;

 private:
  static constexpr std::size_t kGuardedKinds = 3;
  static constexpr std::size_t kShardCount = 16;
  struct Account {
    std::int64_t key = 0;
    std::int64_t used_us = 0;  // to the second
    std::array<routing::Breaker, kGuardedKinds> breakers;
    // As last counted: time alone turns open into half open.
    std::array<routing::BreakerState, kGuardedKinds> counted{};
    std::array<bool, kGuardedKinds> has_opened{};
    routing::RetryBudget budget;
  };
  using Accounts = std::list<Account>;  // the one used last first, by used_us
  struct Shard {
    mutable BriefLock lock;
    std::int64_t now_us = 0;  // the latest time that was told; threads may be told theirs in another order
    Accounts accounts;
    std::unordered_map<std::int64_t, Accounts::iterator> index;
  };

  [[nodiscard]] Shard& shard_of(std::int64_t account_key);
  [[nodiscard]] const Shard& shard_of(std::int64_t account_key) const;
  // Null: there is none, or it was not used for so long that it is as good as forgotten.
  [[nodiscard]] const Account* find(const Shard& shard, std::int64_t account_key, std::int64_t now_us) const;
  [[nodiscard]] Account& use(Shard& shard, std::int64_t account_key);
  void count_transitions(Account& account, std::size_t guarded, std::int64_t now_us);

  const HealthPolicy policy_;
  std::array<Shard, kShardCount> shards_;
  std::array<std::atomic<std::uint64_t>, routing::kBreakerStateCount> transitions_{};
  std::atomic<std::uint64_t> retries_refused_{0};
};

// What an outcome says about its gateway: a decline or a refused request is an answer; what could not be
// sent, what was not answered, and a gateway that limits our rate or knows our credentials no more are
// failures.
[[nodiscard]] GatewayHealth::Word word_of(const Outcome& outcome);

}  // namespace payweir::flows
