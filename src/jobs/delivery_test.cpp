// The pure parts of a webhook's delivery: the request, the verdict, the row afterwards.
#include <gtest/gtest.h>

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "jobs/delivery_request.hpp"
#include "jobs/delivery_verdict.hpp"
#include "jobs/endpoints.hpp"
#include "jobs/schedule.hpp"

namespace payweir::jobs {
namespace {

constexpr Instant kNow{1'795'000'000'500};

flows::ProfileEntry profile_with(std::vector<std::string> secrets) {
  flows::ProfileEntry profile;
  profile.row.webhook_url = "https://shop.example/hooks?shop=1";
  for (std::string& secret : secrets)
    profile.webhook_secrets.emplace_back(std::move(secret));
  profile.payment_response_hash_key = "hash key";
  return profile;
}

TEST(DeliveryRequest, CarriesBothSignaturesOfTheBody) {
  const http::Request request = build_delivery_request(profile_with({"secret"}), "evt_1", R"({"a":1})", kNow);
  EXPECT_EQ(request.method, http::Method::post);
  EXPECT_EQ(request.origin, "https://shop.example");
  EXPECT_EQ(request.target, "/hooks?shop=1");
  EXPECT_EQ(request.body, R"({"a":1})");
  EXPECT_EQ(request.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(request.headers.get("webhook-id"), "evt_1");
  EXPECT_EQ(request.headers.get("webhook-timestamp"), "1795000000");
  EXPECT_EQ(request.headers.get("webhook-signature"),
            "v1," + crypto::to_base64(crypto::hmac_sha256("secret", R"(evt_1.1795000000.{"a":1})")));
  EXPECT_EQ(request.headers.get("x-webhook-signature-512"),
            crypto::to_hex(crypto::hmac_sha512("hash key", R"({"a":1})")));
  EXPECT_FALSE(request.headers.get("User-Agent").empty());
}

// https://github.com/standard-webhooks/standard-webhooks, libraries' shared test vector, read 2026-11-22.
TEST(DeliveryRequest, AgreesWithStandardWebhooksOwnExample) {
  const std::string secret = crypto::from_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value();
  EXPECT_EQ(sign_webhook(profile_with({secret}), "msg_p5jXN8AQM9LWM0D4loKWxJek", R"({"test": 2432232314})",
                         Instant{1'614'265'330'000}),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Faults, I07_TwoSignaturesWhileASecretIsRotated) {
  flows::ProfileEntry profile = profile_with({"new", "old"});
  profile.previous_secret_until = kNow + hours(1);
  const auto signature = [](const char* secret) {
    return "v1," + crypto::to_base64(crypto::hmac_sha256(secret, "evt_1.1795000000.{}"));
  };
  EXPECT_EQ(sign_webhook(profile, "evt_1", "{}", kNow), signature("new") + " " + signature("old"));
  profile.previous_secret_until = kNow;  // the overlap is over
  EXPECT_EQ(sign_webhook(profile, "evt_1", "{}", kNow), signature("new"));
}

TEST(SplitUrl, KeepsPathAndQuery) {
  const auto split = [](const char* url) {
    const EndpointUrl parts = split_url(url);
    return parts.origin + " " + parts.target;
  };
  EXPECT_EQ(split("https://a.example"), "https://a.example /");
  EXPECT_EQ(split("https://a.example/"), "https://a.example /");
  EXPECT_EQ(split("https://a.example?b=c"), "https://a.example /?b=c");
  EXPECT_EQ(split("http://a.example:8080/b/c?d#e"), "http://a.example:8080 /b/c?d");
}

http::Response response(int status, std::string_view retry_after = "") {
  http::Response made{status, {}, ""};
  if (!retry_after.empty()) made.headers.set("Retry-After", retry_after);
  return made;
}

using Kind = DeliveryVerdict::Kind;

TEST(DeliveryVerdict, TwoHundredsAreDelivered) {
  for (const int status : {200, 201, 202, 204, 299})
    EXPECT_EQ(judge(response(status), kNow).kind, Kind::delivered) << status;
}

TEST(Faults, I03_RedirectsAreFailures) {
  for (const int status : {300, 301, 302, 303, 307, 308}) {
    const DeliveryVerdict verdict = judge(response(status), kNow);
    EXPECT_EQ(verdict.kind, Kind::failed) << status;
    EXPECT_EQ(verdict.status, status);
    EXPECT_TRUE(verdict.error.contains("not followed"));
  }
}

TEST(Faults, I04_GoneEndsAndThrottlesWait) {
  EXPECT_EQ(judge(response(410), kNow).kind, Kind::gone);
  for (const int status : {429, 502, 504}) {
    EXPECT_EQ(judge(response(status), kNow).kind, Kind::throttled) << status;
    EXPECT_EQ(judge(response(status), kNow).wait, minutes(1)) << status;
    EXPECT_EQ(judge(response(status, "600"), kNow).wait, minutes(10)) << status;
  }
  EXPECT_EQ(judge(response(503, "90"), kNow).wait, seconds(90));
  EXPECT_EQ(judge(response(503), kNow).kind, Kind::failed);
}

TEST(DeliveryVerdict, NoAnswerIsAFailureWithAReason) {
  const Result<http::Response> none = fail(Code::timeout, "", std::string(500, 'x'));
  const DeliveryVerdict verdict = judge(none, kNow);
  EXPECT_EQ(verdict.kind, Kind::failed);
  EXPECT_EQ(verdict.status, 0);
  EXPECT_TRUE(verdict.error.starts_with("timeout: "));
  EXPECT_EQ(verdict.error.size(), 200u);
}

store::DeliveryRow pending_row() {
  store::DeliveryRow row;
  row.version = 3;
  row.attempt_count = 2;
  row.due_at = kNow;
  return row;
}

TEST(DeliveryConclude, AFailureIsDueAgain) {
  const store::DeliveryRow row = conclude(pending_row(), {Kind::failed, 500, "answered 500", {}}, kNow);
  EXPECT_EQ(row.state, store::DeliveryState::pending);
  EXPECT_EQ(row.version, 4);
  EXPECT_EQ(row.attempt_count, 3);
  EXPECT_EQ(row.last_status, 500);
  EXPECT_EQ(row.last_error, "answered 500");
  EXPECT_EQ(row.due_at, *next_delivery(kNow, 3));
}

TEST(DeliveryConclude, AThrottleWaitsAtLeastAsLongAsAsked) {
  const store::DeliveryRow longer = conclude(pending_row(), {Kind::throttled, 429, "", hours(3)}, kNow);
  EXPECT_EQ(longer.due_at, kNow + hours(3));
  const store::DeliveryRow shorter = conclude(pending_row(), {Kind::throttled, 429, "", seconds(1)}, kNow);
  EXPECT_EQ(shorter.due_at, *next_delivery(kNow, 3));
}

TEST(DeliveryConclude, EndsDeliveredOrDead) {
  EXPECT_EQ(conclude(pending_row(), {Kind::delivered, 200, "", {}}, kNow).state,
            store::DeliveryState::delivered);
  EXPECT_EQ(conclude(pending_row(), {Kind::gone, 410, "", {}}, kNow).state, store::DeliveryState::dead);
  store::DeliveryRow last = pending_row();
  last.attempt_count = kDeliveryTriesMax - 1;
  EXPECT_EQ(conclude(last, {Kind::failed, 500, "", {}}, kNow).state, store::DeliveryState::dead);
  EXPECT_EQ(bury(pending_row(), "no endpoint").state, store::DeliveryState::dead);
  EXPECT_EQ(bury(pending_row(), "no endpoint").version, 4);
}

TEST(Endpoints, PauseAfterEightFailuresInARow) {
  Endpoints endpoints(kNow);
  for (int i = 0; i < 7; ++i)
    endpoints.failed(1, kNow);
  EXPECT_TRUE(endpoints.paused(kNow).empty());
  endpoints.failed(1, kNow);
  EXPECT_EQ(endpoints.paused(kNow), std::vector<std::int64_t>{1});
  EXPECT_TRUE(endpoints.paused(kNow + minutes(1)).empty());
  endpoints.failed(1, kNow + minutes(1));  // the probe failed, too
  EXPECT_EQ(endpoints.paused(kNow + minutes(1)).size(), 1u);
  endpoints.succeeded(1, kNow + minutes(2));
  endpoints.failed(1, kNow + minutes(2));
  EXPECT_TRUE(endpoints.paused(kNow + minutes(2)).empty());
}

TEST(Endpoints, ListTheLongestPauseFirst) {
  Endpoints endpoints(kNow);
  endpoints.pause(1, kNow + minutes(1));
  endpoints.pause(2, kNow + hours(1));
  endpoints.pause(2, kNow + minutes(5));  // never shortens
  EXPECT_EQ(endpoints.paused(kNow), (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(endpoints.paused(kNow + minutes(30)), std::vector<std::int64_t>{2});
}

TEST(Endpoints, KnowOnlyWhatTheySaw) {
  Endpoints endpoints(kNow);
  EXPECT_FALSE(endpoints.took_nothing_since(1, kNow - seconds(1)));  // before the process started
  EXPECT_TRUE(endpoints.took_nothing_since(1, kNow));
  endpoints.succeeded(1, kNow + minutes(1));
  EXPECT_FALSE(endpoints.took_nothing_since(1, kNow));
  EXPECT_TRUE(endpoints.took_nothing_since(1, kNow + minutes(2)));
}

}  // namespace
}  // namespace payweir::jobs
