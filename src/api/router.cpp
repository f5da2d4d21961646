#include "api/router.hpp"

#include <algorithm>
#include <utility>

#include "api/client_address.hpp"
#include "api/errors.hpp"
#include "base/check.hpp"
#include "base/id.hpp"
#include "base/secret.hpp"
#include "domain/routing/algorithm_json.hpp"

namespace payweir::api {
namespace {

bool is_parameter(std::string_view segment) {
  return segment.starts_with('{');
}

bool is_client_request_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::string make_request_id(flows::Context& context) {
  return encode_crockford(context.new_key(),
                          static_cast<std::int64_t>(context.random.bits(RandomPurpose::id_salt)));
}

bool is_json(std::string_view content_type) {
  std::string_view media_type = content_type.substr(0, content_type.find(';'));
  while (media_type.ends_with(' '))
    media_type.remove_suffix(1);
  return http::equals_ignoring_case(media_type, "application/json");
}

Result<json::Document> read_json(const Route& route, const http::Request& request) {
  if (request.body.empty() && route.body == Body::optional_json) return json::parse("{}");
  if (!request.body.empty() && !is_json(request.headers.get("content-type")))
    return fail(Code::unsupported_media_type, "Content-Type", "");
  const bool is_large = route.body == Body::large_json || route.body == Body::json_list;
  Result<json::Document> document =
      json::parse(request.body, is_large ? routing::kAlgorithmLimits : json::Limits{});
  if (document && route.body == Body::json_list) {
    if (!document->root().is(json::Kind::array))
      return fail(Code::wrong_type, "", "the body must be a JSON array");
    return document;
  }
  if (document && !document->root().is(json::Kind::object))
    return fail(Code::wrong_type, "", "the body must be a JSON object");
  return document;
}

// One request on its way through the router.
struct Call {
  std::string_view method;
  std::string_view pattern = "unknown";  // of its route; paths hold ids and whatever a client puts there
  const Dialect* dialect = &kNative;
  bool wants_latency = false;
  std::string request_id;
  std::int64_t started_us = 0;
};

void log_call(flows::Context& context, const Call& call, int status, std::int64_t took_us,
              const Error* error) {
  // The client is not told why a fault of ours came about; the operator is.
  const bool is_ours = error && status >= 500;
  if (!is_ours && !context.settings.log_requests) return;
  context.log.write(is_ours ? LogLevel::warning : LogLevel::info, "http.request",
                    {{"method", call.method},
                     {"route", call.pattern},
                     {"status", std::int64_t{status}},
                     {"ms", took_us / 1000},
                     {"request_id", call.request_id},
                     {"error", error ? code_name(error->code) : ""},
                     {"detail", is_ours ? std::string_view(error->detail) : ""}});
}

// The response, with what every one has; counted and logged.
http::Response conclude(flows::Context& context, const Call& call, Result<Reply> reply) {
  const std::int64_t took_us = context.clock.suspended_us() - call.started_us;
  const std::int64_t gateway_us = reply ? reply->gateway_us : 0;
  const std::int64_t switch_us = std::max<std::int64_t>(0, took_us - gateway_us);
  http::Response response = reply ? std::move(reply->response) : call.dialect->render_error(reply.error());
  response.headers.set("x-request-id", call.request_id);
  response.headers.set("cache-control", "no-store");
  response.headers.set("x-content-type-options", "nosniff");
  if (call.wants_latency) response.headers.set("x-hs-latency", std::to_string(switch_us / 1000));

  context.telemetry.switch_latency.observe(switch_us);
  const auto status_class = static_cast<std::size_t>(response.status / 100);
  context.telemetry.requests_by_class.at(status_class).fetch_add(1, std::memory_order_relaxed);
  log_call(context, call, response.status, took_us, reply ? nullptr : &reply.error());
  return response;
}

}  // namespace

// False for what no pattern can have: no leading slash, or too many parts.
bool Router::split(std::string_view path, Segments& segments) {
  if (!path.starts_with('/')) return false;
  path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  while (true) {
    if (segments.count == Segments::kMax) return false;
    const std::size_t slash = path.find('/');
    segments.parts[segments.count++] = path.substr(0, slash);
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

bool Router::fits(const Segments& pattern, const Segments& path) {
  if (pattern.count != path.count) return false;
  for (std::size_t i = 0; i < path.count; ++i)
    if (is_parameter(pattern.parts[i]) ? path.parts[i].empty() : pattern.parts[i] != path.parts[i])
      return false;
  return true;
}

struct Router::Match {
  const Route* route = nullptr;
  std::vector<std::pair<std::string_view, std::string>> params;
};

Router::Router(std::vector<Route> routes, Gate gate) : routes_(std::move(routes)), gate_(gate) {
  // "{" sorts behind every letter, so the fixed path comes first and the first match is the right one.
  std::ranges::sort(routes_, {}, [](const Route& route) { return std::pair(route.pattern, route.method); });
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    check(split(routes_[i].pattern, patterns_.emplace_back()), "a route's pattern cannot be served");
    check(
        i == 0 || routes_[i].pattern != routes_[i - 1].pattern || routes_[i].method != routes_[i - 1].method,
        "two routes have the same method and pattern");
  }
}

Result<Router::Match> Router::find(http::Method method, std::string_view path) const {
  Segments wanted;
  if (!split(path, wanted)) return fail(Code::route_not_found, "", "");
  std::string allowed;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (!fits(patterns_[i], wanted)) continue;
    if (routes_[i].method != method) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(http::to_string(routes_[i].method));
      continue;
    }
    Match match{&routes_[i], {}};
    for (std::size_t part = 0; part < wanted.count; ++part) {
      const std::string_view name = patterns_[i].parts[part];
      if (!is_parameter(name)) continue;
      Result<std::string> value = form::percent_decode(wanted.parts[part]);
      if (!value) return fail(Code::route_not_found, "", "");
      match.params.emplace_back(name.substr(1, name.size() - 2), std::move(*value));
    }
    return match;
  }
  if (allowed.empty()) return fail(Code::route_not_found, "", "");
  return fail(Code::method_not_allowed, "Allow", std::move(allowed));
}

Task<Result<Reply>> Router::serve(flows::Context& context, Match match, http::Request request) const {
  const Route& route = *match.route;
  RequestContext handled{context, std::move(request), std::move(match.params), {}, {}, {}, {}};
  if (route.access != Access::open) {
    std::string api_key(handled.request.headers.get(route.dialect->key_header));
    if (api_key.empty()) api_key = handled.request.headers.get(kNative.key_header);
    std::string peer_address = handled.request.peer_address;
    const bool is_without_key =
        route.access == Access::merchant_or_sandbox && context.settings.sandbox && api_key.empty();
    Result<flows::Principal> principal;
    if (is_without_key)
      principal = co_await flows::admit_to_sandbox(context, std::move(peer_address));
    else
      principal = co_await gate_.authenticate(context, std::move(api_key), std::move(peer_address));
    if (!principal) co_return fail(std::move(principal.error()));
    if (!admits(route.access, principal->role)) co_return fail(Code::forbidden, "", "");
    handled.principal = std::move(*principal);
  }
  Result<form::Pairs> query = form::decode(http::query_of(handled.request.target));
  if (!query) co_return fail(Code::invalid_value, "query", "the query string is not form-encoded");
  handled.query = std::move(*query);

  if (route.body != Body::none && route.body != Body::raw) {
    Result<json::Document> document = read_json(route, handled.request);
    if (!document) co_return fail(std::move(document.error()));
    handled.document = std::move(*document);
  }
  if (route.method == http::Method::post && handled.request.headers.has("idempotency-key") &&
      route.access != Access::open) {
    Result<flows::Key> key =
        gate_.make_request_key(context, handled.principal, handled.request.headers.get("idempotency-key"),
                               http::to_string(route.method), handled.request.target, handled.request.body);
    if (!key) co_return fail(std::move(key.error()));
    handled.key = std::move(*key);
  }
  if (route.body != Body::raw) Secret::wipe(handled.request.body);  // it may hold a card
  Result<Reply> reply = co_await route.handler(std::move(handled));
  co_return reply;
}

Task<http::Response> Router::handle(flows::Context& context, http::Request request) const {
  Call call{.method = http::to_string(request.method),
            .wants_latency = request.headers.get("x-hs-latency") == "true",
            .request_id = std::string(request.headers.get("x-request-id")),
            .started_us = context.clock.suspended_us()};
  if (!is_client_request_id(call.request_id)) call.request_id = make_request_id(context);
  Result<Match> match = find(request.method, http::path_of(request.target));
  if (!match) co_return conclude(context, call, fail(std::move(match.error())));
  call.pattern = match->route->pattern;
  call.dialect = match->route->dialect;
  request.peer_address = client_address(request, context.settings.trusted_proxies);
  Result<Reply> reply = co_await serve(context, std::move(*match), std::move(request));
  co_return conclude(context, call, std::move(reply));
}

}  // namespace payweir::api
