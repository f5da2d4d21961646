#pragma once
// DirectoryLock: one process owns the data directory (mode 0700). The lock is the kernel's and goes with
// the process, however it ends; the process id in the file only tells people who has it.
#include <string>
#include <utility>

#include "base/result.hpp"

namespace payweir::store::sqlite {

class DirectoryLock {
 public:
  // Makes the directory when there is none. Errors: store_locked (names the process), store_unavailable.
  [[nodiscard]] static Result<DirectoryLock> acquire(const std::string& directory);

  DirectoryLock() = default;
  DirectoryLock(DirectoryLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  DirectoryLock& operator=(DirectoryLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~DirectoryLock();

 private:
  int file_ = -1;
};

// Makes an empty file that only its owner may read, unless there is one; SQLite gives the log and the
// shared memory the same mode. Error: store_unavailable.
[[nodiscard]] Result<void> create_private_file(const std::string& path);

}  // namespace payweir::store::sqlite
