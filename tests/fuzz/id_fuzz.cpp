// Ids from clients: only the one text that an id is written as is read as that id.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "base/id.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace payweir;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto id = parse_id<PaymentTag>(text);
  check(id.has_value() == looks_like_id<PaymentTag>(text), "parse_id and looks_like_id differ");
  if (id) check(to_text(*id) == text, "two texts for one id");
  return 0;
}
