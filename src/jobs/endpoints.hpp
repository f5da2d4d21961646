#pragma once
// Endpoints: how the webhook endpoints of all profiles have behaved since the process started, so that one
// that hangs, fails or asks for less costs the others nothing. Memory only: a restart forgets it, and the
// worst of that is a try too early.
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"

namespace payweir::jobs {

class Endpoints {
 public:
  explicit Endpoints(Instant watching_since) : watching_since_(watching_since) {}

  void succeeded(std::int64_t profile_key, Instant now);
  // From the eighth failure in a row on, each one pauses the endpoint for a minute.
  void failed(std::int64_t profile_key, Instant now);
  // As the endpoint asked.
  void pause(std::int64_t profile_key, Instant until);

  // Profiles to leave alone now, longest pause first.
  [[nodiscard]] std::vector<std::int64_t> paused(Instant now) const;
  // Whether it is known that nothing was delivered since then.
  [[nodiscard]] bool took_nothing_since(std::int64_t profile_key, Instant then) const;

 private:
  struct Endpoint {
    std::int64_t failures_in_a_row = 0;
    Instant paused_until;
    Instant last_success;
  };
  // One that a restart would have forgotten is forgotten when there are this many.
  static constexpr std::size_t kEndpointsMax = 10'000;
  Endpoint& of(std::int64_t profile_key, Instant now);

  Instant watching_since_;
  std::unordered_map<std::int64_t, Endpoint> endpoints_;
};

}  // namespace payweir::jobs
