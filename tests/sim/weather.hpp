#pragma once
// Weather: what goes wrong at one account of a gateway for a while, the other account being well meanwhile:
// nobody to be reached, 503, silence, slowness, 429 with Retry-After, a key that is not known any more.
// Sometimes both accounts of the gateway have it, and sometimes it comes and goes.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "ports/http_client.hpp"
#include "scheduler.hpp"
#include "swarm.hpp"

namespace payweir::sim {

// Whose request of the API it is, as the gateway tells accounts apart: an API key, an app_id or an mchid; "":
// nobody's.
[[nodiscard]] std::string account_asking(const http::Request& request);

class Weather {
 public:
  enum class Kind : std::uint8_t { fair, refused, down, silent, slow, throttled, key_unknown };

  Weather(Scheduler& scheduler, Faults& faults) : scheduler_(scheduler), faults_(faults) {}

  // A request leaves for a gateway: something may begin now.
  void befall(const http::Request& request);
  [[nodiscard]] Kind at(const http::Request& request) const;
  // Of one account ("" all of them) and for good, in a scenario.
  void settle(std::string account, Kind kind) { settled_[std::move(account)] = kind; }
  // How long a slow answer takes from now on.
  [[nodiscard]] Duration delay() {
    return milliseconds(faults_.chance(FaultKind::account_slow).between(1'000, 120'000));
  }

 private:
  struct Spell {
    Kind kind = Kind::fair;
    Instant from, until;
    Duration turn{};  // it is there for so long, then not, then again; 0: all the time
  };
  [[nodiscard]] Kind of(const std::string& where) const;

  Scheduler& scheduler_;
  Faults& faults_;
  std::map<std::string, Spell> spells_;  // by account, or by the gateway's prefix for both of its accounts
  std::map<std::string, Kind> settled_;
};

}  // namespace payweir::sim
