#pragma once
// Draws: the one source of chance in the sandbox, seeded by its owner, so that a model's run is a
// function of its requests, their times and one number. Not for secrets of a production system.
#include <cstddef>
#include <cstdint>
#include <string>

namespace payweir::sandbox {

class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t bits();
  // 0 … bound - 1. Requires: bound > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);
  // True so many times in a million.
  [[nodiscard]] bool chance(std::int64_t per_million);
  // Letters and digits.
  [[nodiscard]] std::string token(std::size_t length);

 private:
  std::uint64_t state_;
};

}  // namespace payweir::sandbox
