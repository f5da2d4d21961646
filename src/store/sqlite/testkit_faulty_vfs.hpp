#pragma once
// FaultyVfs: SQLite's file layer over the real disk, with faults on demand: a full disk, an I/O error, a
// lock that is taken, a process that dies at its n-th call. Counts calls, so that a test knows that a
// fault fired and how many syncs a batch took.
#include <sqlite3.h>

#include <cstdint>
#include <limits>
#include <mutex>
#include <string>

namespace payweir::store::sqlite::testkit {

enum class VfsCall : std::uint8_t { write, sync, lock };

class FaultyVfs {
 public:
  static constexpr int kForEver = std::numeric_limits<int>::max();

  // Registers itself under `name` until it is destroyed; no connection may outlive it.
  explicit FaultyVfs(std::string name);
  ~FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;
  [[nodiscard]] const std::string& name() const { return name_; }

  // The nth call of this kind from now (1 is the next one), and `times - 1` more, answer `code`.
  void fail(VfsCall call, int nth, int code, int times = 1);
  // From the nth changing call on (write, sync, truncate, delete), nothing reaches the disk any more.
  void die_at(int nth);
  void heal();

  [[nodiscard]] std::int64_t count(VfsCall call) const;
  [[nodiscard]] std::int64_t fault_count() const;  // calls that a fault answered
  [[nodiscard]] bool is_dead() const;

  // For the shim's functions: SQLITE_OK to pass the call on.
  [[nodiscard]] int verdict(VfsCall call);
  [[nodiscard]] int verdict_on_change();

 private:
  struct Plan {
    std::int64_t first = 0;
    std::int64_t end = 0;
    int code = SQLITE_OK;
  };

  std::string name_;
  sqlite3_vfs vfs_{};
  mutable std::mutex mutex_;
  std::int64_t counts_[3] = {};
  Plan plans_[3];
  std::int64_t changes_until_death_ = 0;  // 0: immortal
  std::int64_t fault_count_ = 0;
  bool is_dead_ = false;
};

}  // namespace payweir::store::sqlite::testkit
