#include "store/sqlite/backup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "store/sqlite/connection.hpp"
#include "store/sqlite/directory_lock.hpp"

namespace payweir::store::sqlite {
namespace {

// Enough for a step that is worth telling of; a writer is never held up by it.
constexpr int kPagesEachStep = 1024;

std::unexpected<Error> system_error(const std::string& doing) {
  return fail(Code::store_unavailable, "", doing + ": " + std::strerror(errno));
}

Result<void> sync_path(const std::string& path, int flags) {
  const int file = open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) return system_error("opening " + path);
  const int code = fsync(file);
  close(file);
  if (code != 0) return system_error("syncing " + path);
  return {};
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// With the source in one read transaction, so that commits in between neither show nor make it start over.
Result<void> copy_pages(Connection& source, Connection& copy, const Watch& watch) {
  if (auto begun = source.execute("BEGIN"); !begun) return begun;
  if (auto read = source.query_integer("SELECT count(*) FROM sqlite_schema"); !read)
    return fail(std::move(read.error()));
  sqlite3_backup* const backup = sqlite3_backup_init(copy.get(), "main", source.get(), "main");
  if (backup == nullptr) return fail(to_error(sqlite3_errcode(copy.get()), "beginning the copy"));
  int code = SQLITE_OK;
  while (code == SQLITE_OK) {
    code = sqlite3_backup_step(backup, kPagesEachStep);
    const std::int64_t all = sqlite3_backup_pagecount(backup);
    if (watch) watch(all - sqlite3_backup_remaining(backup), all);
  }
  const int ended = sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) return fail(to_error(code, "copying the database"));
  if (ended != SQLITE_OK) return fail(to_error(ended, "ending the copy"));
  return {};
}

// A copy under another name, one file without a log, and on the disk.
Result<void> make_copy(const std::string& from, const std::string& partial, const std::string& mark,
                       const Watch& watch) {
  unlink(partial.c_str());
  auto source = Connection::open(from, "", Connection::Role::reader);
  if (!source) return fail(std::move(source.error()));
  if (auto made = create_private_file(partial); !made) return made;
  {
    auto copy = Connection::open(partial, "", Connection::Role::writer);
    if (!copy) return fail(std::move(copy.error()));
    if (auto copied = copy_pages(*source, *copy, watch); !copied) return copied;
    if (auto single = copy->execute("PRAGMA journal_mode = DELETE"); !single) return single;
    if (!mark.empty())
      if (auto marked = copy->execute(mark); !marked) return marked;
  }
  return sync_path(partial, O_RDONLY);
}

Result<void> put_in_place(const std::string& partial, const std::string& path) {
  if (rename(partial.c_str(), path.c_str()) != 0) return system_error("naming " + path);
  return sync_path(folder_of(path), O_RDONLY | O_DIRECTORY);
}

// What a database consists of; the log holds what is committed and not in the file yet.
constexpr const char* kParts[] = {"", "-wal", "-shm"};

Result<std::string> set_aside(const std::string& directory) {
  std::string folder;
  for (int number = 1;; ++number) {
    folder = directory + "/replaced-" + std::to_string(number);
    if (mkdir(folder.c_str(), 0700) == 0) break;
    if (errno != EEXIST) return system_error("making the folder " + folder);
  }
  for (const char* const part : kParts) {
    const std::string name = std::string(kDatabaseFile) + part;
    if (rename((directory + "/" + name).c_str(), (folder + "/" + name).c_str()) != 0 && errno != ENOENT)
      return system_error("setting aside " + name);
  }
  if (auto synced = sync_path(directory, O_RDONLY | O_DIRECTORY); !synced)
    return fail(std::move(synced.error()));
  return folder;
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

}  // namespace

Result<void> back_up(const std::string& from, const std::string& to, const Watch& watch) {
  if (!exists(from)) return fail(Code::store_unavailable, "", "there is no database " + from);
  if (exists(to)) return fail(Code::duplicate_resource, "", to + " exists; a backup overwrites nothing");
  const std::string partial = to + ".partial";
  auto copied = make_copy(from, partial, "", watch);
  if (copied) copied = put_in_place(partial, to);
  if (!copied) unlink(partial.c_str());
  return copied;
}

Result<std::string> restore(const std::string& from, const std::string& directory, Existing existing,
                            const Watch& watch) {
  if (!exists(from)) return fail(Code::store_unavailable, "", "there is no backup " + from);
  auto lock = DirectoryLock::acquire(directory);
  if (!lock) return fail(std::move(lock.error()));
  const std::string path = directory + "/" + kDatabaseFile;
  const bool is_there = exists(path);
  if (is_there && existing == Existing::refuse)
    return fail(Code::duplicate_resource, "", directory + " has a database; --replace sets it aside");
  const std::string partial = path + ".partial";
  // No file has this identity, so that whoever serves it first begins a review.
  auto copied = make_copy(from, partial, "UPDATE instance SET identity = '', version = version + 1", watch);
  std::string former;
  if (copied && is_there) {
    auto aside = set_aside(directory);
    if (!aside) return aside;
    former = std::move(*aside);
  }
  if (copied) copied = put_in_place(partial, path);
  if (!copied) {
    unlink(partial.c_str());
    return fail(std::move(copied.error()));
  }
  return former;
}

Result<std::string> file_identity(const std::string& path) {
  struct statx facts{};
  if (statx(AT_FDCWD, path.c_str(), 0, STATX_INO | STATX_BTIME, &facts) != 0)
    return system_error("looking at " + path);
  const bool knows_birth = (facts.stx_mask & STATX_BTIME) != 0;
  const std::int64_t born_ns =
      knows_birth ? facts.stx_btime.tv_sec * 1'000'000'000 + facts.stx_btime.tv_nsec : 0;
  return std::to_string(facts.stx_ino) + "." + std::to_string(born_ns);
}

}  // namespace payweir::store::sqlite
