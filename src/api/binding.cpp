#include "api/binding.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace payweir::api {
namespace {

std::string at_most(std::size_t bytes_max) {
  return "at most " + std::to_string(bytes_max) + " bytes are expected";
}

bool is_web_address(std::string_view text) {
  if (text.starts_with("https://"))
    text.remove_prefix(8);
  else if (text.starts_with("http://"))
    text.remove_prefix(7);
  else
    return false;
  const bool plain = std::ranges::all_of(text, [](char c) { return c > ' ' && c != '\\' && c != '\x7f'; });
  const std::string_view authority = text.substr(0, text.find_first_of("/?#"));
  return plain && !authority.empty() && !authority.starts_with(':') && !authority.contains('@');
}

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  const bool plain = std::ranges::all_of(text, [](char c) { return (c > ' ' && c != '\x7f') || c < 0; });
  return plain && at != 0 && at != std::string_view::npos && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos;
}

}  // namespace

void Fields::report(Code code, std::string_view name, std::string detail) {
  if (!problem_) problem_ = Error{code, path_ + std::string(name), std::move(detail), Certainty::not_sent};
}

json::Value Fields::member(std::string_view name, json::Kind kind, std::string_view expected) {
  const json::Value value = object_.find(name);
  if (value.empty()) return {};
  if (value.is(kind)) return value;
  report(Code::wrong_type, name, std::string(expected) + " is expected");
  return {};
}

std::optional<std::string> Fields::optional_text(std::string_view name, std::size_t bytes_max) {
  const json::Value value = member(name, json::Kind::string, "a string");
  if (!value.present()) return std::nullopt;
  if (value.text().size() > bytes_max) report(Code::invalid_value, name, at_most(bytes_max));
  return std::string(value.text());
}

std::vector<std::string> Fields::names(std::size_t count_max) const {
  std::vector<std::string> names;
  for (json::Value value = object_.first(); value.present() && names.size() < count_max; value = value.next())
    if (!value.empty()) names.emplace_back(value.key());
  return names;
}

std::vector<std::pair<std::string, std::string>> Fields::all_texts(std::size_t count_max,
                                                                   std::size_t bytes_max) {
  std::vector<std::pair<std::string, std::string>> texts;
  if (object_.size() > count_max)
    report(Code::invalid_value, "", "at most " + std::to_string(count_max) + " members are expected");
  for (json::Value value = object_.first(); value.present() && texts.size() < count_max; value = value.next())
    if (std::string given = text(value.key(), bytes_max); !given.empty())
      texts.emplace_back(value.key(), std::move(given));
  return texts;
}

std::string Fields::text(std::string_view name, std::size_t bytes_max) {
  return optional_text(name, bytes_max).value_or("");
}

std::string Fields::required_text(std::string_view name, std::size_t bytes_max) {
  std::string value = text(name, bytes_max);
  if (value.empty()) report(Code::missing_field, name, "");
  return value;
}

std::string Fields::chosen_id(std::string_view name) {
  std::string value = text(name, 64);
  // GET /payments/list would never find it.
  constexpr std::array<std::string_view, 5> kTaken = {"list", "sync", "transactions", "callbacks",
                                                      "session_tokens"};
  if (std::ranges::find(kTaken, value) != kTaken.end())
    report(Code::invalid_value, name, "any other id than " + value + " is expected");
  return value;
}

std::string Fields::word(std::string_view name, std::initializer_list<std::string_view> words) {
  std::string value = text(name);
  if (value.empty() || std::ranges::find(words, value) != words.end()) return value;
  std::string expected;
  for (const std::string_view known : words)
    expected += (expected.empty() ? "" : ", ") + std::string(known);
  report(Code::invalid_value, name, "one of these is expected: " + expected);
  return value;
}

std::optional<std::int64_t> Fields::integer(std::string_view name, IntegerRange range) {
  const json::Value value = member(name, json::Kind::integer, "a whole number");
  if (!value.present()) return std::nullopt;
  if (value.integer() < range.min || value.integer() > range.max)
    report(Code::invalid_value, name,
           "a whole number from " + std::to_string(range.min) + " to " + std::to_string(range.max) +
               " is expected");
  return value.integer();
}

std::int64_t Fields::required_integer(std::string_view name, IntegerRange range) {
  if (!has(name)) report(Code::missing_field, name, "");
  return integer(name, range).value_or(0);
}

std::optional<Money> Fields::major_amount(std::string_view name, Currency currency) {
  const json::Value value = object_.find(name);
  if (value.empty()) return std::nullopt;
  const bool is_number = value.is(json::Kind::integer) || value.is(json::Kind::real);
  if (!is_number && !value.is(json::Kind::string)) {
    report(Code::wrong_type, name, "a decimal amount is expected");
    return std::nullopt;
  }
  const Result<Money> money =
      parse_major(is_number ? value.number_text() : std::string(value.text()), currency);
  if (money && money->minor >= 1 && money->minor <= kAmountMax) return *money;
  report(Code::invalid_value, name,
         "a decimal above zero with at most " + std::to_string(currency.exponent()) + " places is expected");
  return std::nullopt;
}

std::optional<bool> Fields::boolean(std::string_view name) {
  const json::Value value = member(name, json::Kind::boolean, "true or false");
  if (!value.present()) return std::nullopt;
  return value.boolean();
}

std::optional<Currency> Fields::currency(std::string_view name) {
  const json::Value value = member(name, json::Kind::string, "a currency code");
  if (!value.present()) return std::nullopt;
  const Result<Currency> currency = Currency::parse(value.text());
  if (currency) return *currency;
  report(Code::unknown_currency, name, "a currency code of ISO 4217 in upper case is expected");
  return std::nullopt;
}

Currency Fields::required_currency(std::string_view name) {
  if (!has(name)) report(Code::missing_field, name, "");
  return currency(name).value_or(Currency{});
}

std::optional<Instant> Fields::time(std::string_view name) {
  const json::Value value = member(name, json::Kind::string, "a time");
  if (!value.present()) return std::nullopt;
  const Result<Instant> time = parse_iso8601(value.text());
  if (time) return *time;
  report(Code::invalid_value, name, "a time as 2026-11-22T04:20:07Z is expected");
  return std::nullopt;
}

std::string Fields::web_address(std::string_view name) {
  std::string value = text(name, 2048);
  if (!value.empty() && !is_web_address(value))
    report(Code::invalid_value, name, "an address that begins with https:// or http:// is expected");
  return value;
}

std::string Fields::email(std::string_view name) {
  std::string value = text(name);
  if (!value.empty() && !is_email(value)) report(Code::invalid_value, name, "an email address is expected");
  return value;
}

std::string Fields::json_text(std::string_view name, json::Kind kind, std::string_view expected,
                              std::size_t bytes_max) {
  const json::Value value = member(name, kind, expected);
  if (!value.present()) return "";
  std::string text = value.dump();
  if (text.size() > bytes_max) report(Code::invalid_value, name, at_most(bytes_max));
  return text;
}

std::string Fields::object_json(std::string_view name, std::size_t bytes_max) {
  return json_text(name, json::Kind::object, "an object", bytes_max);
}

std::string Fields::array_json(std::string_view name, std::size_t bytes_max) {
  return json_text(name, json::Kind::array, "an array", bytes_max);
}

std::vector<std::string> Fields::texts(std::string_view name, std::size_t count_max) {
  std::vector<std::string> values;
  const json::Value array = member(name, json::Kind::array, "an array of strings");
  if (array.size() > count_max)
    report(Code::invalid_value, name, "at most " + std::to_string(count_max) + " elements are expected");
  for (json::Value element = array.first(); element.present() && values.size() < count_max;
       element = element.next()) {
    if (!element.is(json::Kind::string) || element.text().size() > kTextBytesMax)
      report(Code::wrong_type, name, "an array of strings is expected");
    values.emplace_back(element.text());
  }
  return values;
}

Fields Fields::object(std::string_view name) {
  return Fields(member(name, json::Kind::object, "an object"), problem_, path_ + std::string(name) + '.');
}

}  // namespace payweir::api
