#include "sandbox/stripe/recipe.hpp"

#include "base/check.hpp"

namespace payweir::sandbox::stripe {

std::string make_body(const Recipe& recipe, const Books& books, const Renderer& renderer) {
  const Intent& intent = books.at(recipe.intent);
  switch (recipe.shows) {
    case Recipe::Shows::intent: return renderer.intent(intent, recipe.expand);
    case Recipe::Shows::declined_intent: return renderer.declined(intent, recipe.expand);
    case Recipe::Shows::charge: return renderer.charge(intent, recipe.ordinal, recipe.expand);
    case Recipe::Shows::refund: return renderer.refund(intent, recipe.ordinal, recipe.expand);
    case Recipe::Shows::text: break;
  }
  check(false, "an answer that is text was to be made again");
  return {};
}

}  // namespace payweir::sandbox::stripe
