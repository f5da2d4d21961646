// The JSON reader: whatever it accepts, it writes again as text that it reads as the same tree, and the
// bounds on depth and keys hold.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "base/json_reader.hpp"

namespace {

using payweir::check;
using payweir::json::Kind;
using payweir::json::Limits;
using payweir::json::Value;

std::size_t count_nodes(Value value, std::size_t depth) {
  check(depth <= Limits{}.depth_max + 1, "deeper than the limit");
  std::size_t nodes = 0;
  for (Value child = value.first(); child.present(); child = child.next()) {
    if (value.is(Kind::object))
      check(value.find(child.key()).present(), "a member that find() does not find");
    nodes += 1 + count_nodes(child, depth + 1);
  }
  return nodes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = payweir::json::parse({reinterpret_cast<const char*>(data), size});
  if (!document) return 0;
  check(count_nodes(document->root(), 0) <= Limits{}.keys_max, "more keys than the limit");
  const std::string once = document->root().dump();
  const auto again = payweir::json::parse(once);
  check(again.has_value(), "what was written cannot be read");
  check(again->root().dump() == once, "reading and writing changes the document");
  return 0;
}
