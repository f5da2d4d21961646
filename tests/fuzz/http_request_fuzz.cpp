// Requests as bytes: the head scanner, the strict parser and the chunked decoder, as the server uses them.
// The same bytes in other pieces mean the same, what is accepted has one meaning (J06), and it is the same
// request when it is written and read again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "net/chunked_body.hpp"
#include "net/http_head.hpp"
#include "net/http_write.hpp"

namespace {

using namespace payweir;
using namespace payweir::net;

constexpr std::size_t kBodyBytesMax = 4096;

struct Scanned {
  HeadScanner::State state;
  std::size_t head_bytes;
};

Scanned scan_in_pieces(std::string_view text, std::size_t step) {
  HeadScanner scanner;
  HeadScanner::State state = HeadScanner::State::incomplete;
  for (std::size_t given = 0; state == HeadScanner::State::incomplete && given < text.size();) {
    given = std::min(text.size(), given + step);
    state = scanner.scan(text.substr(0, given));
  }
  return {state, scanner.head_bytes()};
}

struct Decoded {
  ChunkedBody::State state;
  std::string body;
};

Decoded decode_in_pieces(std::string_view input, std::size_t step) {
  ChunkedBody chunks(kBodyBytesMax);
  Decoded decoded{ChunkedBody::State::incomplete, ""};
  std::string pending;
  for (std::size_t at = 0; decoded.state == ChunkedBody::State::incomplete && at < input.size(); at += step) {
    pending += input.substr(at, step);
    const auto [state, consumed] = chunks.decode(pending, decoded.body);
    decoded.state = state;
    pending.erase(0, consumed);
  }
  return decoded;
}

void check_text(std::string_view text) {
  check(std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }),
        "a line end or NUL got through");
}

void check_written_again(const http::Request& request) {
  // Host and Content-Length are added, which must leave it within the bound on fields.
  const bool at_bound = request.headers.all().size() + 2 > kHeadFieldsMax;
  if (request.method == http::Method::other || at_bound) return;
  std::string wire;
  append_request(wire, request, request.headers.get("host"));
  const Scanned scanned = scan_in_pieces(wire, wire.size());
  check(scanned.state == HeadScanner::State::complete, "what was written has no head");
  http::Request again;
  check(parse_request_head(std::string_view(wire).substr(0, scanned.head_bytes), again).has_value(),
        "what was written is refused");
  check(again.method == request.method && again.target == request.target, "another request line");
  for (const auto& [name, value] : request.headers.all())
    check(again.headers.has(name) || name.size() >= 10, "a field was lost");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::size_t step = 1 + data[0] % 16;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Scanned whole = scan_in_pieces(text, text.size() + 1);
  const Scanned pieces = scan_in_pieces(text, step);
  check(whole.state == pieces.state, "the end of a head depends on its pieces");
  if (whole.state != HeadScanner::State::complete) return 0;
  check(whole.head_bytes == pieces.head_bytes, "the end of a head depends on its pieces");

  http::Request request;
  const auto framing = parse_request_head(text.substr(0, whole.head_bytes), request);
  if (!framing) return 0;
  check_text(request.target);
  for (const auto& [name, value] : request.headers.all()) {
    check_text(name);
    check_text(value);
  }
  const bool length = request.headers.has("content-length"),
             chunked = request.headers.has("transfer-encoding");
  check(!(length && chunked), "two framings");
  check(chunked == (framing->body == Framing::Body::chunked), "a framing that the head does not ask for");
  check_written_again(request);
  if (!chunked) return 0;

  const std::string_view body = text.substr(whole.head_bytes);
  const Decoded at_once = decode_in_pieces(body, body.size() + 1);
  const Decoded in_pieces = decode_in_pieces(body, step);
  check(at_once.body.size() <= kBodyBytesMax, "a body above its limit");
  check(at_once.state == in_pieces.state && at_once.body == in_pieces.body, "a body depends on its pieces");
  return 0;
}
