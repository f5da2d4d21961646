#pragma once
// CardHold: where a card given at create waits for its confirm. Sealed in locked memory under a key of
// this process, 15 minutes, wiped on use; gone after a restart, and never on disk. Callable from every
// thread.
#include <cstdint>
#include <optional>

#include "base/secret.hpp"
#include "base/time.hpp"

namespace payweir {

class CardHold {
 public:
  virtual ~CardHold() = default;
  // Replaces what was held for this payment. False when the hold is full.
  [[nodiscard]] virtual bool put(std::int64_t payment_key, Secret serialised_card, Instant now) = 0;
  // Takes it out. nullopt: never held, used, or older than 15 minutes.
  [[nodiscard]] virtual std::optional<Secret> take(std::int64_t payment_key, Instant now) = 0;
};

}  // namespace payweir
