#pragma once
// The heads of HTTP/1.1 messages: where one ends, what it says, and how its body is framed. Pure and
// strict: what two readers could understand differently is refused, never repaired (RFC 9112 §2.2, §5, §6,
// §11.2). Fuzzed by tests/fuzz/http_request_fuzz.cpp.
//
// Why not Beast's parser: the strict rules must see the raw bytes, of which Beast accepts more and hands out
// less, so that each head would be walked twice. Measured on a head of 393 bytes and 9 fields (-O2, two
// shared cores): 0.9 us for this one walk into http::Request, 1.5 us for Beast's parse and the copy out of
// its message, before any check of ours.
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

#include "base/http.hpp"

namespace payweir::net {

// Why a message was refused: the status a server answers it with, and one sentence for people. The text
// is ours, never a part of the message.
struct Refusal {
  int status = 400;
  std::string_view message;
};

// How the body behind a head is delimited, and what happens to the connection behind that.
struct Framing {
  enum class Body : std::uint8_t { none, length, chunked, until_close } body = Body::none;
  std::uint64_t content_length = 0;
  bool keep_alive = true;
  bool expects_continue = false;
};

inline constexpr std::size_t kHeadFieldsMax = 100;

// Finds the end of a head in a buffer that grows, looking at each byte once. A line that does not end in
// CRLF is an error as soon as it is seen, so that it need not be waited for.
class HeadScanner {
 public:
  enum class State : std::uint8_t { incomplete, complete, malformed };
  // Requires: `buffer` starts with what earlier calls were given.
  [[nodiscard]] State scan(std::string_view buffer);
  // Bytes of the head with its empty line. Requires: complete.
  [[nodiscard]] std::size_t head_bytes() const { return line_begin_; }
  void reset() { scanned_ = line_begin_ = 0; }

 private:
  std::size_t scanned_ = 0;
  std::size_t line_begin_ = 0;
};

// Both take a head as HeadScanner delimits it and fill everything but the body.
[[nodiscard]] std::expected<Framing, Refusal> parse_request_head(std::string_view head,
                                                                 http::Request& request);
// `answered` is the method of the request: an answer to HEAD has no body.
[[nodiscard]] std::expected<Framing, Refusal> parse_response_head(std::string_view head,
                                                                  http::Method answered,
                                                                  http::Response& response);

// RFC 9110 §5.6.2: what a method or a field name is made of.
[[nodiscard]] bool is_token(std::string_view text);
// Visible ASCII that may stand in a request line; no blank, no control, no fragment.
[[nodiscard]] bool is_request_target(std::string_view text);

}  // namespace payweir::net
