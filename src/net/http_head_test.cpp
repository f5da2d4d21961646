#include "net/http_head.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

namespace payweir::net {
namespace {

struct Parsed {
  int refused = 0;  // 0: accepted
  http::Request request;
  Framing framing;
};

Parsed parse(const std::string& head) {
  Parsed parsed;
  HeadScanner scanner;
  const HeadScanner::State state = scanner.scan(head);
  if (state == HeadScanner::State::incomplete) return {.refused = -1};
  if (state == HeadScanner::State::malformed) return {.refused = 400};
  const auto framing =
      parse_request_head(std::string_view(head).substr(0, scanner.head_bytes()), parsed.request);
  if (!framing) return {.refused = framing.error().status};
  parsed.framing = *framing;
  return parsed;
}

std::string with_fields(const std::string& fields) {
  return "POST /payments HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

TEST(HttpHead, ReadsAWholeRequest) {
  const Parsed parsed = parse(
      "POST /payments?x=1 HTTP/1.1\r\nHost: localhost:8080\r\napi-key:\t snd_1 \r\nContent-Length: "
      "12\r\n\r\n");
  ASSERT_EQ(parsed.refused, 0);
  EXPECT_EQ(parsed.request.method, http::Method::post);
  EXPECT_EQ(parsed.request.target, "/payments?x=1");
  EXPECT_EQ(parsed.request.headers.get("API-KEY"), "snd_1");
  EXPECT_EQ(parsed.framing.body, Framing::Body::length);
  EXPECT_EQ(parsed.framing.content_length, 12u);
  EXPECT_TRUE(parsed.framing.keep_alive);
}

TEST(HttpHead, TellsWhetherTheConnectionStaysOpen) {
  EXPECT_FALSE(parse(with_fields("Connection: close\r\n")).framing.keep_alive);
  EXPECT_FALSE(parse(with_fields("Connection: x, Close\r\n")).framing.keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\n\r\n").framing.keep_alive);
  EXPECT_TRUE(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").framing.keep_alive);
}

TEST(HttpHead, ReadsChunkedAndExpect) {
  const Parsed parsed = parse(with_fields("Transfer-Encoding: Chunked\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(parsed.framing.body, Framing::Body::chunked);
  EXPECT_TRUE(parsed.framing.expects_continue);
  EXPECT_EQ(parse(with_fields("Expect: miracles\r\n")).refused, 417);
}

TEST(HttpHead, KeepsUnknownMethodsForTheHandler) {
  EXPECT_EQ(parse("BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n").request.method, http::Method::other);
  EXPECT_EQ(parse("get / HTTP/1.1\r\nHost: a\r\n\r\n").request.method, http::Method::other);
}

struct Refused {
  const char* why;
  std::string head;
  int status = 400;
};

TEST(Faults, J06_AmbiguousRequestsAreRefused) {
  const std::vector<Refused> cases{
      {"both framings", with_fields("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")},
      {"both framings, the other order", with_fields("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")},
      {"both framings, length zero", with_fields("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n")},
      {"two lengths", with_fields("Content-Length: 3\r\nContent-Length: 4\r\n")},
      {"the same length twice", with_fields("Content-Length: 3\r\nContent-Length: 3\r\n")},
      {"a list of lengths", with_fields("Content-Length: 3, 3\r\n")},
      {"a signed length", with_fields("Content-Length: +3\r\n")},
      {"a negative length", with_fields("Content-Length: -1\r\n")},
      {"a hexadecimal length", with_fields("Content-Length: 0x3\r\n")},
      {"no length", with_fields("Content-Length:\r\n")},
      {"another coding", with_fields("Transfer-Encoding: gzip, chunked\r\n")},
      {"identity", with_fields("Transfer-Encoding: identity\r\n")},
      {"chunked twice", with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
      {"an odd byte in chunked", with_fields("Transfer-Encoding: \x0b"
                                             "chunked\r\n")},
      {"chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {"a blank before the colon", with_fields("Transfer-Encoding : chunked\r\n")},
      {"a blank in front of the name", with_fields("X: 1\r\n Content-Length: 3\r\n")},
      {"obs-fold", with_fields("X: 1\r\n\tmore\r\n")},
      {"no name", with_fields(": 1\r\n")},
      {"no colon", with_fields("Content-Length\r\n")},
      {"bare LF between fields", with_fields("X: 1\nY: 2\r\n")},
      {"bare LF behind the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"},
      {"bare LF as the last line", "GET / HTTP/1.1\r\nHost: a\r\n\n"},
      {"an empty line first", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"bare CR in a value", with_fields("X: a\rContent-Length: 3\r\n")},
      {"CR CR LF", with_fields("X: a\r\r\n")},
      {"NUL in a value", with_fields(std::string("X: a\0b\r\n", 8))},
      {"NUL in a name", with_fields(std::string("X\0: ab\r\n", 8))},
      {"DEL in a value", with_fields("X: a\x7f\r\n")},
      {"no Host", "GET / HTTP/1.1\r\n\r\n"},
      {"two Hosts", with_fields("Host: other\r\n")},
      {"a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
      {"an odd method", "GE\"T / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"no method", " / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"two blanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a tab for a blank", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"an odd byte in the target", "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"absolute form", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"HTTP/0.9", "GET /\r\nHost: a\r\n\r\n"},
      {"an odd version", "GET / HTTQ/1.1\r\nHost: a\r\n\r\n"},
      {"another version", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
  };
  for (const Refused& refused : cases)
    EXPECT_EQ(parse(refused.head).refused, refused.status) << refused.why;
}

TEST(HttpHead, SaturatesLengthsThatAreTooLarge) {
  const Parsed parsed = parse(with_fields("Content-Length: 99999999999999999999999999\r\n"));
  ASSERT_EQ(parsed.refused, 0);
  EXPECT_EQ(parsed.framing.content_length, ~std::uint64_t{0});
}

TEST(HttpHead, RefusesTooManyFields) {
  std::string fields;
  for (std::size_t i = 0; i < kHeadFieldsMax; ++i)
    fields += "X: 1\r\n";
  EXPECT_EQ(parse(with_fields(fields)).refused, 431);
}

TEST(HttpHead, ScannerFindsTheSameEndInAnyPieces) {
  ASSERT_TRUE(rc::check([](const std::string& tail) {
    const std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
    const std::string all = head + tail;
    const auto step = *rc::gen::inRange<std::size_t>(1, 9);
    HeadScanner scanner;
    std::size_t given = 0;
    HeadScanner::State state = HeadScanner::State::incomplete;
    while (state == HeadScanner::State::incomplete && given < all.size()) {
      given = std::min(all.size(), given + step);
      state = scanner.scan(std::string_view(all).substr(0, given));
    }
    RC_ASSERT(state == HeadScanner::State::complete);
    RC_ASSERT(scanner.head_bytes() == head.size());
  }));
}

TEST(HttpHead, WhatIsAcceptedHoldsNoControlBytes) {
  ASSERT_TRUE(rc::check([](const std::string& name, const std::string& value) {
    const Parsed parsed = parse(with_fields(name + ": " + value + "\r\n"));
    for (const auto& [key, text] : parsed.request.headers.all())
      for (const char c : std::string(key) + std::string(text))
        RC_ASSERT(c == '\t' || static_cast<unsigned char>(c) >= 0x20);
  }));
}

struct Answer {
  bool accepted = false;
  http::Response response;
  Framing framing;
};

Answer parse_answer(const std::string& head, http::Method method = http::Method::post) {
  Answer answer;
  const auto framing = parse_response_head(head, method, answer.response);
  answer.accepted = framing.has_value();
  if (framing) answer.framing = *framing;
  return answer;
}

TEST(HttpHead, ReadsAnswers) {
  const Answer answer = parse_answer("HTTP/1.1 402 Payment Required\r\nContent-Length: 7\r\nX: y\r\n\r\n");
  ASSERT_TRUE(answer.accepted);
  EXPECT_EQ(answer.response.status, 402);
  EXPECT_EQ(answer.response.headers.get("x"), "y");
  EXPECT_EQ(answer.framing.content_length, 7u);
  EXPECT_TRUE(parse_answer("HTTP/1.1 200\r\n\r\n").accepted);
  EXPECT_TRUE(parse_answer("HTTP/1.1 200 \r\n\r\n").accepted);
}

TEST(HttpHead, FramesAnswers) {
  using enum Framing::Body;
  EXPECT_EQ(parse_answer("HTTP/1.1 200 OK\r\n\r\n").framing.body, until_close);
  EXPECT_EQ(parse_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").framing.body, chunked);
  EXPECT_EQ(parse_answer("HTTP/1.1 204 No Content\r\n\r\n").framing.body, none);
  EXPECT_EQ(parse_answer("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", http::Method::head).framing.body,
            none);
}

TEST(HttpHead, RefusesAmbiguousAnswers) {
  for (const char* head : {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                           "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
                           "HTTP/2 200 OK\r\n\r\n", "200 OK\r\n\r\n", "\r\n", "HTTP/1.1 200 O\rK\r\n\r\n"})
    EXPECT_FALSE(parse_answer(head).accepted) << head;
}

}  // namespace
}  // namespace payweir::net
