#include "store/sqlite/directory_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace payweir::store::sqlite {
namespace {

std::unexpected<Error> system_error(const std::string& doing) {
  return fail(Code::store_unavailable, "", doing + ": " + std::strerror(errno));
}

std::string read_holder(int file) {
  char text[32] = {};
  const ssize_t size = pread(file, text, sizeof text - 1, 0);
  std::string holder(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!holder.empty() && holder.back() == '\n')
    holder.pop_back();
  return holder.empty() ? "another process" : "process " + holder;
}

}  // namespace

Result<DirectoryLock> DirectoryLock::acquire(const std::string& directory) {
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    return system_error("making the directory " + directory);
  if (chmod(directory.c_str(), 0700) != 0)
    return system_error("making the directory " + directory + " private");

  const std::string path = directory + "/lock";
  DirectoryLock lock;
  lock.file_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock.file_ < 0) return system_error("opening " + path);
  if (flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error("locking " + path);
    return fail(Code::store_locked, "", directory + " is in use by " + read_holder(lock.file_));
  }
  const std::string holder = std::to_string(getpid()) + "\n";
  if (ftruncate(lock.file_, 0) != 0 || pwrite(lock.file_, holder.data(), holder.size(), 0) < 0) {
    // A full disk must not keep the switch from starting: the lock holds without the name of its holder.
    if (errno != ENOSPC) return system_error("writing " + path);
  }
  return lock;
}

DirectoryLock::~DirectoryLock() {
  if (file_ >= 0) close(file_);
}

Result<void> create_private_file(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return system_error("opening " + path);
  close(file);
  return {};
}

}  // namespace payweir::store::sqlite
