#include "app/json_log.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>

#include "base/json_writer.hpp"
#include "base/time.hpp"

namespace payweir::app {
namespace {

constexpr std::size_t kLinesWaitingMax = 8192;

std::string_view word_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "info";
}

LogLevel level_of(std::string_view word) {
  for (const LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error})
    if (word == word_of(level)) return level;
  return LogLevel::info;
}

}  // namespace

struct JsonLog::Sink {
  std::shared_ptr<spdlog::details::thread_pool> thread =
      std::make_shared<spdlog::details::thread_pool>(kLinesWaitingMax, 1);
  std::shared_ptr<spdlog::async_logger> logger =
      std::make_shared<spdlog::async_logger>("payweir", std::make_shared<spdlog::sinks::stdout_sink_mt>(),
                                             thread, spdlog::async_overflow_policy::overrun_oldest);
};

JsonLog::JsonLog(std::string_view level) : sink_(std::make_unique<Sink>()), least_(level_of(level)) {
  sink_->logger->set_pattern("%v");
  sink_->logger->flush_on(spdlog::level::info);
}

JsonLog::~JsonLog() {
  sink_->logger->flush();
}

void JsonLog::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < least_) return;
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  json::Writer line(256);
  line.begin_object();
  line.field("time", format_iso8601(Instant{now.time_since_epoch().count()}));
  line.field("level", word_of(level)).field("event", event);
  for (const LogField& field : fields) {
    if (const auto* text = std::get_if<std::string_view>(&field.value))
      line.field(field.name, *text);
    else
      line.field(field.name, std::get<std::int64_t>(field.value));
  }
  line.end_object();
  sink_->logger->log(spdlog::level::info, spdlog::string_view_t(line.view().data(), line.view().size()));
}

}  // namespace payweir::app
