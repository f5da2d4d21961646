// What a payment costs in the embedded store: its two commits, from many clients at once, on a real disk.
//
//   store_bench DIRECTORY [PAYMENTS] [CLIENTS]
//
// Prints a line per tenth, so that one sees whether it stays flat while the tables grow.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "store/sqlite/sqlite_store.hpp"
#include "store/testkit.hpp"

namespace {

using namespace payweir;
using store::testkit::PaymentRows;

constexpr std::int64_t kMerchantCount = 1000;

struct Usage {
  double seconds = 0;
  double cpu_us = 0;
  double written_bytes = 0;
  double batches = 0;
};

Usage usage_now(const store::Store& store) {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto us = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
  };
  Usage usage;
  usage.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  usage.cpu_us = us(used.ru_utime) + us(used.ru_stime);
  std::ifstream io("/proc/self/io");
  for (std::string name; io >> name;) {
    double value = 0;
    io >> value;
    if (name == "write_bytes:") usage.written_bytes = value;
  }
  usage.batches = static_cast<double>(store.statistics().batch_count);
  return usage;
}

struct Latencies {
  std::vector<std::uint32_t> us{};
  double percentile(double share) {
    if (us.empty()) return 0;
    const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(us.size() - 1));
    std::nth_element(us.begin(), us.begin() + place, us.end());
    return us[static_cast<std::size_t>(place)];
  }
};

struct Run {
  store::Store& store;
  std::int64_t started = 0;
  std::int64_t finished = 0;
  std::int64_t goal = 0;
  Latencies latencies{};
};

Task<void> commit_or_exit(Run& run, store::ChangeSet changes) {
  const auto before = std::chrono::steady_clock::now();
  const store::CommitAnswer answer = co_await run.store.commit(std::move(changes));
  if (!std::holds_alternative<store::commit::Committed>(answer)) {
    std::fprintf(stderr, "a commit was refused\n");
    std::exit(1);
  }
  const auto span = std::chrono::steady_clock::now() - before;
  run.latencies.us.push_back(
      static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(span).count()));
}

Task<void> client(Run& run) {
  while (run.started < run.goal) {
    PaymentRows rows = store::testkit::make_payment(run.started++ % kMerchantCount + 1);
    store::ChangeSet creation = rows.creation();
    co_await commit_or_exit(run, std::move(creation));
    store::ChangeSet capture = rows.capture();
    co_await commit_or_exit(run, std::move(capture));
    ++run.finished;
  }
}

// Synced writes of 64 KiB a second: what the disk can do at all, in the same run.
double measure_sync_rate(const std::string& directory) {
  const std::string path = directory + "/sync-probe";
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const std::string block(65536, 'x');
  const auto start = std::chrono::steady_clock::now();
  int count = 0;
  while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(500)) {
    if (pwrite(file, block.data(), block.size(), 0) < 0 || fdatasync(file) != 0) break;
    ++count;
  }
  close(file);
  std::filesystem::remove(path);
  return count / 0.5;
}

void print_slice(const char* name, const Usage& from, const Usage& to, double payments,
                 Latencies& latencies) {
  std::printf(
      "%-10s %8.0f payments/s %6.1f us CPU %7.0f bytes written %6.0f syncs/s %5.1f units/batch"
      "  commit p50 %4.0f us p99 %5.0f us max %6.0f us\n",
      name, payments / (to.seconds - from.seconds), (to.cpu_us - from.cpu_us) / payments,
      (to.written_bytes - from.written_bytes) / payments,
      (to.batches - from.batches) / (to.seconds - from.seconds), 2 * payments / (to.batches - from.batches),
      latencies.percentile(0.5), latencies.percentile(0.99), latencies.percentile(1));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: store_bench DIRECTORY [PAYMENTS] [CLIENTS]\n");
    return 2;
  }
  const std::string directory = std::string(argv[1]) + "/store-bench-data";
  const std::int64_t payments = argc > 2 ? std::atoll(argv[2]) : 200'000;
  const int clients = argc > 3 ? std::atoi(argv[3]) : 128;
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(argv[1]);

  store::sqlite::SqliteOptions options;
  options.directory = directory;
  auto opened = store::sqlite::SqliteStore::open(std::move(options));
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().detail.c_str());
    return 1;
  }
  std::printf("disk: %.0f synced writes of 64 KiB a second\n", measure_sync_rate(argv[1]));

  Run run{**opened};
  const Usage start = usage_now(**opened);
  Usage slice_start = start;
  Latencies all;
  for (int slice = 1; slice <= 10; ++slice) {
    run.goal = payments * slice / 10;
    const std::int64_t before = run.finished;
    boost::asio::io_context context(1);
    for (int i = 0; i < clients; ++i)
      boost::asio::co_spawn(context, client(run), boost::asio::detached);
    context.run();
    const Usage slice_end = usage_now(**opened);
    const std::string name = std::to_string(run.finished);
    print_slice(name.c_str(), slice_start, slice_end, static_cast<double>(run.finished - before),
                run.latencies);
    all.us.insert(all.us.end(), run.latencies.us.begin(), run.latencies.us.end());
    run.latencies.us.clear();
    slice_start = slice_end;
  }
  const Usage end = usage_now(**opened);
  const auto count = static_cast<double>(payments);
  print_slice("all", start, end, count, all);
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  std::printf("memory: %ld KiB at most\n", used.ru_maxrss);
  std::printf("RESULT name=bench-store payments_per_s=%.0f cpu_us=%.1f written_bytes=%.0f p99_us=%.0f\n",
              count / (end.seconds - start.seconds), (end.cpu_us - start.cpu_us) / count,
              (end.written_bytes - start.written_bytes) / count, all.percentile(0.99));
  opened->reset();
  std::filesystem::remove_all(directory);
}
