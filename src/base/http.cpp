#include "base/http.hpp"

#include <algorithm>
#include <utility>

namespace payweir::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_line_end(char c) {
  return static_cast<unsigned char>(c) <= '\r' && (c == '\r' || c == '\n' || c == '\0');
}

}  // namespace

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::del: return "DELETE";
    case Method::head: return "HEAD";
    case Method::options: return "OPTIONS";
    case Method::other: return "OTHER";
  }
  std::unreachable();
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::ranges::equal(a, b, {}, lower, lower);
}

void Headers::set(std::string_view name, std::string_view value) {
  std::erase_if(places_,
                [&](const Place& place) { return equals_ignoring_case(field_at(place).first, name); });
  add(name, value);
}

void Headers::add(std::string_view name, std::string_view value) {
  if (places_.empty()) {
    constexpr std::size_t kUsualFields = 12, kUsualBytes = 384;  // of a message
    places_.reserve(kUsualFields);
    text_.reserve(kUsualBytes);
  }
  Place place{static_cast<std::uint32_t>(text_.size()), 0, 0};
  place.name_size = put(name);
  place.value_size = put(value);
  places_.push_back(place);
}

// How many bytes of it are kept.
std::uint32_t Headers::put(std::string_view text) {
  const std::size_t from = text_.size();
  text_.append(text);
  if (std::ranges::any_of(text, is_line_end))
    text_.erase(
        std::ranges::remove_if(text_.begin() + static_cast<std::ptrdiff_t>(from), text_.end(), is_line_end)
            .begin(),
        text_.end());
  return static_cast<std::uint32_t>(text_.size() - from);
}

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [key, value] : all())
    if (equals_ignoring_case(key, name)) return value;
  return {};
}

bool Headers::has(std::string_view name) const {
  return std::ranges::any_of(all(),
                             [&](const Field& field) { return equals_ignoring_case(field.first, name); });
}

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

std::string_view query_of(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
}

}  // namespace payweir::http
