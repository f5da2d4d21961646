#include "sandbox/stripe/account_handlers.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "sandbox/stripe/intents.hpp"

namespace payweir::sandbox::stripe {
namespace {

constexpr std::array kEndpointParams = std::to_array<std::string_view>(
    {"api_version", "connect", "description", "enabled_events", "expand", "metadata", "url"});
constexpr std::size_t kUrlMax = 2000, kEnabledEventsMax = 100;

// With a host, and nothing that could end a header line or be taken for user information.
bool is_endpoint_url(std::string_view url) {
  const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || url.size() > kUrlMax) return false;
  const std::string_view host = url.substr(scheme, url.find_first_of("/?", scheme) - scheme);
  return !host.empty() && !host.contains('@') &&
         std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7f; });
}

std::string render_endpoint(const Endpoint& endpoint, bool with_secret) {
  json::Writer out;
  write_endpoint(out, endpoint, with_secret);
  return std::move(out).take();
}

}  // namespace

Answer create_endpoint(Call& call) {
  const Params& params = call.params;
  if (const auto problem = params.refuse_unknown(kEndpointParams)) return Answer::of(*problem);
  auto metadata = params.metadata();
  if (!metadata) return Answer::of(metadata.error());
  if (!params.has("url")) return Answer::of(missing_param("url"));
  if (!is_endpoint_url(params.text("url")))
    return Answer::of(Problem{.code = "url_invalid", .message = "Not a valid URL", .param = "url"});
  Endpoint endpoint{.id = "we_1" + call.draws.token(23),
                    .url = std::string(params.text("url")),
                    .secret = "whsec_" + call.draws.token(32),
                    .description = std::string(params.text("description")),
                    .metadata = *std::move(metadata),
                    .created_ms = call.now.ms};
  params.for_each_in("enabled_events",
                     [&](std::string_view event) { endpoint.enabled_events.emplace_back(event); });
  if (endpoint.enabled_events.empty()) return Answer::of(missing_param("enabled_events"));
  if (endpoint.enabled_events.size() > kEnabledEventsMax)
    return Answer::of(invalid_param("enabled_events", "Array too large: it can hold 100 elements."));
  const Endpoint* added = call.state.webhooks.add(call.account, std::move(endpoint));
  if (added == nullptr)
    return Answer::of(invalid_param("", "You have reached the maximum of 16 test webhook endpoints."));
  // The secret is shown once, here.
  return {.text = render_endpoint(*added, true), .executed = true};
}

Answer retrieve_endpoint(Call& call, std::string_view id) {
  const Endpoint* endpoint = call.state.webhooks.find(call.account, id);
  if (endpoint == nullptr) return Answer::of(no_such("webhook endpoint", id, "webhook_endpoint"));
  return Answer::of_text(render_endpoint(*endpoint, false));
}

Answer delete_endpoint(Call& call, std::string_view id) {
  if (!call.state.webhooks.remove(call.account, id))
    return Answer::of(no_such("webhook endpoint", id, "webhook_endpoint"));
  json::Writer out;
  out.begin_object().field("id", id).field("object", "webhook_endpoint").field("deleted", true).end_object();
  return Answer::of_text(std::move(out).take());
}

Answer list_endpoints(Call& call) {
  return Answer::of_text(render_list("/v1/webhook_endpoints", false, [&](json::Writer& out) {
    for (const Endpoint& endpoint : call.state.webhooks.endpoints(call.account))
      write_endpoint(out, endpoint, false);
  }));
}

Answer list_events(Call& call) {
  const auto limit = read_limit(call.params);
  if (!limit) return Answer::of(limit.error());
  const std::string_view type = call.params.text("type");
  const std::string_view after = call.params.text("starting_after");
  bool skipping = !after.empty();
  std::vector<const Event*> page;
  const std::deque<Event>& events = call.state.webhooks.events();
  for (auto event = events.rbegin(); event != events.rend() && page.size() <= *limit; ++event) {
    if (event->account != call.account) continue;
    if (!skipping && (type.empty() || event->type == type)) page.push_back(&*event);
    if (event->id == after) skipping = false;
  }
  const bool has_more = page.size() > *limit;
  if (has_more) page.pop_back();
  return Answer::of_text(render_list("/v1/events", has_more, [&](json::Writer& out) {
    for (const Event* event : page)
      out.raw(event->body);
  }));
}

Answer retrieve_event(Call& call, std::string_view id) {
  const std::deque<Event>& events = call.state.webhooks.events();
  const auto event = std::ranges::find_if(
      events, [&](const Event& each) { return each.account == call.account && each.id == id; });
  if (event == events.end()) return Answer::of(no_such("event", id, "id"));
  return Answer::of_text(render_event(*event, call.books(), call.state.renderer));
}

Answer retrieve_balance(Call& call) {
  json::Writer out;
  out.begin_object().field("object", "balance").key("available").begin_array();
  for (const auto& [code, totals] : call.books().accounts()[call.account].totals) {
    const std::int64_t amount = totals.captured - totals.refunded;
    std::string lower(code);
    std::ranges::transform(lower, lower.begin(), [](char c) { return static_cast<char>(c - 'A' + 'a'); });
    out.begin_object().field("amount", amount).field("currency", lower);
    out.key("source_types").begin_object().field("card", amount).end_object().end_object();
  }
  out.end_array().field("livemode", false).key("pending").begin_array().end_array().end_object();
  return Answer::of_text(std::move(out).take());
}

Answer retrieve_account(Call& call) {
  json::Writer out;
  out.begin_object().field("id", call.books().accounts()[call.account].id).field("object", "account");
  out.field("charges_enabled", true).field("country", "US").field("default_currency", "usd");
  out.field("payouts_enabled", true).field("type", "standard").end_object();
  return Answer::of_text(std::move(out).take());
}

}  // namespace payweir::sandbox::stripe
