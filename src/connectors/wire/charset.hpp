#pragma once
// Text of a gateway to UTF-8.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace payweir::wire {

enum class Charset : std::uint8_t { utf8, gbk };

class CharsetDecoder {
 public:
  // Error: statement_malformed when this machine's C library has no table for it.
  [[nodiscard]] static Result<CharsetDecoder> open(Charset charset);
  ~CharsetDecoder();
  CharsetDecoder(CharsetDecoder&&) noexcept;
  CharsetDecoder& operator=(CharsetDecoder&&) noexcept;

  // Replaces `decoded`. Whole texts: a character that is cut off is an error. Error: invalid_value.
  [[nodiscard]] Result<void> decode(std::string_view text, std::string& decoded) const;

 private:
  struct State;
  explicit CharsetDecoder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace payweir::wire
