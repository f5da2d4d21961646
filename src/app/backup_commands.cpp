// `payweir backup`, `payweir restore`, `payweir verify`.
#include <unistd.h>

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <filesystem>

#include "app/commands.hpp"
#include "app/config.hpp"
#include "app/process.hpp"
#include "store/sqlite/backup.hpp"
#include "store/sqlite/verify.hpp"

namespace payweir::app {
namespace {

using store::sqlite::Existing;
using store::sqlite::Inventory;
using store::sqlite::Verified;

Result<std::string> data_directory(const std::string& wanted, const std::string& config_file) {
  Result<Config> config = load_config(config_file, read_environment());
  if (!config) return fail(std::move(config.error()));
  return wanted.empty() ? config->data_dir : wanted;
}

// One line that is written over, when somebody watches.
class ProgressLine {
 public:
  explicit ProgressLine(const char* doing) : doing_(doing), shown_(isatty(STDERR_FILENO) == 1) {}
  ~ProgressLine() {
    if (percent_ >= 0) std::fprintf(stderr, "\r\033[K");
  }
  void show(std::int64_t done, std::int64_t all) {
    const auto percent = all > 0 ? static_cast<int>(done * 100 / all) : 100;
    if (!shown_ || percent == percent_) return;
    percent_ = percent;
    std::fprintf(stderr, "\r%s: %d %%", doing_, percent);
  }

 private:
  const char* doing_;
  bool shown_;
  int percent_ = -1;
};

double mebibytes_of(const std::string& path) {
  std::error_code ignored;
  const auto bytes = std::filesystem::file_size(path, ignored);
  return ignored ? 0 : static_cast<double>(bytes) / (1 << 20);
}

// Whether all checks passed; tells of each.
Result<bool> verify_and_tell(const std::string& path) {
  std::int64_t breaches = 0;
  const auto tell = [&](const Verified& check) {
    breaches += check.breaches;
    if (check.breaches == 0)
      std::printf("  ok      %.*s\n", static_cast<int>(check.what.size()), check.what.data());
    else
      std::printf("  BROKEN  %.*s: %" PRId64 " rows, such as %s\n", static_cast<int>(check.what.size()),
                  check.what.data(), check.breaches, check.example.c_str());
    std::fflush(stdout);
  };
  const Result<Inventory> inventory = store::sqlite::verify(path, tell);
  if (!inventory) return fail(inventory.error());
  std::printf("%s: schema %" PRId64 ", epoch %" PRId64 ", %" PRId64 " payments, %" PRId64 " refunds, %" PRId64
              " postings, %" PRId64 " events, %" PRId64 " operations under way\n",
              path.c_str(), inventory->schema, inventory->epoch, inventory->payments, inventory->refunds,
              inventory->postings, inventory->events, inventory->operations_open);
  return breaches == 0;
}

int tell_and_fail(const Error& error) {
  tell_error(error);
  return 1;
}

}  // namespace

int run_backup(const BackupOptions& options) {
  prepare_process();
  const Result<std::string> directory = data_directory(options.data_dir, options.config_file);
  if (!directory) return tell_and_fail(directory.error());
  Result<void> done;
  {
    ProgressLine line("backing up");
    done = store::sqlite::back_up(*directory + "/" + store::sqlite::kDatabaseFile, options.to,
                                  [&](std::int64_t pages, std::int64_t all) { line.show(pages, all); });
  }
  if (!done) return tell_and_fail(done.error());
  std::printf("%s: %.1f MiB; `payweir verify %s` reads it through\n", options.to.c_str(),
              mebibytes_of(options.to), options.to.c_str());
  std::fputs("The master key is not in it, and it is of no use without: keep a copy of that apart.\n",
             stdout);
  return 0;
}

int run_restore(const RestoreOptions& options) {
  prepare_process();
  const Result<std::string> directory = data_directory(options.data_dir, options.config_file);
  if (!directory) return tell_and_fail(directory.error());
  const Result<bool> good = verify_and_tell(options.from);
  if (!good) return tell_and_fail(good.error());
  if (!*good) {
    std::fputs("payweir: the backup is broken; nothing was changed\n", stderr);
    return 1;
  }
  Result<std::string> former;
  {
    ProgressLine line("restoring");
    former = store::sqlite::restore(options.from, *directory,
                                    options.replace ? Existing::set_aside : Existing::refuse,
                                    [&](std::int64_t pages, std::int64_t all) { line.show(pages, all); });
  }
  if (!former) return tell_and_fail(former.error());
  if (!former->empty()) std::printf("The former database is in %s\n", former->c_str());
  std::printf(
      "%s: restored. `payweir serve` begins it with a review: nothing is sent until all that was open in it\n"
      "has been asked about. What was accepted after the backup is not in it.\n",
      directory->c_str());
  return 0;
}

int run_verify(const VerifyOptions& options) {
  prepare_process();
  std::string path = options.file;
  if (path.empty()) {
    const Result<std::string> directory = data_directory(options.data_dir, options.config_file);
    if (!directory) return tell_and_fail(directory.error());
    path = *directory + "/" + store::sqlite::kDatabaseFile;
  }
  const Result<bool> good = verify_and_tell(path);
  if (!good) return tell_and_fail(good.error());
  return *good ? 0 : 1;
}

}  // namespace payweir::app
