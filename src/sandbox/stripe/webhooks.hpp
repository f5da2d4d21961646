#pragma once
// Webhooks: the endpoints of each account and the events of late, which go out signed as Stripe signs them.
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json_writer.hpp"
#include "sandbox/callback_desk.hpp"
#include "sandbox/draws.hpp"
#include "sandbox/gateway_model.hpp"
#include "sandbox/stripe/packed_pairs.hpp"
#include "sandbox/stripe/recipe.hpp"

namespace payweir::sandbox::stripe {

struct Endpoint {
  std::string id;                           // "we_…"
  std::string url;                          // http or https
  std::string secret;                       // "whsec_…"
  std::vector<std::string> enabled_events;  // "*" is all
  std::string description;
  PackedPairs metadata;
  std::int64_t created_ms = 0;
};

struct Event {
  std::string id;  // "evt_…"
  std::string_view type;
  std::uint32_t account = 0;
  std::int64_t created_ms = 0;
  Recipe object;     // what it is about
  std::string body;  // as it was sent; "" when nobody listened: shown with its object as that is now
};

class WebhookDesk {
 public:
  static constexpr std::size_t kEndpointsPerAccountMax = 16;  // Stripe's own limit
  static constexpr std::size_t kEventsMax = 10'000;           // over all accounts; the oldest go

  // nullptr when the account has as many as it may.
  Endpoint* add(std::uint32_t account, Endpoint endpoint);
  bool remove(std::uint32_t account, std::string_view id);
  [[nodiscard]] const Endpoint* find(std::uint32_t account, std::string_view id) const;
  [[nodiscard]] const std::vector<Endpoint>& endpoints(std::uint32_t account) const;

  struct Cause {
    std::uint32_t account = 0;
    std::string_view request_id;  // "" when no request caused it
    std::string_view idempotency_key;
  };
  // Something happened to what `object` shows: kept as an event, and addressed to the endpoints that
  // want its type.
  void emit(const Cause& cause, std::string_view type, const Recipe& object, const Books& books,
            const Renderer& renderer, Instant now, Draws& draws);

  // What emit() addressed; see CallbackDesk.
  [[nodiscard]] std::vector<Callback> dispatch(Instant now, Duration answer_delay, Draws& draws) {
    return callbacks_.dispatch(now, answer_delay, draws);
  }
  [[nodiscard]] Duration head_start() const { return callbacks_.head_start(); }
  [[nodiscard]] CallbackDesk& callbacks() { return callbacks_; }
  [[nodiscard]] const std::deque<Event>& events() const { return events_; }

 private:
  std::unordered_map<std::uint32_t, std::vector<Endpoint>> endpoints_;
  std::deque<Event> events_;
  CallbackDesk callbacks_;
};

void write_endpoint(json::Writer& out, const Endpoint& endpoint, bool with_secret);
// The event as JSON.
[[nodiscard]] std::string render_event(const Event& event, const Books& books, const Renderer& renderer);
// "t=…,v1=…" over "t.body".
[[nodiscard]] std::string stripe_signature(std::string_view secret, std::int64_t unix_seconds,
                                           std::string_view body);

}  // namespace payweir::sandbox::stripe
