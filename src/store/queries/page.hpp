#pragma once
// What every listing's filter begins with. Listings are newest first; the cursors are keys of rows.
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace payweir::store {

struct Page {
  std::optional<Instant> created_from, created_to;  // both inclusive
  std::int64_t before_key = 0;                      // only rows older than this one, 0: no bound
  std::int64_t after_key = 0;                       // only rows newer than this one, 0: no bound
  std::size_t limit = 10;                           // at most kPageLimitMax
  std::size_t offset = 0;
};
inline constexpr std::size_t kPageLimitMax = 100;

// The open interval of keys that a page may come from. Keys begin with the instant they were made at, so a
// range of time is a range of keys, and the primary key serves it.
struct KeyRange {
  std::int64_t above = 0;
  std::int64_t below = 0;
};
[[nodiscard]] KeyRange key_range_of(const Page& page);

}  // namespace payweir::store
