#include "sandbox/draws.hpp"

#include <string_view>

namespace payweir::sandbox {

// SplitMix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
std::uint64_t Draws::bits() {
  state_ += 0x9e3779b97f4a7c15u;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

std::uint64_t Draws::below(std::uint64_t bound) {
  return bits() % bound;
}

bool Draws::chance(std::int64_t per_million) {
  return static_cast<std::int64_t>(below(1'000'000)) < per_million;
}

std::string Draws::token(std::size_t length) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string out(length, '0');
  for (char& c : out)
    c = alphabet[below(alphabet.size())];
  return out;
}

}  // namespace payweir::sandbox
