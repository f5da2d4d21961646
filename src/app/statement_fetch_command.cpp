// `payweir statement fetch`. It reads the account's credentials beside a switch that may be running, and asks
// the gateway itself: docs/adr/0007-statements-are-fetched-beside-the-switch.md.
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <optional>

#include "app/commands.hpp"
#include "app/node.hpp"
#include "app/process.hpp"
#include "app/statement_file.hpp"
#include "flows/fetch_statement.hpp"

namespace payweir::app {
namespace {

constexpr int kNoneOfThatDay = 3;
constexpr int kNotYet = 4;

// For the person in front of it.
class PlainLog final : public Log {
 public:
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override {
    if (level < LogLevel::warning) return;
    std::string line = "payweir: " + std::string(event);
    for (const LogField& field : fields)
      if (const auto* text = std::get_if<std::string_view>(&field.value))
        line.append(", ").append(field.name).append(": ").append(*text);
    std::fprintf(stderr, "%s\n", line.c_str());
  }
};

using Outcome = std::optional<Result<flows::FetchedStatement>>;

Task<void> fetch_into(flows::Context& context, flows::StatementWish wish, StatementFile& file,
                      flows::FetchLimits limits, Outcome& outcome) {
  outcome = co_await flows::fetch_statement(context, std::move(wish), file, limits);
}

// One line that is written over, when somebody watches.
StatementFile::Progress progress_line() {
  if (isatty(STDERR_FILENO) != 1) return [](std::uint64_t) {};
  return [shown = std::uint64_t{0}](std::uint64_t bytes) mutable {
    const std::uint64_t tenths = bytes * 10 >> 20;
    if (tenths == shown) return;
    shown = tenths;
    std::fprintf(stderr, "\rfetching: %" PRIu64 ".%" PRIu64 " MiB\033[K", tenths / 10, tenths % 10);
  };
}

void end_progress_line() {
  if (isatty(STDERR_FILENO) == 1) std::fputs("\r\033[K", stderr);
}

int tell_and_fail(const Error& error) {
  tell_error(error);
  return 1;
}

Result<Config> configure(const StatementFetchOptions& options) {
  Result<Config> config = load_config(options.config_file, read_environment());
  if (!config) return config;
  if (!options.data_dir.empty()) config->data_dir = options.data_dir;
  if (Result<void> checked = check_config(*config); !checked) return fail(std::move(checked.error()));
  config->io_threads = 1;
  return config;
}

int tell_whole(const flows::fetched::Whole& whole, const std::string& to) {
  std::printf("%s: %" PRIu64 " lines; `payweir statement read --connector %s%s%s %s` prints them\n",
              to.c_str(), whole.summary.lines_read, whole.connector.c_str(),
              whole.sha1.empty() ? "" : " --sha1 ", whole.sha1.c_str(), to.c_str());
  return 0;
}

}  // namespace

int run_statement_fetch(const StatementFetchOptions& options) {
  prepare_process();
  const Result<Config> config = configure(options);
  if (!config) return tell_and_fail(config.error());
  PlainLog log;
  const Result<std::unique_ptr<Node>> node = Node::start(*config, log, NodeMode::beside);
  if (!node) return tell_and_fail(node.error());
  const Result<std::unique_ptr<StatementFile>> file = StatementFile::create(options.to, progress_line());
  if (!file) return tell_and_fail(file.error());
  end_at_signal();
  flows::FetchLimits limits;
  limits.bytes_max = static_cast<std::uint64_t>(options.mebibytes_max) << 20;
  Outcome outcome;
  (*node)->run([&](flows::Context& context) {
    return fetch_into(context, {options.merchant_id, options.merchant_connector_id, options.date}, **file,
                      limits, outcome);
  });
  end_progress_line();
  (*node)->drain();
  if (!*outcome) return tell_and_fail((*outcome).error());
  if (std::holds_alternative<flows::fetched::None>(**outcome)) {
    std::fprintf(stderr, "payweir: the gateway has no statement of %s: nothing happened that day\n",
                 options.date.c_str());
    return kNoneOfThatDay;
  }
  if (std::holds_alternative<flows::fetched::NotReady>(**outcome)) {
    std::fprintf(stderr,
                 "payweir: the statement of %s is not ready yet; gateways have it by ten in the morning, "
                 "Beijing time, of the day after\n",
                 options.date.c_str());
    return kNotYet;
  }
  if (Result<void> kept = (*file)->keep(); !kept) return tell_and_fail(kept.error());
  return tell_whole(std::get<flows::fetched::Whole>(**outcome), options.to);
}

}  // namespace payweir::app
