#include "sandbox/stripe/distortion.hpp"

#include <gtest/gtest.h>

#include "sandbox/stripe/testkit.hpp"

namespace payweir::sandbox::stripe {
namespace {

struct FaultRow {
  const char* kind;
  int status;            // 0: silence
  bool executed;         // whether the card was charged at once
  int status_of_replay;  // the same request under the same key afterwards
};

TEST(StripeFaults, EachKindChargesOrNotAndIsReplayedAsItSays) {
  const FaultRow table[] = {
      {"slow", 200, true, 200},
      {"down", 503, false, 200},
      {"silent", 0, true, 200},
      {"silent_before", 0, false, 200},
      {"closed", 200, true, 200},
      {"closed_before", 200, false, 200},
      {"error_500_before", 500, false, 200},
      {"error_500_after", 500, true, 200},
      {"stored_500", 500, true, 500},
      {"stored_500_before", 500, false, 500},
      {"rate_limited", 429, false, 200},
      {"garbage", 200, true, 200},
      {"truncated", 200, true, 200},
      {"dribble", 200, true, 200},
      {"wrong_amount", 200, true, 200},
      {"wrong_currency", 200, true, 200},
      {"someone_elses_answer", 200, true, 200},
  };
  for (const FaultRow& row : table) {
    SCOPED_TRACE(row.kind);
    Client client;
    const Seen planted =
        client.plant(R"({"operation":"authorize","count":1,"kind":")" + std::string(row.kind) + "\"}");
    ASSERT_EQ(planted.status, 200);
    const Seen first = client.pay("4242424242424242", {}, "k1");
    EXPECT_EQ(first.status, row.status);
    const auto& totals = client.model.state().books.accounts()[0].totals;
    EXPECT_EQ(totals.contains("USD") && totals.at("USD").captured == 6540, row.executed);
    EXPECT_EQ(client.model.faults().all().at(0).fired, 1);

    client.now = client.now + minutes(1);
    const Seen again = client.pay("4242424242424242", {}, "k1");
    EXPECT_EQ(again.status, row.status_of_replay);
    EXPECT_EQ(client.model.faults().all().at(0).fired, 1) << "its count was one";
    if (again.status == 200) {
      EXPECT_EQ(again.integer({"amount"}), 6540);
      EXPECT_EQ(again.text({"currency"}), "usd");
      EXPECT_EQ(totals.at("USD").captured, 6540);
    }
  }
}

TEST(StripeFaults, LieInTheAnswerAndNotInTheBooks) {
  Client client;
  const std::string first = client.pay("4242424242424242", {{"metadata[payment_id]", "pay_1"}}).id();
  client.plant(R"({"kind":"wrong_amount","count":1})");
  EXPECT_EQ(client.pay().integer({"amount"}), 6541);
  client.model.faults().clear();
  client.plant(R"({"kind":"wrong_currency","count":1})");
  EXPECT_EQ(client.pay().text({"currency"}), "eur");
  client.model.faults().clear();
  client.plant(R"({"kind":"someone_elses_answer","operation":"query","count":1})");
  const std::string last = client.pay().id();
  const Seen mixed_up = client.get("/v1/payment_intents/" + last);
  EXPECT_NE(mixed_up.id(), last);
  EXPECT_EQ(client.get("/v1/payment_intents/" + last).id(), last);
  EXPECT_EQ(client.model.state().books.accounts()[0].totals.at("USD").captured, 4 * 6540);
  EXPECT_EQ(client.get("/v1/payment_intents/" + first).integer({"amount"}), 6540);
}

TEST(StripeFaults, BreakTheWireAsTheySay) {
  const std::pair<const char*, Wire> table[] = {
      {"truncated", Wire::truncated}, {"dribble", Wire::dribble}, {"closed", Wire::closed}};
  for (const auto& [kind, wire] : table) {
    Client client;
    client.plant(R"({"kind":")" + std::string(kind) + "\"}");
    EXPECT_EQ(client.pay().wire, wire);
  }
}

TEST(StripeFaults, ALateRequestIsExecutedWhenItsTimeComes) {
  Client client;
  client.plant(R"({"kind":"late","operation":"authorize","count":1,"delay_ms":5000})");
  client.post("/v1/webhook_endpoints", {{"url", "http://a.test/"}, {"enabled_events[]", "*"}});
  EXPECT_EQ(client.pay("4242424242424242", {{"metadata[payment_id]", "pay_1"}}, "k1").status, 0);
  EXPECT_EQ(client.model.state().books.size(), 0u);
  EXPECT_EQ(client.model.next_due(), client.now + seconds(5));
  client.now = client.now + seconds(5);
  EXPECT_EQ(client.model.advance(client.now, client.draws).size(), 1u) << "its webhook";
  EXPECT_EQ(client.model.state().books.accounts()[0].totals.at("USD").captured, 6540);
  EXPECT_EQ(client.pay("4242424242424242", {{"metadata[payment_id]", "pay_1"}}, "k1")
                .headers.get("Idempotent-Replayed"),
            "true");
}

TEST(StripeFaults, StrikeTheOperationAndAccountTheyAreFor) {
  Client client;
  client.plant(R"({"kind":"down","operation":"refund","account":"sk_test_two"})");
  const std::string id = client.pay().id();
  EXPECT_EQ(client.post("/v1/refunds", {{"payment_intent", id}, {"amount", "1"}}).status, 200);
  client.api_key = "sk_test_two";
  const std::string other = client.pay().id();
  EXPECT_EQ(client.post("/v1/refunds", {{"payment_intent", other}}).status, 503);
  EXPECT_EQ(client.get("/v1/payment_intents/" + other).status, 200);
}

// What the oracle is for: it must see a gateway that charges twice.
TEST(StripeFaults, ADoubleChargeShowsInTheBooks) {
  Client client;
  client.plant(R"({"kind":"double_charge","operation":"authorize","count":1})");
  client.pay("4242424242424242", {{"metadata[payment_id]", "pay_1"}});
  client.pay("4242424242424242", {{"metadata[payment_id]", "pay_2"}});
  const Seen books = client.control(http::Method::get, "/books");
  EXPECT_EQ(books.integer({"charges_by_reference", "pay_1", "charge_count"}), 2);
  EXPECT_EQ(books.integer({"charges_by_reference", "pay_1", "captured_minor"}), 2 * 6540);
  EXPECT_EQ(books.integer({"charges_by_reference", "pay_2", "charge_count"}), 1);
  EXPECT_EQ(client.control(http::Method::get, "/books?summary=true").text({"repeated_references"}),
            R"(["pay_1"])");
}

}  // namespace
}  // namespace payweir::sandbox::stripe
