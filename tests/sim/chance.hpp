#pragma once
// Chance: a stream of random numbers for one purpose. Every purpose has a stream of its own, so that a new
// draw in one place leaves all others as they were, and a failing seed stays the same story while parts of it
// are taken away.
#include <cstdint>
#include <limits>
#include <span>

namespace payweir::sim {

enum class Stream : std::uint8_t {
  order,
  swarm,
  network,
  disk,
  gateway,
  workload,
  payers,
  people,
  process,
  wallets,
  routing
};

class Chance {
 public:
  // `part` tells streams of one purpose apart, such as one for each kind of fault.
  Chance(std::uint64_t seed, Stream stream, std::uint64_t part = 0)
      : state_(mix(seed ^ mix(static_cast<std::uint64_t>(stream) * 1'000 + part + 1))) {}

  [[nodiscard]] std::uint64_t bits() { return mix(state_ += kStep); }
  // 0 … bound - 1. Requires: bound > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return bits() % bound; }
  // from … to.
  [[nodiscard]] std::int64_t between(std::int64_t from, std::int64_t to) {
    return from + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(to - from) + 1));
  }
  [[nodiscard]] bool percent(std::uint64_t of_a_hundred) { return below(100) < of_a_hundred; }
  [[nodiscard]] bool per_million(std::uint64_t of_a_million) { return below(1'000'000) < of_a_million; }
  template <class T>
  [[nodiscard]] const T& one_of(std::span<const T> choices) {
    return choices[below(choices.size())];
  }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15ull;
  // SplitMix64; Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

}  // namespace payweir::sim
