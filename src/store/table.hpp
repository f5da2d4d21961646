#pragma once
// Row descriptors: each row type names its columns once, and everything that moves a row in or out of a
// database is made from that. A new table is one descriptor (store/rows.hpp) and one migration.
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.hpp"
#include "base/id.hpp"
#include "base/money.hpp"
#include "base/time.hpp"

namespace payweir::store {

// NULL, INTEGER or TEXT/BLOB. Both engines keep blobs and texts in the same alternative.
using Value = std::variant<std::monostate, std::int64_t, std::string>;

enum class ColumnType : std::uint8_t { integer, text, blob };

struct Column {
  std::string_view name;
  ColumnType type;
  bool is_immutable = false;  // written once, by the insert; updates leave it out
};

struct Table {
  std::string_view name;
  std::vector<Column> columns;  // the first is `key`, the row's int64 primary key
  bool versioned = false;       // has a column `version`
};

// One column of a row type: its name, its database type and how to reach the member.
template <class Access>
struct Member {
  std::string_view name;
  ColumnType type;
  Access access;  // (Row&) -> Member&, for const and mutable rows alike
  bool is_immutable = false;

  // Says that no update changes it, which spares binding it and rewriting the indexes that hold it.
  [[nodiscard]] constexpr Member immutable() const { return {name, type, access, true}; }
};
template <class Access>
constexpr Member<Access> integer(std::string_view name, Access access) {
  return {name, ColumnType::integer, access, false};
}
template <class Access>
constexpr Member<Access> text(std::string_view name, Access access) {
  return {name, ColumnType::text, access, false};
}
template <class Access>
constexpr Member<Access> blob(std::string_view name, Access access) {
  return {name, ColumnType::blob, access, false};
}

// Specialised in rows.hpp: `static constexpr std::string_view name` and `static constexpr auto members()`.
template <class Row>
struct Describe;

template <class T>
Value to_value(const T& member) {
  if constexpr (std::same_as<T, std::string>)
    return Value{member};
  else if constexpr (std::same_as<T, Instant>)
    return Value{member.ms};
  else if constexpr (std::same_as<T, Currency>)
    return Value{std::int64_t{member.numeric()}};
  else if constexpr (std::is_enum_v<T>)
    return Value{static_cast<std::int64_t>(std::to_underlying(member))};
  else
    return Value{static_cast<std::int64_t>(member)};
}

template <class T>
void from_value(const Value& value, T& member) {
  if constexpr (std::same_as<T, std::string>) {
    const auto* stored = std::get_if<std::string>(&value);
    member = stored ? *stored : std::string();
  } else {
    const auto* stored = std::get_if<std::int64_t>(&value);
    const std::int64_t number = stored ? *stored : 0;
    if constexpr (std::same_as<T, Instant>)
      member = Instant{number};
    else if constexpr (std::same_as<T, Currency>)
      member = Currency::from_numeric(number).value_or(Currency{});
    else
      member = static_cast<T>(number);
  }
}

template <class Row>
const Table& table_of() {
  static const Table table = [] {
    Table made{Describe<Row>::name, {}, false};
    std::apply(
        [&](const auto&... member) {
          (made.columns.push_back({member.name, member.type, member.is_immutable}), ...);
        },
        Describe<Row>::members());
    for (const Column& column : made.columns)
      made.versioned |= column.name == "version";
    check(made.columns.front().name == "key", "a table's first column is its key");
    return made;
  }();
  return table;
}

// In the order of the table's columns.
template <class Row>
void append_values(const Row& row, std::vector<Value>& values) {
  std::apply([&](const auto&... member) { (values.push_back(to_value(member.access(row))), ...); },
             Describe<Row>::members());
}

// Requires: values in the order of the table's columns.
template <class Row>
Row from_values(const std::vector<Value>& values) {
  Row row;
  std::size_t index = 0;
  std::apply([&](const auto&... member) { (from_value(values.at(index++), member.access(row)), ...); },
             Describe<Row>::members());
  return row;
}

template <class Row>
std::int64_t version_of(const Row& row) {
  std::int64_t version = 0;
  std::apply(
      [&](const auto&... member) {
        ((member.name == "version" ? from_value(to_value(member.access(row)), version) : void()), ...);
      },
      Describe<Row>::members());
  return version;
}

}  // namespace payweir::store
