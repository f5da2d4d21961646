#pragma once
// What a handler throws to have its answer reach the client broken, or not at all. For servers that model
// bad ones on purpose (src/sandbox); the connection is closed afterwards.
#include <cstdint>

#include "base/http.hpp"

namespace payweir::net {

struct BrokenDelivery {
  enum class Kind : std::uint8_t {
    silent,     // nothing is sent; the connection stays open until the client leaves
    closed,     // nothing is sent
    truncated,  // Content-Length tells the whole body, and half of it is sent
    dribble,    // the body at one byte a second
  };
  Kind kind = Kind::closed;
  http::Response response;  // of which truncated and dribble send something
};

}  // namespace payweir::net
