#include "crypto/encoding.hpp"

#include <array>
#include <cstdint>

namespace payweir::crypto {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr auto kBase64ValueOf = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < kBase64Alphabet.size(); ++i)
    table[static_cast<unsigned char>(kBase64Alphabet[i])] = static_cast<std::int8_t>(i);
  return table;
}();

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

unsigned byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kHexDigits[byte >> 4];
    text += kHexDigits[byte & 0xf];
  }
  return text;
}

Result<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fail(Code::invalid_value, "", "hex has an odd number of digits");
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return fail(Code::invalid_value, "", "not a hex digit");
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  const auto put = [&text](unsigned group, int shift) { text += kBase64Alphabet[group >> shift & 0x3f]; };
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const unsigned group = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    for (int shift = 18; shift >= 0; shift -= 6)
      put(group, shift);
  }
  if (bytes.size() - i == 1) {
    const unsigned group = byte_at(bytes, i) << 16;
    put(group, 18);
    put(group, 12);
    text += "==";
  } else if (bytes.size() - i == 2) {
    const unsigned group = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8;
    put(group, 18);
    put(group, 12);
    put(group, 6);
    text += '=';
  }
  return text;
}

Result<std::string> from_base64(std::string_view text) {
  const auto bad = [] { return fail(Code::invalid_value, "", "not canonical base64"); };
  if (text.size() % 4 != 0) return bad();
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  text.remove_suffix(padding);
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  unsigned bits = 0;
  int bit_count = 0;
  for (const char c : text) {
    const std::int8_t value = kBase64ValueOf[static_cast<unsigned char>(c)];
    if (value < 0) return bad();
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffffu;
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      bytes += static_cast<char>(bits >> bit_count & 0xffu);
    }
  }
  // Bits behind the last whole byte must be zero, or two texts would mean the same bytes.
  if ((bits & ((1u << bit_count) - 1)) != 0) return bad();
  return bytes;
}

}  // namespace payweir::crypto
