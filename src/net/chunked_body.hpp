#pragma once
// Decodes Transfer-Encoding: chunked as its bytes arrive (RFC 9112 §7.1). Pure; keeps no bytes of its own,
// so that memory is bounded by the caller's limit. Extensions and trailer fields are skipped, within
// bounds. A line that does not end in CRLF, or a size that is not plain hex, is malformed.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace payweir::net {

class ChunkedBody {
 public:
  enum class State : std::uint8_t { incomplete, complete, malformed, too_large };
  struct Progress {
    State state;
    std::size_t consumed;  // bytes of `input` that are done with; what is behind a complete body is not ours
  };

  explicit ChunkedBody(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}
  // Appends decoded bytes to `body`, which the caller may take away between calls. Bytes not consumed are to
  // be given again with more behind them.
  [[nodiscard]] Progress decode(std::string_view input, std::string& body);

 private:
  enum class Part : std::uint8_t { size, data, data_end, trailer };
  State read_size(std::string_view line);

  std::size_t body_bytes_max_;
  std::size_t body_bytes_ = 0;  // decoded so far
  std::uint64_t chunk_left_ = 0;
  std::size_t trailer_bytes_ = 0;
  Part part_ = Part::size;
};

}  // namespace payweir::net
