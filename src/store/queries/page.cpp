#include "store/queries/page.hpp"

#include <algorithm>
#include <limits>

#include "base/id.hpp"

namespace payweir::store {

KeyRange key_range_of(const Page& page) {
  KeyRange range{page.after_key, std::numeric_limits<std::int64_t>::max()};
  if (page.before_key > 0) range.below = page.before_key;
  if (page.created_from)
    range.above = std::max(range.above, KeySequence::first_key_at(*page.created_from) - 1);
  if (page.created_to)
    range.below = std::min(range.below, KeySequence::first_key_at(*page.created_to + milliseconds(1)));
  return range;
}

}  // namespace payweir::store
