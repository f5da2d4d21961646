#pragma once
// CallbackDesk: how a model's callbacks go out: bent (twice, out of order, held back, lost, early) as a
// tester asks. The same for every gateway; what a callback says and how it is signed is the gateway's.
#include <cstdint>
#include <deque>
#include <functional>
#include <string_view>
#include <vector>

#include "base/json_reader.hpp"
#include "base/result.hpp"
#include "sandbox/draws.hpp"
#include "sandbox/gateway_model.hpp"

namespace payweir::sandbox {

enum class CallbackMode : std::uint8_t { normal, duplicate, reorder, hold, drop, early };

struct CallbackBehaviour {
  CallbackMode mode = CallbackMode::normal;
  std::int64_t copies = 2;  // duplicate: how many of each
  Duration delay{};         // normal, duplicate: after the answer; reorder: up to this; early: of the answer
};

class CallbackDesk {
 public:
  static constexpr std::size_t kHeldMax = 100'000;

  // Makes the callback, signed as of the time at which it is sent.
  using Make = std::function<Callback(Instant at)>;
  void add(Make make) { outgoing_.push_back(std::move(make)); }

  // What add() was given since the last call, ready to be sent; `answer_delay` is how long the answer to
  // the request that caused it takes.
  [[nodiscard]] std::vector<Callback> dispatch(Instant now, Duration answer_delay, Draws& draws);
  // How much later the answer must leave so that the callbacks of dispatch() come first.
  [[nodiscard]] Duration head_start() const;
  // Everything held, to be sent now.
  [[nodiscard]] std::vector<Callback> release(Instant now);

  void set_behaviour(CallbackBehaviour behaviour) { behaviour_ = behaviour; }
  [[nodiscard]] const CallbackBehaviour& behaviour() const { return behaviour_; }
  [[nodiscard]] std::size_t held_count() const { return held_.size(); }
  [[nodiscard]] std::int64_t dropped_count() const { return dropped_; }

 private:
  std::vector<Make> outgoing_;
  std::deque<Make> held_;
  std::int64_t dropped_ = 0;
  CallbackBehaviour behaviour_;
};

// {"mode":…,"copies":…,"delay_ms":…}. Errors name the field.
[[nodiscard]] Result<CallbackBehaviour> read_callback_behaviour(json::Value value);
[[nodiscard]] std::string_view to_string(CallbackMode mode);

// Addresses the request to an absolute URL, as its origin and target.
void address_to(http::Request& request, std::string_view url);
// "http://host…" or "https://host…", without blanks and control characters.
[[nodiscard]] bool is_web_address(std::string_view url);

}  // namespace payweir::sandbox
