#include "sandbox/stripe/webhooks.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "sandbox/stripe/render.hpp"

namespace payweir::sandbox::stripe {
namespace {

// The model's own clock has milliseconds; callbacks leave this long behind the answer unless told otherwise.
constexpr Duration kBehindAnswer = milliseconds(5);
constexpr Duration kEarlyByDefault = milliseconds(200);
constexpr std::int64_t kCopiesMax = 100;

constexpr std::array kModeNames = std::to_array<std::pair<WebhookMode, std::string_view>>({
    {WebhookMode::normal, "normal"},
    {WebhookMode::duplicate, "duplicate"},
    {WebhookMode::reorder, "reorder"},
    {WebhookMode::hold, "hold"},
    {WebhookMode::drop, "drop"},
    {WebhookMode::early, "early"},
});

bool wants(const Endpoint& endpoint, std::string_view type) {
  return std::ranges::any_of(endpoint.enabled_events,
                             [&](const std::string& event) { return event == "*" || event == type; });
}

std::string write_event(const Event& event, std::int64_t listeners, const WebhookDesk::Cause& cause,
                        std::string_view object_json) {
  json::Writer out(object_json.size() + 384);
  out.begin_object().field("id", event.id).field("object", "event").field("api_version", kApiVersion);
  out.field("created", event.created_ms / 1000).key("data").begin_object();
  out.raw_field("object", object_json).end_object().field("livemode", false);
  out.field("pending_webhooks", listeners).key("request").begin_object().text_or_null("id", cause.request_id);
  out.text_or_null("idempotency_key", cause.idempotency_key)
      .end_object()
      .field("type", event.type)
      .end_object();
  return std::move(out).take();
}

}  // namespace

Endpoint* WebhookDesk::add(std::uint32_t account, Endpoint endpoint) {
  std::vector<Endpoint>& list = endpoints_[account];
  if (list.size() >= kEndpointsPerAccountMax) return nullptr;
  return &list.emplace_back(std::move(endpoint));
}

bool WebhookDesk::remove(std::uint32_t account, std::string_view id) {
  const auto list = endpoints_.find(account);
  return list != endpoints_.end() &&
         std::erase_if(list->second, [&](const Endpoint& endpoint) { return endpoint.id == id; }) > 0;
}

const Endpoint* WebhookDesk::find(std::uint32_t account, std::string_view id) const {
  const std::vector<Endpoint>& list = endpoints(account);
  const auto at = std::ranges::find(list, id, &Endpoint::id);
  return at == list.end() ? nullptr : &*at;
}

const std::vector<Endpoint>& WebhookDesk::endpoints(std::uint32_t account) const {
  static const std::vector<Endpoint> none;
  const auto list = endpoints_.find(account);
  return list == endpoints_.end() ? none : list->second;
}

void WebhookDesk::emit(const Cause& cause, std::string_view type, const Recipe& object, const Books& books,
                       const Renderer& renderer, Instant now, Draws& draws) {
  Event event{.id = "evt_3" + draws.token(23),
              .type = type,
              .account = cause.account,
              .created_ms = now.ms,
              .object = object};
  const std::vector<Endpoint>& all = endpoints(cause.account);
  const auto listeners = std::ranges::count_if(all, [&](const Endpoint& each) { return wants(each, type); });
  if (listeners > 0) event.body = write_event(event, listeners, cause, make_body(object, books, renderer));
  for (const Endpoint& endpoint : all)
    if (wants(endpoint, type)) outgoing_.push_back({endpoint.url, endpoint.secret, event.body});
  events_.push_back(std::move(event));
  if (events_.size() > kEventsMax) events_.pop_front();
}

std::string render_event(const Event& event, const Books& books, const Renderer& renderer) {
  if (!event.body.empty()) return event.body;
  return write_event(event, 0, {}, make_body(event.object, books, renderer));
}

std::vector<Callback> WebhookDesk::dispatch(Instant now, Duration answer_delay, Draws& draws) {
  std::vector<Callback> callbacks;
  std::vector<Delivery> outgoing = std::exchange(outgoing_, {});
  const Duration behind = answer_delay + kBehindAnswer + behaviour_.delay;
  switch (behaviour_.mode) {
    case WebhookMode::normal:
      for (const Delivery& delivery : outgoing)
        callbacks.push_back(sign(delivery, now, behind));
      break;
    case WebhookMode::duplicate:
      for (const Delivery& delivery : outgoing)
        for (std::int64_t copy = 0; copy < behaviour_.copies; ++copy)
          callbacks.push_back(sign(delivery, now, behind));
      break;
    case WebhookMode::reorder:
      for (const Delivery& delivery : outgoing) {
        const auto spread = static_cast<std::uint64_t>(behaviour_.delay.ms) + 1;
        callbacks.push_back(
            sign(delivery, now, milliseconds(static_cast<std::int64_t>(draws.below(spread)))));
      }
      std::ranges::reverse(callbacks);
      break;
    case WebhookMode::early:
      for (const Delivery& delivery : outgoing)
        callbacks.push_back(sign(delivery, now, {}));
      break;
    case WebhookMode::hold:
      for (Delivery& delivery : outgoing) {
        if (held_.size() < kHeldMax) {
          held_.push_back(std::move(delivery));
        } else {
          ++dropped_;
        }
      }
      break;
    case WebhookMode::drop: dropped_ += static_cast<std::int64_t>(outgoing.size()); break;
  }
  return callbacks;
}

Duration WebhookDesk::head_start() const {
  if (behaviour_.mode != WebhookMode::early || outgoing_.empty()) return {};
  return behaviour_.delay > Duration{} ? behaviour_.delay : kEarlyByDefault;
}

std::vector<Callback> WebhookDesk::release(Instant now) {
  std::vector<Callback> callbacks;
  for (const Delivery& delivery : std::exchange(held_, {}))
    callbacks.push_back(sign(delivery, now, {}));
  return callbacks;
}

std::string stripe_signature(std::string_view secret, std::int64_t unix_seconds, std::string_view body) {
  const std::string time = std::to_string(unix_seconds);
  std::string signed_text = time + '.';
  signed_text += body;
  return "t=" + time + ",v1=" + crypto::to_hex(crypto::hmac_sha256(secret, signed_text));
}

Callback WebhookDesk::sign(const Delivery& delivery, Instant now, Duration after) {
  // https://docs.stripe.com/webhooks#retries, read 2026-11-22: up to three days, each time later. The first
  // ones come quicker here, for those who wait for them.
  Callback callback{.after = after,
                    .retries = {seconds(1), seconds(4), seconds(30), minutes(5), minutes(30), hours(3),
                                hours(12), hours(24), hours(24)}};
  const std::size_t path = delivery.url.find('/', delivery.url.find("://") + 3);
  callback.request.method = http::Method::post;
  callback.request.origin = delivery.url.substr(0, path);
  callback.request.target = path == std::string::npos ? "/" : delivery.url.substr(path);
  callback.request.headers.set("Content-Type", "application/json; charset=utf-8");
  callback.request.headers.set("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)");
  callback.request.headers.set("Stripe-Signature",
                               stripe_signature(delivery.secret, (now + after).ms / 1000, delivery.body));
  callback.request.body = delivery.body;
  return callback;
}

void write_endpoint(json::Writer& out, const Endpoint& endpoint, bool with_secret) {
  out.begin_object().field("id", endpoint.id).field("object", "webhook_endpoint");
  out.field("api_version", kApiVersion)
      .null_field("application")
      .field("created", endpoint.created_ms / 1000);
  out.text_or_null("description", endpoint.description).key("enabled_events").begin_array();
  for (const std::string& event : endpoint.enabled_events)
    out.string(event);
  out.end_array().field("livemode", false).key("metadata").begin_object();
  endpoint.metadata.for_each([&](std::string_view key, std::string_view value) { out.field(key, value); });
  out.end_object();
  if (with_secret) out.field("secret", endpoint.secret);
  out.field("status", "enabled").field("url", endpoint.url).end_object();
}

Result<WebhookBehaviour> read_webhook_behaviour(json::Value value) {
  const auto mode =
      std::ranges::find(kModeNames, value["mode"].text(), [](const auto& row) { return row.second; });
  if (mode == kModeNames.end()) return fail(Code::invalid_value, "mode", "no such mode");
  WebhookBehaviour behaviour{.mode = mode->first};
  if (!value["copies"].empty()) behaviour.copies = value["copies"].integer();
  if (behaviour.copies < 1 || behaviour.copies > kCopiesMax)
    return fail(Code::invalid_value, "copies", "an integer from 1 to 100");
  behaviour.delay = milliseconds(value["delay_ms"].integer());
  if (behaviour.delay < Duration{}) return fail(Code::invalid_value, "delay_ms", "not below 0");
  return behaviour;
}

std::string_view to_string(WebhookMode mode) {
  return std::ranges::find(kModeNames, mode, [](const auto& row) { return row.first; })->second;
}

}  // namespace payweir::sandbox::stripe
