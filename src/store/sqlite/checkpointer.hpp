#pragma once
// Checkpointer: a thread that copies the log to the database file beside the writer, so that no commit
// waits for it. Needs SQLite 3.51.3: before, that could corrupt the file.
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "store/sqlite/connection.hpp"

namespace payweir::store::sqlite {

class Checkpointer {
 public:
  using OnFatal = std::function<void(std::string_view why)>;
  [[nodiscard]] static Result<std::unique_ptr<Checkpointer>> start(const std::string& path,
                                                                   const std::string& vfs, OnFatal on_fatal);
  // Waits for a pass under way.
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  enum class Phase : std::uint8_t { idle, requested, running, finished };
  [[nodiscard]] Phase phase() const;
  // One pass; Phase::finished until acknowledge(). Requires: idle.
  void request();
  void acknowledge();

 private:
  Checkpointer(Connection connection, OnFatal on_fatal);
  void loop();

  Connection connection_;
  OnFatal on_fatal_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Phase phase_ = Phase::idle;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace payweir::store::sqlite
