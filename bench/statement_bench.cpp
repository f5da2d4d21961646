// What reading a long statement costs: statement_bench [MEBIBYTES]. The file is made while it is read, and is
// nowhere as a whole; the reader's own time is what counts. A second run has a bad row near the end.
#include <sys/resource.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <string_view>

#include "base/check.hpp"
#include "connectors/statement_testkit.hpp"
#include "connectors/statements.hpp"

namespace {

using namespace payweir;
using testkit::Gateway;
using Clock = std::chrono::steady_clock;

long peak_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

void run(Gateway gateway, const char* name, std::uint64_t text_size) {
  std::uint64_t lines = 0, packed_size = 0;
  Clock::duration reading{};
  const auto make = [&] {
    return make_statement_reader(name, [&](const StatementLine&) -> Result<void> {
      ++lines;
      return {};
    });
  };
  auto reader = make();
  const auto feed = [&](std::string_view packed) {
    packed_size += packed.size();
    const auto start = Clock::now();
    auto fed = reader->feed(packed);
    reading += Clock::now() - start;
    return fed;
  };
  const auto made = testkit::stream_statement({.gateway = gateway, .text_size = text_size}, feed);
  check(made.has_value(), "a good statement was refused");
  const auto summary = reader->finish();
  check(summary.has_value() && lines == made->rows, "a good statement was refused at its end");
  const double seconds = std::chrono::duration<double>(reading).count();
  const double mebibytes = static_cast<double>(made->text_size) / (1 << 20);
  std::printf(
      "RESULT name=statement_%s mib=%.0f packed_mib=%.0f rows=%llu mib_per_s=%.0f rows_per_s=%.0f "
      "peak_rss_mib=%ld\n",
      name, mebibytes, static_cast<double>(packed_size) / (1 << 20),
      static_cast<unsigned long long>(made->rows), mebibytes / seconds,
      static_cast<double>(made->rows) / seconds, peak_mebibytes());

  reader = make();
  const auto bad = testkit::stream_statement(
      {.gateway = gateway, .text_size = text_size, .bad_row = made->last_row - 3}, feed);
  check(!bad, "a bad row was taken");
  std::printf("  row %llu is bad: %s\n", static_cast<unsigned long long>(made->last_row - 3),
              bad.error().detail.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t mebibytes = 1024;
  if (argc > 1) {
    const std::string_view text = argv[1];
    std::from_chars(text.data(), text.data() + text.size(), mebibytes);
  }
  run(Gateway::alipay, "alipay", mebibytes << 20);
  run(Gateway::wechatpay, "wechatpay", mebibytes << 20);
}
