#include "sandbox/stripe/distortion.hpp"

#include <string>

#include "sandbox/stripe/problem.hpp"

namespace payweir::sandbox::stripe {
namespace {

Intent with_another_amount(Intent intent) {
  intent.amount += 1;
  if (!intent.charges.empty()) {
    Charge& charge = intent.charges.back();
    charge.amount += 1;
    if (charge.captured > 0) charge.captured += 1;
  }
  if (!intent.refunds.empty()) intent.refunds.back().amount += 1;
  return intent;
}

Intent with_another_currency(Intent intent) {
  const auto other = Currency::parse(intent.currency.code() == "EUR" ? "USD" : "EUR");
  if (other) intent.currency = *other;
  return intent;
}

// Another intent of the account; one that never was when there is no other, or none with a refund to show.
Intent someone_elses(const Intent& intent, const Recipe& recipe, const Books& books, Draws& draws) {
  if (recipe.shows != Recipe::Shows::refund && intent.older != kNoIntent) return books.at(intent.older);
  Intent other = intent;
  other.salt = draws.bits();
  other.metadata = {};
  for (Refund& refund : other.refunds)
    refund.metadata = {};
  return other;
}

void show(Reaction& reaction, const Recipe& recipe, const Intent& intent, const Renderer& renderer) {
  switch (recipe.shows) {
    case Recipe::Shows::intent: reaction.response->body = renderer.intent(intent, recipe.expand); break;
    case Recipe::Shows::refund:
      reaction.response->body = renderer.refund(intent, recipe.ordinal, recipe.expand);
      break;
    case Recipe::Shows::charge:
    case Recipe::Shows::declined_intent:
    case Recipe::Shows::text: break;  // not what faults lie about
  }
}

}  // namespace

void distort(Reaction& reaction, FaultKind kind, const Recipe& recipe, const State& state, Draws& draws) {
  const std::string request_id(reaction.response->headers.get("Request-Id"));
  const auto intent = [&]() -> const Intent& { return state.books.at(recipe.intent); };
  const bool shows_text = recipe.shows == Recipe::Shows::text;
  switch (kind) {
    case FaultKind::silent: reaction.response.reset(); break;
    case FaultKind::closed: reaction.wire = Wire::closed; break;
    case FaultKind::truncated: reaction.wire = Wire::truncated; break;
    case FaultKind::dribble: reaction.wire = Wire::dribble; break;
    case FaultKind::error_500_after:
      reaction.response = respond(500, render(internal_error()), request_id);
      break;
    case FaultKind::garbage:
      reaction.response = respond(200, "<html><body><h1>It works!</h1></body></html>", request_id);
      break;
    case FaultKind::wrong_amount:
      if (!shows_text) show(reaction, recipe, with_another_amount(intent()), state.renderer);
      break;
    case FaultKind::wrong_currency:
      if (!shows_text) show(reaction, recipe, with_another_currency(intent()), state.renderer);
      break;
    case FaultKind::someone_elses_answer:
      if (!shows_text)
        show(reaction, recipe, someone_elses(intent(), recipe, state.books, draws), state.renderer);
      break;
    case FaultKind::slow:
    case FaultKind::late:
    case FaultKind::down:
    case FaultKind::silent_before:
    case FaultKind::closed_before:
    case FaultKind::error_500_before:
    case FaultKind::stored_500:
    case FaultKind::stored_500_before:
    case FaultKind::rate_limited:
    case FaultKind::double_charge: break;  // have had their effect
  }
}

}  // namespace payweir::sandbox::stripe
