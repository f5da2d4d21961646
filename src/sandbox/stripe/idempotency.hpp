#pragma once
// The answers kept under idempotency keys for 24 hours. Most answers are a function of an intent that
// has not changed since, so what is kept is how to make them again, a few dozen bytes; before an intent
// changes, the answers that show it are written down (write_down).
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "sandbox/stripe/flat_index.hpp"
#include "sandbox/stripe/recipe.hpp"

namespace payweir::sandbox::stripe {

// Keys and parameters are kept as halves of hashes; a fingerprint is keyed by the model's own random
// bytes, since the parameters hold a card number.
using Digest = std::array<std::uint64_t, 2>;

struct KeptAnswer {
  Digest key{};
  std::uint64_t fingerprint = 0;
  std::int64_t kept_ms = 0;
  std::int64_t busy_until_ms = 0;  // the first request is still being answered before that
  Recipe recipe;
  int status = 0;
  std::uint32_t older = kNoAnswer;    // the one kept before it that shows the same intent
  std::unique_ptr<std::string> text;  // once written down
};

class IdempotencyLog {
 public:
  static constexpr Duration kKept = hours(24);
  static constexpr std::size_t kAnswersMax = 20'000'000;

  [[nodiscard]] static Digest digest(std::string_view account, std::string_view key);

  // nullptr when there is none, or it is older than kKept.
  [[nodiscard]] const KeptAnswer* find(const Digest& key, Instant now) const;
  [[nodiscard]] bool full() const { return young_.answers.size() + old_.answers.size() >= kAnswersMax; }
  // Requires: find() gave nullptr, and !full(). `text` is the body when the recipe says so.
  void keep(KeptAnswer answer, std::string text, Books& books, Instant now);
  // Call before `intent` changes: whatever still depends on it becomes text.
  void write_down(Intent& intent, const Books& books, const Renderer& renderer);

  [[nodiscard]] std::string body_of(const KeptAnswer& answer, const Books& books,
                                    const Renderer& renderer) const;

 private:
  // A generation takes answers for kKept and is dropped whole when the next one is as old: answers live
  // between one and two times kKept, and find() hides the overtime.
  struct Generation {
    std::uint32_t first = 0;  // number of answers[0]
    std::int64_t opened_ms = 0;
    std::deque<KeptAnswer> answers;
    FlatIndex by_key;
  };
  void turn_over(Instant now);
  [[nodiscard]] const KeptAnswer* find_in(const Generation& generation, const Digest& key) const;
  [[nodiscard]] KeptAnswer* at(std::uint32_t number);

  Generation young_, old_;
};

}  // namespace payweir::sandbox::stripe
