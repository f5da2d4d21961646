#pragma once
// The writing SQL of a table, made from its descriptor; the same text for both engines. Parameters are
// numbered in the order in which binding_order() lists the columns.
#include <string>
#include <vector>

#include "store/table.hpp"

namespace payweir::store {

// INSERT of every column, in the descriptor's order.
[[nodiscard]] std::string insert_sql(const Table& table);
// UPDATE of the columns that may change. Parameters: those columns, then the key, then the version that
// the stored row must have. Requires: a versioned table.
[[nodiscard]] std::string update_sql(const Table& table);
// DELETE by key.
[[nodiscard]] std::string erase_sql(const Table& table);

// Indexes into Table::columns of what update_sql() sets, in its order.
[[nodiscard]] std::vector<std::size_t> updated_columns(const Table& table);

}  // namespace payweir::store
