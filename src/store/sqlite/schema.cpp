#include "store/sqlite/schema.hpp"

#include <cstdint>

namespace payweir::store::sqlite {
namespace {

constexpr std::int64_t kApplicationId = 0x50575952;  // "PWYR"

// What a log of a checkpoint that came late is cut back to, in bytes.
constexpr const char* kJournalSizeLimit = "PRAGMA journal_size_limit = 67108864";

Result<void> migrate(Connection& connection, std::string_view sql, std::int64_t version) {
  // One call, one transaction; what it leaves open when a statement fails is rolled back below.
  const std::string script = "BEGIN IMMEDIATE;" + std::string(sql) +
                             "PRAGMA application_id = " + std::to_string(kApplicationId) +
                             ";PRAGMA user_version = " + std::to_string(version) + ";COMMIT;";
  auto done = connection.execute(script);
  if (done) return {};
  if (sqlite3_get_autocommit(connection.get()) == 0) (void)connection.execute("ROLLBACK");
  Error error = std::move(done.error());
  error.detail = "migration " + std::to_string(version) + " failed and was rolled back: " + error.detail;
  return fail(std::move(error));
}

// SQLite answers with the mode that is in force, which is another one where the file system cannot do it.
Result<void> enter_wal_mode(Connection& connection) {
  auto statement = connection.prepare("PRAGMA journal_mode = WAL");
  if (!statement) return fail(statement.error());
  const int code = sqlite3_step(statement->get());
  if (code != SQLITE_ROW) return fail(to_error(code, "entering WAL mode"));
  const void* const mode = sqlite3_column_text(statement->get(), 0);
  if (std::string_view(static_cast<const char*>(mode)) != "wal")
    return fail(Code::store_unavailable, "", "the file system cannot share memory between connections (WAL)");
  return {};
}

std::unexpected<Error> newer_schema(std::int64_t version, std::int64_t newest) {
  return fail(Code::store_newer_schema, "",
              "the database has schema version " + std::to_string(version) + ", this binary knows " +
                  std::to_string(newest) + ": start the newer binary, or restore a backup from before it");
}

}  // namespace

Result<void> check_ours(Connection& connection, std::int64_t newest) {
  auto application_id = connection.query_integer("PRAGMA application_id");
  if (!application_id) return fail(std::move(application_id.error()));
  if (*application_id != kApplicationId)
    return fail(Code::store_corrupt, "", "this is no database of payweir's");
  auto version = connection.query_integer("PRAGMA user_version");
  if (!version) return fail(std::move(version.error()));
  if (*version > newest) return newer_schema(*version, newest);
  if (*version < newest)
    return fail(Code::store_corrupt, "",
                "the database has schema version " + std::to_string(*version) + "; bring it to " +
                    std::to_string(newest) + " with `payweir migrate` first");
  return {};
}

Result<void> prepare_schema(Connection& connection, std::span<const std::string_view> migrations) {
  auto application_id = connection.query_integer("PRAGMA application_id");
  if (!application_id) return fail(application_id.error());
  auto object_count = connection.query_integer("SELECT count(*) FROM sqlite_schema");
  if (!object_count) return fail(object_count.error());
  auto version = connection.query_integer("PRAGMA user_version");
  if (!version) return fail(version.error());

  const bool is_empty = *object_count == 0 && *application_id == 0 && *version == 0;
  if (!is_empty && *application_id != kApplicationId)
    return fail(Code::store_corrupt, "",
                "the database file was made by another program; it is left untouched");
  const auto newest = static_cast<std::int64_t>(migrations.size());
  if (*version > newest) return newer_schema(*version, newest);

  if (auto done = enter_wal_mode(connection); !done) return done;
  if (auto done = connection.execute(kJournalSizeLimit); !done) return done;
  for (std::int64_t next = *version; next < newest; ++next) {
    auto done = migrate(connection, migrations[static_cast<std::size_t>(next)], next + 1);
    if (!done) return done;
  }
  return {};
}

}  // namespace payweir::store::sqlite
