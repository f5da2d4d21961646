#pragma once
// SqliteStore: the embedded store. One writer thread takes everything queued, makes one durable
// transaction of it and posts one batch of answers to each executor; selects run on the caller's thread.
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/commit_queue.hpp"
#include "store/sqlite/directory_lock.hpp"
#include "store/sqlite/engine.hpp"
#include "store/sqlite/reader_pool.hpp"
#include "store/store.hpp"

namespace payweir::store::sqlite {

// Who runs the batches: a thread of the store's own, or whoever calls run_batch(), such as the simulator.
enum class Drive : std::uint8_t { thread, manual };

struct SqliteOptions {
  std::string directory;  // made, mode 0700, and locked for this process
  // A file system of the caller's own, in which `directory` is a name only: neither made nor locked.
  std::string vfs;
  Drive drive = Drive::thread;
  std::size_t queue_max = 10'000;  // units waiting; beyond, commit() answers Failed{store_busy}
  std::size_t batch_max = 256;     // units in one transaction
  std::size_t claim_chunk_size = ClaimIndex::kChunkSize;
  std::function<void(std::string_view why)> on_fatal;  // engine.hpp; called on the writer's thread
};

class SqliteStore final : public Store {
 public:
  // Errors: store_locked, store_corrupt, store_newer_schema, store_full, store_busy, store_unavailable.
  [[nodiscard]] static Result<std::unique_ptr<SqliteStore>> open(SqliteOptions options);
  // Drive::thread: commits what is queued first, and posts the answers. Drive::manual: drops it.
  ~SqliteStore() override;

  [[nodiscard]] Task<CommitAnswer> commit(ChangeSet changes) override;
  [[nodiscard]] Task<Result<std::vector<ResultRow>>> select(const Query& query, std::vector<Value> parameters,
                                                            std::size_t rows_max) override;
  [[nodiscard]] Task<Result<std::int64_t>> find_claim_key(std::string digest) override;
  [[nodiscard]] Statistics statistics() const override;

  // One transaction of what is queued; posts the answers and says how many. Requires: Drive::manual.
  std::size_t run_batch();

 private:
  SqliteStore(SqliteOptions options, DirectoryLock lock, std::unique_ptr<SqliteEngine> engine,
              std::unique_ptr<Checkpointer> checkpointer, const std::string& path);

  void write_loop();
  void run(std::vector<QueuedCommit> batch);
  void count(const std::vector<CommitAnswer>& answers);
  void keep_log_short();

  const SqliteOptions options_;
  DirectoryLock lock_;  // given back last
  std::unique_ptr<SqliteEngine> engine_;
  std::unique_ptr<Checkpointer> checkpointer_;  // Drive::thread only
  ReaderPool readers_;
  CommitQueue queue_;
  mutable std::mutex statistics_mutex_;
  Statistics statistics_;
  std::thread writer_;
};

}  // namespace payweir::store::sqlite
