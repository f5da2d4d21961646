#include "base/form.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>

namespace payweir::form {
namespace {

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

using RawBytes = std::array<bool, 256>;

constexpr RawBytes raw_bytes(std::string_view also_raw) {
  RawBytes raw{};
  for (std::size_t byte = 0; byte < raw.size(); ++byte) {
    const char c = static_cast<char>(byte);
    raw[byte] = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                c == '.' || c == '_' || c == '~' || also_raw.contains(c);
  }
  return raw;
}
constexpr RawBytes kUnreserved = raw_bytes("");  // RFC 3986 §2.3
constexpr RawBytes kRawInForm = raw_bytes("[]");

void append_encoded(std::string& out, std::string_view text, const RawBytes& raw) {
  std::size_t from = 0;  // what is behind it stays as it is
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (raw[byte]) [[likely]]
      continue;
    out.append(text, from, i - from);
    from = i + 1;
    out += '%';
    out += kHexDigits[byte >> 4];
    out += kHexDigits[byte & 0xf];
  }
  out.append(text, from);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

enum class Plus { itself, space };

Result<std::string> decode_text(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '+' && plus == Plus::space) {
      out += ' ';
    } else if (c != '%') {
      out += c;
    } else {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return fail(Code::invalid_value, "", "a % without two hex digits behind it");
      out += static_cast<char>(high << 4 | low);
      i += 2;
    }
  }
  if (out.contains('\0')) return fail(Code::invalid_value, "", "a text holds the character NUL");
  if (!simdjson::validate_utf8(out)) return fail(Code::invalid_value, "", "a text is not valid UTF-8");
  return out;
}

bool must_be_escaped(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7f;
}

}  // namespace

std::string percent_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  append_encoded(out, text, kUnreserved);
  return out;
}

Result<std::string> percent_decode(std::string_view text) {
  return decode_text(text, Plus::itself);
}

Encoder& Encoder::add(std::initializer_list<std::string_view> key_parts, std::string_view value) {
  if (!out_.empty()) out_ += '&';
  for (const std::string_view part : key_parts)
    append_encoded(out_, part, kRawInForm);
  out_ += '=';
  append_encoded(out_, value, kRawInForm);
  return *this;
}

Result<Pairs> decode(std::string_view text) {
  if (std::ranges::any_of(text, must_be_escaped))
    return fail(Code::invalid_value, "", "a form holds white space or control characters");
  Pairs pairs;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('&', from), text.size());
    const std::string_view pair = text.substr(from, end - from);
    from = end + 1;
    if (pair.empty()) continue;  // "a=1&&b=2" and a trailing "&", which some clients write
    if (pairs.size() == kPairsMax) return fail(Code::invalid_value, "", "more than 1000 pairs in one form");
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto key = decode_text(pair.substr(0, equals), Plus::space);
    if (!key) return std::unexpected(std::move(key.error()));
    auto value = decode_text(pair.substr(std::min(equals + 1, pair.size())), Plus::space);
    if (!value) {
      value.error().field = *key;
      return std::unexpected(std::move(value.error()));
    }
    pairs.emplace_back(std::move(*key), std::move(*value));
  }
  return pairs;
}

}  // namespace payweir::form
