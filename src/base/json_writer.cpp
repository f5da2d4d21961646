#include "base/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "base/check.hpp"

namespace payweir::json {
namespace {

constexpr auto kNeedsCare = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c)
    table[c] = true;
  table['"'] = table['\\'] = table[0x7f] = table[0xc2] = table[0xd8] = table[0xe2] = true;
  return table;
}();

constexpr std::string_view kHex = "0123456789abcdef";

struct Hidden {
  unsigned point = 0;
  std::size_t size = 0;  // 0: the text has no such character here
};

// A character of several bytes that is not shown but acts: the controls U+0080 to U+009F, and the marks of
// direction U+061C, U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069.
Hidden hidden_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = byte(at), second = byte(at + 1), third = byte(at + 2);
  if (first == 0xc2 && second >= 0x80 && second <= 0x9f) return {second, 2};
  if (first == 0xd8 && second == 0x9c) return {0x61c, 2};
  if (first != 0xe2) return {};
  const bool hidden =
      (second == 0x80 && (third == 0x8e || third == 0x8f || (third >= 0xa8 && third <= 0xae))) ||
      (second == 0x81 && third >= 0xa6 && third <= 0xa9);
  return hidden ? Hidden{0x2000u | (second & 0x3fu) << 6 | (third & 0x3fu), 3} : Hidden{};
}

}  // namespace

Writer& Writer::open(char c) {
  separate();
  out_ += c;
  comma_ = false;
  ++depth_;
  return *this;
}

Writer& Writer::close(char c) {
  out_ += c;
  comma_ = true;
  --depth_;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  separate();
  out_ += '"';
  append_escaped(name);
  out_ += "\":";
  comma_ = false;
  return *this;
}

Writer& Writer::string(std::string_view value) {
  separate();
  out_ += '"';
  append_escaped(value);
  out_ += '"';
  return *this;
}

Writer& Writer::integer(std::int64_t value) {
  separate();
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  out_.append(buffer, end);
  return *this;
}

Writer& Writer::real(double value) {
  if (!std::isfinite(value)) return null();
  separate();
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  const std::string_view text(buffer, end);
  out_ += text;
  // Digits alone would be read as an integer, and refused when they are beyond 64 bits.
  if (text.find_first_of(".e") == std::string_view::npos) out_ += ".0";
  return *this;
}

Writer& Writer::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

Writer& Writer::null() {
  separate();
  out_ += "null";
  return *this;
}

Writer& Writer::raw(std::string_view json) {
  if (json.empty()) return null();
  separate();
  out_ += json;
  return *this;
}

std::string Writer::take() && {
  check(depth_ == 0, "a JSON writer was taken with open brackets");
  return std::move(out_);
}

void Writer::append_escaped(std::string_view text) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!kNeedsCare[c]) [[likely]]
      continue;
    if (c >= 0x80) {
      const Hidden hidden = hidden_at(text, i);
      if (hidden.size == 0) continue;
      out_.append(text, from, i - from);
      out_ += "\\u";
      for (int shift = 12; shift >= 0; shift -= 4)
        out_ += kHex[(hidden.point >> shift) & 0xf];
      i += hidden.size - 1;
      from = i + 1;
      continue;
    }
    out_.append(text, from, i - from);
    from = i + 1;
    switch (c) {
      case '"': out_ += "\\\""; break;
      case '\\': out_ += "\\\\"; break;
      case '\n': out_ += "\\n"; break;
      case '\r': out_ += "\\r"; break;
      case '\t': out_ += "\\t"; break;
      default:
        out_ += "\\u00";
        out_ += kHex[c >> 4];
        out_ += kHex[c & 0xf];
    }
  }
  out_.append(text, from);
}

}  // namespace payweir::json
