#pragma once
// Backup and restore of the embedded database, whole files: no switch needs to stop for a backup, and none
// may run for a restore. The master key is not part of it.
#include <cstdint>
#include <functional>
#include <string>

#include "base/result.hpp"

namespace payweir::store::sqlite {

// Called now and then with how far it is, in pages.
using Watch = std::function<void(std::int64_t done, std::int64_t all)>;

inline constexpr const char* kDatabaseFile = "payweir.db";  // in the data directory

// Copies the database `from` as it is now into the new file `to`, mode 0600, beside a process that may be
// serving it. `to` appears only when all of it is on the disk. Errors: duplicate_resource when there is such
// a file; store_*.
[[nodiscard]] Result<void> back_up(const std::string& from, const std::string& to, const Watch& watch);

enum class Existing : std::uint8_t {
  refuse,
  set_aside,  // what the directory has goes to the folder replaced-N in it
};
// Makes a data directory's database from the backup `from`, and marks it as a copy, so that the switch begins
// it with a review. Says where a former database went, "" when there was none. Errors: store_locked while a
// switch runs in it; duplicate_resource; store_*.
[[nodiscard]] Result<std::string> restore(const std::string& from, const std::string& directory,
                                          Existing existing, const Watch& watch);

// Tells a file from its copies: its inode and when that was made. A clone below the file system has the same.
// Error: store_unavailable.
[[nodiscard]] Result<std::string> file_identity(const std::string& path);

}  // namespace payweir::store::sqlite
