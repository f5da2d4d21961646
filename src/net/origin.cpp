#include "net/origin.hpp"

#include <algorithm>
#include <charconv>

namespace payweir::net {
namespace {
namespace ip = boost::asio::ip;

constexpr std::size_t kHostBytesMax = 253;  // RFC 1035 §2.3.4

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_host_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
}

std::string lower_case(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lowered;
}

// The WHATWG rule: a host whose last label is a number is an IPv4 address, however it is spelled, and
// getaddrinfo reads "127.1", "0x7f.1" and "2130706433" as one.
bool ends_in_number(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return std::ranges::all_of(last, is_digit) || last.starts_with("0x");
}

bool has_empty_label(std::string_view host) {
  return host.empty() || host.front() == '.' || host.back() == '.' || host.contains("..");
}

bool read_host(std::string_view text, Origin& origin) {
  boost::system::error_code ec;
  if (text.starts_with('[')) {
    if (!text.ends_with(']') || text.contains('%')) return false;
    const auto address = ip::make_address_v6(text.substr(1, text.size() - 2), ec);
    origin.literal = address;
    origin.host = address.to_string();
    return !ec;
  }
  origin.host = lower_case(text);
  if (has_empty_label(origin.host) || origin.host.size() > kHostBytesMax) return false;
  if (!std::ranges::all_of(origin.host, is_host_char)) return false;
  if (!ends_in_number(origin.host)) return true;
  const auto address = ip::make_address_v4(origin.host, ec);
  origin.literal = address;
  return !ec && address.to_string() == origin.host;
}

bool read_port(std::string_view digits, Origin& origin) {
  const char* end = digits.data() + digits.size();
  const auto [read_to, failed] = std::from_chars(digits.data(), end, origin.port);
  return failed == std::errc() && read_to == end && origin.port != 0 && digits.front() != '0';
}

}  // namespace

Result<Origin> parse_origin(std::string_view text) {
  const auto refuse = [](const char* why) { return fail(Code::invalid_value, "url", why); };
  Origin origin;
  if (text.starts_with("https://")) {
    origin = {.scheme = Origin::Scheme::https, .port = 443};
  } else if (text.starts_with("http://")) {
    origin = {.scheme = Origin::Scheme::http, .port = 80};
  } else {
    return refuse("The URL must start with https:// or http://.");
  }
  std::string_view host = text.substr(text.find("//") + 2);
  const std::uint16_t default_port = origin.port;
  const std::size_t bracket = host.rfind(']');
  const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    if (!read_port(host.substr(colon + 1), origin)) return refuse("The URL's port is not a port.");
    host = host.substr(0, colon);
  }
  if (!read_host(host, origin)) return refuse("The URL's host is not a host name or address.");
  const bool bracketed = origin.literal && origin.literal->is_v6();
  origin.authority = bracketed ? '[' + origin.host + ']' : origin.host;
  if (origin.port != default_port) origin.authority += ':' + std::to_string(origin.port);
  return origin;
}

}  // namespace payweir::net
