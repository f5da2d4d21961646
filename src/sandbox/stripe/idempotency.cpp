#include "sandbox/stripe/idempotency.hpp"

#include <cstring>
#include <utility>

#include "base/check.hpp"
#include "crypto/hash.hpp"

namespace payweir::sandbox::stripe {

Digest IdempotencyLog::digest(std::string_view account, std::string_view key) {
  std::string text(account);
  text += '\0';
  text += key;
  const std::string hash = crypto::sha256(text);
  Digest digest;
  std::memcpy(digest.data(), hash.data(), sizeof digest);
  return digest;
}

const KeptAnswer* IdempotencyLog::find_in(const Generation& generation, const Digest& key) const {
  const std::uint32_t number = generation.by_key.get(key[0]);
  if (number == FlatIndex::kNone) return nullptr;
  const KeptAnswer& answer = generation.answers[number - generation.first];
  return answer.key == key ? &answer : nullptr;
}

const KeptAnswer* IdempotencyLog::find(const Digest& key, Instant now) const {
  const KeptAnswer* answer = find_in(young_, key);
  if (answer == nullptr) answer = find_in(old_, key);
  return answer != nullptr && now.ms - answer->kept_ms < kKept.ms ? answer : nullptr;
}

void IdempotencyLog::turn_over(Instant now) {
  if (now.ms - young_.opened_ms < kKept.ms) return;
  const auto next = static_cast<std::uint32_t>(young_.first + young_.answers.size());
  // After a pause of two spans the young ones are too old as well.
  old_ = now.ms - young_.opened_ms < 2 * kKept.ms ? std::exchange(young_, {}) : Generation{.first = next};
  young_ = {.first = next, .opened_ms = now.ms};
}

void IdempotencyLog::keep(KeptAnswer answer, std::string text, Books& books, Instant now) {
  check(!full(), "an answer was kept in a full log");
  turn_over(now);
  const auto number = static_cast<std::uint32_t>(young_.first + young_.answers.size());
  answer.kept_ms = now.ms;
  if (answer.recipe.shows == Recipe::Shows::text) {
    answer.text = std::make_unique<std::string>(std::move(text));
    answer.text->shrink_to_fit();
  } else {
    answer.older = std::exchange(books.at(answer.recipe.intent).newest_answer, number);
  }
  young_.by_key[answer.key[0]] = number;
  young_.answers.push_back(std::move(answer));
}

KeptAnswer* IdempotencyLog::at(std::uint32_t number) {
  if (number >= young_.first) return &young_.answers[number - young_.first];
  if (number >= old_.first && number - old_.first < old_.answers.size())
    return &old_.answers[number - old_.first];
  return nullptr;  // dropped with its generation
}

void IdempotencyLog::write_down(Intent& intent, const Books& books, const Renderer& renderer) {
  std::uint32_t number = std::exchange(intent.newest_answer, kNoAnswer);
  while (number != kNoAnswer) {
    KeptAnswer* answer = at(number);
    if (answer == nullptr) return;
    if (!answer->text)
      answer->text = std::make_unique<std::string>(make_body(answer->recipe, books, renderer));
    number = answer->older;
  }
}

std::string IdempotencyLog::body_of(const KeptAnswer& answer, const Books& books,
                                    const Renderer& renderer) const {
  return answer.text ? *answer.text : make_body(answer.recipe, books, renderer);
}

}  // namespace payweir::sandbox::stripe
