#pragma once
// What goes wrong in one run. Swarm testing: each kind of fault is on in half of the runs, at a rate that is
// drawn too, so that some runs know one fault only and some nearly all; one run in twenty knows none.
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "chance.hpp"

namespace payweir::sim {

enum class FaultKind : std::uint8_t {
  // The way between the switch and a gateway.
  refused,       // no connection: certainly not sent
  request_lost,  // never arrives, no answer
  request_late,  // arrives after the caller has given up
  reply_lost,    // executed, no answer
  reply_late,    // executed, the answer comes after the caller has given up
  // The gateway; sandbox/faults.hpp says what each does.
  gateway_down,
  gateway_slow,
  gateway_silent_before,
  gateway_late,
  gateway_error_500_before,
  gateway_error_500_after,
  gateway_stored_500,
  gateway_stored_500_before,
  gateway_rate_limited,
  gateway_garbage,
  gateway_wrong_amount,
  gateway_wrong_currency,
  gateway_someone_elses_answer,
  // Callbacks.
  callback_lost,
  callback_delayed,     // up to 25 hours
  callback_duplicated,  // up to five copies
  callback_forged,      // one more, signed by somebody else
  callback_stale,       // one more, signed long ago
  // The merchant's endpoint and its clients.
  endpoint_fails,
  client_gives_up,      // stops asking for an answer
  client_double_click,  // sends the same request twice at once
  client_changes_body,  // sends another body under the same key
  client_disconnects,   // asks again before it is answered
  // The store.
  disk_full,
  disk_write_fails,
  disk_sync_fails,
  disk_dies,  // in the middle of a write or before a sync, and the process with it
  // The process and its machine.
  kill,
  power_cut,
  pause,       // up to ten minutes
  clock_jump,  // up to an hour, forth or back
  // People.
  dashboard_refund,
  operator_errs,     // settles by hand what the gateway's books deny
  key_changed,       // another API key; the one before it is revoked
  account_disabled,  // for up to half a minute
  callback_resent,   // somebody has the gateway send an old callback again
  terminate,         // SIGTERM: what is under way may end, then the process does
  rules_changed,     // another routing algorithm, or none
  // One account at a gateway, or both, for up to three minutes; the other may be well (weather.hpp).
  account_refused,      // nobody is to be reached
  account_down,         // 503
  account_silent,       // no answer, and nothing was executed
  account_slow,         // up to two minutes
  account_throttled,    // 429 with Retry-After
  account_key_unknown,  // 401
  // Executed, and answered like a soft decline: what no gateway should do, and some have done.
  gateway_lies,
};
inline constexpr std::size_t kFaultKinds = static_cast<std::size_t>(FaultKind::gateway_lies) + 1;
[[nodiscard]] std::string_view to_string(FaultKind kind);
[[nodiscard]] std::optional<FaultKind> parse_fault_kind(std::string_view text);

// At most so many faults of a kind; a kind that is not named strikes as often as the seed says.
using FaultCaps = std::map<FaultKind, std::uint64_t>;
[[nodiscard]] std::string format_caps(const FaultCaps& caps);  // "kill=1,request_lost=0"
[[nodiscard]] Result<FaultCaps> parse_caps(std::string_view text);

class Faults {
 public:
  Faults(std::uint64_t seed, FaultCaps caps);

  // Whether this one strikes here and now. Each kind draws from a stream of its own.
  [[nodiscard]] bool strike(FaultKind kind);
  // Detail of a fault that struck: its own stream too.
  [[nodiscard]] Chance& chance(FaultKind kind) { return of(kind).chance; }
  // From now on nothing strikes.
  void heal() { is_healed_ = true; }
  void suspend(bool suspended) { is_suspended_ = suspended; }
  [[nodiscard]] bool is_healed() const { return is_healed_; }

  [[nodiscard]] std::uint64_t fired(FaultKind kind) const { return kinds_[index(kind)].fired; }
  [[nodiscard]] std::uint64_t fired() const;
  [[nodiscard]] std::uint64_t rate_per_million(FaultKind kind) const { return kinds_[index(kind)].rate; }
  // Sets aside what the seed drew.
  void set_rate(FaultKind kind, std::uint64_t per_million) { of(kind).rate = per_million; }
  // Nothing strikes but the nth occasion of this kind, counted from 1 from now on. With nth 0, nothing at
  // all.
  void plan_only(FaultKind kind, std::uint64_t nth);
  // This kind strikes at every occasion, whatever else is planned.
  void strike_always(FaultKind kind) { always_ = kind; }
  // How often it could have struck, since plan_only().
  [[nodiscard]] std::uint64_t occasions(FaultKind kind) const { return kinds_[index(kind)].occasions; }

 private:
  struct Kind {
    Chance chance;
    std::uint64_t rate = 0;  // per million
    std::uint64_t cap = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t fired = 0;
    std::uint64_t occasions = 0;
  };
  static std::size_t index(FaultKind kind) { return static_cast<std::size_t>(kind); }
  [[nodiscard]] Kind& of(FaultKind kind) { return kinds_[index(kind)]; }
  std::vector<Kind> kinds_;
  std::optional<std::pair<FaultKind, std::uint64_t>> plan_;
  std::optional<FaultKind> always_;
  bool is_healed_ = false;
  bool is_suspended_ = false;
};

}  // namespace payweir::sim
