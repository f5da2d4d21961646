#include "store/sqlite/engine.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/check.hpp"
#include "base/planted.hpp"
#include "store/rows.hpp"
#include "store/sqlite/schema.hpp"
#include "store/table_sql.hpp"

namespace payweir::store::sqlite {
namespace {

bool is_constraint(int code) {
  return (code & 0xff) == SQLITE_CONSTRAINT;
}

bool is_unique_constraint(int code) {
  return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
         code == SQLITE_CONSTRAINT_ROWID;
}

// A process that was killed may have left frames in the log that never reached the disk: its sync failed, or
// never came. They are read back as if they were durable, so they are made so before anything rests on them.
Result<void> sync_log(Connection& connection) {
  sqlite3_file* log = nullptr;
  int code = sqlite3_file_control(connection.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (code == SQLITE_OK && log != nullptr && log->pMethods != nullptr)
    code = log->pMethods->xSync(log, SQLITE_SYNC_FULL);
  if (code != SQLITE_OK) return fail(to_error(code, "syncing the log of an earlier process"));
  return {};
}

void end_process(std::string_view why) {
  std::fprintf(stderr, "payweir: the store cannot go on: %.*s\n", static_cast<int>(why.size()), why.data());
  std::abort();
}

}  // namespace

Result<std::unique_ptr<SqliteEngine>> SqliteEngine::open(EngineOptions options) {
  if (!options.on_fatal) options.on_fatal = end_process;
  std::unique_ptr<SqliteEngine> engine(new SqliteEngine(std::move(options)));
  if (auto done = engine->start(); !done) return fail(std::move(done.error()));
  return engine;
}

Result<void> SqliteEngine::start() {
  auto connection = Connection::open(options_.path, options_.vfs, Connection::Role::writer);
  if (!connection) return fail(std::move(connection.error()));
  connection_ = std::move(*connection);
  if (auto done = prepare_schema(connection_, options_.migrations); !done) return done;
  if (auto done = sync_log(connection_); !done) return done;

  const std::pair<Statement*, std::string_view> statements[] = {
      {&begin_, "BEGIN IMMEDIATE"}, {&commit_, "COMMIT"},     {&roll_back_, "ROLLBACK"},
      {&savepoint_, "SAVEPOINT u"}, {&release_, "RELEASE u"}, {&roll_back_to_, "ROLLBACK TO u"},
  };
  for (const auto& [statement, sql] : statements) {
    auto prepared = connection_.prepare(sql);
    if (!prepared) return fail(std::move(prepared.error()));
    *statement = std::move(*prepared);
  }
  if (auto done = claims_.load(connection_, options_.claim_chunk_size); !done) return done;
  sqlite3_wal_hook(
      connection_.get(),
      [](void* pages, sqlite3*, const char*, int count) {
        *static_cast<int*>(pages) = count;
        return SQLITE_OK;
      },
      &log_pages_);
  return {};
}

std::vector<CommitAnswer> SqliteEngine::commit_batch(std::span<const ChangeSet* const> batch) {
  std::optional<Answers> answers = run(batch, Undo::none);
  if (!answers) answers = run(batch, Undo::savepoint);
  return std::move(*answers);
}

std::optional<SqliteEngine::Answers> SqliteEngine::run(std::span<const ChangeSet* const> batch, Undo undo) {
  if (const int code = begin_.run(); code != SQLITE_OK) return Answers(batch.size(), failure(code, "BEGIN"));
  Answers answers;
  answers.reserve(batch.size());
  for (const ChangeSet* const unit : batch) {
    UnitResult result = undo == Undo::savepoint ? apply_in_savepoint(*unit) : apply(*unit);
    // FULL, IOERR and NOMEM may have rolled everything back already; the neighbours fail with this one.
    if (result.code == SQLITE_OK && sqlite3_get_autocommit(connection_.get()) != 0)
      result.code = SQLITE_ABORT;
    if (result.code != SQLITE_OK) {
      Answers failed(batch.size(), failure(result.code, "writing a batch"));
      roll_back();
      return failed;
    }
    if (result.is_partial) {
      roll_back();
      return std::nullopt;
    }
    answers.push_back(result.refusal ? std::move(*result.refusal) : CommitAnswer{commit::Committed{}});
  }
  if (const auto failed = finish()) return Answers(batch.size(), *failed);
  return answers;
}

SqliteEngine::UnitResult SqliteEngine::apply_in_savepoint(const ChangeSet& unit) {
  UnitResult result;
  result.code = savepoint_.run();
  if (result.code != SQLITE_OK) return result;
  const ClaimIndex::Mark mark = claims_.mark();
  result = apply(unit);
  if (result.code == SQLITE_OK && result.is_partial) {
    result.code = roll_back_to_.run();
    claims_.undo_to(mark);
  }
  result.is_partial = false;
  if (result.code == SQLITE_OK) result.code = release_.run();
  return result;
}

SqliteEngine::UnitResult SqliteEngine::apply(const ChangeSet& unit) {
  UnitResult result;
  for (const Change& change : unit.changes()) {
    const std::string_view table = change.table->name;
    const int code = execute(change, unit.values_of(change));
    if (is_unique_constraint(code)) {
      result.refusal = commit::Duplicate{table};
    } else if (is_constraint(code)) {
      // Decisions keep these rules before they get here: a breach is a bug, and is kept out of the books.
      result.refusal = commit::Failed{{Code::internal, "",
                                       "a constraint of table " + std::string(table) + " refused a row",
                                       Certainty::not_sent}};
    } else if (code != SQLITE_OK) {
      result.code = code;
    } else if (change.op == ChangeOp::update && sqlite3_changes64(connection_.get()) == 0) {
      result.refusal = commit::Conflict{table};
    } else {
      continue;
    }
    result.is_partial = !PLANTED(halves_a_unit) && result.refusal && &change != &unit.changes().front();
    break;
  }
  return result;
}

int SqliteEngine::execute(const Change& change, std::span<const Value> values) {
  if (change.table != &table_of<IdempotencyRow>()) return write(change, values);
  static constexpr std::size_t kKey = 0, kDigest = 1;  // places in the descriptor
  const std::int64_t key = std::get<std::int64_t>(values[kKey]);
  int code = SQLITE_OK;
  if (change.op == ChangeOp::erase) {
    code = claims_.remove(key);
    return code == SQLITE_OK ? write(change, values) : code;
  }
  const std::string& digest = std::get<std::string>(values[kDigest]);
  std::int64_t rival_key = 0;
  code = claims_.find(digest, rival_key);
  if (code == SQLITE_OK && rival_key != 0 && !PLANTED(executes_a_key_twice)) return SQLITE_CONSTRAINT_UNIQUE;
  if (code == SQLITE_OK) code = write(change, values);
  return code == SQLITE_OK ? claims_.add(digest, key) : code;
}

int SqliteEngine::write(const Change& change, std::span<const Value> values) {
  TableStatements& statements = statements_of(*change.table);
  const std::vector<Column>& columns = change.table->columns;
  int number = 0;
  switch (change.op) {
    case ChangeOp::insert:
      for (std::size_t i = 0; i < columns.size(); ++i)
        statements.insert.bind(++number, values[i], columns[i].type);
      return statements.insert.run();
    case ChangeOp::update:
      for (const std::size_t i : statements.updated_columns)
        statements.update.bind(++number, values[i], columns[i].type);
      statements.update.bind(++number, values[0], ColumnType::integer);
      statements.update.bind(++number, change.expected_version);
      return statements.update.run();
    case ChangeOp::erase:
      statements.erase.bind(++number, values[0], ColumnType::integer);
      return statements.erase.run();
  }
  std::unreachable();
}

std::optional<CommitAnswer> SqliteEngine::finish() {
  const int code = commit_.run();
  if (code == SQLITE_OK) {
    writable_ = true;
    claims_.settle();
    return std::nullopt;
  }
  if (PLANTED(swallows_a_commit_error)) {
    roll_back();
    return std::nullopt;
  }
  CommitAnswer answer = failure(code, "COMMIT");
  if ((code & 0xff) != SQLITE_FULL && (code & 0xff) != SQLITE_BUSY) {
    // The log may hold the whole transaction and a restart would bring it back: neither yes nor no is true.
    Error error = to_error(code, "COMMIT");
    options_.on_fatal(error.detail);
    error.certainty = Certainty::unknown;
    answer = commit::Maybe{std::move(error)};
  }
  roll_back();
  return answer;
}

CommitAnswer SqliteEngine::failure(int code, std::string_view doing) {
  Error error = to_error(code, doing);
  if (lost_durability(code)) options_.on_fatal(error.detail);
  if (error.code != Code::store_busy) writable_ = false;
  return commit::Failed{std::move(error)};
}

void SqliteEngine::roll_back() {
  if (sqlite3_get_autocommit(connection_.get()) == 0) (void)roll_back_.run();
  claims_.undo_to(0);
}

SqliteEngine::TableStatements& SqliteEngine::statements_of(const Table& table) {
  const auto found = statements_.find(&table);
  if (found != statements_.end()) return found->second;
  const auto prepare = [&](const std::string& sql) {
    auto statement = connection_.prepare(sql);
    check(statement.has_value(), "a row's descriptor matches its table");
    return std::move(*statement);
  };
  TableStatements made;
  made.insert = prepare(insert_sql(table));
  if (table.versioned) made.update = prepare(update_sql(table));
  made.erase = prepare(erase_sql(table));
  made.updated_columns = updated_columns(table);
  return statements_.emplace(&table, std::move(made)).first->second;
}

void SqliteEngine::probe() {
  // Writing the schema's version as it is dirties the first page: the smallest commit that needs space.
  auto version = connection_.query_integer("PRAGMA user_version");
  if (!version || begin_.run() != SQLITE_OK) return;
  if (connection_.execute("PRAGMA user_version = " + std::to_string(*version)))
    (void)finish();
  else
    roll_back();
}

void SqliteEngine::project_claims() {
  if (!claims_.part_is_due() || begin_.run() != SQLITE_OK) return;
  const int code = claims_.write_part();
  if (code != SQLITE_OK) {
    (void)failure(code, "projecting claims");
    roll_back();
    return;  // the same part is tried again after the next batch
  }
  if (!finish()) claims_.settle_part();
}

void SqliteEngine::checkpoint() {
  int pages = 0, copied = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);
  if (code == SQLITE_OK && pages == copied) log_pages_ = 0;
  if (lost_durability(code)) options_.on_fatal(to_error(code, "checkpoint").detail);
}

}  // namespace payweir::store::sqlite
