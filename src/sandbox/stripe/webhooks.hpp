#pragma once
// Webhooks: the endpoints of each account, the events of late, and how they go out: signed as Stripe
// signs them, and bent (twice, out of order, held back, lost, early) as a tester asks.
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "base/result.hpp"
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

enum class WebhookMode : std::uint8_t { normal, duplicate, reorder, hold, drop, early };

struct WebhookBehaviour {
  WebhookMode mode = WebhookMode::normal;
  std::int64_t copies = 2;  // duplicate: how many of each
  Duration delay{};         // normal, duplicate: after the answer; reorder: up to this; early: of the answer
};

class WebhookDesk {
 public:
  static constexpr std::size_t kEndpointsPerAccountMax = 16;  // Stripe's own limit
  static constexpr std::size_t kEventsMax = 10'000;           // over all accounts; the oldest go
  static constexpr std::size_t kHeldMax = 100'000;

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

  // What emit() addressed since the last call, ready to be sent; `answer_delay` is how long the answer to
  // the request that caused it takes.
  [[nodiscard]] std::vector<Callback> dispatch(Instant now, Duration answer_delay, Draws& draws);
  // How much later the answer must leave so that the callbacks of dispatch() come first.
  [[nodiscard]] Duration head_start() const;
  // Everything held, to be sent now.
  [[nodiscard]] std::vector<Callback> release(Instant now);

  void set_behaviour(WebhookBehaviour behaviour) { behaviour_ = behaviour; }
  [[nodiscard]] const WebhookBehaviour& behaviour() const { return behaviour_; }
  [[nodiscard]] const std::deque<Event>& events() const { return events_; }
  [[nodiscard]] std::size_t held_count() const { return held_.size(); }
  [[nodiscard]] std::int64_t dropped_count() const { return dropped_; }

 private:
  struct Delivery {
    std::string url, secret, body;
  };
  [[nodiscard]] static Callback sign(const Delivery& delivery, Instant now, Duration after);

  std::unordered_map<std::uint32_t, std::vector<Endpoint>> endpoints_;
  std::deque<Event> events_;
  std::vector<Delivery> outgoing_;
  std::deque<Delivery> held_;
  std::int64_t dropped_ = 0;
  WebhookBehaviour behaviour_;
};

void write_endpoint(json::Writer& out, const Endpoint& endpoint, bool with_secret);
// {"mode":…,"copies":…,"delay_ms":…}. Errors name the field.
[[nodiscard]] Result<WebhookBehaviour> read_webhook_behaviour(json::Value value);
// The event as JSON.
[[nodiscard]] std::string render_event(const Event& event, const Books& books, const Renderer& renderer);
[[nodiscard]] std::string_view to_string(WebhookMode mode);
// "t=…,v1=…" over "t.body".
[[nodiscard]] std::string stripe_signature(std::string_view secret, std::int64_t unix_seconds,
                                           std::string_view body);

}  // namespace payweir::sandbox::stripe
