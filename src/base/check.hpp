#pragma once
// check(): for what only a bug of ours can break. Stays on in release and ends the process, because a
// switch that goes on with broken state moves money by accident. Never for what the outside controls.
#include <cstdio>
#include <cstdlib>

namespace payweir {

inline void check(bool condition, const char* why) {
  if (condition) [[likely]]
    return;
  std::fprintf(stderr, "payweir: check failed: %s\n", why);
  std::abort();
}

}  // namespace payweir
