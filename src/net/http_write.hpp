#pragma once
// Heads of outgoing messages, appended to one string. Framing fields (Content-Length, Transfer-Encoding,
// Connection, and Host of a request) are ours: what the caller set under those names is left out.
#include <string>

#include "base/http.hpp"

namespace payweir::net {

enum class AfterResponse : std::uint8_t { keep_alive, close };

// The body is not appended. A name that is no token is left out, and a value has no CR, LF or NUL by
// http::Headers, so that no text can end a line (J07).
void append_response_head(std::string& out, const http::Response& response, AfterResponse after);

// The head and the body. Requires: is_request_target(request.target).
void append_request(std::string& out, const http::Request& request, std::string_view authority);

}  // namespace payweir::net
