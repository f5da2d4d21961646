#include "domain/routing/decimal.hpp"

namespace payweir::routing {

std::optional<std::int64_t> scaled_decimal(std::string_view text, std::int64_t units, std::int64_t max) {
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const std::string_view places = dot == std::string_view::npos ? "" : text.substr(dot + 1);
  if (whole.empty() || (dot != std::string_view::npos && places.empty())) return std::nullopt;
  if (whole.size() > 1 && whole.front() == '0') return std::nullopt;
  std::int64_t number = 0;
  for (const char c : whole) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
    if (number > max / units) return std::nullopt;
  }
  number *= units;
  for (const char c : places) {
    if (c < '0' || c > '9' || units == 1) return std::nullopt;
    units /= 10;
    number += (c - '0') * units;
  }
  if (number > max) return std::nullopt;
  return number;
}

}  // namespace payweir::routing
