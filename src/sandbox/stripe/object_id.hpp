#pragma once
// Ids of the modelled objects. Everything that belongs to an intent carries the intent's own id, as
// Stripe's do (pi_3Mt…, ch_3Mt…): prefix, "3", nine characters of the intent's number, eleven of its
// salt, three of an ordinal. So every object is found by reading its id, and no index of ids is kept.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace payweir::sandbox::stripe {

struct ObjectId {
  std::uint32_t intent = 0;   // its number in the books
  std::uint64_t salt = 0;     // 64 random bits, held against the intent's own
  std::uint16_t ordinal = 0;  // 0 for the intent, 1… for its charges, refunds, payment methods
};

// "pi_" and the like, with the underscore.
[[nodiscard]] std::string format_id(std::string_view prefix, const ObjectId& id);
// nullopt for whatever format_id did not write.
[[nodiscard]] std::optional<ObjectId> parse_id(std::string_view prefix, std::string_view text);

}  // namespace payweir::sandbox::stripe
