#pragma once
// Context: what a flow may reach, one per io thread, wired in app/ (or by the simulator) and alive as
// long as any task. Nothing in it is a global.
#include <string>

#include "base/id.hpp"
#include "flows/artefacts.hpp"
#include "flows/directory.hpp"
#include "flows/rate_limiter.hpp"
#include "flows/review_state.hpp"
#include "flows/settings.hpp"
#include "flows/telemetry.hpp"
#include "flows/traffic.hpp"
#include "flows/views.hpp"
#include "ports/card_hold.hpp"
#include "ports/clock.hpp"
#include "ports/http_client.hpp"
#include "ports/keys.hpp"
#include "ports/log.hpp"
#include "ports/offload.hpp"
#include "ports/random.hpp"
#include "store/store.hpp"

namespace payweir::flows {

struct Context {
  const Settings& settings;
  Clock& clock;
  Random& random;
  HttpClient& http;
  Keys& keys;
  CardHold& cards;
  Log& log;
  store::Store& store;
  Directory& directory;
  Telemetry& telemetry;
  Review& review;
  KeySequence& sequence;
  const Rendering& rendering;  // of webhook bodies
  RateLimiter& rate_limiter;
  Offload& offload;
  Artefacts& artefacts;
  Traffic& traffic;

  template <class Tag>
  [[nodiscard]] Id<Tag> new_id() {
    return {sequence.next(clock.wall()), static_cast<std::int64_t>(random.bits(RandomPurpose::id_salt))};
  }
  [[nodiscard]] std::int64_t new_key() { return sequence.next(clock.wall()); }
};

}  // namespace payweir::flows
