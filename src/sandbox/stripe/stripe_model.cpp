#include "sandbox/stripe/stripe_model.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "base/secret.hpp"
#include "crypto/hash.hpp"
#include "sandbox/stripe/challenge_page.hpp"
#include "sandbox/stripe/control.hpp"
#include "sandbox/stripe/distortion.hpp"
#include "sandbox/stripe/payment.hpp"
#include "sandbox/stripe/routes.hpp"

namespace payweir::sandbox::stripe {
namespace {

constexpr std::size_t kIdempotencyKeyMax = 255;
constexpr Duration kSlowByDefault = seconds(2), kLateByDefault = seconds(30);
constexpr std::string_view kChallengePath = "/3ds/";

std::string_view bearer_of(const http::Request& request) {
  std::string_view key = request.headers.get("Authorization");
  if (!key.starts_with("Bearer ")) return {};
  key.remove_prefix(7);
  return key;
}

bool is_test_key(std::string_view key) {
  return (key.starts_with("sk_test_") || key.starts_with("rk_test_")) && !key.contains("_invalid_values");
}

Problem wrong_key(std::string_view key) {
  if (key.empty())
    return {
        .status = 401,
        .message =
            "You did not provide an API key. You need to provide your API key in the Authorization header, "
            "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."};
  // The start and, of a long one, the last four characters.
  std::string shown(key.substr(0, key.starts_with("sk_test_") ? 8 : 3));
  shown += "***************";
  if (key.size() > 16) shown += key.substr(key.size() - 4);
  return {.status = 401, .message = "Invalid API Key provided: " + shown};
}

Duration delay_of(const std::optional<Fault>& fault) {
  if (!fault) return {};
  return fault->kind == FaultKind::slow && fault->delay == Duration{} ? kSlowByDefault : fault->delay;
}

}  // namespace

struct StripeModel::Request {
  const http::Request& http;
  std::string id;  // "req_…"
  Params params;
  Route route;
  std::uint32_t account = 0;
  std::string_view idempotency_key;
};

struct StripeModel::Settled {
  int status = 200;
  Recipe recipe;
  std::string body;
  Duration delay{};
  bool replayed = false;
};

StripeModel::StripeModel(std::string fingerprint_key) : fingerprint_key_(std::move(fingerprint_key)) {}

Reaction StripeModel::handle(const http::Request& request, Instant now, Draws& draws) {
  std::vector<Callback> earlier = advance(now, draws);
  const bool is_page = http::path_of(request.target).starts_with(kChallengePath);
  Reaction reaction = is_page ? serve_page(request, now, draws) : serve_api(request, now, draws);
  std::ranges::move(earlier, std::back_inserter(reaction.callbacks));
  return reaction;
}

Reaction StripeModel::serve_page(const http::Request& request, Instant now, Draws& draws) {
  const std::string_view id = http::path_of(request.target).substr(kChallengePath.size());
  Reaction reaction{.response = serve_challenge(state_, request, id, now, draws)};
  reaction.delay = state_.webhooks.head_start();
  reaction.callbacks = state_.webhooks.dispatch(now, reaction.delay, draws);
  return reaction;
}

Reaction StripeModel::serve_api(const http::Request& http, Instant now, Draws& draws) {
  const std::string id = "req_" + draws.token(14);
  const auto request = accept(http, id);
  if (!request) return {.response = respond(request.error().status, render(request.error()), id)};
  const std::string& account = state_.books.accounts()[request->account].id;
  const auto fault = faults_.strike(request->route.operation, account, draws);
  if (fault)
    if (auto reaction = forestall(*request, *fault, now)) return *std::move(reaction);

  Settled settled = settle(*request, fault, now, draws);
  Reaction reaction{.response = respond(settled.status, std::move(settled.body), id), .delay = settled.delay};
  if (!request->idempotency_key.empty())
    reaction.response->headers.set("Idempotency-Key", request->idempotency_key);
  if (settled.replayed) reaction.response->headers.set("Idempotent-Replayed", "true");
  reaction.callbacks = state_.webhooks.dispatch(now, settled.delay, draws);
  if (fault) distort(reaction, fault->kind, settled.recipe, state_, draws);
  return reaction;
}

Parsed<StripeModel::Request> StripeModel::accept(const http::Request& http, std::string id) {
  const std::string_view key = bearer_of(http);
  if (!is_test_key(key)) return std::unexpected(wrong_key(key));
  const std::string_view path = http::path_of(http.target);
  const auto route = find_route(http.method, path);
  if (!route) return std::unexpected(no_such_route(http::to_string(http.method), path));
  auto params = Params::read(http);
  if (!params) return std::unexpected(params.error());
  Request request{http, std::move(id), *std::move(params), *route, 0, {}};
  if (http.method == http::Method::post) request.idempotency_key = http.headers.get("Idempotency-Key");
  if (request.idempotency_key.size() > kIdempotencyKeyMax)
    return std::unexpected(Problem{.message = "Idempotency keys hold up to 255 characters."});
  if (route->operation == Operation::create && request.params.text("confirm") == "true")
    request.route.operation = Operation::authorize;
  request.account = state_.books.account_of(key);
  return request;
}

std::optional<Reaction> StripeModel::forestall(const Request& request, const Fault& fault, Instant now) {
  const auto answer = [&](const Problem& problem) {
    return Reaction{.response = respond(problem.status, render(problem), request.id)};
  };
  switch (fault.kind) {
    case FaultKind::down:
      return answer(
          {.status = 503, .type = "api_error", .message = "The API is down. Please try again later."});
    case FaultKind::error_500_before: return answer(internal_error());
    case FaultKind::silent_before: return Reaction{};
    case FaultKind::closed_before: return Reaction{.response = http::Response{}, .wire = Wire::closed};
    case FaultKind::rate_limited: {
      Reaction reaction =
          answer({.status = 429,
                  .code = "rate_limit",
                  .message = "Request rate limit exceeded. You can learn more about rate limits here "
                             "https://stripe.com/docs/rate-limits."});
      const std::int64_t wait_s = std::max<std::int64_t>(1, fault.delay.ms / 1000);
      reaction.response->headers.set("Retry-After", std::to_string(wait_s));
      return reaction;
    }
    case FaultKind::late: {
      if (state_.held_requests.size() >= State::kHeldRequestsMax) return Reaction{};
      const Duration delay = fault.delay > Duration{} ? fault.delay : kLateByDefault;
      const std::uint64_t sequence = state_.set_due(Due::What::execute_held_request, now + delay);
      state_.held_requests.emplace(sequence, request.http);
      return Reaction{};
    }
    case FaultKind::slow:
    case FaultKind::silent:
    case FaultKind::closed:
    case FaultKind::error_500_after:
    case FaultKind::stored_500:
    case FaultKind::stored_500_before:
    case FaultKind::garbage:
    case FaultKind::truncated:
    case FaultKind::dribble:
    case FaultKind::wrong_amount:
    case FaultKind::wrong_currency:
    case FaultKind::someone_elses_answer:
    case FaultKind::double_charge: return std::nullopt;
  }
  return std::nullopt;
}

StripeModel::Settled StripeModel::settle(const Request& request, const std::optional<Fault>& fault,
                                         Instant now, Draws& draws) {
  const bool keyed = !request.idempotency_key.empty();
  Digest key{};
  std::uint64_t print = 0;
  if (keyed) {
    key = IdempotencyLog::digest(state_.books.accounts()[request.account].id, request.idempotency_key);
    print = fingerprint(request);
    if (const KeptAnswer* kept = state_.answers.find(key, now))
      if (auto settled = recall(request, *kept, print, now)) {
        settled->delay = delay_of(fault);
        return *std::move(settled);
      }
  }

  const auto is = [&](FaultKind kind) { return fault && fault->kind == kind; };
  Answer answer;
  if (keyed && state_.answers.full()) {
    answer = Answer::of(books_are_full());
  } else if (!is(FaultKind::stored_500_before)) {
    Call call{state_, request.params, request.account,         now,
              draws,  request.id,     request.idempotency_key, is(FaultKind::double_charge)};
    answer = request.route.handler(call, request.route.id);
  }
  if (is(FaultKind::stored_500) || is(FaultKind::stored_500_before)) {
    answer = Answer::of(internal_error());
    answer.executed = true;
  }
  Settled settled{.status = answer.status, .recipe = answer.recipe};
  settled.body = answer.recipe.shows == Recipe::Shows::text
                     ? answer.text
                     : make_body(answer.recipe, state_.books, state_.renderer);
  settled.delay = delay_of(fault) + state_.webhooks.head_start();
  if (keyed && answer.executed) {
    KeptAnswer kept{.key = key, .fingerprint = print, .recipe = answer.recipe, .status = answer.status};
    kept.busy_until_ms = (now + settled.delay).ms;
    state_.answers.keep(std::move(kept), std::move(answer.text), state_.books, now);
  }
  return settled;
}

std::optional<StripeModel::Settled> StripeModel::recall(const Request& request, const KeptAnswer& kept,
                                                        std::uint64_t fingerprint, Instant now) const {
  const std::string key(request.idempotency_key);
  const auto refuse = [](const Problem& problem) {
    return Settled{.status = problem.status, .body = render(problem)};
  };
  if (kept.fingerprint != fingerprint)
    return refuse(
        {.type = "idempotency_error",
         .message = "Keys for idempotent requests can only be used with the same parameters they were first "
                    "used with. Try using a key other than '" +
                    key + "' if you meant to execute a different request."});
  if (now.ms < kept.busy_until_ms)
    return refuse(
        {.status = 409,
         .type = "idempotency_error",
         .code = "idempotency_key_in_use",
         .message =
             "There is currently another in-progress request using this Idempotency Key (that probably "
             "means you submitted twice, and the other request is still going through): " +
             key + "."});
  return Settled{.status = kept.status,
                 .recipe = kept.recipe,
                 .body = state_.answers.body_of(kept, state_.books, state_.renderer),
                 .replayed = true};
}

std::uint64_t StripeModel::fingerprint(const Request& request) const {
  // Parameters in another order are the same parameters.
  std::vector<std::pair<std::string_view, std::string_view>> pairs(request.params.pairs().begin(),
                                                                   request.params.pairs().end());
  std::ranges::sort(pairs);
  // The hash stays in this process, so a key in front of the text is as good as an HMAC, and cheaper.
  std::string text = fingerprint_key_;
  text += http::path_of(request.http.target);
  for (const auto& [name, value] : pairs) {
    text.append(1, '\0').append(name).append(1, '\0').append(value);
  }
  const std::string hash = crypto::sha256(text);
  Secret::wipe(text);  // it may hold a card number
  std::uint64_t print = 0;
  std::memcpy(&print, hash.data(), sizeof print);
  return print;
}

std::vector<Callback> StripeModel::advance(Instant now, Draws& draws) {
  std::vector<Callback> callbacks;
  while (!state_.due.empty() && state_.due.top().at <= now) {
    const Due due = state_.due.top();
    state_.due.pop();
    happen(due, draws);
    std::ranges::move(state_.webhooks.dispatch(due.at, {}, draws), std::back_inserter(callbacks));
  }
  return callbacks;
}

void StripeModel::happen(const Due& due, Draws& draws) {
  if (due.what == Due::What::execute_held_request) return execute_held(due.sequence, due.at, draws);
  Intent& intent = state_.books.at(due.intent);
  const Actor actor{state_, {.account = intent.account}, due.at, draws};
  switch (due.what) {
    case Due::What::expire_authorization: return expire_authorization(actor, intent, due.ordinal);
    case Due::What::settle_payment: return settle_payment(actor, intent);
    case Due::What::settle_refund: return settle_refund(actor, intent, due.ordinal);
    case Due::What::execute_held_request: return;
  }
}

void StripeModel::execute_held(std::uint64_t sequence, Instant at, Draws& draws) {
  const auto held = state_.held_requests.extract(sequence);
  if (held.empty()) return;
  const auto request = accept(held.mapped(), "req_" + draws.token(14));
  // Whoever sent it has long stopped listening: what it is answered with is of interest to nobody.
  if (request) static_cast<void>(settle(*request, std::nullopt, at, draws));
}

std::optional<Instant> StripeModel::next_due() const {
  if (state_.due.empty()) return std::nullopt;
  return state_.due.top().at;
}

Reaction StripeModel::control(const http::Request& request, Instant now, Draws& draws) {
  if (request.method == http::Method::post && http::path_of(request.target) == "/reset") {
    reset();
    return {.response = respond(200, "{}", {})};
  }
  std::vector<Callback> earlier = advance(now, draws);
  Reaction reaction = serve_control(state_, faults_, request, now, draws);
  std::ranges::move(earlier, std::back_inserter(reaction.callbacks));
  return reaction;
}

std::string StripeModel::books() const {
  return render_books(state_.books, {});
}

void StripeModel::reset() {
  std::string public_url = std::move(state_.renderer.public_url);
  state_ = {};
  state_.renderer.public_url = std::move(public_url);
  faults_.clear();
}

}  // namespace payweir::sandbox::stripe
