#include "api/router.hpp"

#include <gtest/gtest.h>

#include <set>

#include "api/routes.hpp"
#include "api/testkit.hpp"

namespace payweir::api {
namespace {

using testkit::error_member;
using testkit::get;
using testkit::post;

Task<Result<Reply>> echo_fixed(RequestContext) {
  co_return json_reply(R"({"route":"fixed"})");
}

Task<Result<Reply>> echo_param(RequestContext request) {
  std::string body = request.param("id") + '|' + std::string(request.query_value("q")) + '|' +
                     std::string(request.body()["a"].text()) + '|' +
                     (request.key ? request.key->fingerprint : "");
  co_return json_reply(std::move(body));
}

Task<Result<Reply>> take_time(RequestContext request) {
  static_cast<testkit::UntouchedStore&>(request.flows.store).touched = 0;
  Reply reply = json_reply("{}");
  reply.gateway_us = 30'000;
  co_return reply;
}

Task<Result<Reply>> refuse(RequestContext) {
  co_return fail(Code::store_busy, "", "the queue holds 4096 change sets");
}

Task<Result<Reply>> echo_raw(RequestContext request) {
  co_return json_reply(request.request.body);
}

std::vector<Route> test_routes() {
  using enum http::Method;
  return {{get, "/things/{id}", Access::merchant, Body::none, "get_thing", echo_param},
          {get, "/things/list", Access::merchant, Body::none, "list_things", echo_fixed},
          {post, "/things/{id}", Access::merchant_or_publishable, Body::json, "post_thing", echo_param},
          {post, "/things/{id}/act", Access::admin_or_merchant, Body::optional_json, "act", echo_param},
          {get, "/slow", Access::open, Body::none, "slow", take_time},
          {get, "/admin", Access::admin, Body::none, "admin", echo_fixed},
          {post, "/busy", Access::open, Body::none, "busy", refuse},
          {post, "/raw", Access::open, Body::raw, "raw", echo_raw}};
}

class RouterTest : public testing::Test {
 protected:
  http::Response send(http::Request request) { return payweir_.send(router_, std::move(request)); }
  testkit::Switch payweir_;
  Router router_{test_routes(), testkit::kGate};
};

TEST_F(RouterTest, AFixedPathWinsOverAParameter) {
  EXPECT_EQ(send(get("/things/list")).body, R"({"route":"fixed"})");
  EXPECT_EQ(send(get("/things/lists")).body, "lists|||");
  EXPECT_EQ(send(get("/things/lists/")).body, "lists|||");
}

TEST_F(RouterTest, DecodesPathAndQuery) {
  EXPECT_EQ(send(get("/things/a%2Fb?q=x%20y&q=z")).body, "a/b|x y||");
  EXPECT_EQ(send(get("/things/%zz")).status, 404);
  EXPECT_EQ(send(get("/things/%ff")).status, 404);
  EXPECT_EQ(send(get("/things/a?q=%zz")).status, 400);
}

TEST_F(RouterTest, RefusesWhatItDoesNotKnow) {
  for (const char* target :
       {"/nowhere", "/things/a/b/c", "/things//act", "things/list", "/1/2/3/4/5/6/7/8/9"}) {
    const http::Response response = send(get(target));
    EXPECT_EQ(response.status, 404) << target;
    EXPECT_EQ(error_member(response, "code"), "IR_02");
  }
  http::Request request = get("/things/a");
  request.method = http::Method::del;
  const http::Response response = send(std::move(request));
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(error_member(response, "code"), "IR_03");
  EXPECT_EQ(response.headers.get("allow"), "GET, POST");
}

TEST_F(RouterTest, AsksForAKeyBeforeItLooksAtTheBody) {
  const http::Response response = send(post("/things/a", "{", "nobody"));
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(error_member(response, "code"), "IR_01");
}

TEST_F(RouterTest, AKeyOpensTheRoutesOfItsRoleOnly) {
  EXPECT_EQ(send(get("/admin", "admin")).status, 200);
  EXPECT_EQ(send(get("/admin", "merchant")).status, 403);
  EXPECT_EQ(send(get("/things/a", "publishable")).status, 403);
  EXPECT_EQ(send(get("/things/a", "admin")).status, 403);
  EXPECT_EQ(send(post("/things/a", "{}", "publishable")).status, 200);
  EXPECT_EQ(send(post("/things/a/act", "{}", "admin")).status, 200);
  EXPECT_EQ(send(post("/things/a/act", "{}", "publishable")).status, 403);
  EXPECT_EQ(send(get("/slow", "")).status, 200);
}

TEST_F(RouterTest, ReadsJsonObjectsOnly) {
  EXPECT_EQ(send(post("/things/a", R"({"a":"b"})")).body, "a||b|");
  for (const char* body : {"", "{", "null", "[]", "7", "\"text\"", "{} {}", "a=b", "<xml/>"})
    EXPECT_EQ(send(post("/things/a", body)).status, 400) << body;
  EXPECT_EQ(send(post("/things/a/act", "")).status, 200);
  EXPECT_EQ(send(post("/things/a/act", "[]")).status, 400);
}

TEST(Faults, J05_ABodyThatDoesNotSayThatItIsJsonIsRefused) {
  testkit::Switch payweir;
  const Router router(test_routes(), testkit::kGate);
  for (const char* type : {"application/xml", "text/plain", "application/x-www-form-urlencoded", "",
                           "application/json-patch", "multipart/form-data; boundary=x"}) {
    http::Request request = post("/things/a", "{}");
    request.headers.set("content-type", type);
    EXPECT_EQ(payweir.send(router, std::move(request)).status, 415) << type;
  }
  for (const char* type :
       {"application/json; charset=utf-8", "Application/JSON", "application/json ;charset=UTF-8"}) {
    http::Request request = post("/things/a", "{}");
    request.headers.set("content-type", type);
    EXPECT_EQ(payweir.send(router, std::move(request)).status, 200) << type;
  }
}

TEST_F(RouterTest, LeavesARawBodyAsItCame) {
  http::Request request = post("/raw", "\xff\x00 not json");
  request.headers.set("content-type", "application/octet-stream");
  EXPECT_EQ(send(std::move(request)).body, "\xff\x00 not json");
}

TEST_F(RouterTest, MakesARequestKeyOfMethodTargetAndBody) {
  http::Request request = post("/things/a?q=1", R"({"a":"b"})");
  request.headers.set("Idempotency-Key", "k1");
  EXPECT_EQ(send(std::move(request)).body, R"(a|1|b|POST /things/a?q=1 {"a":"b"})");
  http::Request read = get("/things/a");
  read.headers.set("Idempotency-Key", "k1");
  EXPECT_EQ(send(std::move(read)).body, "a|||") << "only a POST has one";
}

TEST_F(RouterTest, GivesEveryAnswerARequestId) {
  http::Request request = get("/things/a");
  request.headers.set("x-request-id", "Client-id_1");
  EXPECT_EQ(send(std::move(request)).headers.get("x-request-id"), "Client-id_1");
  const http::Response first = send(get("/things/a")), second = send(get("/nowhere"));
  EXPECT_EQ(first.headers.get("x-request-id").size(), 26u);
  EXPECT_NE(first.headers.get("x-request-id"), second.headers.get("x-request-id"));
}

TEST(Faults, J07_ARequestIdThatCouldForgeAHeaderIsReplaced) {
  testkit::Switch payweir;
  const Router router(test_routes(), testkit::kGate);
  for (const std::string id : {"forged id", "a\tb", "<script>", "ä", "", "a;b"}) {
    http::Request request = get("/things/a");
    request.headers.set("x-request-id", id);
    EXPECT_NE(payweir.send(router, std::move(request)).headers.get("x-request-id"), id);
  }
  http::Request request = get("/things/a");
  request.headers.set("x-request-id", std::string(65, 'a'));
  EXPECT_EQ(payweir.send(router, std::move(request)).headers.get("x-request-id").size(), 26u);
}

TEST_F(RouterTest, AnswersMayNotBeCachedOrGuessedAt) {
  for (const char* target : {"/things/a", "/nowhere"}) {
    const http::Response response = send(get(target));
    EXPECT_EQ(response.headers.get("cache-control"), "no-store");
    EXPECT_EQ(response.headers.get("x-content-type-options"), "nosniff");
  }
}

TEST_F(RouterTest, TellsItsOwnLatencyWhenAsked) {
  EXPECT_FALSE(send(get("/slow")).headers.has("x-hs-latency"));
  http::Request request = get("/slow");
  request.headers.set("x-hs-latency", "true");
  EXPECT_EQ(send(std::move(request)).headers.get("x-hs-latency"), "0") << "the gateway's time is not ours";
}

TEST_F(RouterTest, RendersAHandlersError) {
  const http::Response response = send(post("/busy", ""));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.get("retry-after"), "1");
  EXPECT_FALSE(response.body.contains("queue")) << "why is the operator's affair";
  EXPECT_TRUE(payweir_.log.contains("error=store_busy detail=the queue holds 4096 change sets"));
}

TEST_F(RouterTest, ToldNotToLogRequestsItStillLogsOurFailures) {
  payweir_.settings.log_requests = false;
  static_cast<void>(send(get("/nowhere")));
  EXPECT_TRUE(payweir_.log.lines.empty());
  static_cast<void>(send(post("/busy", "")));
  EXPECT_TRUE(payweir_.log.contains("error=store_busy"));
}

TEST_F(RouterTest, CountsAndLogsByPatternAndNeverByPath) {
  static_cast<void>(send(post("/things/4242424242424242?q=secret", R"({"a":"secret"})")));
  static_cast<void>(send(get("/4242424242424242")));
  EXPECT_EQ(payweir_.telemetry.requests_by_class[2].load(), 1u);
  EXPECT_EQ(payweir_.telemetry.requests_by_class[4].load(), 1u);
  ASSERT_EQ(payweir_.log.lines.size(), 2u);
  EXPECT_TRUE(payweir_.log.contains("method=POST route=/things/{id} status=200"));
  EXPECT_TRUE(payweir_.log.contains("method=GET route=unknown status=404"));
  EXPECT_FALSE(payweir_.log.contains("4242"));
  EXPECT_FALSE(payweir_.log.contains("secret"));
}

http::Response in_other_words(const Error& error) {
  http::Response response;
  response.status = 418;
  response.body = code_name(error.code);
  return response;
}
constexpr Dialect kOther{in_other_words, "x-api-key"};

TEST_F(RouterTest, ADialectHasItsOwnErrorsAndKeyHeader) {
  const Router router(
      {{http::Method::get, "/things/{id}", Access::merchant, Body::none, "get", echo_fixed, &kOther},
       {http::Method::post, "/busy", Access::open, Body::none, "busy", refuse, &kOther}},
      testkit::kGate);
  http::Request request = get("/things/1", "");
  EXPECT_EQ(payweir_.send(router, request).body, "unauthorized");
  request.headers.set("x-api-key", "merchant");
  EXPECT_EQ(payweir_.send(router, request).status, 200);
  EXPECT_EQ(payweir_.send(router, get("/things/1")).status, 200) << "the native header opens it, too";
  const http::Response busy = payweir_.send(router, post("/busy", "", ""));
  EXPECT_EQ(busy.body, "store_busy");
  EXPECT_TRUE(busy.headers.has("x-request-id"));
  EXPECT_EQ(payweir_.send(router, get("/nowhere")).status, 404) << "no route, no dialect";
}

TEST_F(RouterTest, ASandboxLetsInWithoutAKeyWhereARouteSaysSo) {
  const Router router(
      {{http::Method::get, "/things/{id}", Access::merchant_or_sandbox, Body::none, "get", echo_fixed},
       {http::Method::get, "/other/{id}", Access::merchant, Body::none, "other", echo_fixed}},
      testkit::kGate);
  EXPECT_EQ(payweir_.send(router, get("/things/1", "")).status, 401);
  payweir_.settings.sandbox = true;
  EXPECT_EQ(payweir_.send(router, get("/things/1", "")).status, 503) << "it looks for the sandbox's merchant";
  EXPECT_EQ(payweir_.store.touched, 1);
  EXPECT_EQ(payweir_.send(router, get("/things/1", "nobody")).status, 401) << "a wrong key is not none";
  EXPECT_EQ(payweir_.send(router, get("/things/1")).status, 200);
  EXPECT_EQ(payweir_.send(router, get("/other/1", "")).status, 401);
  EXPECT_EQ(payweir_.store.touched, 1);
}

TEST(Routes, EveryOperationHasItsOwnId) {
  std::set<std::string_view> ids;
  for (const Route& route : all_routes())
    EXPECT_TRUE(ids.insert(route.operation_id).second) << route.operation_id;
  EXPECT_GE(ids.size(), 25u);
}

// K03: who may do what follows from the table alone, and what is not listed here needs a merchant's key.
TEST(Faults, K03_APublishableKeyOpensOnlyWhatAPayerNeeds) {
  std::set<std::string_view> open, payer;
  for (const Route& route : all_routes()) {
    if (route.access == Access::open) open.insert(route.operation_id);
    if (route.access != Access::open && admits(route.access, flows::Role::publishable))
      payer.insert(route.operation_id);
  }
  EXPECT_EQ(payer, (std::set<std::string_view>{"retrieve_payment", "confirm_payment", "retrieve_payment_link",
                                               "list_offered_methods", "create_session_tokens"}));
  EXPECT_EQ(open, (std::set<std::string_view>{
                      "live", "ready", "metrics", "leave_for_gateway", "return_from_gateway",
                      "return_from_gateway_by_form", "receive_callback", "receive_callback_by_query",
                      "show_feature_matrix", "show_payment_page", "show_payment_page_file",
                      // Opened by the payment's client_secret.
                      "show_payment_page_state", "confirm_on_payment_page", "release_on_payment_page",
                      "identify_on_payment_page",
                      // Opened by a cookie and the state that it was sent out with.
                      "return_to_payment_page",
                      // Opened by the link's token.
                      "open_payment_link",
                      // The dialects' addresses for callbacks.
                      "unipay_notify", "unipay_notify_account", "receive_payment_callback",
                      "receive_refund_callback"}));
}

TEST(Routes, EveryRouteButTheOpenOnesAsksForAKey) {
  testkit::Switch payweir;
  const Router router(all_routes(), testkit::kGate);
  for (const Route& route : router.routes()) {
    if (route.access == Access::open) continue;
    http::Request request = post(std::string(route.pattern), "{}", "nobody");
    request.method = route.method;
    // The pattern itself is a path that it matches, once its braces are escaped.
    std::string target;
    for (const char c : route.pattern)
      target += c == '{' ? "%7B" : c == '}' ? "%7D" : std::string(1, c);
    request.target = target;
    EXPECT_EQ(payweir.send(router, std::move(request)).status, 401) << route.pattern;
  }
  EXPECT_EQ(payweir.store.touched, 0);
}

TEST(Health, IsReadyWhileTheStoreTakesWrites) {
  testkit::Switch payweir;
  const Router router(all_routes(), testkit::kGate);
  EXPECT_EQ(payweir.send(router, get("/health", "")).body, "health is good");
  EXPECT_EQ(payweir.send(router, get("/health/ready", "")).body,
            R"({"status":"ready","under_review":false,"store":{"writable":true,"queue_depth":0}})");
  EXPECT_TRUE(payweir.send(router, get("/metrics", "")).body.contains("payweir_"));
  payweir.store.is_writable = false;
  EXPECT_EQ(payweir.send(router, get("/health/ready", "")).status, 503);
  EXPECT_EQ(payweir.send(router, get("/health", "")).status, 200);
  payweir.store.is_writable = true;
  payweir.review.begin();
  EXPECT_EQ(payweir.send(router, get("/health/ready", "")).body,
            R"({"status":"unavailable","under_review":true,"store":{"writable":true,"queue_depth":0}})");
}

}  // namespace
}  // namespace payweir::api
