#pragma once
// What the queries of this folder share: a row type's columns written into their SQL at compile time, and
// rows read back as structs. A query is a named constant beside its reader; {} in it is the column list.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/descriptors.hpp"
#include "store/store.hpp"

namespace payweir::store {

// A string literal as a template argument.
template <std::size_t N>
struct SqlText {
  char characters[N];
  consteval SqlText(const char (&text)[N]) { std::copy_n(text, N, characters); }  // NOLINT: meant to convert
  [[nodiscard]] constexpr std::string_view view() const { return {characters, N - 1}; }
};

// Appends to `out`, or only counts when there is none.
struct SqlSink {
  char* out = nullptr;
  std::size_t size = 0;
  constexpr void append(std::string_view text) {
    if (out) std::copy_n(text.data(), text.size(), out + size);
    size += text.size();
  }
};

template <class Row>
constexpr void expand_columns(std::string_view sql, SqlSink& sink) {
  for (std::size_t place = sql.find("{}"); place != std::string_view::npos; place = sql.find("{}")) {
    sink.append(sql.substr(0, place));
    bool is_first = true;
    std::apply(
        [&](const auto&... member) {
          ((sink.append(std::exchange(is_first, false) ? "" : ", "), sink.append(member.name)), ...);
        },
        Describe<Row>::members());
    sql.remove_prefix(place + 2);
  }
  sink.append(sql);
}

template <class Row, SqlText text>
inline constexpr auto kExpanded = [] {
  constexpr std::size_t size = [] {
    SqlSink counter;
    expand_columns<Row>(text.view(), counter);
    return counter.size;
  }();
  std::array<char, size> characters{};
  SqlSink sink{characters.data()};
  expand_columns<Row>(text.view(), sink);
  return characters;
}();

template <class Row, SqlText text>
inline constexpr std::string_view kSql{kExpanded<Row, text>.data(), kExpanded<Row, text>.size()};

template <class... T>
std::vector<Value> parameters_of(T&&... values) {
  std::vector<Value> parameters;
  parameters.reserve(sizeof...(values));
  (parameters.push_back(to_value(std::forward<T>(values))), ...);
  return parameters;
}

// `query` is one of this folder's constants, whose columns are Row's.
template <class Row>
Task<Result<std::vector<Row>>> select_rows(Store& store, const Query& query, std::vector<Value> parameters,
                                           std::size_t rows_max) {
  auto found = co_await store.select(query, std::move(parameters), rows_max);
  if (!found) co_return fail(std::move(found.error()));
  std::vector<Row> rows;
  rows.reserve(found->size());
  for (const ResultRow& values : *found)
    rows.push_back(from_values<Row>(values));
  co_return rows;
}

template <class Row>
Task<Result<std::optional<Row>>> select_row(Store& store, const Query& query, std::vector<Value> parameters) {
  auto found = co_await store.select(query, std::move(parameters), 1);
  if (!found) co_return fail(std::move(found.error()));
  if (found->empty()) co_return std::nullopt;
  co_return from_values<Row>(found->front());
}

// For queries of keys alone.
[[nodiscard]] Task<Result<std::vector<std::int64_t>>> select_keys(Store& store, const Query& query,
                                                                  std::vector<Value> parameters,
                                                                  std::size_t rows_max);

}  // namespace payweir::store
