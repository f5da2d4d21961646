#pragma once
// JsonLog: one JSON object a line on standard output, written by a thread of the log's own, so that no io
// thread waits for a disk. When that thread falls behind, lines are dropped and counted, never waited for.
#include <memory>

#include "ports/log.hpp"

namespace payweir::app {

class JsonLog final : public Log {
 public:
  // `level`: debug, info, warning or error.
  explicit JsonLog(std::string_view level);
  ~JsonLog() override;  // writes what is left
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override;

 private:
  struct Sink;
  std::unique_ptr<Sink> sink_;
  LogLevel least_;
};

}  // namespace payweir::app
