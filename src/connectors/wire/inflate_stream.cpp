#include "connectors/wire/inflate_stream.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/check.hpp"

namespace payweir::wire {
namespace {

constexpr std::size_t kPieceSize = std::size_t{64} * 1024;
constexpr int kWindowBits = 15;      // the largest there is
constexpr int kGzipWindowBits = 16;  // zlib.h, inflateInit2: 16 more means a gzip header

}  // namespace

struct InflateStream::State {
  z_stream stream{};
  std::uint64_t unpacked_max = 0;
  std::uint64_t unpacked = 0;
  bool ended = false;
  std::array<char, kPieceSize> piece;

  State(Wrapper wrapper, std::uint64_t max) : unpacked_max(max) {
    const int bits = wrapper == Wrapper::gzip ? kWindowBits + kGzipWindowBits : -kWindowBits;
    check(inflateInit2(&stream, bits) == Z_OK, "out of memory for zlib");
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { inflateEnd(&stream); }
};

InflateStream::InflateStream(Wrapper wrapper, std::uint64_t unpacked_max)
    : state_(std::make_unique<State>(wrapper, unpacked_max)) {}
InflateStream::~InflateStream() = default;
InflateStream::InflateStream(InflateStream&&) noexcept = default;
InflateStream& InflateStream::operator=(InflateStream&&) noexcept = default;

Result<std::size_t> InflateStream::feed(std::string_view packed, const ByteSink& sink) {
  z_stream& stream = state_->stream;
  const std::size_t offered = std::min<std::size_t>(packed.size(), std::numeric_limits<uInt>::max());
  // zlib reads through it only.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(offered);
  while (!state_->ended) {
    stream.next_out = reinterpret_cast<Bytef*>(state_->piece.data());
    stream.avail_out = kPieceSize;
    const int answer = inflate(&stream, Z_NO_FLUSH);
    // What came out before an end or an error is handed on first, so that the outcome does not depend on how
    // the packed bytes are cut.
    const std::size_t produced = kPieceSize - stream.avail_out;
    const std::uint64_t room = state_->unpacked_max - state_->unpacked;
    const auto kept = static_cast<std::size_t>(std::min<std::uint64_t>(produced, room));
    state_->unpacked += kept;
    if (kept > 0)
      if (auto taken = sink({state_->piece.data(), kept}); !taken)
        return std::unexpected(std::move(taken.error()));
    if (kept < produced)
      return fail(Code::statement_too_large, "",
                  "it unpacks to more than " + std::to_string(state_->unpacked_max) + " bytes");
    // Z_BUF_ERROR: it needs more than there is; not an error yet.
    if (answer != Z_OK && answer != Z_STREAM_END && answer != Z_BUF_ERROR)
      return fail(Code::statement_malformed, "", "the compressed data is damaged");
    if (answer == Z_STREAM_END) state_->ended = true;
    if (stream.avail_in == 0 && stream.avail_out > 0) break;
    if (answer == Z_BUF_ERROR) break;
  }
  return offered - stream.avail_in;
}

bool InflateStream::ended() const {
  return state_->ended;
}
std::uint64_t InflateStream::bytes_unpacked() const {
  return state_->unpacked;
}

}  // namespace payweir::wire
