#include "sandbox/stripe/webhooks.hpp"

#include <algorithm>
#include <utility>

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "sandbox/stripe/render.hpp"

namespace payweir::sandbox::stripe {
namespace {

Callback webhook(const std::string& url, std::string_view secret, const std::string& body, Instant at) {
  // https://docs.stripe.com/webhooks#retries, read 2026-11-22: up to three days, each time later. The first
  // ones come quicker here, for those who wait for them.
  Callback callback{.retries = {seconds(1), seconds(4), seconds(30), minutes(5), minutes(30), hours(3),
                                hours(12), hours(24), hours(24)}};
  http::Request& request = callback.request;
  request.method = http::Method::post;
  address_to(request, url);
  request.headers.set("Content-Type", "application/json; charset=utf-8");
  request.headers.set("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)");
  request.headers.set("Stripe-Signature", stripe_signature(secret, at.ms / 1000, body));
  request.body = body;
  return callback;
}

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
    if (wants(endpoint, type))
      callbacks_.add([url = endpoint.url, secret = endpoint.secret, body = event.body](Instant at) {
        return webhook(url, secret, body, at);
      });
  events_.push_back(std::move(event));
  if (events_.size() > kEventsMax) events_.pop_front();
}

std::string render_event(const Event& event, const Books& books, const Renderer& renderer) {
  if (!event.body.empty()) return event.body;
  return write_event(event, 0, {}, make_body(event.object, books, renderer));
}

std::string stripe_signature(std::string_view secret, std::int64_t unix_seconds, std::string_view body) {
  const std::string time = std::to_string(unix_seconds);
  std::string signed_text = time + '.';
  signed_text += body;
  return "t=" + time + ",v1=" + crypto::to_hex(crypto::hmac_sha256(secret, signed_text));
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

}  // namespace payweir::sandbox::stripe
