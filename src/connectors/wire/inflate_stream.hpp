#pragma once
// Deflate, unpacked in pieces: what goes in may be cut anywhere, what comes out is handed on in pieces of 64
// KiB at most. A bomb costs time, never memory, and not more than the bytes that are allowed for it.
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/result.hpp"

namespace payweir::wire {

using ByteSink = std::function<Result<void>(std::string_view)>;

class InflateStream {
 public:
  enum class Wrapper : std::uint8_t { none, gzip };

  InflateStream(Wrapper wrapper, std::uint64_t unpacked_max);
  ~InflateStream();
  InflateStream(InflateStream&&) noexcept;
  InflateStream& operator=(InflateStream&&) noexcept;

  // Returns how many bytes it took: all, or those up to the stream's end. Errors: statement_malformed,
  // statement_too_large, and what the sink returns.
  [[nodiscard]] Result<std::size_t> feed(std::string_view packed, const ByteSink& sink);
  [[nodiscard]] bool ended() const;
  [[nodiscard]] std::uint64_t bytes_unpacked() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace payweir::wire
