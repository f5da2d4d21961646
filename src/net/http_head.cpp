#include "net/http_head.hpp"

#include <array>
#include <cstring>
#include <limits>
#include <optional>

namespace payweir::net {
namespace {

enum ByteClass : std::uint8_t { token = 1, target = 2, value = 4, host = 8 };

constexpr std::array<std::uint8_t, 256> byte_classes() {
  std::array<std::uint8_t, 256> table{};
  constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";
  constexpr std::string_view not_in_target = "\"#<>";
  constexpr std::string_view host_marks = "-._~%:[]!$&'()*+,;=";
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool visible = byte > 0x20 && byte < 0x7f;
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    std::uint8_t classes = 0;
    if (alphanumeric || token_marks.contains(c)) classes |= token;
    if (visible && !not_in_target.contains(c)) classes |= target;
    if (visible || c == ' ' || c == '\t' || byte >= 0x80) classes |= value;
    if (alphanumeric || host_marks.contains(c)) classes |= host;
    table[byte] = classes;
  }
  return table;
}
constexpr std::array<std::uint8_t, 256> kByteClasses = byte_classes();

bool all_of_class(std::string_view text, ByteClass wanted) {
  for (const char c : text)
    if (!(kByteClasses[static_cast<std::uint8_t>(c)] & wanted)) return false;
  return true;
}

std::unexpected<Refusal> refuse(int status, std::string_view message) {
  return std::unexpected(Refusal{status, message});
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

// Cuts the first line, without its CRLF, off `rest`. Requires: `rest` holds a CRLF.
std::string_view cut_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end - 1);
  rest.remove_prefix(end + 1);
  return line;
}

std::optional<std::uint64_t> parse_length(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  std::uint64_t length = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    // Saturates: a number too large for us is too large, not malformed.
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    const auto digit = static_cast<std::uint64_t>(c - '0');
    length = length > (most - digit) / 10 ? most : length * 10 + digit;
  }
  return length;
}

// What the fields say of the framing, gathered field by field.
struct FramingFields {
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool close = false;
  bool keep_alive = false;
  bool expects_continue = false;
  int hosts = 0;
};

void read_connection_options(std::string_view list, FramingFields& seen) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view option = trim_blanks(list.substr(0, comma));
    if (http::equals_ignoring_case(option, "close")) seen.close = true;
    if (http::equals_ignoring_case(option, "keep-alive")) seen.keep_alive = true;
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  }
}

// "" or why the field is refused.
Refusal read_framing_field(std::string_view name, std::string_view text, FramingFields& seen) {
  switch (name.size()) {
    case 4:
      if (!http::equals_ignoring_case(name, "host")) break;
      if (!all_of_class(text, host)) return {400, "Host is not a host."};
      ++seen.hosts;
      break;
    case 6:
      if (!http::equals_ignoring_case(name, "expect")) break;
      if (!http::equals_ignoring_case(text, "100-continue")) return {417, "Expect must be 100-continue."};
      seen.expects_continue = true;
      break;
    case 10:
      if (http::equals_ignoring_case(name, "connection")) read_connection_options(text, seen);
      break;
    case 14:
      if (!http::equals_ignoring_case(name, "content-length")) break;
      if (seen.content_length) return {400, "Content-Length is repeated."};
      seen.content_length = parse_length(text);
      if (!seen.content_length) return {400, "Content-Length is not a number."};
      break;
    case 17:
      if (!http::equals_ignoring_case(name, "transfer-encoding")) break;
      if (seen.chunked) return {400, "Transfer-Encoding is repeated."};
      if (!http::equals_ignoring_case(text, "chunked")) return {400, "Transfer-Encoding must be chunked."};
      seen.chunked = true;
      break;
    default: break;
  }
  return {};
}

// Requires: `rest` is the field lines with the empty line behind them.
Refusal read_fields(std::string_view rest, http::Headers& headers, FramingFields& seen) {
  std::size_t count = 0;
  for (;;) {
    const std::string_view line = cut_line(rest);
    if (line.empty()) break;
    if (++count > kHeadFieldsMax) return {431, "There are too many header fields."};
    // A blank in front is obs-fold, one before the colon splits readers: neither is a token byte.
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
      return {400, "A header field name is malformed."};
    const std::string_view name = line.substr(0, colon);
    const std::string_view text = trim_blanks(line.substr(colon + 1));
    if (!all_of_class(text, value)) return {400, "A header field value holds a control character."};
    if (const Refusal refusal = read_framing_field(name, text, seen); !refusal.message.empty())
      return refusal;
    headers.add(name, text);
  }
  if (seen.chunked && seen.content_length)
    return {400, "Content-Length and Transfer-Encoding exclude each other."};
  return {};
}

http::Method method_of(std::string_view name) {
  using enum http::Method;
  for (const http::Method method : {get, post, put, patch, del, head, options})
    if (http::to_string(method) == name) return method;
  return other;
}

// 0 or 1 for HTTP/1.0 or HTTP/1.1.
std::expected<int, Refusal> minor_version_of(std::string_view version) {
  if (version == "HTTP/1.1") return 1;
  if (version == "HTTP/1.0") return 0;
  const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") && version[6] == '.';
  return well_formed ? refuse(505, "The HTTP version is not 1.1.")
                     : refuse(400, "The request line is malformed.");
}

bool stays_open(int minor_version, const FramingFields& seen) {
  return minor_version == 1 ? !seen.close : seen.keep_alive && !seen.close;
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && all_of_class(text, token);
}
bool is_request_target(std::string_view text) {
  return !text.empty() && all_of_class(text, target);
}

HeadScanner::State HeadScanner::scan(std::string_view buffer) {
  while (scanned_ < buffer.size()) {
    const void* found = std::memchr(buffer.data() + scanned_, '\n', buffer.size() - scanned_);
    if (!found) break;
    const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - buffer.data());
    if (end == line_begin_ || buffer[end - 1] != '\r') return State::malformed;
    const bool empty_line = end == line_begin_ + 1;
    const bool first_line = line_begin_ == 0;
    scanned_ = line_begin_ = end + 1;
    if (empty_line) return first_line ? State::malformed : State::complete;
  }
  scanned_ = buffer.size();
  return State::incomplete;
}

std::expected<Framing, Refusal> parse_request_head(std::string_view head, http::Request& request) {
  std::string_view rest = head;
  const std::string_view line = cut_line(rest);
  const std::size_t method_end = line.find(' ');
  const std::size_t target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || target_end <= method_end)
    return refuse(400, "The request line is malformed.");
  const std::string_view method = line.substr(0, method_end);
  const std::string_view path = line.substr(method_end + 1, target_end - method_end - 1);
  if (!is_token(method)) return refuse(400, "The method is malformed.");
  // Origin form only: we are no proxy, and "*" asks for nothing that we offer.
  if (!path.starts_with('/') || !is_request_target(path))
    return refuse(400, "The request target is malformed.");
  const auto minor_version = minor_version_of(line.substr(target_end + 1));
  if (!minor_version) return std::unexpected(minor_version.error());
  request.method = method_of(method);
  request.target = path;

  FramingFields seen;
  if (const Refusal refusal = read_fields(rest, request.headers, seen); !refusal.message.empty())
    return std::unexpected(refusal);
  if (seen.hosts > 1) return refuse(400, "Host is repeated.");
  if (*minor_version == 1 && seen.hosts == 0) return refuse(400, "Host is missing.");
  if (*minor_version == 0 && seen.chunked) return refuse(400, "HTTP/1.0 knows no Transfer-Encoding.");

  Framing framing;
  if (seen.chunked) framing.body = Framing::Body::chunked;
  if (seen.content_length.value_or(0) > 0) framing.body = Framing::Body::length;
  framing.content_length = seen.content_length.value_or(0);
  framing.keep_alive = stays_open(*minor_version, seen);
  framing.expects_continue = seen.expects_continue && *minor_version == 1;
  return framing;
}

std::expected<Framing, Refusal> parse_response_head(std::string_view head, http::Method answered,
                                                    http::Response& response) {
  // "HTTP/1.1 200" and, in most answers, a blank and a reason.
  std::string_view rest = head;
  const std::string_view line = cut_line(rest);
  if (line.size() < 12 || line[8] != ' ' || (line.size() > 12 && line[12] != ' ') ||
      !all_of_class(line, value))
    return refuse(502, "The status line is malformed.");
  const auto minor_version = minor_version_of(line.substr(0, 8));
  if (!minor_version) return refuse(502, "The HTTP version is not 1.1.");
  const auto status = parse_length(line.substr(9, 3));
  if (!status || *status < 100 || *status > 599) return refuse(502, "The status is malformed.");
  response.status = static_cast<int>(*status);

  FramingFields seen;
  if (const Refusal refusal = read_fields(rest, response.headers, seen); !refusal.message.empty())
    return std::unexpected(refusal);
  Framing framing;
  framing.keep_alive = stays_open(*minor_version, seen);
  framing.content_length = seen.content_length.value_or(0);
  const bool no_body = answered == http::Method::head || response.status < 200 || response.status == 204 ||
                       response.status == 304;
  if (no_body) return framing;
  if (seen.chunked) {
    framing.body = Framing::Body::chunked;
  } else if (seen.content_length) {
    framing.body = framing.content_length > 0 ? Framing::Body::length : Framing::Body::none;
  } else {
    framing.body = Framing::Body::until_close;
    framing.keep_alive = false;
  }
  return framing;
}

}  // namespace payweir::net
