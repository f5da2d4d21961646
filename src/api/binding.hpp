#pragma once
// Binding: from checked JSON to typed values, by name. A Fields reads members of one object; the first
// that does not fit is the error, with its dotted path. What is not asked for by name is not bound, so a
// member that a client may not set has no way in.
//
// null and absent are the same: not given. Views and Fields live no longer than their Document.
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_reader.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace payweir::api {

struct IntegerRange {
  std::int64_t min = 0;
  std::int64_t max = kAmountMax;
};
inline constexpr IntegerRange kAmountRange{1, kAmountMax};
inline constexpr IntegerRange kListLimitRange{1, 100};
inline constexpr IntegerRange kListOffsetRange{0, 100'000};
inline constexpr std::size_t kTextBytesMax = 255;
inline constexpr std::size_t kMetadataBytesMax = 16 << 10;

class Fields {
 public:
  // The whole body. `problem` is shared with the Fields of nested objects and outlives them.
  Fields(const json::Value& object, std::optional<Error>& problem) : Fields(object, problem, "") {}

  // "" when not given, or given as "".
  [[nodiscard]] std::string text(std::string_view name, std::size_t bytes_max = kTextBytesMax);
  // Given, and not "".
  [[nodiscard]] std::string required_text(std::string_view name, std::size_t bytes_max = kTextBytesMax);
  // Distinguishes "" from not given.
  [[nodiscard]] std::optional<std::string> optional_text(std::string_view name,
                                                         std::size_t bytes_max = kTextBytesMax);
  // An id of the client's choice, "" when not given; not a word that stands in its place in a path.
  [[nodiscard]] std::string chosen_id(std::string_view name);
  // One word of a list, "" when not given.
  [[nodiscard]] std::string word(std::string_view name, std::initializer_list<std::string_view> words);
  // A whole number, written as one: no fraction, no exponent, no quotes.
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name, IntegerRange range);
  [[nodiscard]] std::int64_t required_integer(std::string_view name, IntegerRange range);
  // A positive decimal of the major unit, "12.34" or 12.34, read from what was written: no exponent, and no
  // more places than the currency has. An amount that does not fit is invalid_value or wrong_type.
  [[nodiscard]] std::optional<Money> major_amount(std::string_view name, Currency currency);
  [[nodiscard]] std::optional<bool> boolean(std::string_view name);
  [[nodiscard]] std::optional<Currency> currency(std::string_view name);
  [[nodiscard]] Currency required_currency(std::string_view name);
  // ISO 8601 with a time zone.
  [[nodiscard]] std::optional<Instant> time(std::string_view name);
  // http or https, with a host and without credentials: an address that a browser may be sent to.
  [[nodiscard]] std::string web_address(std::string_view name);
  [[nodiscard]] std::string email(std::string_view name);
  // Kept as it came, as compact JSON; "" when not given.
  [[nodiscard]] std::string object_json(std::string_view name, std::size_t bytes_max);
  [[nodiscard]] std::string array_json(std::string_view name, std::size_t bytes_max);
  // Of the members that are given, at most so many.
  [[nodiscard]] std::vector<std::string> names(std::size_t count_max) const;
  // Every member that is a text and not "", in the order in which they came. The others are reported.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> all_texts(std::size_t count_max,
                                                                           std::size_t bytes_max);
  [[nodiscard]] std::vector<std::string> texts(std::string_view name, std::size_t count_max);
  // A nested object; one without members when not given.
  [[nodiscard]] Fields object(std::string_view name);

  // Whether the member is this very text.
  [[nodiscard]] bool is(std::string_view name, std::string_view text) const {
    return object_.find(name).text() == text;
  }
  // Whether the member is given.
  [[nodiscard]] bool has(std::string_view name) const { return !object_.find(name).empty(); }
  // Whether this object is.
  [[nodiscard]] bool present() const { return object_.present(); }
  // Through a function Result<T>(std::string_view); nullopt when not given.
  template <class Parse>
  [[nodiscard]] auto parsed(std::string_view name, Parse parse) {
    using Value = typename decltype(parse(std::string_view{}))::value_type;
    std::optional<Value> value;
    const std::string given = text(name);
    if (given.empty()) return value;
    if (auto result = parse(std::string_view(given)))
      value = std::move(*result);
    else
      report(result.error().code, name, std::move(result.error().detail));
    return value;
  }

  // For rules of the caller's own. Only the first report counts.
  void report(Code code, std::string_view name, std::string detail);

 private:
  Fields(const json::Value& object, std::optional<Error>& problem, std::string path)
      : object_(object), problem_(problem), path_(std::move(path)) {}
  // The member when it is given and of this kind; absent otherwise, reported unless not given.
  json::Value member(std::string_view name, json::Kind kind, std::string_view expected);
  [[nodiscard]] std::string json_text(std::string_view name, json::Kind kind, std::string_view expected,
                                      std::size_t bytes_max);

  json::Value object_;
  std::optional<Error>& problem_;
  std::string path_;  // "" or "payment_method_data.card."
};

// `value`, unless a member did not fit.
template <class T>
[[nodiscard]] Result<T> bound(T value, std::optional<Error>& problem) {
  if (problem) return fail(std::move(*problem));
  return value;
}

}  // namespace payweir::api
