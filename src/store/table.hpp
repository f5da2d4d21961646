#pragma once
// What a database is told of a table, and a row as the values of its columns. A new table is one struct
// (store/rows.hpp), one descriptor (store/descriptors.hpp) and one migration.
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

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

// Of a type of row; compiled once for each, in descriptors.cpp.
template <class Row>
[[nodiscard]] const Table& table_of();
// In the order of the table's columns.
template <class Row>
void append_values(const Row& row, std::vector<Value>& values);
// Requires: values in the order of the table's columns.
template <class Row>
[[nodiscard]] Row from_values(const std::vector<Value>& values);
// 0: the table has no versions.
template <class Row>
[[nodiscard]] std::int64_t version_of(const Row& row);

}  // namespace payweir::store
