#include "net/http_write.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "net/http_head.hpp"

namespace payweir::net {
namespace {

TEST(HttpWrite, WritesAnAnswersHead) {
  http::Response response{.status = 201, .body = "{}"};
  response.headers.set("Content-Type", "application/json");
  std::string out;
  append_response_head(out, response, AfterResponse::keep_alive);
  EXPECT_EQ(out, "HTTP/1.1 201 Created\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n");
}

TEST(HttpWrite, FramesAnswersItself) {
  http::Response response{.status = 204};
  response.headers.set("content-length", "7");
  response.headers.set("Transfer-Encoding", "chunked");
  std::string out;
  append_response_head(out, response, AfterResponse::close);
  EXPECT_EQ(out, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

TEST(HttpWrite, WritesARequest) {
  http::Request request{.method = http::Method::post, .target = "/v1/charges?a=b", .body = "amount=1"};
  request.headers.set("Host", "elsewhere");
  request.headers.set("Authorization", "Bearer x");
  std::string out;
  append_request(out, request, "api.example.com");
  EXPECT_EQ(out,
            "POST /v1/charges?a=b HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 8\r\n"
            "Authorization: Bearer x\r\n\r\namount=1");
}

TEST(HttpWrite, GivesABodylessGetNoLength) {
  std::string out;
  append_request(out, {.method = http::Method::get, .target = "/"}, "a");
  EXPECT_EQ(out, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
}

TEST(Faults, J07_NoTextOfAMerchantEndsAHeaderLine) {
  ASSERT_TRUE(rc::check([](const std::string& name, const std::string& value, const std::string& more) {
    http::Response response{.status = 200, .body = "body"};
    const std::string hostile = value + "\r\nSet-Cookie: stolen=1\r\n\r\n" + more;
    response.headers.set(name + "\r\nX-Injected", hostile);
    response.headers.set("X-Merchant", hostile);
    std::string out;
    append_response_head(out, response, AfterResponse::keep_alive);
    // One status line, Content-Length, at most two fields, the empty line.
    const auto lines = std::ranges::count(out, '\n');
    RC_ASSERT(lines == 4 || lines == 5);
    RC_ASSERT(std::ranges::count(out, '\r') == lines);
    RC_ASSERT(!out.contains("\nSet-Cookie"));
    RC_ASSERT(out.find("\r\n\r\n") == out.size() - 4);
  }));
}

}  // namespace
}  // namespace payweir::net
