#include "sandbox/stripe/control.hpp"

#include <charconv>
#include <utility>

#include "base/form.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "sandbox/stripe/refunds.hpp"

namespace payweir::sandbox::stripe {
namespace {

Reaction json_answer(int status, std::string body) {
  Reaction reaction{.response = http::Response{.status = status, .headers = {}, .body = std::move(body)}};
  reaction.response->headers.set("Content-Type", "application/json");
  return reaction;
}

Reaction refuse(int status, std::string_view message, std::string_view field = {}) {
  json::Writer out;
  out.begin_object().key("error").begin_object().field("message", message).text_or_null("field", field);
  out.end_object().end_object();
  return json_answer(status, std::move(out).take());
}

Reaction refuse(const Error& error) {
  return refuse(400, error.detail, error.field);
}

Reaction serve_faults(FaultPlan& faults, const http::Request& request, json::Value body) {
  if (request.method == http::Method::del) faults.clear();
  if (request.method == http::Method::post) {
    auto fault = read_fault(body);
    if (!fault) return refuse(fault.error());
    // An account may be named by its key, as its owner knows it.
    if (fault->account.starts_with("sk_")) fault->account = account_id_of(fault->account);
    if (const auto planted = faults.plant(*std::move(fault)); !planted) return refuse(planted.error());
  }
  return json_answer(200, render_faults(faults));
}

Reaction serve_webhooks(State& state, const http::Request& request, json::Value body) {
  if (request.method == http::Method::post) {
    const auto behaviour = read_webhook_behaviour(body);
    if (!behaviour) return refuse(behaviour.error());
    state.webhooks.set_behaviour(*behaviour);
  }
  const WebhookBehaviour& behaviour = state.webhooks.behaviour();
  json::Writer out;
  out.begin_object().field("mode", to_string(behaviour.mode)).field("copies", behaviour.copies);
  out.field("delay_ms", behaviour.delay.ms);
  out.field("held", static_cast<std::int64_t>(state.webhooks.held_count()));
  out.field("dropped", state.webhooks.dropped_count()).end_object();
  return json_answer(200, std::move(out).take());
}

Reaction release_webhooks(State& state, Instant now) {
  std::vector<Callback> callbacks = state.webhooks.release(now);
  json::Writer out;
  out.begin_object().field("released", static_cast<std::int64_t>(callbacks.size())).end_object();
  Reaction reaction = json_answer(200, std::move(out).take());
  reaction.callbacks = std::move(callbacks);
  return reaction;
}

Reaction refund_by_hand(State& state, json::Value body, Instant now, Draws& draws) {
  const json::Value target = body["charge"].present() ? body["charge"] : body["payment_intent"];
  if (!target.is(json::Kind::string))
    return refuse(400, "a charge or payment_intent is needed", "payment_intent");
  std::optional<std::int64_t> amount;
  if (!body["amount"].empty()) amount = body["amount"].integer();
  auto refund = refund_in_dashboard(state, target.text(), amount, now, draws);
  if (!refund) return refuse(refund.error().status, refund.error().message, refund.error().param);
  Reaction reaction = json_answer(200, *std::move(refund));
  reaction.callbacks = state.webhooks.dispatch(now, {}, draws);
  return reaction;
}

Reaction set_search_lag(State& state, json::Value body) {
  if (!body["lag_ms"].is(json::Kind::integer) || body["lag_ms"].integer() < 0)
    return refuse(400, "milliseconds, not below 0", "lag_ms");
  state.search_lag = milliseconds(body["lag_ms"].integer());
  return json_answer(200, "{}");
}

Result<BooksQuery> read_books_query(const State& state, std::string_view text) {
  const auto pairs = form::decode(text);
  if (!pairs) return std::unexpected(pairs.error());
  BooksQuery query;
  for (const auto& [name, value] : *pairs) {
    if (name == "summary") {
      query.summary = value == "true";
    } else if (name == "limit") {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), query.limit);
      if (error != std::errc{} || query.limit < 1 || query.limit > BooksQuery::kLimitMax)
        return fail(Code::invalid_value, "limit", "1 to 10000");
    } else if (name == "after") {
      const auto id = parse_id("pi_", value);
      if (!id || id->intent >= state.books.size())
        return fail(Code::invalid_value, "after", "no such intent");
      query.from = id->intent + 1;
    } else if (name == "reference") {
      query.reference = value;
    } else {
      return fail(Code::invalid_value, name, "no such parameter");
    }
  }
  return query;
}

Reaction serve_books(const State& state, const http::Request& request) {
  const auto query = read_books_query(state, http::query_of(request.target));
  if (!query) return refuse(query.error());
  return json_answer(200, render_books(state.books, *query));
}

}  // namespace

Reaction serve_control(State& state, FaultPlan& faults, const http::Request& request, Instant now,
                       Draws& draws) {
  const std::string_view path = http::path_of(request.target);
  const bool post = request.method == http::Method::post;
  const auto body = json::parse(request.body.empty() ? "{}" : std::string_view(request.body));
  if (!body) return refuse(body.error());
  const json::Value root = body->root();
  if (path == "/faults") return serve_faults(faults, request, root);
  if (path == "/webhooks") return serve_webhooks(state, request, root);
  if (path == "/webhooks/release" && post) return release_webhooks(state, now);
  if (path == "/books" && request.method == http::Method::get) return serve_books(state, request);
  if (path == "/dashboard_refund" && post) return refund_by_hand(state, root, now, draws);
  if (path == "/search" && post) return set_search_lag(state, root);
  return refuse(404, "no such control");
}

}  // namespace payweir::sandbox::stripe
