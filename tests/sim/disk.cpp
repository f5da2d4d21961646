#include "disk.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "base/check.hpp"

namespace payweir::sim {

// What SQLite allocates for each open file; it sees the first member only.
struct DiskFile {
  sqlite3_file base;
  Disk* disk;
  std::shared_ptr<Disk::File>* file;
  std::uint64_t generation;
  int level;  // SQLITE_LOCK_…
  bool maps_shared_memory;
  unsigned shm_shared, shm_exclusive;  // masks of what this connection holds

  [[nodiscard]] Disk::File& data() { return **file; }
  [[nodiscard]] bool is_dead() const { return generation != disk->generation_; }
};

// SQLite's file layer, https://sqlite.org/c3ref/io_methods.html and https://sqlite.org/walformat.html.
struct DiskVfs {
  static DiskFile& of(sqlite3_file* file) { return *reinterpret_cast<DiskFile*>(file); }

  static int close(sqlite3_file* handle) {
    DiskFile& file = of(handle);
    unlock(handle, SQLITE_LOCK_NONE);
    if (!file.is_dead()) shm_unmap(handle, 0);
    delete file.file;
    return SQLITE_OK;
  }

  static int read(sqlite3_file* handle, void* out, int size, sqlite3_int64 offset) {
    const std::string& current = of(handle).data().current;
    const auto from = static_cast<std::size_t>(offset), wanted = static_cast<std::size_t>(size);
    const std::size_t there = from < current.size() ? std::min(wanted, current.size() - from) : 0;
    if (there > 0) std::memcpy(out, current.data() + from, there);
    if (there == wanted) return SQLITE_OK;
    std::memset(static_cast<char*>(out) + there, 0, wanted - there);
    return SQLITE_IOERR_SHORT_READ;
  }

  static int write(sqlite3_file* handle, const void* bytes, int size, sqlite3_int64 offset) {
    DiskFile& file = of(handle);
    if (file.is_dead()) return SQLITE_IOERR_WRITE;
    if (const int code = file.disk->verdict(Disk::Call::write); code != SQLITE_OK) return code;
    Disk::File& data = file.data();
    const auto from = static_cast<std::size_t>(offset), count = static_cast<std::size_t>(size);
    if (data.current.size() < from + count) data.current.resize(from + count);
    std::memcpy(data.current.data() + from, bytes, count);
    data.unsynced.push_back({from, count});
    return SQLITE_OK;
  }

  static int truncate(sqlite3_file* handle, sqlite3_int64 size) {
    DiskFile& file = of(handle);
    if (file.is_dead()) return SQLITE_IOERR_TRUNCATE;
    file.data().current.resize(static_cast<std::size_t>(size));
    return SQLITE_OK;
  }

  static int sync(sqlite3_file* handle, int) {
    DiskFile& file = of(handle);
    if (file.is_dead()) return SQLITE_IOERR_FSYNC;
    if (const int code = file.disk->verdict(Disk::Call::sync); code != SQLITE_OK) return code;
    file.disk->sync(file.data());
    return SQLITE_OK;
  }

  static int file_size(sqlite3_file* handle, sqlite3_int64* size) {
    *size = static_cast<sqlite3_int64>(of(handle).data().current.size());
    return SQLITE_OK;
  }

  static int lock(sqlite3_file* handle, int level) {
    DiskFile& file = of(handle);
    Disk::Locks& locks = file.data().locks;
    if (level <= file.level) return SQLITE_OK;
    const auto others = [&](const void* holder) { return holder != nullptr && holder != handle; };
    if (level == SQLITE_LOCK_SHARED) {
      if (others(locks.pending) || others(locks.exclusive)) return SQLITE_BUSY;
      ++locks.shared;
    } else if (level == SQLITE_LOCK_RESERVED) {
      if (others(locks.reserved)) return SQLITE_BUSY;
      locks.reserved = handle;
    } else {
      if (others(locks.reserved) || others(locks.exclusive)) return SQLITE_BUSY;
      locks.pending = handle;
      if (locks.shared > (file.level >= SQLITE_LOCK_SHARED ? 1 : 0)) return SQLITE_BUSY;
      locks.exclusive = handle;
    }
    file.level = level;
    return SQLITE_OK;
  }

  static int unlock(sqlite3_file* handle, int level) {
    DiskFile& file = of(handle);
    if (file.is_dead() || level >= file.level) return SQLITE_OK;
    Disk::Locks& locks = file.data().locks;
    for (const void** holder : {&locks.reserved, &locks.pending, &locks.exclusive})
      if (*holder == handle) *holder = nullptr;
    if (level == SQLITE_LOCK_NONE) --locks.shared;
    file.level = level;
    return SQLITE_OK;
  }

  static int check_reserved(sqlite3_file* handle, int* is_reserved) {
    *is_reserved = of(handle).data().locks.reserved != nullptr ? 1 : 0;
    return SQLITE_OK;
  }

  static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file*) { return static_cast<int>(Disk::kSector); }
  // As of the disks that the switch is meant for: a write changes no byte beside it.
  static int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static int shm_map(sqlite3_file* handle, int region, int size, int extend, volatile void** out) {
    DiskFile& file = of(handle);
    Disk::File& data = file.data();
    if (!file.maps_shared_memory) {
      file.maps_shared_memory = true;
      ++data.shared_memory_users;
    }
    const auto index = static_cast<std::size_t>(region);
    while (extend != 0 && data.shared_memory.size() <= index)
      data.shared_memory.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
    *out = index < data.shared_memory.size() ? data.shared_memory[index].get() : nullptr;
    return SQLITE_OK;
  }

  static int shm_lock(sqlite3_file* handle, int offset, int count, int flags) {
    DiskFile& file = of(handle);
    Disk::Locks& locks = file.data().locks;
    const unsigned mask = ((1u << count) - 1u) << offset;
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      for (int i = offset; i < offset + count; ++i) {
        if ((file.shm_shared & 1u << i) != 0) --locks.shm_shared[i];
        if (locks.shm_exclusive[i] == handle) locks.shm_exclusive[i] = nullptr;
      }
      file.shm_shared &= ~mask;
      file.shm_exclusive &= ~mask;
      return SQLITE_OK;
    }
    const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    for (int i = offset; i < offset + count; ++i) {
      if (locks.shm_exclusive[i] != nullptr && locks.shm_exclusive[i] != handle) return SQLITE_BUSY;
      const int mine = (file.shm_shared & 1u << i) != 0 ? 1 : 0;
      if (exclusive && locks.shm_shared[i] > mine) return SQLITE_BUSY;
    }
    for (int i = offset; i < offset + count; ++i) {
      if (exclusive) {
        locks.shm_exclusive[i] = handle;
      } else if ((file.shm_shared & 1u << i) == 0) {
        ++locks.shm_shared[i];
      }
    }
    (exclusive ? file.shm_exclusive : file.shm_shared) |= mask;
    return SQLITE_OK;
  }

  static void shm_barrier(sqlite3_file*) {}

  static int shm_unmap(sqlite3_file* handle, int) {
    DiskFile& file = of(handle);
    if (!file.maps_shared_memory || file.is_dead()) return SQLITE_OK;
    shm_lock(handle, 0, SQLITE_SHM_NLOCK, SQLITE_SHM_UNLOCK);
    file.maps_shared_memory = false;
    if (--file.data().shared_memory_users == 0) file.data().shared_memory.clear();
    return SQLITE_OK;
  }

  static constexpr sqlite3_io_methods kMethods{
      2,         close,          read,    write,       truncate,        sync,    file_size, lock,
      unlock,    check_reserved, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
      shm_unmap, nullptr,        nullptr};

  static Disk& disk_of(sqlite3_vfs* vfs) { return *static_cast<Disk*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* handle, int flags, int* out_flags) {
    Disk& disk = disk_of(vfs);
    auto* const file = new (handle) DiskFile{};
    file->base.pMethods = nullptr;
    std::shared_ptr<Disk::File> data;
    if (path == nullptr) {
      data = std::make_shared<Disk::File>();
    } else {
      const auto found = disk.files_.find(path);
      if (found != disk.files_.end())
        data = found->second;
      else if ((flags & SQLITE_OPEN_CREATE) == 0)
        return SQLITE_CANTOPEN;
      else
        data = disk.files_.emplace(path, std::make_shared<Disk::File>()).first->second;
    }
    file->disk = &disk;
    file->file = new std::shared_ptr<Disk::File>(std::move(data));
    file->generation = disk.generation_;
    file->base.pMethods = &kMethods;
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* path, int) {
    disk_of(vfs).files_.erase(path);
    return SQLITE_OK;
  }
  static int access(sqlite3_vfs* vfs, const char* path, int, int* out) {
    *out = disk_of(vfs).files_.contains(path) ? 1 : 0;
    return SQLITE_OK;
  }
  static int full_pathname(sqlite3_vfs*, const char* path, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", path);
    return SQLITE_OK;
  }
  static int randomness(sqlite3_vfs*, int size, char* out) {
    std::memset(out, 7, static_cast<std::size_t>(size));
    return size;
  }
  static int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
  static int current_time(sqlite3_vfs*, double* days) {
    *days = 2'461'000.5;
    return SQLITE_OK;
  }
  static int last_error(sqlite3_vfs*, int, char*) { return 0; }
};

Disk::Disk(std::uint64_t seed) : chance_(seed, Stream::disk) {
  static std::uint64_t count = 0;
  sqlite3_initialize();
  name_ = "sim-" + std::to_string(++count);
  vfs_.iVersion = 1;
  vfs_.szOsFile = sizeof(DiskFile);
  vfs_.mxPathname = 512;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = DiskVfs::open;
  vfs_.xDelete = DiskVfs::remove;
  vfs_.xAccess = DiskVfs::access;
  vfs_.xFullPathname = DiskVfs::full_pathname;
  vfs_.xRandomness = DiskVfs::randomness;
  vfs_.xSleep = DiskVfs::sleep;
  vfs_.xCurrentTime = DiskVfs::current_time;
  vfs_.xGetLastError = DiskVfs::last_error;
  check(sqlite3_vfs_register(&vfs_, 0) == SQLITE_OK, "SQLite takes the simulated disk");
}

Disk::~Disk() {
  sqlite3_vfs_unregister(&vfs_);
}

Disk::Snapshot Disk::snapshot() const {
  Snapshot copy;
  for (const auto& [name, file] : files_)
    copy.emplace(name, file->current);
  return copy;
}

void Disk::restore(const Snapshot& snapshot) {
  files_.clear();
  for (const auto& [name, content] : snapshot) {
    auto file = std::make_shared<File>();
    file->current = file->durable = content;
    files_.emplace(name, std::move(file));
  }
}

void Disk::sync(File& file) {
  file.durable.resize(file.current.size());
  for (const Range& range : file.unsynced) {
    if (range.offset >= file.current.size()) continue;
    const std::size_t size = std::min(range.size, file.current.size() - range.offset);
    std::memcpy(file.durable.data() + range.offset, file.current.data() + range.offset, size);
  }
  file.unsynced.clear();
}

void Disk::lose_power(File& file) {
  if (file.durable.size() > file.current.size() && chance_.percent(50))
    file.durable.resize(file.current.size());
  for (const Range& range : file.unsynced) {
    std::size_t at = range.offset;
    const std::size_t end = std::min(range.offset + range.size, file.current.size());
    while (at < end) {
      const std::size_t sector_end = std::min(end, (at / kSector + 1) * kSector);
      const std::uint64_t fate = chance_.below(8);
      std::size_t kept = sector_end - at;
      if (fate < 3) {
        kept = 0;
      } else if (fate == 3) {
        kept /= 2;
        ++torn_sectors_;
      }
      if (kept > 0) {
        if (file.durable.size() < at + kept) file.durable.resize(at + kept);
        std::memcpy(file.durable.data() + at, file.current.data() + at, kept);
      }
      at = sector_end;
    }
  }
  file.current = file.durable;
}

void Disk::detach() {
  ++generation_;
}

void Disk::attach(End how) {
  for (auto& [path, file] : files_) {
    // The page cache outlives the process, and what is only there may still be lost.
    if (how == End::power_lost) {
      lose_power(*file);
      file->unsynced.clear();
    }
    file->locks = {};
    file->shared_memory.clear();
    file->shared_memory_users = 0;
  }
}

}  // namespace payweir::sim
