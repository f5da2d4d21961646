#pragma once
// Recipe: how to make a piece of JSON from the books again, instead of keeping it. Good as long as its
// intent does not change.
#include <cstdint>
#include <string>

#include "sandbox/stripe/render.hpp"

namespace payweir::sandbox::stripe {

struct Recipe {
  enum class Shows : std::uint8_t { text, intent, declined_intent, charge, refund };
  Shows shows = Shows::text;  // text is kept elsewhere, whole
  std::uint8_t expand = kExpandNothing;
  std::uint16_t ordinal = 0;  // of the charge or refund
  std::uint32_t intent = 0;
};

// Requires: it does not show text.
[[nodiscard]] std::string make_body(const Recipe& recipe, const Books& books, const Renderer& renderer);

}  // namespace payweir::sandbox::stripe
