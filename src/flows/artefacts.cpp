#include "flows/artefacts.hpp"

#include <algorithm>
#include <utility>

#include "flows/context.hpp"
#include "flows/gateway.hpp"
#include "flows/hold.hpp"

namespace payweir::flows {
namespace {

// How soon one who waits for another's answer looks again; artefacts are fetched so rarely that nothing is
// gained by being told.
constexpr Duration kLookAgain = milliseconds(20);

// Gives the turn back, also when the frame of the one who had it is destroyed.
class Claim {
 public:
  Claim(Artefacts& artefacts, const ConnectorAccount& account)
      : artefacts_(artefacts), key_(account.row.id.key), version_(account.row.version) {}
  ~Claim() { artefacts_.finish(key_, version_, std::move(fetched)); }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  FetchedArtefact fetched;

 private:
  Artefacts& artefacts_;
  const std::int64_t key_, version_;
};

}  // namespace

Artefacts::Kept Artefacts::find(std::int64_t account_key, std::int64_t version) const {
  const BriefLock::Hold hold(lock_);
  const auto slot = slots_.find(account_key);
  return slot == slots_.end() || slot->second.kept_version != version ? Kept{} : slot->second.kept;
}

Artefacts::Turn Artefacts::claim(std::int64_t account_key, std::int64_t version, Instant now) {
  const BriefLock::Hold hold(lock_);
  Slot& slot = slots_[account_key];
  if (slot.is_being_fetched) return Turn::anothers;
  // A clock that was set back does not hold up anybody.
  if (slot.version == version && slot.asked_at <= now && now < slot.asked_at + kAskEvery)
    return Turn::too_soon;
  slot.version = version;
  slot.asked_at = now;
  slot.is_being_fetched = true;
  return Turn::mine;
}

void Artefacts::finish(std::int64_t account_key, std::int64_t version, FetchedArtefact fetched) {
  const BriefLock::Hold hold(lock_);
  Slot& slot = slots_[account_key];
  slot.is_being_fetched = false;
  if (!fetched.artefact) return;
  slot.kept_version = version;
  slot.kept = {std::move(fetched.artefact), fetched.refresh_at};
}

Task<bool> renew_artefact(Context& context, const ConnectorAccount& account,
                          std::shared_ptr<const Artefact> had) {
  const std::int64_t key = account.row.id.key, version = account.row.version;
  for (;;) {
    const Artefacts::Kept kept = context.artefacts.find(key, version);
    if (kept.artefact && kept.artefact != had) co_return true;
    const Artefacts::Turn turn = context.artefacts.claim(key, version, context.clock.wall());
    if (turn == Artefacts::Turn::too_soon) co_return false;
    if (turn == Artefacts::Turn::mine) break;
    co_await context.clock.sleep(kLookAgain);
  }
  Claim claim(context.artefacts, account);
  Result<FetchedArtefact> fetched = co_await fetch_artefact(context, account);
  if (!fetched) {
    ++context.telemetry.artefact_failures;
    context.log.write(LogLevel::error, "artefact.not_fetched",
                      {{"connector", std::string_view(account.row.connector)},
                       {"account", std::string_view(to_text(account.row.id))},
                       {"why", std::string_view(fetched.error().detail)}});
    co_return false;
  }
  claim.fetched = std::move(*fetched);
  co_return true;
}

}  // namespace payweir::flows
