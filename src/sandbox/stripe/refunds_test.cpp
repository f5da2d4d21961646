#include "sandbox/stripe/refunds.hpp"

#include <gtest/gtest.h>

#include "sandbox/stripe/testkit.hpp"

namespace payweir::sandbox::stripe {
namespace {

TEST(StripeRefunds, TakePartsUntilNothingIsLeft) {
  Client client;
  const Seen paid = client.pay();
  const Seen part = client.post("/v1/refunds", {{"payment_intent", paid.id()},
                                                {"amount", "540"},
                                                {"reason", "requested_by_customer"},
                                                {"metadata[refund_id]", "ref_1"}});
  EXPECT_EQ(part.status, 200);
  EXPECT_EQ(part.text({"object"}), "refund");
  EXPECT_EQ(part.state(), "succeeded");
  EXPECT_EQ(part.integer({"amount"}), 540);
  EXPECT_EQ(part.text({"payment_intent"}), paid.id());
  EXPECT_EQ(part.text({"charge"}), paid.text({"latest_charge"}));
  EXPECT_EQ(part.text({"reason"}), "requested_by_customer");
  EXPECT_EQ(part.text({"metadata", "refund_id"}), "ref_1");
  EXPECT_EQ(client.get("/v1/refunds/" + part.id()).body, part.body);

  const Seen rest = client.post("/v1/refunds", {{"charge", paid.text({"latest_charge"})}});
  EXPECT_EQ(rest.integer({"amount"}), 6000);
  const Seen none = client.post("/v1/refunds", {{"payment_intent", paid.id()}});
  EXPECT_EQ(none.status, 400);
  EXPECT_EQ(none.text({"error", "code"}), "charge_already_refunded");
  const Seen charge = client.get("/v1/charges/" + paid.text({"latest_charge"}));
  EXPECT_EQ(charge.text({"refunded"}), "true");
  EXPECT_EQ(charge.integer({"amount_refunded"}), 6540);
}

TEST(StripeRefunds, AreRefusedBeyondWhatWasCaptured) {
  Client client;
  const std::string id = client.pay().id();
  const Seen greedy = client.post("/v1/refunds", {{"payment_intent", id}, {"amount", "7000"}});
  EXPECT_EQ(greedy.status, 400);
  EXPECT_EQ(greedy.text({"error", "type"}), "invalid_request_error");
  EXPECT_EQ(greedy.text({"error", "message"}),
            "Refund amount ($70.00) is greater than charge amount ($65.40)");
  EXPECT_EQ(greedy.text({"error", "param"}), "amount");
  client.post("/v1/refunds", {{"payment_intent", id}, {"amount", "540"}});
  EXPECT_EQ(
      client.post("/v1/refunds", {{"payment_intent", id}, {"amount", "6001"}}).text({"error", "message"}),
      "Refund amount ($60.01) is greater than unrefunded amount on charge ($60.00)");
  EXPECT_EQ(client.model.state().books.accounts()[0].totals.at("USD").refunded, 540);
}

TEST(StripeRefunds, NeedAChargeThatWasCaptured) {
  Client client;
  const std::string held = client.pay("4242424242424242", {{"capture_method", "manual"}}).id();
  EXPECT_EQ(client.post("/v1/refunds", {{"payment_intent", held}}).status, 400);
  const std::string declined = client.pay("4000000000000002").text({"error", "payment_intent", "id"});
  EXPECT_EQ(client.post("/v1/refunds", {{"payment_intent", declined}}).status, 400);
  EXPECT_EQ(client.post("/v1/refunds", {}).text({"error", "code"}), "parameter_missing");
  EXPECT_EQ(client.post("/v1/refunds", {{"payment_intent", "pi_x"}}).status, 404);
  EXPECT_EQ(client.get("/v1/refunds/re_x").status, 404);
}

TEST(StripeRefunds, RefuseReasonsAndAmountsThatAreNone) {
  Client client;
  const std::string id = client.pay().id();
  for (const auto& [name, value] :
       Fields{{"reason", "because"}, {"amount", "0"}, {"amount", "-5"}, {"amount", "x"}})
    EXPECT_EQ(client.post("/v1/refunds", {{"payment_intent", id}, {name, value}}).text({"error", "param"}),
              name);
  EXPECT_EQ(client.model.state().books.at(0).refunds.size(), 0u);
}

TEST(StripeRefunds, AreListedNewestFirst) {
  Client client;
  const std::string id = client.pay().id();
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i)
    ids.push_back(client.post("/v1/refunds", {{"payment_intent", id}, {"amount", "10"}}).id());
  const std::string other = client.post("/v1/refunds", {{"payment_intent", client.pay().id()}}).id();
  const auto listed = [&](const std::string& query) {
    std::vector<std::string> found;
    const Seen seen = client.get("/v1/refunds" + query);
    const auto document = json::parse(seen.body);
    for (json::Value v = document->root()["data"].first(); v.present(); v = v.next())
      found.emplace_back(v["id"].text());
    return found;
  };
  EXPECT_EQ(listed("?payment_intent=" + id), (std::vector{ids[2], ids[1], ids[0]}));
  EXPECT_EQ(listed("?limit=2&payment_intent=" + id + "&starting_after=" + ids[2]),
            (std::vector{ids[1], ids[0]}));
  EXPECT_EQ(listed(""), (std::vector{other, ids[2], ids[1], ids[0]}));
  EXPECT_EQ(listed("?limit=1&starting_after=" + other), (std::vector{ids[2]}));
  EXPECT_EQ(client.get("/v1/refunds?payment_intent=pi_x").status, 404);
}

TEST(StripeRefunds, SettleLaterOnTheCardsThatSaySo) {
  Client client;
  const std::string slow = client.pay("4000000000007726").id();
  const Seen pending = client.post("/v1/refunds", {{"payment_intent", slow}});
  EXPECT_EQ(pending.state(), "pending");
  const std::string doomed = client.pay("4000000000005126").id();
  const Seen hopeful = client.post("/v1/refunds", {{"payment_intent", doomed}});
  EXPECT_EQ(hopeful.state(), "succeeded");
  EXPECT_EQ(client.model.state().books.accounts()[0].totals.at("USD").refunded, 2 * 6540);

  client.now = client.now + seconds(5);
  EXPECT_EQ(client.get("/v1/refunds/" + pending.id()).state(), "succeeded");
  const Seen failed = client.get("/v1/refunds/" + hopeful.id());
  EXPECT_EQ(failed.state(), "failed");
  EXPECT_EQ(failed.text({"failure_reason"}), "expired_or_canceled_card");
  EXPECT_EQ(client.model.state().books.accounts()[0].totals.at("USD").refunded, 6540);
}

TEST(StripeRefunds, ComeFromTheDashboardToo) {
  Client client;
  const std::string id = client.pay().id();
  const Seen made = client.control(http::Method::post, "/dashboard_refund",
                                   R"({"payment_intent":")" + id + R"(","amount":40})");
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(client.get("/v1/refunds/" + made.id()).integer({"amount"}), 40);
  EXPECT_EQ(client.control(http::Method::post, "/dashboard_refund", R"({"payment_intent":"pi_x"})").status,
            404);
  EXPECT_EQ(client.control(http::Method::post, "/dashboard_refund", "{}").status, 400);
}

}  // namespace
}  // namespace payweir::sandbox::stripe
