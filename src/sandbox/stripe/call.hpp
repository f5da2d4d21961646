#pragma once
// What the handlers of the modelled API share: State is everything the model holds, Call is one request
// being executed, Answer what a handler makes of it.
#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.hpp"
#include "sandbox/draws.hpp"
#include "sandbox/stripe/books.hpp"
#include "sandbox/stripe/idempotency.hpp"
#include "sandbox/stripe/params.hpp"
#include "sandbox/stripe/render.hpp"
#include "sandbox/stripe/webhooks.hpp"

namespace payweir::sandbox::stripe {

// Something that happens by itself at a time.
struct Due {
  enum class What : std::uint8_t {
    expire_authorization,
    settle_payment,
    settle_refund,
    execute_held_request
  };
  Instant at;
  std::uint64_t sequence = 0;  // equal times happen in the order they were set
  What what = What::expire_authorization;
  std::uint16_t ordinal = 0;  // of the charge or refund
  std::uint32_t intent = 0;

  friend bool operator<(const Due& a, const Due& b) {  // the largest of a priority queue is the earliest
    return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
  }
};

struct State {
  static constexpr std::size_t kHeldRequestsMax = 10'000;

  Books books;
  IdempotencyLog answers;
  WebhookDesk webhooks;
  Renderer renderer;
  Duration search_lag{};  // how long a new intent is invisible to search
  std::priority_queue<Due> due;
  std::map<std::uint64_t, http::Request> held_requests;  // by Due::sequence
  std::uint64_t due_sequence = 0;

  // Call before each change: answers that show the intent as it is are written down first.
  void open_for_change(Intent& intent) { answers.write_down(intent, books, renderer); }
  std::uint64_t set_due(Due::What what, Instant at, std::uint32_t intent = 0, std::uint16_t ordinal = 0) {
    due.push({at, ++due_sequence, what, ordinal, intent});
    return due_sequence;
  }
};

struct Call {
  State& state;
  const Params& params;
  std::uint32_t account = 0;
  Instant now;
  Draws& draws;
  std::string_view request_id;
  std::string_view idempotency_key;
  bool charge_twice = false;  // planted: every charge of this call is made twice

  [[nodiscard]] Books& books() { return state.books; }
  [[nodiscard]] WebhookDesk::Cause cause() const { return {account, request_id, idempotency_key}; }
};

struct Answer {
  int status = 200;
  Recipe recipe;
  std::string text;       // the body, when the recipe says so
  bool executed = false;  // only then is it kept under the idempotency key

  static Answer of_text(std::string body) { return {.text = std::move(body)}; }
  static Answer of(const Problem& problem) { return {.status = problem.status, .text = render(problem)}; }
  static Answer of_intent(const Intent& intent, std::uint8_t expand) {
    return {.recipe = {.shows = Recipe::Shows::intent, .expand = expand, .intent = intent.number},
            .executed = true};
  }
  static Answer of_declined(const Intent& intent, std::uint8_t expand) {
    return {.status = 402,
            .recipe = {.shows = Recipe::Shows::declined_intent, .expand = expand, .intent = intent.number},
            .executed = true};
  }
  static Answer of_refund(const Intent& intent, std::size_t ordinal, std::uint8_t expand) {
    return {.recipe = {.shows = Recipe::Shows::refund,
                       .expand = expand,
                       .ordinal = static_cast<std::uint16_t>(ordinal),
                       .intent = intent.number},
            .executed = true};
  }
};

}  // namespace payweir::sandbox::stripe
