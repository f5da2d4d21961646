#include "connectors/wire/line_splitter.hpp"

namespace payweir::wire {

Result<void> LineSplitter::feed(std::string_view bytes) {
  while (true) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (begun_.size() + piece.size() > line_size_max_)
      return fail(
          Code::statement_too_large, "",
          "row " + std::to_string(lines_ + 1) + ": longer than " + std::to_string(line_size_max_) + " bytes");
    if (end == std::string_view::npos) {
      begun_ += piece;
      return {};
    }
    Result<void> taken;
    if (begun_.empty()) {
      taken = hand_on(piece);
    } else {
      begun_ += piece;
      taken = hand_on(begun_);
      begun_.clear();
    }
    if (!taken) return taken;
    bytes.remove_prefix(end + 1);
  }
}

Result<void> LineSplitter::finish() {
  if (begun_.empty()) return {};
  auto taken = hand_on(begun_);
  begun_.clear();
  return taken;
}

Result<void> LineSplitter::hand_on(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return sink_(line, ++lines_);
}

}  // namespace payweir::wire
