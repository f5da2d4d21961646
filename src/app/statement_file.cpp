#include "app/statement_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

namespace payweir::app {
namespace {

std::unexpected<Error> system_failure(const std::string& path) {
  return fail(Code::internal, "", path + ": " + std::strerror(errno));
}

std::unexpected<Error> is_there(const std::string& path) {
  return fail(Code::duplicate_resource, "", path + " is there already, and is not written over");
}

std::string part_of(const std::string& path) {
  return path + ".part";
}

}  // namespace

Result<std::unique_ptr<StatementFile>> StatementFile::create(std::string path, Progress progress) {
  struct stat existing{};
  if (::lstat(path.c_str(), &existing) == 0) return is_there(path);
  const std::string part = part_of(path);
  const int descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return system_failure(part);
  // What another one left behind when it was killed is begun anew; what another one writes is its own.
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 || ::ftruncate(descriptor, 0) != 0 ||
      ::fchmod(descriptor, 0600) != 0) {
    const bool is_taken = errno == EWOULDBLOCK;
    auto why = system_failure(part);
    ::close(descriptor);
    if (is_taken) return fail(Code::duplicate_resource, "", part + " is being written by another process");
    return why;
  }
  return std::unique_ptr<StatementFile>(new StatementFile(std::move(path), std::move(progress), descriptor));
}

StatementFile::StatementFile(std::string path, Progress progress, int descriptor)
    : path_(std::move(path)), progress_(std::move(progress)), descriptor_(descriptor) {}

// Once it is kept, the name is not there any more.
StatementFile::~StatementFile() {
  ::unlink(part_of(path_).c_str());
  ::close(descriptor_);
}

Result<void> StatementFile::take(std::string_view piece) {
  while (!piece.empty()) {
    const ssize_t written = ::write(descriptor_, piece.data(), piece.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure(part_of(path_));
    piece.remove_prefix(static_cast<std::size_t>(written));
    bytes_ += static_cast<std::uint64_t>(written);
  }
  progress_(bytes_);
  return {};
}

Result<void> StatementFile::keep() {
  if (::fsync(descriptor_) != 0) return system_failure(part_of(path_));
  // Unlike a renaming, a link never takes the place of a file.
  if (::link(part_of(path_).c_str(), path_.c_str()) != 0)
    return errno == EEXIST ? is_there(path_) : system_failure(path_);
  const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  const int directory = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_durable = directory >= 0 && ::fsync(directory) == 0;
  if (directory >= 0) ::close(directory);
  if (!is_durable) return system_failure(path_);
  return {};
}

}  // namespace payweir::app
