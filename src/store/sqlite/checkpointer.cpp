#include "store/sqlite/checkpointer.hpp"

#include <utility>

#include "base/check.hpp"

namespace payweir::store::sqlite {

Result<std::unique_ptr<Checkpointer>> Checkpointer::start(const std::string& path, const std::string& vfs,
                                                          OnFatal on_fatal) {
  auto connection = Connection::open(path, vfs, Connection::Role::checkpointer);
  if (!connection) return fail(std::move(connection.error()));
  return std::unique_ptr<Checkpointer>(new Checkpointer(std::move(*connection), std::move(on_fatal)));
}

Checkpointer::Checkpointer(Connection connection, OnFatal on_fatal)
    : connection_(std::move(connection)), on_fatal_(std::move(on_fatal)), thread_([this] { loop(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

Checkpointer::Phase Checkpointer::phase() const {
  const std::lock_guard lock(mutex_);
  return phase_;
}

void Checkpointer::request() {
  {
    const std::lock_guard lock(mutex_);
    check(phase_ == Phase::idle, "a checkpoint is requested when none is under way");
    phase_ = Phase::requested;
  }
  changed_.notify_one();
}

void Checkpointer::acknowledge() {
  const std::lock_guard lock(mutex_);
  if (phase_ == Phase::finished) phase_ = Phase::idle;
}

void Checkpointer::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopped_ || phase_ == Phase::requested; });
    if (stopped_) return;
    phase_ = Phase::running;
    lock.unlock();
    // PASSIVE copies as far as readers allow and waits for nobody. What else fails is tried again by the
    // next pass, which starts where the last successful one ended.
    const int code =
        sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (lost_durability(code)) on_fatal_(to_error(code, "checkpoint").detail);
    lock.lock();
    phase_ = Phase::finished;
  }
}

}  // namespace payweir::store::sqlite
