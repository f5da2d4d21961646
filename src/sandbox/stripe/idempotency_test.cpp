#include "sandbox/stripe/idempotency.hpp"

#include <gtest/gtest.h>

#include "sandbox/stripe/testkit.hpp"

namespace payweir::sandbox::stripe {
namespace {

std::int64_t captured(Client& client) {
  const auto& totals = client.model.state().books.accounts()[0].totals;
  const auto usd = totals.find("USD");
  return usd == totals.end() ? 0 : usd->second.captured;
}

TEST(StripeIdempotency, ReplaysTheFirstAnswer) {
  Client client;
  const Seen first = client.pay("4242424242424242", {}, "k1");
  const Seen again = client.pay("4242424242424242", {}, "k1");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_FALSE(first.headers.has("Idempotent-Replayed"));
  EXPECT_EQ(again.headers.get("Idempotent-Replayed"), "true");
  EXPECT_EQ(again.headers.get("Idempotency-Key"), "k1");
  EXPECT_TRUE(again.callbacks.empty());
  EXPECT_EQ(captured(client), 6540);
}

TEST(StripeIdempotency, ReplaysTheFirstAnswerEvenWhenTheIntentHasMovedOn) {
  Client client;
  const Seen held = client.pay("4242424242424242", {{"capture_method", "manual"}}, "k1");
  const std::string path = "/v1/payment_intents/" + held.id();
  const Seen took = client.post(path + "/capture", {{"amount_to_capture", "6000"}}, "k2");
  const Seen refund = client.post("/v1/refunds", {{"payment_intent", held.id()}, {"amount", "10"}}, "k3");
  client.post("/v1/refunds", {{"payment_intent", held.id()}, {"amount", "10"}}, "k4");
  EXPECT_EQ(client.pay("4242424242424242", {{"capture_method", "manual"}}, "k1").body, held.body);
  EXPECT_EQ(client.post(path + "/capture", {{"amount_to_capture", "6000"}}, "k2").body, took.body);
  EXPECT_EQ(client.post("/v1/refunds", {{"payment_intent", held.id()}, {"amount", "10"}}, "k3").body,
            refund.body);
  EXPECT_EQ(client.model.state().books.at(0).refunds.size(), 2u);
}

TEST(StripeIdempotency, ReplaysDeclinesAndRefusedStates) {
  Client client;
  const Seen declined = client.pay("4000000000009995", {}, "k1");
  const Seen again = client.pay("4000000000009995", {}, "k1");
  EXPECT_EQ(again.status, 402);
  EXPECT_EQ(again.body, declined.body);
  EXPECT_EQ(client.model.state().books.size(), 1u);

  const std::string id = client.pay().id();
  const Seen refused = client.post("/v1/payment_intents/" + id + "/capture", {}, "k2");
  EXPECT_EQ(
      client.post("/v1/payment_intents/" + id + "/capture", {}, "k2").headers.get("Idempotent-Replayed"),
      "true");
  EXPECT_EQ(refused.status, 400);
}

TEST(StripeIdempotency, RefusesTheKeyForOtherParameters) {
  Client client;
  client.pay("4242424242424242", {}, "k1");
  for (const Seen& seen : {client.pay("4242424242424242", {{"metadata[a]", "b"}}, "k1"),
                           client.pay("4000000000000002", {}, "k1"),
                           client.post("/v1/refunds", {{"payment_intent", "pi_1"}}, "k1")}) {
    EXPECT_EQ(seen.status, 400);
    EXPECT_EQ(seen.text({"error", "type"}), "idempotency_error");
    EXPECT_FALSE(seen.headers.has("Idempotent-Replayed"));
  }
  EXPECT_EQ(captured(client), 6540);
}

TEST(StripeIdempotency, TakesParametersInAnyOrder) {
  Client client;
  const Seen first = client.post("/v1/payment_intents", {{"amount", "100"}, {"currency", "usd"}}, "k1");
  EXPECT_EQ(client.post("/v1/payment_intents", {{"currency", "usd"}, {"amount", "100"}}, "k1").body,
            first.body);
}

TEST(StripeIdempotency, KeepsKeysOfAccountsApart) {
  Client client;
  const Seen first = client.pay("4242424242424242", {}, "k1");
  client.api_key = "sk_test_two";
  EXPECT_NE(client.pay("4242424242424242", {}, "k1").id(), first.id());
}

TEST(StripeIdempotency, RefusesAKeyWhoseFirstRequestIsStillBeingAnswered) {
  Client client;
  client.plant(R"({"kind":"slow","operation":"authorize","count":1,"delay_ms":3000})");
  const Seen slow = client.pay("4242424242424242", {}, "k1");
  EXPECT_EQ(slow.delay, seconds(3));
  client.now = client.now + milliseconds(2999);
  const Seen early = client.pay("4242424242424242", {}, "k1");
  EXPECT_EQ(early.status, 409);
  EXPECT_EQ(early.text({"error", "code"}), "idempotency_key_in_use");
  client.now = client.now + milliseconds(1);
  EXPECT_EQ(client.pay("4242424242424242", {}, "k1").body, slow.body);
  EXPECT_EQ(captured(client), 6540);
}

TEST(StripeIdempotency, DoesNotKeepWhatWasNeverExecuted) {
  Client client;
  EXPECT_EQ(client.pay("4242424242424241", {}, "k1").status, 402);
  EXPECT_EQ(client.pay("4242424242424242", {{"bogus", "1"}}, "k1").status, 400);
  client.plant(R"({"kind":"error_500_before","count":1})");
  EXPECT_EQ(client.pay("4242424242424242", {}, "k1").status, 500);
  client.plant(R"({"kind":"rate_limited","count":1})");
  EXPECT_EQ(client.pay("4242424242424242", {}, "k1").status, 429);
  EXPECT_EQ(client.pay("4242424242424242", {}, "k1").status, 200);
}

TEST(StripeIdempotency, ForgetsAKeyAfterADay) {
  Client client;
  const Seen first = client.pay("4242424242424242", {}, "k1");
  client.now = client.now + hours(24) - milliseconds(1);
  EXPECT_EQ(client.pay("4242424242424242", {}, "k1").id(), first.id());
  client.now = client.now + milliseconds(1);
  EXPECT_NE(client.pay("4242424242424242", {}, "k1").id(), first.id());
}

// The order of time in which generations turn over must not lose a young key or keep an old one.
TEST(StripeIdempotency, RemembersADayAcrossGenerations) {
  Client client;
  std::vector<std::string> ids;
  for (int hour = 0; hour < 100; ++hour) {
    ids.push_back(client.pay("4242424242424242", {}, "k" + std::to_string(hour)).id());
    for (int age = 0; age <= std::min(hour, 30); ++age) {
      const auto at = static_cast<std::size_t>(hour - age);
      const KeptAnswer* kept = client.model.state().answers.find(
          IdempotencyLog::digest(account_id_of(client.api_key), "k" + std::to_string(at)), client.now);
      EXPECT_EQ(kept != nullptr, age < 24) << hour << " " << age;
      if (kept != nullptr) EXPECT_EQ(kept->recipe.intent, at);
    }
    client.now = client.now + hours(1);
  }
}

TEST(StripeIdempotency, LimitsTheLengthOfAKey) {
  Client client;
  EXPECT_EQ(client.pay("4242424242424242", {}, std::string(255, 'k')).status, 200);
  EXPECT_EQ(client.pay("4242424242424242", {}, std::string(256, 'k')).status, 400);
}

// The fence of a switch: an inert request takes the key over, and a late original is refused.
TEST(StripeIdempotency, LetsAnInertRequestTakeTheKeyOver) {
  Client client;
  client.plant(R"({"kind":"late","operation":"authorize","count":1,"delay_ms":5000})");
  EXPECT_EQ(client.pay("4242424242424242", {}, "k1").status, 0);
  const Seen fence = client.post("/v1/payment_intents", {{"amount", "6540"}, {"currency", "usd"}}, "k1");
  EXPECT_EQ(fence.state(), "requires_payment_method");
  client.now = client.now + minutes(1);
  EXPECT_EQ(client.get("/v1/payment_intents?limit=10").status, 200);
  EXPECT_EQ(client.model.state().books.size(), 1u);
  EXPECT_EQ(captured(client), 0);
}

}  // namespace
}  // namespace payweir::sandbox::stripe
