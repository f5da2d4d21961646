#include "store/sqlite/sqlite_store.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <optional>
#include <span>
#include <utility>

#include "base/check.hpp"
#include "store/sqlite/backup.hpp"

namespace payweir::store::sqlite {
namespace {

namespace asio = boost::asio;

// How often a writer that found the disk full looks whether it still is.
constexpr std::chrono::milliseconds kProbeInterval{1000};

// The log starts over only when all of it has been copied. A background pass copies the bulk; the writer
// then copies what came in meanwhile, between two batches.
constexpr int kCheckpointPages = 2000;

// A flush costs the same for one unit and for a hundred, and so do the pages that all of them touch. Once
// this many came in one batch, the next one waits for company. Fewer never wait: a batch of few is the sign
// of a writer with time to spare.
constexpr std::size_t kCompanySign = 6;
constexpr std::size_t kCompanyEnough = 32;

struct Completion {
  QueuedCommit unit;
  CommitAnswer answer;
};
struct CompletionGroup {
  asio::any_io_executor executor;
  std::vector<Completion> completions;
};

// One post an executor, however many units: each post may cost its thread a wake-up.
void post_answers(std::vector<QueuedCommit> batch, std::vector<CommitAnswer> answers) {
  std::vector<CompletionGroup> groups;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto group = std::ranges::find(groups, batch[i].executor, &CompletionGroup::executor);
    if (group == groups.end()) group = groups.insert(groups.end(), {batch[i].executor, {}});
    group->completions.push_back({std::move(batch[i]), std::move(answers[i])});
  }
  for (CompletionGroup& group : groups) {
    asio::post(group.executor, [completions = std::move(group.completions)]() mutable {
      for (Completion& completion : completions)
        completion.unit.complete(std::move(completion.answer));
    });
  }
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(SqliteOptions options) {
  const std::string path = options.directory + "/" + kDatabaseFile;
  DirectoryLock lock;
  if (options.vfs.empty()) {
    auto acquired = DirectoryLock::acquire(options.directory);
    if (!acquired) return fail(std::move(acquired.error()));
    lock = std::move(*acquired);
    if (auto created = create_private_file(path); !created) return fail(std::move(created.error()));
  }
  EngineOptions engine_options;
  engine_options.path = path;
  engine_options.vfs = options.vfs;
  engine_options.on_fatal = options.on_fatal;
  engine_options.claim_chunk_size = options.claim_chunk_size;
  auto engine = SqliteEngine::open(std::move(engine_options));
  if (!engine) return fail(std::move(engine.error()));
  std::unique_ptr<Checkpointer> checkpointer;
  if (options.drive == Drive::thread) {
    auto started = Checkpointer::start(path, options.vfs, (*engine)->on_fatal());
    if (!started) return fail(std::move(started.error()));
    checkpointer = std::move(*started);
  }
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(options), std::move(lock), std::move(*engine),
                                                      std::move(checkpointer), path));
}

SqliteStore::SqliteStore(SqliteOptions options, DirectoryLock lock, std::unique_ptr<SqliteEngine> engine,
                         std::unique_ptr<Checkpointer> checkpointer, const std::string& path)
    : options_(std::move(options)),
      lock_(std::move(lock)),
      engine_(std::move(engine)),
      checkpointer_(std::move(checkpointer)),
      readers_(path, options_.vfs),
      queue_(options_.queue_max) {
  if (options_.drive == Drive::thread) writer_ = std::thread([this] { write_loop(); });
}

SqliteStore::~SqliteStore() {
  queue_.stop();
  if (writer_.joinable()) writer_.join();
}

Task<CommitAnswer> SqliteStore::commit(ChangeSet changes) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  // Tracked: a context whose only work is a commit under way must not end.
  QueuedCommit unit{
      std::move(changes), asio::prefer(executor, asio::execution::outstanding_work.tracked), {}};
  auto initiate = [this](auto handler, QueuedCommit queued) {
    queued.complete = std::move(handler);
    if (queue_.put(queued)) return;
    Error error{Code::store_busy, "", "the queue of commits is full", Certainty::not_sent};
    asio::post(queued.executor, [complete = std::move(queued.complete), error = std::move(error)]() mutable {
      complete(commit::Failed{std::move(error)});
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(CommitAnswer)>(
      std::move(initiate), asio::use_awaitable, std::move(unit));
}

Task<Result<std::vector<ResultRow>>> SqliteStore::select(const Query& query, std::vector<Value> parameters,
                                                         std::size_t rows_max) {
  co_return readers_.select(query, parameters, rows_max);
}

Store::Statistics SqliteStore::statistics() const {
  Statistics copy;
  {
    const std::lock_guard lock(statistics_mutex_);
    copy = statistics_;
  }
  copy.queue_depth = queue_.size();
  return copy;
}

Task<Result<std::int64_t>> SqliteStore::find_claim_key(std::string digest) {
  static constexpr Query kFindClaimKey{"find_claim_key",
                                       "SELECT key FROM claim_digest WHERE digest = CAST($1 AS BLOB)"};
  // In this order: see ClaimIndex::find_in_memory().
  const std::int64_t newest = engine_->claims().find_in_memory(digest);
  if (newest != 0) co_return newest;
  std::vector<Value> parameters{Value{std::move(digest)}};
  const auto rows = readers_.select(kFindClaimKey, parameters, 1);
  if (!rows) co_return fail(rows.error());
  if (rows->empty()) co_return 0;
  co_return std::get<std::int64_t>(rows->at(0).at(0));
}

std::size_t SqliteStore::run_batch() {
  check(options_.drive == Drive::manual, "the writer thread runs the batches");
  auto batch = queue_.take_now(options_.batch_max);
  const std::size_t size = batch.size();
  if (size > 0) run(std::move(batch));
  return size;
}

void SqliteStore::write_loop() {
  std::size_t last_size = 0;
  while (!queue_.is_finished()) {
    if (last_size >= kCompanySign) queue_.gather(std::min(kCompanyEnough, options_.batch_max));
    const auto patience = engine_->writable() ? std::nullopt : std::optional(kProbeInterval);
    auto batch = queue_.take(options_.batch_max, patience);
    last_size = batch.size();
    if (!batch.empty()) {
      run(std::move(batch));
    } else if (!engine_->writable()) {
      engine_->probe();
      const std::lock_guard lock(statistics_mutex_);
      statistics_.writable = engine_->writable();
    }
  }
}

void SqliteStore::run(std::vector<QueuedCommit> batch) {
  std::vector<const ChangeSet*> units;
  units.reserve(batch.size());
  for (const QueuedCommit& unit : batch)
    units.push_back(&unit.changes);
  auto answers = engine_->commit_batch(units);
  count(answers);
  post_answers(std::move(batch), std::move(answers));
  engine_->project_claims();
  keep_log_short();
}

void SqliteStore::count(const std::vector<CommitAnswer>& answers) {
  const std::lock_guard lock(statistics_mutex_);
  for (const CommitAnswer& answer : answers) {
    if (std::holds_alternative<commit::Committed>(answer))
      ++statistics_.commit_count;
    else if (std::holds_alternative<commit::Conflict>(answer))
      ++statistics_.conflict_count;
    else if (std::holds_alternative<commit::Duplicate>(answer))
      ++statistics_.duplicate_count;
    else
      ++statistics_.failure_count;
  }
  ++statistics_.batch_count;
  const auto bucket = static_cast<std::size_t>(std::bit_width(answers.size() - 1));
  ++statistics_.batch_sizes[std::min(bucket, std::size(statistics_.batch_sizes) - 1)];
  statistics_.writable = engine_->writable();
}

void SqliteStore::keep_log_short() {
  if (!checkpointer_) {
    if (engine_->log_pages() >= kCheckpointPages) engine_->checkpoint();
    return;
  }
  switch (checkpointer_->phase()) {
    case Checkpointer::Phase::idle:
      if (engine_->log_pages() >= kCheckpointPages) checkpointer_->request();
      break;
    case Checkpointer::Phase::requested:
    case Checkpointer::Phase::running: break;
    case Checkpointer::Phase::finished:
      engine_->checkpoint();
      checkpointer_->acknowledge();
      break;
  }
}

}  // namespace payweir::store::sqlite
