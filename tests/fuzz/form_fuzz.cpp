// The form decoder: what it accepts is the same pairs after encoding and decoding again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "base/form.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace payweir;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto pairs = form::decode(text);
  if (!pairs) return 0;
  form::Encoder encoder;
  for (const auto& [key, value] : *pairs)
    encoder.add(key, value);
  const auto again = form::decode(std::move(encoder).take());
  check(again.has_value(), "what was encoded cannot be decoded");
  check(*again == *pairs, "encoding and decoding changes the pairs");
  return 0;
}
