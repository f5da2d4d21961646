#include "sandbox/stripe/control.hpp"

#include <charconv>
#include <utility>

#include "base/form.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "sandbox/control_kit.hpp"
#include "sandbox/stripe/challenge_page.hpp"
#include "sandbox/stripe/refunds.hpp"

namespace payweir::sandbox::stripe {
namespace {

// An account may be named by its key, as its owner knows it.
std::string account_name(std::string name) {
  return name.starts_with("sk_") ? account_id_of(name) : name;
}

Reaction refund_by_hand(State& state, json::Value body, Instant now, Draws& draws) {
  const json::Value target = body["charge"].present() ? body["charge"] : body["payment_intent"];
  if (!target.is(json::Kind::string))
    return control_refusal(400, "a charge or payment_intent is needed", "payment_intent");
  std::optional<std::int64_t> amount;
  if (!body["amount"].empty()) amount = body["amount"].integer();
  auto refund = refund_in_dashboard(state, target.text(), amount, now, draws);
  if (!refund) return control_refusal(refund.error().status, refund.error().message, refund.error().param);
  Reaction reaction = control_answer(200, *std::move(refund));
  reaction.callbacks = state.webhooks.dispatch(now, {}, draws);
  return reaction;
}

// The payer of a payment that waits for them, wherever they are: before a page, a code or their bank.
Reaction decide_for_payer(State& state, json::Value body, Instant now, Draws& draws) {
  const auto result = challenge_result_of(body["decision"].text());
  if (!result) return control_refusal(400, "approve, decline or lapse", "decision");
  std::optional<std::uint32_t> waiting;
  state.books.visit_by_reference(body["reference"].text(), [&](const Intent& intent) {
    if (intent.status == IntentStatus::requires_action) waiting = intent.number;
    return !waiting;
  });
  if (!waiting) return control_refusal(404, "no payment of that reference waits for its payer", "reference");
  Intent& intent = state.books.at(*waiting);
  state.open_for_change(intent);
  complete_challenge({state, {.account = intent.account}, now, draws}, intent, *result);
  Reaction reaction = control_answer(200, state.renderer.intent(intent));
  reaction.callbacks = state.webhooks.dispatch(now, {}, draws);
  return reaction;
}

Reaction set_search_lag(State& state, json::Value body) {
  if (!body["lag_ms"].is(json::Kind::integer) || body["lag_ms"].integer() < 0)
    return control_refusal(400, "milliseconds, not below 0", "lag_ms");
  state.search_lag = milliseconds(body["lag_ms"].integer());
  return control_answer(200, "{}");
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
  if (!query) return control_refusal(query.error());
  return control_answer(200, render_books(state.books, *query));
}

}  // namespace

Reaction serve_control(State& state, FaultPlan& faults, const http::Request& request, Instant now,
                       Draws& draws) {
  const std::string_view path = http::path_of(request.target);
  const bool post = request.method == http::Method::post;
  const auto body = json::parse(request.body.empty() ? "{}" : std::string_view(request.body));
  if (!body) return control_refusal(body.error());
  const json::Value root = body->root();
  if (path == "/faults") return serve_faults(faults, request, root, account_name);
  if (path == "/webhooks") return serve_callbacks(state.webhooks.callbacks(), request, root);
  if (path == "/webhooks/release" && post) return release_callbacks(state.webhooks.callbacks(), now);
  if (path == "/books" && request.method == http::Method::get) return serve_books(state, request);
  if (path == "/payer" && post) return decide_for_payer(state, root, now, draws);
  if (path == "/dashboard_refund" && post) return refund_by_hand(state, root, now, draws);
  if (path == "/search" && post) return set_search_lag(state, root);
  return control_refusal(404, "no such control");
}

}  // namespace payweir::sandbox::stripe
