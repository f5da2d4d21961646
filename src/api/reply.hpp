#pragma once
// Reply: what a handler gives back. The router adds the headers that every answer carries.
#include <cstdint>
#include <string>

#include "base/http.hpp"
#include "flows/principal.hpp"

namespace payweir::api {

struct Reply {
  http::Response response;
  std::int64_t gateway_us = 0;  // of the time that this request took, the gateway's part
};

[[nodiscard]] Reply json_reply(std::string body, int status = 200);
// A flow's answer, byte for byte; a replayed one says so in a header.
[[nodiscard]] Reply answer_reply(flows::Answer answer);
// Sends a browser elsewhere.
[[nodiscard]] Reply redirect_reply(std::string_view location);

}  // namespace payweir::api
