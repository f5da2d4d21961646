// Answers that go to a sink: never held as a whole, bounded in size and time.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "net/client.hpp"
#include "net/client_testkit.hpp"

namespace payweir::net {
namespace {
using testkit::answer;
using testkit::answering_once;
using testkit::await_on;
using testkit::Caller;
using testkit::expect_error;
using testkit::RawPeer;
using testkit::ScriptedServer;

class Collector final : public BodySink {
 public:
  Result<void> take(std::string_view piece) override {
    largest = std::max(largest, piece.size());
    if (refuses) return fail(Code::statement_malformed, "", "this is no statement");
    text += piece;
    return {};
  }
  std::string text;
  std::size_t largest = 0;
  bool refuses = false;
};

Result<http::Response> download(Caller& caller, const std::string& origin, BodySink& sink,
                                CallOptions options = {.timeout = seconds(5)}) {
  http::Request request{.method = http::Method::post, .target = "/file", .origin = origin, .body = "{}"};
  return await_on(caller.pool(), caller->download(std::move(request), options, sink));
}

std::string in_chunks(std::string_view body, std::size_t size) {
  std::string out = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (; !body.empty(); body.remove_prefix(std::min(size, body.size()))) {
    char head[32];
    std::snprintf(head, sizeof head, "%zx\r\n", std::min(size, body.size()));
    out.append(head).append(body.substr(0, size)).append("\r\n");
  }
  return out + "0\r\n\r\n";
}

TEST(Download, GoesToTheSinkInSmallPieces) {
  std::string body;
  for (int i = 0; body.size() < 3'000'000; ++i)
    body += std::to_string(i) + ",";
  for (const std::string& bytes : {answer(body), in_chunks(body, 70'000), "HTTP/1.1 200 OK\r\n\r\n" + body}) {
    ScriptedServer server = answering_once(bytes);
    Caller caller;
    Collector sink;
    const auto result =
        download(caller, server.origin(), sink, {.timeout = seconds(20), .response_bytes_max = body.size()});
    ASSERT_TRUE(result.has_value()) << result.error().detail;
    EXPECT_TRUE(result->body.empty());
    EXPECT_EQ(sink.text, body);
    EXPECT_LE(sink.largest, 64u << 10);
  }
}

TEST(Download, EndsAtTheLimit) {
  const std::string body(200'000, 'x');
  for (const std::string& bytes : {answer(body), in_chunks(body, 1000), "HTTP/1.1 200 OK\r\n\r\n" + body}) {
    ScriptedServer server = answering_once(bytes);
    Caller caller;
    Collector sink;
    expect_error(download(caller, server.origin(), sink,
                          {.timeout = seconds(5), .response_bytes_max = body.size() - 1}),
                 Code::response_too_large, Certainty::unknown);
    EXPECT_LT(sink.text.size(), body.size());
  }
}

TEST(Download, OfAnotherAnswerThan200IsReturned) {
  ScriptedServer server = answering_once("HTTP/1.1 403 Forbidden\r\nContent-Length: 7\r\n\r\nexpired");
  Caller caller;
  Collector sink;
  const auto result = download(caller, server.origin(), sink);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->status, 403);
  EXPECT_EQ(result->body, "expired");
  EXPECT_EQ(sink.text, "");
}

TEST(Download, ThatIsCutOffIsAnError) {
  for (const std::string& bytes : {answer(std::string(1000, 'x')).substr(0, 900),
                                   in_chunks(std::string(1000, 'x'), 100).substr(0, 500)}) {
    ScriptedServer server = answering_once(bytes);
    Caller caller;
    Collector sink;
    expect_error(download(caller, server.origin(), sink), Code::connection_lost, Certainty::unknown);
  }
}

// The whole may take long; silence may not.
TEST(Download, EndsWhenNothingComesForTooLong) {
  ScriptedServer server([](RawPeer& peer) {
    peer.receive_until("{}");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegun");
    peer.receive_all();
  });
  Caller caller;
  Collector sink;
  expect_error(
      download(caller, server.origin(), sink, {.timeout = minutes(10), .idle_timeout = milliseconds(100)}),
      Code::timeout, Certainty::unknown);
  EXPECT_EQ(sink.text, "begun");
}

TEST(Download, EndsWithTheSinksErrorAndWithTheConnection) {
  ScriptedServer server = answering_once(answer(std::string(100'000, 'x')));
  Caller caller;
  Collector sink;
  sink.refuses = true;
  const auto result = download(caller, server.origin(), sink);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, Code::statement_malformed);
  EXPECT_EQ(caller->idle_connections(), 0u);
}

}  // namespace
}  // namespace payweir::net
