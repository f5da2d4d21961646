#pragma once
// Artefacts: what accounts need beside their credentials (see connectors/connector.hpp), fetched once for all
// io threads and kept in memory until there is a newer one. Whatever asks for a newer one, be it an answer, a
// callback or the clock, causes one request a minute and account at most; who comes meanwhile waits for it.
//
// One a process, used by all of its threads.
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "base/brief_lock.hpp"
#include "connectors/connector.hpp"
#include "ports/task.hpp"

namespace payweir::flows {

struct Context;
struct ConnectorAccount;

class Artefacts {
 public:
  static constexpr Duration kAskEvery = minutes(1);

  // Of the account as it is; what an earlier version of it had is not for the present one.
  struct Kept {
    std::shared_ptr<const Artefact> artefact;  // null: none yet
    Instant refresh_at;
  };
  [[nodiscard]] Kept find(std::int64_t account_key, std::int64_t version) const;

  // The right to ask the gateway, by the wall clock. Whoever has it ends with finish().
  enum class Turn : std::uint8_t { mine, anothers, too_soon };
  [[nodiscard]] Turn claim(std::int64_t account_key, std::int64_t version, Instant now);
  // Without an artefact when none could be had: what there was stays.
  void finish(std::int64_t account_key, std::int64_t version, FetchedArtefact fetched);

 private:
  struct Slot {
    std::int64_t version = 0;  // of the account, at its last claim
    Instant asked_at;
    bool is_being_fetched = false;
    std::int64_t kept_version = 0;
    Kept kept;
  };

  mutable BriefLock lock_;
  std::unordered_map<std::int64_t, Slot> slots_;  // by account key; an account that was deleted keeps its own
};

// Sees to it that `had` is not the newest any more, unless the gateway was asked less than a minute ago. Says
// whether there is another one now. `account` outlives the call.
[[nodiscard]] Task<bool> renew_artefact(Context& context, const ConnectorAccount& account,
                                        std::shared_ptr<const Artefact> had);

}  // namespace payweir::flows
