#include "flows/packed_fields.hpp"

#include <charconv>

#include "base/check.hpp"

namespace payweir::flows {
namespace {

constexpr std::size_t kDigitsMax = 20;  // of any 64-bit number, sign included

// Reads all of `text` as a number.
template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

FieldWriter::FieldWriter(std::size_t bytes_max, std::size_t count_max) {
  out_.reserve(bytes_max + count_max * (kDigitsMax + 1));
}

FieldWriter& FieldWriter::add(std::string_view field) {
  const std::string size = std::to_string(field.size());
  check(out_.size() + size.size() + 1 + field.size() <= out_.capacity(), "a packed secret outgrew its room");
  out_.append(size).append(":").append(field);
  return *this;
}

FieldWriter& FieldWriter::add(std::int64_t number) {
  return add(std::to_string(number));
}

std::string_view FieldReader::text() {
  const std::size_t colon = rest_.find(':');
  std::size_t size = 0;
  if (failed_ || colon == std::string_view::npos || !read_number(rest_.substr(0, colon), size) ||
      size > rest_.size() - colon - 1) {
    failed_ = true;
    return {};
  }
  const std::string_view field = rest_.substr(colon + 1, size);
  rest_.remove_prefix(colon + 1 + size);
  return field;
}

std::int64_t FieldReader::number() {
  std::int64_t number = 0;
  if (!read_number(text(), number)) failed_ = true;
  return failed_ ? 0 : number;
}

}  // namespace payweir::flows
