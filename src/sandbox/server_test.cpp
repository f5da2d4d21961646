#include "sandbox/server.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "base/json_reader.hpp"
#include "net/client.hpp"
#include "net/system_ports.hpp"
#include "net/testkit.hpp"
#include "sandbox/callback_desk.hpp"

namespace payweir::sandbox {
namespace {

constexpr const char* kPayment =
    "amount=6540&currency=usd&confirm=true&payment_method=pm_card_visa&metadata[payment_id]=pay_1";

// A sandbox on a free port and a client on a thread of its own.
class SandboxOverHttp : public ::testing::Test {
 protected:
  SandboxOverHttp() {
    auto listening = SandboxServer::listen(server_pool, clock, random, make_gateway_models(random),
                                           {.address = "127.0.0.1:0"});
    sandbox = std::move(listening).value();
    auto made = net::HttpClientPool::create(client_pool.executor(0), clock, {});
    client = std::move(made).value();
    server_pool.start();
    client_pool.start();
  }
  ~SandboxOverHttp() override {
    for (net::IoPool* pool : {&client_pool, &server_pool}) {
      pool->stop();
      pool->join();
    }
  }

  Result<http::Response> send(http::Method method, std::string target, std::string body = {},
                              Duration timeout = seconds(5)) {
    http::Request request{.method = method, .target = std::move(target), .body = std::move(body)};
    request.origin = "http://127.0.0.1:" + std::to_string(sandbox->port());
    request.headers.set("Authorization", "Bearer sk_test_one");
    return net::testkit::await_on(client_pool, client->send(std::move(request), {.timeout = timeout}));
  }
  Result<http::Response> pay(Duration timeout = seconds(5)) {
    return send(http::Method::post, "/stripe/v1/payment_intents", kPayment, timeout);
  }
  void plant(std::string_view kind) {
    const auto planted = send(http::Method::post, "/control/stripe/faults",
                              R"({"count":1,"kind":")" + std::string(kind) + "\"}");
    ASSERT_EQ(planted->status, 200);
  }
  std::int64_t captured() {
    const auto books = send(http::Method::get, "/control/stripe/books");
    const auto document = json::parse(books->body);
    return document->root()["charges_by_reference"]["pay_1"]["captured_minor"].integer();
  }

  net::SystemClock clock;
  net::SystemRandom random;
  net::IoPool server_pool{1};
  net::IoPool client_pool{1};
  std::unique_ptr<SandboxServer> sandbox;
  std::unique_ptr<net::HttpClientPool> client;
};

TEST_F(SandboxOverHttp, ServesWhatItListsAndNothingElse) {
  EXPECT_EQ(send(http::Method::get, "/health")->status, 200);
  const auto index = send(http::Method::get, "/");
  EXPECT_TRUE(index->body.contains("/control/stripe/books"));
  EXPECT_TRUE(index->headers.get("Content-Security-Policy").starts_with("default-src 'none'"));
  for (const char* path : {"/nothing", "/stripes/v1/balance", "/control", "/control/nothing/books"})
    EXPECT_EQ(send(http::Method::get, path)->status, 404) << path;
  EXPECT_EQ(send(http::Method::get, "/stripe/v1/balance")->status, 200);
  EXPECT_EQ(send(http::Method::get, "/stripe")->status, 404);
}

TEST_F(SandboxOverHttp, TakesAPaymentAndShowsItsPages) {
  const auto paid = pay();
  ASSERT_TRUE(paid.has_value());
  EXPECT_EQ(paid->status, 200);
  EXPECT_EQ(captured(), 6540);
  const auto asked =
      send(http::Method::post, "/stripe/v1/payment_intents",
           "amount=100&currency=usd&confirm=true&payment_method=pm_card_authenticationRequired&"
           "return_url=https%3A%2F%2Fshop.test%2F");
  const auto document = json::parse(asked->body);
  const std::string url(document->root()["next_action"]["redirect_to_url"]["url"].text());
  const std::string origin = "http://127.0.0.1:" + std::to_string(sandbox->port());
  ASSERT_TRUE(url.starts_with(origin + "/stripe/3ds/pi_")) << url;
  EXPECT_TRUE(send(http::Method::get, url.substr(origin.size()))->body.contains("Approve this payment?"));
}

TEST_F(SandboxOverHttp, ForgetsEverythingOnReset) {
  pay();
  EXPECT_EQ(send(http::Method::post, "/control/reset")->status, 200);
  EXPECT_EQ(captured(), 0);
}

TEST_F(SandboxOverHttp, BreaksTheWire) {
  for (const char* kind : {"closed", "truncated"}) {
    plant(kind);
    const auto answer = pay();
    ASSERT_FALSE(answer.has_value()) << kind;
    EXPECT_EQ(answer.error().certainty, Certainty::unknown) << kind;
  }
  for (const char* kind : {"silent", "silent_before", "dribble"}) {
    plant(kind);
    const auto answer = pay(milliseconds(600));
    ASSERT_FALSE(answer.has_value()) << kind;
    EXPECT_EQ(answer.error().code, Code::timeout) << kind;
  }
  EXPECT_EQ(captured(), 4 * 6540) << "all but silent_before were executed";
}

TEST_F(SandboxOverHttp, AnswersLateWhenSlow) {
  ASSERT_EQ(send(http::Method::post, "/control/stripe/faults", R"({"kind":"slow","delay_ms":150,"count":1})")
                ->status,
            200);
  const Duration began = clock.suspended();
  EXPECT_EQ(pay()->status, 200);
  EXPECT_GE(clock.suspended() - began, milliseconds(150));
}

TEST_F(SandboxOverHttp, ExecutesALateRequestByItself) {
  ASSERT_EQ(send(http::Method::post, "/control/stripe/faults",
                 R"({"kind":"late","operation":"authorize","delay_ms":50,"count":1})")
                ->status,
            200);
  EXPECT_FALSE(pay(milliseconds(500)).has_value());
  const Duration deadline = clock.suspended() + seconds(5);
  while (captured() == 0 && clock.suspended() < deadline) {
  }
  EXPECT_EQ(captured(), 6540);
}

// A receiver that says no once, so that the second attempt is seen as well.
TEST_F(SandboxOverHttp, SendsWebhooksUntilTheyAreTaken) {
  std::atomic<int> seen = 0;
  std::atomic<bool> is_signed = true;
  net::IoPool receiver_pool(1);
  const auto make_handler = [&](std::size_t) -> net::Handler {
    return [&](http::Request request) -> Task<http::Response> {
      // Not a coroutine that captures: what it needs is read before the first await, and there is none.
      is_signed = is_signed && request.headers.get("Stripe-Signature").starts_with("t=");
      http::Response response{.status = ++seen == 1 ? 500 : 204};
      return [](http::Response answer) -> Task<http::Response> { co_return answer; }(std::move(response));
    };
  };
  auto receiver = net::Server::listen(receiver_pool, {.address = "127.0.0.1:0"}, make_handler);
  ASSERT_TRUE(receiver.has_value());
  receiver_pool.start();
  const std::string url = "http%3A%2F%2F127.0.0.1%3A" + std::to_string((*receiver)->port()) + "%2Fhooks";
  ASSERT_EQ(send(http::Method::post, "/stripe/v1/webhook_endpoints", "enabled_events[]=*&url=" + url)->status,
            200);
  EXPECT_EQ(pay()->status, 200);
  const Duration deadline = clock.suspended() + seconds(5);
  while (seen < 2 && clock.suspended() < deadline)
    send(http::Method::get, "/health");
  EXPECT_EQ(seen, 2);
  EXPECT_TRUE(is_signed);
  receiver_pool.stop();
  receiver_pool.join();
}

TEST_F(SandboxOverHttp, ServesTheGatewaysOfChina) {
  EXPECT_TRUE(send(http::Method::get, "/control/alipay/apps")->body.contains("2021000000000001"));
  EXPECT_TRUE(send(http::Method::get, "/control/wechatpay/merchants")->body.contains("1900000001"));
  EXPECT_TRUE(send(http::Method::post, "/alipay/gateway.do")->body.contains("isv.missing-method"));
  EXPECT_EQ(send(http::Method::get, "/wechatpay/v3/certificates")->status, 401);
}

// A model whose callback comes back to itself, and which says "success" to the third try only.
class DeafModel final : public GatewayModel {
 public:
  std::string_view name() const override { return "deaf"; }
  void set_public_url(std::string url) override { url_ = std::move(url); }
  Reaction handle(const http::Request& request, Instant, Draws&) override {
    tries.emplace_back(request.headers.get("Signed"));
    return {.response = http::Response{.headers = {}, .body = tries.size() < 3 ? "ok" : "success"}};
  }
  Reaction control(const http::Request& request, Instant, Draws&) override {
    if (request.method == http::Method::get)
      return {.response = http::Response{.headers = {}, .body = std::to_string(tries.size())}};
    Callback callback{.retries = {milliseconds(1), milliseconds(1), milliseconds(1)},
                      .acknowledgement = Acknowledgement::success_body};
    callback.request.method = http::Method::post;
    address_to(callback.request, url_ + "/hook");
    callback.request.headers.set("Signed", "once");
    callback.sign_again = [](http::Request& again, Instant) { again.headers.set("Signed", "again"); };
    Reaction reaction{.response = http::Response{}};
    reaction.callbacks.push_back(std::move(callback));
    return reaction;
  }
  std::vector<Callback> advance(Instant, Draws&) override { return {}; }
  std::optional<Instant> next_due() const override { return std::nullopt; }
  std::string books() const override { return "{}"; }
  void reset() override {}

  std::vector<std::string> tries;  // what each was signed with

 private:
  std::string url_;
};

TEST(SandboxCallbacks, AreSignedAnewUntilTheyAreAcknowledged) {
  net::SystemClock clock;
  net::SystemRandom random;
  net::IoPool server_pool(1), client_pool(1);
  GatewayModels models;
  auto deaf = std::make_unique<DeafModel>();
  const DeafModel& model = *deaf;
  models.push_back(std::move(deaf));
  auto sandbox =
      SandboxServer::listen(server_pool, clock, random, std::move(models), {.address = "127.0.0.1:0"})
          .value();
  auto client = net::HttpClientPool::create(client_pool.executor(0), clock, {}).value();
  server_pool.start();
  client_pool.start();
  const auto send = [&](http::Method method) {
    http::Request request{.method = method, .target = "/control/deaf/x"};
    request.origin = "http://127.0.0.1:" + std::to_string(sandbox->port());
    return net::testkit::await_on(client_pool, client->send(std::move(request), {.timeout = seconds(5)}));
  };
  ASSERT_TRUE(send(http::Method::post).has_value());
  const Duration deadline = clock.suspended() + seconds(5);
  while (send(http::Method::get)->body != "3" && clock.suspended() < deadline) {
  }
  for (net::IoPool* pool : {&client_pool, &server_pool}) {
    pool->stop();
    pool->join();
  }
  EXPECT_EQ(model.tries, (std::vector<std::string>{"once", "again", "again"}));
}

}  // namespace
}  // namespace payweir::sandbox
