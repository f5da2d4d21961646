#include "sandbox/stripe/webhooks.hpp"

#include <gtest/gtest.h>

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "sandbox/stripe/testkit.hpp"

namespace payweir::sandbox::stripe {
namespace {

Seen listen(Client& client, const char* event = "*") {
  return client.post("/v1/webhook_endpoints",
                     {{"url", "http://127.0.0.1:9999/hooks?a=1"}, {"enabled_events[]", event}});
}

std::vector<std::string> types_of(const std::vector<Callback>& callbacks) {
  std::vector<std::string> types;
  for (const Callback& callback : callbacks) {
    const auto document = json::parse(callback.request.body);
    types.emplace_back(document->root()["type"].text());
  }
  return types;
}

using Types = std::vector<std::string>;

TEST(StripeWebhooks, ShowTheSecretOnceAndAreForgotten) {
  Client client;
  const Seen made = listen(client);
  EXPECT_TRUE(made.text({"secret"}).starts_with("whsec_"));
  EXPECT_EQ(made.state(), "enabled");
  EXPECT_EQ(client.get("/v1/webhook_endpoints/" + made.id()).text({"secret"}), "");
  EXPECT_TRUE(client.get("/v1/webhook_endpoints").body.contains(made.id()));
  EXPECT_EQ(client.del("/v1/webhook_endpoints/" + made.id()).text({"deleted"}), "true");
  EXPECT_EQ(client.get("/v1/webhook_endpoints/" + made.id()).status, 404);
  EXPECT_TRUE(client.pay().callbacks.empty());
}

TEST(StripeWebhooks, TakeWebAddressesOnly) {
  Client client;
  for (const char* url :
       {"", "ftp://a.test/", "http://", "http://user@a.test/", "javascript:alert(1)", "http://a b/"})
    EXPECT_EQ(client.post("/v1/webhook_endpoints", {{"url", url}, {"enabled_events[]", "*"}}).status, 400)
        << url;
  EXPECT_EQ(client.post("/v1/webhook_endpoints", {{"url", "http://a.test"}}).status, 400);
  for (int i = 0; i < 16; ++i)
    EXPECT_EQ(listen(client).status, 200);
  EXPECT_EQ(listen(client).status, 400);
}

TEST(StripeWebhooks, AreSignedOverTimeAndBody) {
  Client client;
  const std::string secret = listen(client).text({"secret"});
  const Seen paid = client.pay();
  ASSERT_EQ(paid.callbacks.size(), 1u);
  const http::Request& sent = paid.callbacks[0].request;
  EXPECT_EQ(sent.origin, "http://127.0.0.1:9999");
  EXPECT_EQ(sent.target, "/hooks?a=1");
  const std::string expected =
      "t=1795000000,v1=" + crypto::to_hex(crypto::hmac_sha256(secret, "1795000000." + sent.body));
  EXPECT_EQ(sent.headers.get("Stripe-Signature"), expected);
  EXPECT_EQ(paid.callbacks[0].retries.size(), 9u);

  const auto event = json::parse(sent.body);
  EXPECT_TRUE(event->root()["id"].text().starts_with("evt_"));
  EXPECT_EQ(event->root()["data"]["object"]["id"].text(), paid.id());
  EXPECT_EQ(event->root()["request"]["id"].text(), paid.headers.get("Request-Id"));
  EXPECT_EQ(client.get("/v1/events/" + std::string(event->root()["id"].text())).body, sent.body);
}

TEST(StripeWebhooks, SignAsStripesOwnExampleDoes) {
  EXPECT_EQ(stripe_signature("whsec_test", 1, "{}"),
            "t=1,v1=" + crypto::to_hex(crypto::hmac_sha256("whsec_test", "1.{}")));
}

TEST(StripeWebhooks, TellEachStepOfAPayment) {
  Client client;
  listen(client);
  const Fields manual = {{"capture_method", "manual"}};
  const Seen held = client.pay("4242424242424242", manual);
  EXPECT_EQ(types_of(held.callbacks), Types{"payment_intent.amount_capturable_updated"});
  const std::string path = "/v1/payment_intents/" + held.id();
  EXPECT_EQ(types_of(client.post(path + "/capture").callbacks), Types{"payment_intent.succeeded"});
  EXPECT_EQ(types_of(client.post("/v1/refunds", {{"payment_intent", held.id()}}).callbacks),
            (Types{"charge.refunded", "refund.created"}));
  EXPECT_EQ(types_of(client.pay("4000000000000002").callbacks), Types{"payment_intent.payment_failed"});
  EXPECT_EQ(types_of(client.pay("4000000000003063").callbacks), Types{"payment_intent.requires_action"});
  const std::string other = client.pay("4242424242424242", manual).id();
  EXPECT_EQ(types_of(client.post("/v1/payment_intents/" + other + "/cancel").callbacks),
            Types{"payment_intent.canceled"});

  const std::string doomed = client.pay("4000000000005126").id();
  client.post("/v1/refunds", {{"payment_intent", doomed}});
  client.now = client.now + seconds(5);
  EXPECT_EQ(types_of(client.model.advance(client.now, client.draws)),
            (Types{"charge.refund.updated", "refund.updated", "refund.failed"}));
}

TEST(StripeWebhooks, GoToThoseWhoWantThem) {
  Client client;
  listen(client, "payment_intent.succeeded");
  EXPECT_EQ(client.pay().callbacks.size(), 1u);
  EXPECT_TRUE(client.pay("4000000000000002").callbacks.empty());
  client.api_key = "sk_test_two";
  EXPECT_TRUE(client.pay().callbacks.empty());
}

TEST(StripeWebhooks, AreBentAsAsked) {
  Client client;
  listen(client);
  const auto mode = [&](const char* json) { return client.control(http::Method::post, "/webhooks", json); };
  const auto refund = [&] { return client.post("/v1/refunds", {{"payment_intent", client.pay().id()}}); };

  EXPECT_EQ(mode(R"({"mode":"duplicate","copies":3})").status, 200);
  const Seen thrice = client.pay();
  ASSERT_EQ(thrice.callbacks.size(), 3u);
  EXPECT_EQ(thrice.callbacks[0].request.body, thrice.callbacks[2].request.body);

  mode(R"({"mode":"reorder"})");
  EXPECT_EQ(types_of(refund().callbacks), (Types{"refund.created", "charge.refunded"}));

  mode(R"({"mode":"drop"})");
  EXPECT_TRUE(client.pay().callbacks.empty());

  mode(R"({"mode":"hold"})");
  EXPECT_TRUE(client.pay().callbacks.empty());
  EXPECT_EQ(client.control(http::Method::get, "/webhooks").integer({"held"}), 1);
  client.now = client.now + hours(1);
  const Seen released = client.control(http::Method::post, "/webhooks/release");
  ASSERT_EQ(released.callbacks.size(), 1u);
  EXPECT_TRUE(released.callbacks[0].request.headers.get("Stripe-Signature").starts_with("t=1795003600,"));

  mode(R"({"mode":"early","delay_ms":150})");
  const Seen early = client.pay();
  ASSERT_EQ(early.callbacks.size(), 1u);
  EXPECT_LT(early.callbacks[0].after, early.delay);
  EXPECT_EQ(early.delay, milliseconds(150));

  mode(R"({"mode":"normal","delay_ms":50})");
  const Seen late = client.pay();
  EXPECT_GE(late.callbacks[0].after, milliseconds(50));

  for (const char* bad : {R"({"mode":"sideways"})", R"({})", R"({"mode":"duplicate","copies":0})",
                          R"({"mode":"hold","delay_ms":-1})", "[", R"({"mode":"duplicate","copies":101})"})
    EXPECT_EQ(mode(bad).status, 400) << bad;
}

}  // namespace
}  // namespace payweir::sandbox::stripe
