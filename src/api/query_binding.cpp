#include "api/query_binding.hpp"

#include <charconv>
#include <utility>

namespace payweir::api {

void QueryFields::report(Code code, std::string_view name, std::string detail) {
  if (!problem_) problem_ = Error{code, std::string(name), std::move(detail), Certainty::not_sent};
}

std::string QueryFields::text(std::string_view name, std::size_t bytes_max) {
  for (const auto& [key, value] : query_) {
    if (key != name) continue;
    if (value.size() > bytes_max)
      report(Code::invalid_value, name, "at most " + std::to_string(bytes_max) + " bytes are expected");
    return value;
  }
  return "";
}

std::vector<std::string> QueryFields::texts(std::string_view name, std::size_t count_max) {
  std::vector<std::string> values;
  for (const auto& [key, value] : query_) {
    if (key != name || value.empty()) continue;
    if (values.size() == count_max || value.size() > kTextBytesMax) {
      report(Code::invalid_value, name, "at most " + std::to_string(count_max) + " short texts are expected");
      break;
    }
    values.push_back(value);
  }
  return values;
}

std::optional<std::int64_t> QueryFields::integer(std::string_view name, IntegerRange range) {
  const std::string given = text(name);
  if (given.empty()) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (problem != std::errc{} || end != given.data() + given.size() || value < range.min || value > range.max)
    report(Code::invalid_value, name,
           "a whole number from " + std::to_string(range.min) + " to " + std::to_string(range.max) +
               " is expected");
  return value;
}

std::optional<bool> QueryFields::boolean(std::string_view name) {
  const std::string given = text(name);
  if (given.empty()) return std::nullopt;
  if (given != "true" && given != "false") report(Code::invalid_value, name, "true or false is expected");
  return given == "true";
}

std::optional<Instant> QueryFields::time(std::string_view name) {
  const std::string given = text(name);
  if (given.empty()) return std::nullopt;
  const Result<Instant> time = parse_iso8601(given);
  if (time) return *time;
  report(Code::invalid_value, name, "a time as 2026-11-22T04:20:07Z is expected");
  return std::nullopt;
}

std::optional<Currency> QueryFields::currency(std::string_view name) {
  const std::string given = text(name);
  if (given.empty()) return std::nullopt;
  const Result<Currency> currency = Currency::parse(given);
  if (currency) return *currency;
  report(Code::unknown_currency, name, "a currency code of ISO 4217 in upper case is expected");
  return std::nullopt;
}

}  // namespace payweir::api
