#include "api/client_address.hpp"

#include <string_view>

namespace payweir::api {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

// All fields of that name are one list.
std::string forwarded_for(const http::Headers& headers) {
  std::string list;
  for (const auto [name, value] : headers.all())
    if (http::equals_ignoring_case(name, "x-forwarded-for"))
      list.append(list.empty() ? "" : ",").append(value);
  return list;
}

}  // namespace

std::string client_address(const http::Request& request, std::span<const AddressRange> trusted_proxies) {
  std::string address = request.peer_address;
  if (!contains(trusted_proxies, address)) return address;
  const std::string list = forwarded_for(request.headers);
  std::string_view rest = list;
  while (!rest.empty() && contains(trusted_proxies, address)) {
    const std::size_t comma = rest.rfind(',');
    const std::string_view last = trimmed(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(0, comma);
    if (!AddressRange::parse(last) || last.contains('/')) break;
    address = last;
  }
  return address;
}

}  // namespace payweir::api
