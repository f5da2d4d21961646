// tests/vectors/stripe.json, or the file of that name in $VECTORS_DIR: what Stripe's own library put on
// the wire and what it accepted, held against the connector's request builder and webhook verifier.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>

#include "base/form.hpp"
#include "base/json_reader.hpp"
#include "connectors/stripe/request.hpp"
#include "connectors/stripe/webhook.hpp"
#include "connectors/vectors_testkit.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace payweir::stripe {
namespace {

using json::Value;

const json::Document& vectors() {
  static const json::Document document = testkit::load_vectors("stripe.json");
  return document;
}

// ── request_cases ─────────────────────────────────────────────────────────────────────────────────

// Where a logical operation goes. The first matching row counts; "{id}" is the parameter of that name,
// which then belongs to the path.
struct Route {
  std::string_view op;
  std::string_view when_given;  // a parameter that must be there, "" for none
  http::Method method;
  std::string_view path;
};
constexpr Route kRoutes[] = {
    {"create", "line_items", http::Method::post, "/v1/checkout/sessions"},
    {"create", "mode", http::Method::post, "/v1/checkout/sessions"},
    {"create", "", http::Method::post, "/v1/payment_intents"},
    {"query", "id", http::Method::get, "/v1/payment_intents/{id}"},
    {"query", "query", http::Method::get, "/v1/payment_intents/search"},
    {"query", "", http::Method::get, "/v1/payment_intents"},
    {"confirm", "id", http::Method::post, "/v1/payment_intents/{id}/confirm"},
    {"capture", "id", http::Method::post, "/v1/payment_intents/{id}/capture"},
    {"cancel", "id", http::Method::post, "/v1/payment_intents/{id}/cancel"},
    {"update", "id", http::Method::post, "/v1/payment_intents/{id}"},
    {"refund", "", http::Method::post, "/v1/refunds"},
    {"refund_query", "id", http::Method::get, "/v1/refunds/{id}"},
    {"refund_query", "", http::Method::get, "/v1/refunds"},
    {"statement", "report_type", http::Method::post, "/v1/reporting/report_runs"},
    {"statement", "", http::Method::get, "/v1/balance_transactions"},
    {"dispute", "evidence", http::Method::post, "/v1/disputes/{id}"},
    {"dispute", "submit", http::Method::post, "/v1/disputes/{id}"},
    {"dispute", "id", http::Method::get, "/v1/disputes/{id}"},
    {"dispute", "", http::Method::get, "/v1/disputes"},
};

// The same parameters, as the connector's builders would write them.
void add_parameter(wire::NestedForm& form, std::string_view name, const Value& value) {
  switch (value.kind()) {
    case json::Kind::object:
      form.open(name);
      for (Value member = value.first(); member.present(); member = member.next())
        add_parameter(form, member.key(), member);
      form.close();
      return;
    case json::Kind::array:
      form.open(name);
      for (Value element = value.first(); element.present(); element = element.next())
        add_parameter(form, form.next_index(), element);
      form.close();
      return;
    case json::Kind::string: form.text(name, value.text()); return;
    case json::Kind::integer: form.integer(name, value.integer()); return;
    case json::Kind::boolean: form.boolean(name, value.boolean()); return;
    case json::Kind::null: form.text(name, ""); return;
    case json::Kind::real: form.text(name, value.dump()); return;
    case json::Kind::absent: return;
  }
}

std::optional<Call> call_for(const Value& request_case) {
  const Value params = request_case["params"];
  const auto route = std::ranges::find_if(kRoutes, [&](const Route& row) {
    return row.op == request_case["op"].text() &&
           (row.when_given.empty() || params[row.when_given].present());
  });
  if (route == std::end(kRoutes)) return std::nullopt;
  Call call{route->method, std::string(route->path), {}};
  const std::size_t placeholder = call.path.find("{id}");
  if (placeholder != std::string::npos)
    call.path.replace(placeholder, 4, form::percent_encode(params["id"].text()));
  for (Value parameter = params.first(); parameter.present(); parameter = parameter.next())
    if (placeholder == std::string::npos || parameter.key() != "id")
      add_parameter(call.parameters, parameter.key(), parameter);
  return call;
}

form::Pairs sorted_pairs(std::string_view encoded) {
  auto pairs = form::decode(encoded);
  EXPECT_TRUE(pairs) << encoded;
  if (!pairs) return {};
  std::ranges::sort(*pairs);
  return *pairs;
}

form::Pairs expected_pairs(const Value& request_case) {
  form::Pairs pairs;
  for (Value pair = request_case["decoded_pairs"].first(); pair.present(); pair = pair.next())
    pairs.emplace_back(pair.first().text(), pair.first().next().text());
  std::ranges::sort(pairs);
  return pairs;
}

void check_request_case(const Value& request_case) {
  SCOPED_TRACE(std::string(request_case["id"].text()));
  auto call = call_for(request_case);
  ASSERT_TRUE(call) << "no route for the operation " << request_case["op"].text();
  const Value headers = request_case["headers"];
  ConnectorCredentials credentials;
  credentials.set("api_key", Secret(std::string(vectors().root()["keys"]["api_key"].text())));
  credentials.set("key1", Secret(std::string(headers["stripe-account"].text())));
  const ConnectorContext context{credentials, "https://api.stripe.com", Instant{}};
  const http::Request built = build_request(std::move(*call), context, headers["idempotency-key"].text());

  EXPECT_EQ(built.origin, "https://api.stripe.com");
  EXPECT_EQ(http::to_string(built.method), request_case["method"].text());
  EXPECT_EQ(http::path_of(built.target), http::path_of(request_case["target"].text()));
  EXPECT_EQ(sorted_pairs(http::query_of(built.target)),
            sorted_pairs(http::query_of(request_case["target"].text())));
  const std::string body = testkit::body_of(request_case);
  EXPECT_EQ(sorted_pairs(built.body), sorted_pairs(body));
  EXPECT_EQ(sorted_pairs(built.method == http::Method::get ? http::query_of(built.target) : built.body),
            expected_pairs(request_case));
  std::size_t header_count = 0;
  for (Value header = headers.first(); header.present(); header = header.next()) {
    if (header.key() == "user-agent") continue;
    ++header_count;
    EXPECT_EQ(built.headers.get(header.key()), header.text()) << header.key();
  }
  EXPECT_EQ(built.headers.all().size(), header_count);
}

TEST(Vectors, StripeRequests) {
  const Value cases = vectors().root()["request_cases"];
  ASSERT_GT(cases.size(), 0u);
  for (Value request_case = cases.first(); request_case.present(); request_case = request_case.next())
    check_request_case(request_case);
}

// ── webhook_cases ─────────────────────────────────────────────────────────────────────────────────

void check_webhook_case(const Value& webhook_case) {
  SCOPED_TRACE(std::string(webhook_case["id"].text()));
  http::Headers headers;
  for (Value header = webhook_case["headers"].first(); header.present(); header = header.next())
    headers.add(header.key(), header.text());
  const std::string body = testkit::body_of(webhook_case);
  const Secret secrets[] = {Secret(std::string(webhook_case["secret"].text()))};
  const auto verified = verify_webhook_signature(headers.get("Stripe-Signature"), body, secrets,
                                                 Instant{webhook_case["now"].integer() * 1000},
                                                 seconds(webhook_case["tolerance_s"].integer()));
  const Value expect = webhook_case["expect"];
  if (!expect["ok"].boolean()) {
    ASSERT_FALSE(verified) << "accepted, against " << expect["reason"].text();
    EXPECT_EQ(code_name(verified.error().code), expect["reason"].text());
    return;
  }
  ASSERT_TRUE(verified) << code_name(verified.error().code);
  const auto event = read_webhook_event(body);
  ASSERT_TRUE(event) << event.error().detail;
  EXPECT_EQ(event->event_type, expect["event_type"].text());
  EXPECT_EQ(event->event_id, expect["event_id"].text());
}

TEST(Vectors, StripeWebhooks) {
  const Value cases = vectors().root()["webhook_cases"];
  ASSERT_GT(cases.size(), 0u);
  for (Value webhook_case = cases.first(); webhook_case.present(); webhook_case = webhook_case.next())
    check_webhook_case(webhook_case);
}

// During a rotation the account keeps the previous secret beside the current one.
TEST(Vectors, StripeWebhooksDuringARotation) {
  const Value keys = vectors().root()["keys"];
  const Value cases = vectors().root()["webhook_cases"];
  ASSERT_GT(cases.size(), 0u);
  for (Value webhook_case = cases.first(); webhook_case.present(); webhook_case = webhook_case.next()) {
    if (!webhook_case["expect"]["ok"].boolean()) continue;
    const Secret current(std::string(webhook_case["secret"].text()));
    const Secret other(std::string(keys["previous_webhook_secret"].text()));
    const Secret both[] = {other, current};
    EXPECT_TRUE(verify_webhook_signature(
        webhook_case["headers"]["Stripe-Signature"].text(), testkit::body_of(webhook_case), both,
        Instant{webhook_case["now"].integer() * 1000}, seconds(webhook_case["tolerance_s"].integer())))
        << webhook_case["id"].text();
  }
}

// ── hmac_cases ────────────────────────────────────────────────────────────────────────────────────

TEST(Vectors, StripeHmac) {
  const Value cases = vectors().root()["hmac_cases"];
  ASSERT_GT(cases.size(), 0u);
  for (Value hmac_case = cases.first(); hmac_case.present(); hmac_case = hmac_case.next()) {
    const auto message = crypto::from_base64(hmac_case["message_b64"].text());
    ASSERT_TRUE(message) << hmac_case["id"].text();
    EXPECT_EQ(crypto::to_hex(crypto::hmac_sha256(hmac_case["key_ascii"].text(), *message)),
              hmac_case["hmac_sha256_hex"].text())
        << hmac_case["id"].text();
  }
}

TEST(Vectors, StripeCaseCount) {
  const Value root = vectors().root();
  std::printf("vectors stripe.json request_cases=%zu webhook_cases=%zu hmac_cases=%zu\n",
              root["request_cases"].size(), root["webhook_cases"].size(), root["hmac_cases"].size());
  EXPECT_EQ(root["format"].integer(), 1);
  EXPECT_EQ(root["gateway"].text(), "stripe");
}

}  // namespace
}  // namespace payweir::stripe
