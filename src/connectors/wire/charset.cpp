#include "connectors/wire/charset.hpp"

#include <iconv.h>

#include <algorithm>

namespace payweir::wire {

struct CharsetDecoder::State {
  iconv_t handle;
  explicit State(iconv_t opened) : handle(opened) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { iconv_close(handle); }
};

CharsetDecoder::CharsetDecoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
CharsetDecoder::~CharsetDecoder() = default;
CharsetDecoder::CharsetDecoder(CharsetDecoder&&) noexcept = default;
CharsetDecoder& CharsetDecoder::operator=(CharsetDecoder&&) noexcept = default;

Result<CharsetDecoder> CharsetDecoder::open(Charset charset) {
  // From UTF-8 to UTF-8, it checks.
  const char* const from = charset == Charset::gbk ? "GBK" : "UTF-8";
  const iconv_t handle = iconv_open("UTF-8", from);
  // iconv_open says no with all bits set.
  if (reinterpret_cast<std::intptr_t>(handle) == -1)
    return fail(Code::statement_malformed, "", std::string("the C library cannot decode ") + from);
  return CharsetDecoder(std::make_unique<State>(handle));
}

Result<void> CharsetDecoder::decode(std::string_view text, std::string& decoded) const {
  // Most cells are ASCII, which is the same in both.
  if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    decoded.assign(text);
    return {};
  }
  // A character of two bytes becomes three at most, an ASCII one stays one.
  decoded.resize(text.size() * 2);
  char* in = const_cast<char*>(text.data());  // iconv reads through it only
  std::size_t in_left = text.size();
  char* out = decoded.data();
  std::size_t out_left = decoded.size();
  iconv(state_->handle, nullptr, nullptr, nullptr, nullptr);
  const bool whole = iconv(state_->handle, &in, &in_left, &out, &out_left) != static_cast<std::size_t>(-1);
  if (!whole || in_left != 0) {
    decoded.clear();
    return fail(Code::invalid_value, "", "not in the file's encoding");
  }
  decoded.resize(decoded.size() - out_left);
  return {};
}

}  // namespace payweir::wire
