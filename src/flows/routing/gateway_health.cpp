#include "flows/routing/gateway_health.hpp"

#include <algorithm>
#include <optional>

namespace payweir::flows {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr std::int64_t kMsUs = 1000;
constexpr std::array kGuarded = {OperationKind::authorise, OperationKind::capture, OperationKind::refund};
// Moving an account to the front at every call would fetch its neighbours from memory each time.
constexpr std::int64_t kPlaceKeptUs = 1'000'000;
// What a client is told to wait for while a probe is out.
constexpr std::int64_t kProbePatienceUs = 1'000'000;

// The place among the guarded; none: never refused.
std::optional<std::size_t> guarded_index(OperationKind kind) {
  switch (kind) {
    case OperationKind::authorise: return 0;
    case OperationKind::capture: return 1;
    case OperationKind::refund: return 2;
    case OperationKind::void_authorisation:
    case OperationKind::reversal: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

GatewayHealth::GatewayHealth(HealthPolicy policy) : policy_(policy) {
  static_assert(kGuarded.size() == kGuardedKinds);
}

GatewayHealth::Dispatch GatewayHealth::try_dispatch(std::int64_t account_key, OperationKind kind,
                                                    std::int64_t now_us) {
  const std::optional<std::size_t> guarded = guarded_index(kind);
  if (!guarded) return Dispatch::allowed;
  Shard& shard = shard_of(account_key);
  const BriefLock::Hold hold(shard.lock);
  shard.now_us = std::max(shard.now_us, now_us);
  if (!find(shard, account_key, now_us)) return Dispatch::allowed;
  Account& account = use(shard, account_key);
  const Dispatch dispatch = account.breakers[*guarded].try_pass(policy_.breaker, now_us);
  if (dispatch == Dispatch::probe) count_transitions(account, *guarded, now_us);
  return dispatch;
}

bool GatewayHealth::is_refusing(std::int64_t account_key, OperationKind kind, std::int64_t now_us) const {
  return retry_after(account_key, kind, now_us).ms > 0;
}

Duration GatewayHealth::retry_after(std::int64_t account_key, OperationKind kind, std::int64_t now_us) const {
  const std::optional<std::size_t> guarded = guarded_index(kind);
  if (!guarded) return {};
  const Shard& shard = shard_of(account_key);
  const BriefLock::Hold hold(shard.lock);
  const Account* account = find(shard, account_key, now_us);
  if (!account) return {};
  const routing::Breaker& breaker = account->breakers[*guarded];
  std::int64_t refuses_us = breaker.refuses_for_us(now_us);
  if (breaker.state(now_us) == routing::BreakerState::half_open)
    refuses_us = std::min(refuses_us, kProbePatienceUs);
  return milliseconds((refuses_us + kMsUs - 1) / kMsUs);
}

void GatewayHealth::concluded(std::int64_t account_key, OperationKind kind, Dispatch dispatch, Word word,
                              std::int64_t now_us) {
  const std::optional<std::size_t> guarded = guarded_index(kind);
  if (!guarded) return;
  Shard& shard = shard_of(account_key);
  const BriefLock::Hold hold(shard.lock);
  shard.now_us = std::max(shard.now_us, now_us);
  if (word == Word::untold && !find(shard, account_key, now_us)) return;
  Account& account = use(shard, account_key);
  account.breakers[*guarded].conclude(policy_.breaker, dispatch, word, now_us);
  count_transitions(account, *guarded, now_us);
}

void GatewayHealth::count_first_attempt(std::int64_t account_key) {
  Shard& shard = shard_of(account_key);
  const BriefLock::Hold hold(shard.lock);
  use(shard, account_key).budget.count_first_attempt();
}

bool GatewayHealth::take_retry(std::int64_t account_key) {
  Shard& shard = shard_of(account_key);
  const BriefLock::Hold hold(shard.lock);
  const bool has_one = use(shard, account_key).budget.take_retry();
  if (!has_one) retries_refused_.fetch_add(1, kRelaxed);
  return has_one;
}

std::vector<GatewayHealth::BreakerReport> GatewayHealth::report(std::int64_t now_us) const {
  std::vector<BreakerReport> all;
  for (const Shard& shard : shards_) {
    const BriefLock::Hold hold(shard.lock);
    for (const Account& account : shard.accounts) {
      if (account.used_us + policy_.forget_after_us <= now_us) break;
      for (std::size_t i = 0; i < kGuardedKinds; ++i)
        if (account.has_opened[i])
          all.push_back({account.key, kGuarded[i], account.breakers[i].state(now_us)});
    }
  }
  return all;
}

std::uint64_t GatewayHealth::transitions_to(routing::BreakerState state) const {
  return transitions_[static_cast<std::size_t>(state)].load(kRelaxed);
}

std::uint64_t GatewayHealth::retries_refused() const {
  return retries_refused_.load(kRelaxed);
}

std::size_t GatewayHealth::account_count() const {
  std::size_t count = 0;
  for (const Shard& shard : shards_) {
    const BriefLock::Hold hold(shard.lock);
    count += shard.accounts.size();
  }
  return count;
}

// Keys are milliseconds ‖ node ‖ sequence (base/id.hpp): multiplied, their high bits are well spread.
GatewayHealth::Shard& GatewayHealth::shard_of(std::int64_t account_key) {
  const std::uint64_t mixed = static_cast<std::uint64_t>(account_key) * 0x9e3779b97f4a7c15u;
  return shards_[(mixed >> 32u) % kShardCount];
}

const GatewayHealth::Shard& GatewayHealth::shard_of(std::int64_t account_key) const {
  return const_cast<GatewayHealth*>(this)->shard_of(account_key);
}

const GatewayHealth::Account* GatewayHealth::find(const Shard& shard, std::int64_t account_key,
                                                  std::int64_t now_us) const {
  const auto known = shard.index.find(account_key);
  if (known == shard.index.end()) return nullptr;
  return known->second->used_us + policy_.forget_after_us <= now_us ? nullptr : &*known->second;
}

GatewayHealth::Account& GatewayHealth::use(Shard& shard, std::int64_t account_key) {
  if (const auto known = shard.index.find(account_key); known != shard.index.end()) {
    const std::int64_t idle_us = shard.now_us - known->second->used_us;
    if (idle_us < kPlaceKeptUs) return *known->second;
    const bool is_forgotten = idle_us >= policy_.forget_after_us;
    shard.accounts.splice(shard.accounts.begin(), shard.accounts, known->second);
    if (is_forgotten) shard.accounts.front() = Account{.key = account_key};
  } else {
    const std::size_t accounts_max = std::max<std::size_t>(policy_.accounts_max / kShardCount, 1);
    while (!shard.accounts.empty() &&
           (shard.accounts.size() >= accounts_max ||
            shard.accounts.back().used_us + policy_.forget_after_us <= shard.now_us)) {
      shard.index.erase(shard.accounts.back().key);
      shard.accounts.pop_back();
    }
    shard.accounts.push_front(Account{.key = account_key});
    shard.index.emplace(account_key, shard.accounts.begin());
  }
  shard.accounts.front().used_us = shard.now_us;
  return shard.accounts.front();
}

void GatewayHealth::count_transitions(Account& account, std::size_t guarded, std::int64_t now_us) {
  const routing::BreakerState state = account.breakers[guarded].state(now_us);
  if (state == account.counted[guarded]) return;
  account.counted[guarded] = state;
  if (state == routing::BreakerState::open) account.has_opened[guarded] = true;
  transitions_[static_cast<std::size_t>(state)].fetch_add(1, kRelaxed);
}

GatewayHealth::Word word_of(const Outcome& outcome) {
  using Word = GatewayHealth::Word;
  struct Visitor {
    Word operator()(const outcome::NotSent& not_sent) const {
      return not_sent.is_ours ? Word::untold : Word::failed;
    }
    Word operator()(const outcome::Rejected& rejected) const {
      return rejected.cause == outcome::Rejected::Cause::request ? Word::answered : Word::failed;
    }
    Word operator()(const outcome::Declined&) const { return Word::answered; }
    Word operator()(const outcome::Accepted&) const { return Word::answered; }
    // An answer that contradicts us is one: the gateway is there, and a person has to look.
    Word operator()(const outcome::Unknown& unknown) const {
      return unknown.contradicts ? Word::answered : Word::failed;
    }
  };
  return std::visit(Visitor{}, outcome);
}

}  // namespace payweir::flows
