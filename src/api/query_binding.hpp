#pragma once
// The same for the query of a GET: every value is text, and becomes what its name says or is the error.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/binding.hpp"
#include "base/form.hpp"

namespace payweir::api {

class QueryFields {
 public:
  // Both outlive it.
  QueryFields(const form::Pairs& query, std::optional<Error>& problem) : query_(query), problem_(problem) {}

  [[nodiscard]] std::string text(std::string_view name, std::size_t bytes_max = kTextBytesMax);
  // Of a name that is given several times; at most so many, each of at most kTextBytesMax.
  [[nodiscard]] std::vector<std::string> texts(std::string_view name, std::size_t count_max);
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name, IntegerRange range);
  // true or false
  [[nodiscard]] std::optional<bool> boolean(std::string_view name);
  [[nodiscard]] std::optional<Instant> time(std::string_view name);
  [[nodiscard]] std::optional<Currency> currency(std::string_view name);

 private:
  void report(Code code, std::string_view name, std::string detail);
  const form::Pairs& query_;
  std::optional<Error>& problem_;
};

}  // namespace payweir::api
