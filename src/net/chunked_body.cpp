#include "net/chunked_body.hpp"

#include <algorithm>
#include <optional>

namespace payweir::net {
namespace {

constexpr std::size_t kLineBytesMax = 256;
constexpr std::size_t kTrailerBytesMax = 4096;
constexpr std::size_t kSizeDigitsMax = 8;

std::optional<std::uint64_t> parse_size(std::string_view text) {
  if (text.empty() || text.size() > kSizeDigitsMax) return std::nullopt;
  std::uint64_t size = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9')
      size = size << 4 | static_cast<std::uint64_t>(c - '0');
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
      size = size << 4 | static_cast<std::uint64_t>((c | 0x20) - 'a' + 10);
    else
      return std::nullopt;
  }
  return size;
}

bool is_line_text(std::string_view line) {
  return std::ranges::all_of(line, [](char c) { return c == '\t' || static_cast<unsigned char>(c) >= 0x20; });
}

}  // namespace

ChunkedBody::State ChunkedBody::read_size(std::string_view line) {
  const auto size = parse_size(line.substr(0, line.find(';')));
  if (!size) return State::malformed;
  if (*size > body_bytes_max_ - std::min(body_bytes_, body_bytes_max_)) return State::too_large;
  chunk_left_ = *size;
  part_ = *size == 0 ? Part::trailer : Part::data;
  return State::incomplete;
}

ChunkedBody::Progress ChunkedBody::decode(std::string_view input, std::string& body) {
  std::size_t done = 0;
  for (;;) {
    const std::string_view rest = input.substr(done);
    if (part_ == Part::data) {
      const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, rest.size()));
      body.append(rest.substr(0, take));
      chunk_left_ -= take;
      body_bytes_ += take;
      done += take;
      if (chunk_left_ > 0) return {State::incomplete, done};
      part_ = Part::data_end;
      continue;
    }
    const std::size_t end = rest.substr(0, kLineBytesMax).find('\n');
    if (end == std::string_view::npos)
      return {rest.size() < kLineBytesMax ? State::incomplete : State::malformed, done};
    if (end == 0 || rest[end - 1] != '\r') return {State::malformed, done};
    const std::string_view line = rest.substr(0, end - 1);
    if (!is_line_text(line)) return {State::malformed, done};
    done += end + 1;
    switch (part_) {
      case Part::size:
        if (const State state = read_size(line); state != State::incomplete) return {state, done};
        break;
      case Part::data_end:
        if (!line.empty()) return {State::malformed, done};
        part_ = Part::size;
        break;
      case Part::trailer:
        if (line.empty()) return {State::complete, done};
        trailer_bytes_ += line.size();
        if (trailer_bytes_ > kTrailerBytesMax) return {State::malformed, done};
        break;
      case Part::data: break;
    }
  }
}

}  // namespace payweir::net
