#pragma once
// Lines of a text that comes in pieces, without their LF or CRLF. Bytes, whatever their encoding: no byte of
// a character of UTF-8 or GBK looks like a line's end (a second byte of GBK is 0x40 or more).
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace payweir::wire {

// Number from 1. The line is good until it returns.
using LineSink = std::function<Result<void>(std::string_view line, std::uint64_t number)>;

class LineSplitter {
 public:
  LineSplitter(std::size_t line_size_max, LineSink sink)
      : line_size_max_(line_size_max), sink_(std::move(sink)) {}

  // Errors: statement_too_large for a line above the limit, and what the sink returns.
  [[nodiscard]] Result<void> feed(std::string_view bytes);
  // Hands on a last line that has no end.
  [[nodiscard]] Result<void> finish();
  [[nodiscard]] std::uint64_t lines() const { return lines_; }

 private:
  [[nodiscard]] Result<void> hand_on(std::string_view line);

  std::size_t line_size_max_;
  LineSink sink_;
  std::string begun_;  // of a line whose end has not come yet
  std::uint64_t lines_ = 0;
};

}  // namespace payweir::wire
