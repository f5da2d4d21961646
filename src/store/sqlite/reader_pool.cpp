#include "store/sqlite/reader_pool.hpp"

#include <utility>

#include "base/check.hpp"

namespace payweir::store::sqlite {
namespace {

Value read_column(sqlite3_stmt* statement, int index) {
  switch (sqlite3_column_type(statement, index)) {
    case SQLITE_NULL: return {};
    case SQLITE_INTEGER: return sqlite3_column_int64(statement, index);
    default: break;
  }
  // For a text this is its UTF-8; for a blob, its bytes; null when either is empty.
  const void* const bytes = sqlite3_column_blob(statement, index);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, index));
  return size == 0 ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

}  // namespace

Result<std::vector<ResultRow>> ReaderPool::select(const Query& query, const std::vector<Value>& parameters,
                                                  std::size_t rows_max) {
  auto reader = borrow();
  if (!reader) return fail(std::move(reader.error()));
  auto rows = run(**reader, query, parameters, rows_max);
  give_back(std::move(*reader));
  return rows;
}

Result<std::unique_ptr<ReaderPool::Reader>> ReaderPool::borrow() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
  }
  auto connection = Connection::open(path_, vfs_, Connection::Role::reader);
  if (!connection) return fail(std::move(connection.error()));
  auto reader = std::make_unique<Reader>();
  reader->connection = std::move(*connection);
  return reader;
}

void ReaderPool::give_back(std::unique_ptr<Reader> reader) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(reader));
}

Result<std::vector<ResultRow>> ReaderPool::run(Reader& reader, const Query& query,
                                               const std::vector<Value>& parameters, std::size_t rows_max) {
  auto found = reader.statements.find(query.name);
  if (found == reader.statements.end()) {
    auto prepared = reader.connection.prepare(query.sql);
    if (!prepared) return fail(std::move(prepared.error()));
    found = reader.statements.emplace(query.name, std::move(*prepared)).first;
  }
  sqlite3_stmt* const statement = found->second.get();
  check(sqlite3_bind_parameter_count(statement) == static_cast<int>(parameters.size()),
        "a query gets as many parameters as it names");
  for (std::size_t i = 0; i < parameters.size(); ++i)
    found->second.bind(static_cast<int>(i + 1), parameters[i], ColumnType::text);

  std::vector<ResultRow> rows;
  int code = SQLITE_ROW;
  while (rows.size() < rows_max && (code = sqlite3_step(statement)) == SQLITE_ROW) {
    const int column_count = sqlite3_column_count(statement);
    ResultRow& row = rows.emplace_back();
    row.reserve(static_cast<std::size_t>(column_count));
    for (int i = 0; i < column_count; ++i)
      row.push_back(read_column(statement, i));
  }
  sqlite3_reset(statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE) return fail(to_error(code, query.name));
  return rows;
}

}  // namespace payweir::store::sqlite
