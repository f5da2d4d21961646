#pragma once
// SqliteEngine: group commit over one writing connection, synchronous and without threads, so that the
// writer thread drives it in production and the simulator in its own time. One thread at a time.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/change_set.hpp"
#include "store/migrations/all.hpp"
#include "store/sqlite/claim_index.hpp"
#include "store/sqlite/connection.hpp"

namespace payweir::store::sqlite {

struct EngineOptions {
  std::string path;
  std::string vfs;  // "" is the system's
  std::span<const std::string_view> migrations = migrations::kAll;
  std::size_t claim_chunk_size = ClaimIndex::kChunkSize;
  // The log may or may not hold what was just committed, and no later sync can tell: a new process must
  // read it anew. Ends the process unless a test says otherwise; if it returns, the answer is `Maybe`.
  std::function<void(std::string_view why)> on_fatal;
};

class SqliteEngine {
 public:
  // Errors: store_corrupt, store_newer_schema, store_full, store_busy, store_unavailable.
  [[nodiscard]] static Result<std::unique_ptr<SqliteEngine>> open(EngineOptions options);

  SqliteEngine(const SqliteEngine&) = delete;
  SqliteEngine& operator=(const SqliteEngine&) = delete;

  // One durable transaction for all of them, each on its own all or nothing. The answers, refusals too,
  // are made after the COMMIT: a refusal may rest on a neighbour that is durable only then.
  [[nodiscard]] std::vector<CommitAnswer> commit_batch(std::span<const ChangeSet* const> batch);

  // False from a commit that found no space until one that succeeds.
  [[nodiscard]] bool writable() const { return writable_; }
  // Writes a page and syncs it, changing nothing: whether space is back.
  void probe();

  // Moves a part of the claims in memory to their table, when there are enough of them. Call it between
  // batches, after the answers have left.
  void project_claims();
  [[nodiscard]] const ClaimIndex& claims() const { return claims_; }

  // Pages that the log holds and the database file may not.
  [[nodiscard]] int log_pages() const { return log_pages_; }
  [[nodiscard]] const std::function<void(std::string_view)>& on_fatal() const { return options_.on_fatal; }
  // Copies what it can from the log to the database file, without waiting for readers.
  void checkpoint();

 private:
  struct TableStatements {
    Statement insert, update, erase;
    std::vector<std::size_t> updated_columns;
  };
  // How a unit that is refused half-way is undone. Savepoints copy every page that a unit touches before
  // it does, which costs more than the unit; so the batch first runs without.
  enum class Undo : std::uint8_t { none, savepoint };
  using Answers = std::vector<CommitAnswer>;

  explicit SqliteEngine(EngineOptions options) : options_(std::move(options)) {}
  [[nodiscard]] Result<void> start();

  // Nothing when a refused unit had written rows already and Undo::none could not take them back.
  [[nodiscard]] std::optional<Answers> run(std::span<const ChangeSet* const> batch, Undo undo);
  struct UnitResult {
    int code = SQLITE_OK;                 // other: the engine failed, and with it the whole batch
    std::optional<CommitAnswer> refusal;  // by a version or a constraint
    bool is_partial = false;              // refused with changes before the refused one in place
  };
  [[nodiscard]] UnitResult apply(const ChangeSet& unit);
  [[nodiscard]] UnitResult apply_in_savepoint(const ChangeSet& unit);
  [[nodiscard]] int execute(const Change& change, std::span<const Value> values);
  [[nodiscard]] int write(const Change& change, std::span<const Value> values);
  // Nothing when it is durable.
  [[nodiscard]] std::optional<CommitAnswer> finish();
  [[nodiscard]] CommitAnswer failure(int code, std::string_view doing);
  void roll_back();
  [[nodiscard]] TableStatements& statements_of(const Table& table);

  EngineOptions options_;
  Connection connection_;
  Statement begin_, commit_, roll_back_, savepoint_, release_, roll_back_to_;
  std::unordered_map<const Table*, TableStatements> statements_;
  ClaimIndex claims_;
  int log_pages_ = 0;
  bool writable_ = true;
};

}  // namespace payweir::store::sqlite
