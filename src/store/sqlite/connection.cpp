#include "store/sqlite/connection.hpp"

#include <limits>

#include "base/check.hpp"
#include "base/planted.hpp"

namespace payweir::store::sqlite {
namespace {

// How long SQLite tries again before it answers SQLITE_BUSY. Only this database is waited for; no gateway
// call is ever repeated by it. A reader blocks an io thread while it waits, so it waits less.
constexpr int kWriterBusyTimeoutMs = 250;
constexpr int kReaderBusyTimeoutMs = 100;

// The library is compiled without automatic initialisation.
int initialize_library() {
  static const int result_code = sqlite3_initialize();
  return result_code;
}

// Negative: kibibytes. The writer's pages are the right edges of tables, and the indexes that are not at an
// edge; a larger cache was not faster, because SQLite walks all of it after a commit that split pages.
constexpr const char* kWriterCache = "PRAGMA cache_size = -16384";
constexpr const char* kReaderCache = "PRAGMA cache_size = -8192";
constexpr const char* kCheckpointerCache = "PRAGMA cache_size = -1024";  // it copies past the cache

}  // namespace

Error to_error(int result_code, std::string_view doing) {
  Code code = Code::store_unavailable;
  switch (result_code & 0xff) {
    case SQLITE_FULL: code = Code::store_full; break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: code = Code::store_busy; break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: code = Code::store_corrupt; break;
    default: break;
  }
  return {code, "",
          std::string(doing) + ": " + sqlite3_errstr(result_code) + " (" + std::to_string(result_code) + ")",
          Certainty::not_sent};
}

bool lost_durability(int result_code) {
  return result_code == SQLITE_IOERR_FSYNC || result_code == SQLITE_IOERR_DIR_FSYNC;
}

void Statement::bind(int number, const Value& value, ColumnType type) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    sqlite3_bind_int64(get(), number, *integer);
  } else if (const auto* bytes = std::get_if<std::string>(&value)) {
    check(bytes->size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()),
          "a column holds at most 2 GiB");
    const int size = static_cast<int>(bytes->size());
    if (type == ColumnType::blob)
      sqlite3_bind_blob(get(), number, bytes->data(), size, SQLITE_STATIC);
    else
      sqlite3_bind_text(get(), number, bytes->data(), size, SQLITE_STATIC);
  } else {
    sqlite3_bind_null(get(), number);
  }
}

int Statement::run() {
  int result_code = SQLITE_ROW;
  while (result_code == SQLITE_ROW)
    result_code = sqlite3_step(get());
  sqlite3_reset(get());
  return result_code == SQLITE_DONE ? SQLITE_OK : result_code;
}

Result<Connection> Connection::open(const std::string& path, const std::string& vfs, Role role) {
  if (const int code = initialize_library(); code != SQLITE_OK)
    return fail(to_error(code, "starting SQLite"));
  // A connection stays with one thread at a time, so it needs no mutex of its own.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (role == Role::writer ? SQLITE_OPEN_CREATE : 0);
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &database, flags, vfs.empty() ? nullptr : vfs.c_str());
  Connection connection;
  connection.database_.reset(database);
  if (code != SQLITE_OK) return fail(to_error(code, "opening " + path));

  sqlite3_busy_timeout(database, role == Role::writer ? kWriterBusyTimeoutMs : kReaderBusyTimeoutMs);
  // Without it, SQLite plans a statement anew when another value is bound to it, to see whether the value
  // lets it use a partial index. Ours name their index in words that no value changes.
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
  sqlite3_wal_autocheckpoint(database, 0);  // whoever owns the connections decides when
  const char* const cache = role == Role::writer   ? kWriterCache
                            : role == Role::reader ? kReaderCache
                                                   : kCheckpointerCache;
  // Named twice because it is what every promise rests on: FULL syncs the log in each COMMIT.
  const char* const synchronous =
      PLANTED(syncs_nothing) ? "PRAGMA synchronous = OFF" : "PRAGMA synchronous = FULL";
  for (const char* const pragma : {cache, synchronous, "PRAGMA temp_store = MEMORY",
                                   "PRAGMA cell_size_check = ON", "PRAGMA foreign_keys = OFF"}) {
    if (auto done = connection.execute(pragma); !done) return fail(done.error());
  }
  if (role == Role::reader) {
    if (auto done = connection.execute("PRAGMA query_only = ON"); !done) return fail(done.error());
  }
  return connection;
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code == SQLITE_ERROR)
    return fail(Code::store_unavailable, "", std::string(sqlite3_errmsg(get())) + ": " + std::string(sql));
  if (code != SQLITE_OK) return fail(to_error(code, "preparing a statement"));
  return Statement(statement);
}

Result<void> Connection::execute(const std::string& sql) {
  if (const int code = sqlite3_exec(get(), sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK)
    return fail(to_error(code, sqlite3_errmsg(get())));
  return {};
}

Result<std::int64_t> Connection::query_integer(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return fail(statement.error());
  const int code = sqlite3_step(statement->get());
  if (code == SQLITE_ROW) return sqlite3_column_int64(statement->get(), 0);
  if (code == SQLITE_DONE) return 0;
  return fail(to_error(code, sql));
}

}  // namespace payweir::store::sqlite
