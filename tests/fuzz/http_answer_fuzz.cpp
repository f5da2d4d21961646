// Answers as bytes: what a gateway, or somebody in between, could send to the client's strict parser.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "net/http_head.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace payweir;
  using namespace payweir::net;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  HeadScanner scanner;
  if (scanner.scan(text) != HeadScanner::State::complete) return 0;
  const std::string_view head = text.substr(0, scanner.head_bytes());
  http::Response response;
  const auto framing = parse_response_head(head, http::Method::post, response);
  if (!framing) return 0;
  check(response.status >= 100 && response.status <= 599, "a status that is none");
  check(!response.headers.has("content-length") || !response.headers.has("transfer-encoding"),
        "two framings");
  check(framing->body != Framing::Body::until_close || !framing->keep_alive,
        "an endless body on a kept connection");
  for (const auto& [name, value] : response.headers.all())
    for (const std::string_view part : {name, value})
      check(std::ranges::none_of(part, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }),
            "a line end or NUL got through");
  http::Response to_head;
  const auto bodiless = parse_response_head(head, http::Method::head, to_head);
  check(bodiless && bodiless->body == Framing::Body::none, "an answer to HEAD has a body");
  return 0;
}
