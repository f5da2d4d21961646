#pragma once
// Disk: a file system in memory for SQLite, with a page cache that a power cut takes away. What was written
// and not synced is, sector by sector, kept, lost or torn; what was synced stays. A process that is killed
// loses nothing that it had written.
#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chance.hpp"

namespace payweir::sim {

class Disk {
 public:
  enum class Call : std::uint8_t { write, sync };

  // Registers itself with SQLite under name() until it is destroyed; no connection may outlive it.
  explicit Disk(std::uint64_t seed);
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
  [[nodiscard]] const std::string& name() const { return name_; }

  // Asked before each write and sync; anything but SQLITE_OK is what the call answers.
  void set_verdict(std::function<int(Call)> verdict) { verdict_ = std::move(verdict); }

  // The process is gone: whoever still holds a file can change nothing.
  void detach();
  // A new process may open the files. With `power_lost`, what was not synced is drawn.
  enum class End : std::uint8_t { killed, power_lost };
  void attach(End how);

  // All files as the process sees them, and everything as it was then: a backup, and what is restored from
  // it.
  using Snapshot = std::map<std::string, std::string>;
  [[nodiscard]] Snapshot snapshot() const;
  // Requires: detached.
  void restore(const Snapshot& snapshot);

  [[nodiscard]] std::uint64_t torn_sectors() const { return torn_sectors_; }

 private:
  friend struct DiskFile;
  friend struct DiskVfs;
  struct Range {
    std::size_t offset = 0, size = 0;
  };
  struct Locks {  // of SQLite's five levels, and of its shared memory
    int shared = 0;
    const void* reserved = nullptr;
    const void* pending = nullptr;
    const void* exclusive = nullptr;
    int shm_shared[SQLITE_SHM_NLOCK] = {};
    const void* shm_exclusive[SQLITE_SHM_NLOCK] = {};
  };
  struct File {
    std::string current;  // as the process sees it
    std::string durable;  // as the platter has it
    std::vector<Range> unsynced;
    Locks locks;
    std::vector<std::unique_ptr<char[]>> shared_memory;
    int shared_memory_users = 0;
  };
  [[nodiscard]] int verdict(Call call) const { return verdict_ ? verdict_(call) : SQLITE_OK; }
  void sync(File& file);
  void lose_power(File& file);

  static constexpr std::size_t kSector = 512;
  std::string name_;
  sqlite3_vfs vfs_{};
  Chance chance_;
  std::map<std::string, std::shared_ptr<File>> files_;
  std::function<int(Call)> verdict_;
  std::uint64_t generation_ = 1;  // of the process that may write
  std::uint64_t torn_sectors_ = 0;
};

}  // namespace payweir::sim
