#include "store/table_sql.hpp"

#include "base/check.hpp"
#include "base/planted.hpp"

namespace payweir::store {
namespace {

std::string parameter(std::size_t number) {
  return "$" + std::to_string(number);
}

}  // namespace

std::string insert_sql(const Table& table) {
  std::string names, parameters;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) names += ", ", parameters += ", ";
    names += table.columns[i].name;
    parameters += parameter(i + 1);
  }
  return "INSERT INTO " + std::string(table.name) + " (" + names + ") VALUES (" + parameters + ")";
}

std::string update_sql(const Table& table) {
  check(table.versioned, "only rows that carry a version are updated");
  std::string assignments;
  std::size_t number = 0;
  for (const std::size_t index : updated_columns(table)) {
    if (number > 0) assignments += ", ";
    assignments += std::string(table.columns[index].name) + " = " + parameter(++number);
  }
  return "UPDATE " + std::string(table.name) + " SET " + assignments +
         " WHERE key = " + parameter(number + 1) +
         (PLANTED(ignores_versions) ? " AND version >= " : " AND version = ") + parameter(number + 2);
}

std::string erase_sql(const Table& table) {
  return "DELETE FROM " + std::string(table.name) + " WHERE key = $1";
}

std::vector<std::size_t> updated_columns(const Table& table) {
  std::vector<std::size_t> indexes;
  for (std::size_t i = 1; i < table.columns.size(); ++i)  // 0 is the key
    if (!table.columns[i].is_immutable) indexes.push_back(i);
  return indexes;
}

}  // namespace payweir::store
