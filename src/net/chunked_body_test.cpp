#include "net/chunked_body.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdio>

namespace payweir::net {
namespace {

using State = ChunkedBody::State;

State decode(std::string_view input, std::string& body, std::size_t body_bytes_max = 100) {
  ChunkedBody chunks(body_bytes_max);
  return chunks.decode(input, body).state;
}

TEST(ChunkedBody, DecodesChunksExtensionsAndTrailers) {
  std::string body;
  EXPECT_EQ(decode("3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n", body), State::complete);
  EXPECT_EQ(body, "abcde");
}

TEST(ChunkedBody, LeavesWhatIsBehindTheBody) {
  std::string body;
  ChunkedBody chunks(100);
  const auto [state, consumed] = chunks.decode("1\r\na\r\n0\r\n\r\nGET /", body);
  EXPECT_EQ(state, State::complete);
  EXPECT_EQ(consumed, 11u);
}

TEST(ChunkedBody, RefusesMalformedChunks) {
  const std::string long_line(300, 'a');
  for (const std::string& input :
       {std::string("x\r\n"), std::string("-1\r\n"), std::string("0x1\r\n"), std::string(" 1\r\n"),
        std::string("1 \r\n"), std::string("\r\n"), std::string("1\na\r\n"), std::string("1\r\nab\r\n"),
        std::string("1\r\na\n"), std::string("123456789\r\n"), std::string("1;\x01\r\n"), "1;" + long_line,
        "0\r\n" + long_line}) {
    std::string body;
    EXPECT_EQ(decode(input, body), State::malformed) << input;
  }
}

TEST(ChunkedBody, RefusesEndlessTrailers) {
  std::string input = "0\r\n";
  for (int i = 0; i < 200; ++i)
    input += "X: " + std::string(50, 'y') + "\r\n";
  std::string body;
  EXPECT_EQ(decode(input, body), State::malformed);
}

TEST(ChunkedBody, RefusesABodyAboveTheLimitBeforeItIsKept) {
  std::string body;
  EXPECT_EQ(decode("65\r\n", body), State::too_large);
  EXPECT_EQ(decode("FFFFFFFF\r\n", body), State::too_large);
  EXPECT_EQ(decode("64\r\n" + std::string(100, 'a') + "\r\n1\r\n", body), State::too_large);
  EXPECT_EQ(body.size(), 100u);
}

TEST(ChunkedBody, DecodesTheSameInAnyPieces) {
  ASSERT_TRUE(rc::check([](const std::vector<std::string>& parts) {
    std::string wire, expected;
    for (const std::string& part : parts) {
      if (part.empty()) continue;
      char size[17];
      std::snprintf(size, sizeof size, "%zx", part.size());
      wire += std::string(size) + "\r\n" + part + "\r\n";
      expected += part;
    }
    wire += "0\r\n\r\n";
    const auto step = *rc::gen::inRange<std::size_t>(1, 20);
    ChunkedBody chunks(1 << 20);
    std::string body, pending;
    State state = State::incomplete;
    for (std::size_t at = 0; at < wire.size(); at += step) {
      RC_ASSERT(state == State::incomplete);
      pending += wire.substr(at, step);
      const auto progress = chunks.decode(pending, body);
      state = progress.state;
      pending.erase(0, progress.consumed);
    }
    RC_ASSERT(state == State::complete);
    RC_ASSERT(body == expected);
  }));
}

}  // namespace
}  // namespace payweir::net
