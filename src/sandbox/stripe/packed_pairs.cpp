#include "sandbox/stripe/packed_pairs.hpp"

#include <cstdint>
#include <cstring>

namespace payweir::sandbox::stripe {

std::string_view PackedPairs::text() const {
  if (!bytes_) return {};
  std::uint32_t size = 0;
  std::memcpy(&size, bytes_.get(), sizeof size);
  return {bytes_.get() + sizeof size, size};
}

void PackedPairs::assign(std::string_view text) {
  if (text.empty()) return bytes_.reset();
  const auto size = static_cast<std::uint32_t>(text.size());
  auto bytes = std::make_unique_for_overwrite<char[]>(sizeof size + text.size());
  std::memcpy(bytes.get(), &size, sizeof size);
  std::memcpy(bytes.get() + sizeof size, text.data(), text.size());
  bytes_ = std::move(bytes);
}

std::string_view PackedPairs::get(std::string_view key) const {
  std::string_view found;
  for_each([&](std::string_view name, std::string_view value) {
    if (name == key) found = value;
  });
  return found;
}

void PackedPairs::set(std::string_view key, std::string_view value) {
  std::string kept;
  kept.reserve(text().size() + key.size() + value.size() + 2);
  const auto append = [&](std::string_view name, std::string_view content) {
    kept.append(name).push_back('\0');
    kept.append(content).push_back('\0');
  };
  for_each([&](std::string_view name, std::string_view content) {
    if (name != key) append(name, content);
  });
  if (!value.empty()) append(key, value);
  assign(kept);
}

std::size_t PackedPairs::count() const {
  std::size_t pairs = 0;
  for_each([&](std::string_view, std::string_view) { ++pairs; });
  return pairs;
}

}  // namespace payweir::sandbox::stripe
