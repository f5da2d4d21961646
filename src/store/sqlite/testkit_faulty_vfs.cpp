#include "store/sqlite/testkit_faulty_vfs.hpp"

#include <cstring>
#include <utility>

#include "base/check.hpp"

namespace payweir::store::sqlite::testkit {
namespace {

// SQLite allocates szOsFile bytes and sees the first member; the real file stands behind.
struct File {
  sqlite3_file base;
  FaultyVfs* vfs;
  [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
File* as_file(sqlite3_file* file) {
  return reinterpret_cast<File*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
  return as_file(file)->real();
}
FaultyVfs& faults(sqlite3_file* file) {
  return *as_file(file)->vfs;
}

sqlite3_vfs* system_vfs() {
  return sqlite3_vfs_find(nullptr);
}

int close_file(sqlite3_file* file) {
  return real(file)->pMethods ? real(file)->pMethods->xClose(real(file)) : SQLITE_OK;
}
int read_file(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), out, size, offset);
}
int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  const int code = faults(file).verdict(VfsCall::write);
  return code == SQLITE_OK ? real(file)->pMethods->xWrite(real(file), bytes, size, offset) : code;
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  const int code = faults(file).verdict_on_change();
  return code == SQLITE_OK ? real(file)->pMethods->xTruncate(real(file), size) : code;
}
int sync_file(sqlite3_file* file, int flags) {
  const int code = faults(file).verdict(VfsCall::sync);
  return code == SQLITE_OK ? real(file)->pMethods->xSync(real(file), flags) : code;
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int check_reserved_lock(sqlite3_file* file, int* out) {
  return real(file)->pMethods->xCheckReservedLock(real(file), out);
}
int file_control(sqlite3_file* file, int operation, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}
int device_characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  const bool is_exclusive_lock = (flags & SQLITE_SHM_LOCK) != 0 && (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  const int code = is_exclusive_lock ? faults(file).verdict(VfsCall::lock) : SQLITE_OK;
  return code == SQLITE_OK ? real(file)->pMethods->xShmLock(real(file), offset, count, flags) : code;
}
void shm_barrier(sqlite3_file* file) {
  real(file)->pMethods->xShmBarrier(real(file));
}
int shm_unmap(sqlite3_file* file, int delete_flag) {
  return real(file)->pMethods->xShmUnmap(real(file), delete_flag);
}

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 2,  // no memory mapping: every access is a call
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = file_control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device_characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

FaultyVfs& owner(sqlite3_vfs* vfs) {
  return *static_cast<FaultyVfs*>(vfs->pAppData);
}

int open_file(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  File* const made = as_file(file);
  std::memset(made->real(), 0, static_cast<std::size_t>(system_vfs()->szOsFile));
  made->vfs = &owner(vfs);
  made->base.pMethods = nullptr;
  const int code = system_vfs()->xOpen(system_vfs(), name, made->real(), flags, out_flags);
  if (made->real()->pMethods) made->base.pMethods = &kMethods;
  return code;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  const int code = owner(vfs).verdict_on_change();
  return code == SQLITE_OK ? system_vfs()->xDelete(system_vfs(), name, sync_directory) : code;
}

}  // namespace

FaultyVfs::FaultyVfs(std::string name) : name_(std::move(name)) {
  check(sqlite3_initialize() == SQLITE_OK, "SQLite starts");
  vfs_ = *system_vfs();
  vfs_.szOsFile += static_cast<int>(sizeof(File));
  vfs_.zName = name_.c_str();
  vfs_.pNext = nullptr;
  vfs_.pAppData = this;
  vfs_.xOpen = open_file;
  vfs_.xDelete = delete_file;
  // The rest goes to the system's functions, which must see their own object.
  vfs_.xAccess = [](sqlite3_vfs*, const char* path, int flags, int* out) {
    return system_vfs()->xAccess(system_vfs(), path, flags, out);
  };
  vfs_.xFullPathname = [](sqlite3_vfs*, const char* path, int size, char* out) {
    return system_vfs()->xFullPathname(system_vfs(), path, size, out);
  };
  check(sqlite3_vfs_register(&vfs_, 0) == SQLITE_OK, "a VFS can be registered");
}

FaultyVfs::~FaultyVfs() {
  sqlite3_vfs_unregister(&vfs_);
}

void FaultyVfs::fail(VfsCall call, int nth, int code, int times) {
  const std::lock_guard lock(mutex_);
  const auto index = static_cast<std::size_t>(std::to_underlying(call));
  plans_[index] = {counts_[index] + nth, counts_[index] + nth + times, code};
}

void FaultyVfs::die_at(int nth) {
  const std::lock_guard lock(mutex_);
  changes_until_death_ = nth;
}

void FaultyVfs::heal() {
  const std::lock_guard lock(mutex_);
  for (Plan& plan : plans_)
    plan = {};
  changes_until_death_ = 0;
  is_dead_ = false;
}

std::int64_t FaultyVfs::count(VfsCall call) const {
  const std::lock_guard lock(mutex_);
  return counts_[static_cast<std::size_t>(std::to_underlying(call))];
}

std::int64_t FaultyVfs::fault_count() const {
  const std::lock_guard lock(mutex_);
  return fault_count_;
}

bool FaultyVfs::is_dead() const {
  const std::lock_guard lock(mutex_);
  return is_dead_;
}

int FaultyVfs::verdict(VfsCall call) {
  if (call != VfsCall::lock) {
    if (const int code = verdict_on_change(); code != SQLITE_OK) return code;
  }
  const std::lock_guard lock(mutex_);
  const auto index = static_cast<std::size_t>(std::to_underlying(call));
  const std::int64_t number = ++counts_[index];
  const Plan& plan = plans_[index];
  if (number < plan.first || number >= plan.end) return SQLITE_OK;
  ++fault_count_;
  return plan.code;
}

int FaultyVfs::verdict_on_change() {
  const std::lock_guard lock(mutex_);
  if (changes_until_death_ > 0 && --changes_until_death_ == 0) is_dead_ = true;
  if (!is_dead_) return SQLITE_OK;
  ++fault_count_;
  return SQLITE_IOERR;
}

}  // namespace payweir::store::sqlite::testkit
