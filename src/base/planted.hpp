#pragma once
// PLANTED(name): a bug on purpose, for the simulator to find. In its own build it is true when that bug was
// chosen; in every other build it is the constant false and leaves nothing behind. Each takes away one line
// that keeps money safe; tests/sim/mutants.cpp lists them all.
#ifdef PAYWEIR_PLANTED_BUGS
#include <cstdint>
#include <string_view>

namespace payweir::planted {

// FNV-1a, at compile time, so that asking costs one comparison.
constexpr std::uint64_t number_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ull;
  for (const char c : name)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return hash;
}
inline std::uint64_t chosen = 0;

template <std::uint64_t Number>
inline bool is_chosen() {
  return chosen == Number;
}

}  // namespace payweir::planted

#define PLANTED(name) ::payweir::planted::is_chosen<::payweir::planted::number_of(#name)>()
#else
#define PLANTED(name) false
#endif
