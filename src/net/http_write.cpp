#include "net/http_write.hpp"

#include <array>
#include <charconv>

#include "net/http_head.hpp"

namespace payweir::net {
namespace {

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "";  // RFC 9112 §4: a reason may be empty
  }
}

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

bool is_framing_field(std::string_view name) {
  switch (name.size()) {
    case 4: return http::equals_ignoring_case(name, "host");
    case 10: return http::equals_ignoring_case(name, "connection");
    case 14: return http::equals_ignoring_case(name, "content-length");
    case 17: return http::equals_ignoring_case(name, "transfer-encoding");
    default: return false;
  }
}

void append_fields(std::string& out, const http::Headers& headers) {
  for (const auto& [name, value] : headers.all()) {
    if (is_framing_field(name) || !is_token(name)) continue;
    out.append(name).append(": ").append(value).append("\r\n");
  }
}

}  // namespace

void append_response_head(std::string& out, const http::Response& response, AfterResponse after) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(response.status));
  out += ' ';
  out += reason_of(response.status);
  out += "\r\n";
  // RFC 9110 §8.6: neither has a body, and 204 no Content-Length.
  if (response.status != 204 && response.status != 304) {
    out += "Content-Length: ";
    append_number(out, response.body.size());
    out += "\r\n";
  }
  if (after == AfterResponse::close) out += "Connection: close\r\n";
  append_fields(out, response.headers);
  out += "\r\n";
}

void append_request(std::string& out, const http::Request& request, std::string_view authority) {
  out.append(http::to_string(request.method))
      .append(" ")
      .append(request.target)
      .append(" HTTP/1.1\r\nHost: ");
  out.append(authority).append("\r\n");
  const bool has_body = !request.body.empty() || request.method == http::Method::post ||
                        request.method == http::Method::put || request.method == http::Method::patch;
  if (has_body) {
    out += "Content-Length: ";
    append_number(out, request.body.size());
    out += "\r\n";
  }
  append_fields(out, request.headers);
  out += "\r\n";
  out += request.body;
}

}  // namespace payweir::net
