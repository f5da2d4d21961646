#include "sandbox/stripe/challenge_page.hpp"

#include <gtest/gtest.h>

#include "sandbox/stripe/testkit.hpp"

namespace payweir::sandbox::stripe {
namespace {

struct Challenged {
  Seen intent;
  std::string path;
};

Challenged challenge(Client& client, Fields more = {{"return_url", "https://shop.test/back?order=1#top"}}) {
  Challenged made{client.pay("4000000000003063", more), {}};
  made.path = "/3ds/" + made.intent.id();
  return made;
}

TEST(ChallengePage, IsWhereTheIntentSendsThePayer) {
  Client client;
  const Challenged made = challenge(client);
  EXPECT_EQ(made.intent.text({"next_action", "type"}), "redirect_to_url");
  EXPECT_EQ(made.intent.text({"next_action", "redirect_to_url", "url"}),
            "http://bank.test/stripe" + made.path);
  const Seen page = client.browse(http::Method::get, made.path);
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(page.body.contains("65.40 USD"));
  EXPECT_TRUE(page.body.contains("visa ending in 3063"));
  EXPECT_EQ(client.get("/v1/payment_intents/" + made.intent.id()).state(), "requires_action");
}

TEST(ChallengePage, ApprovalPaysAndSendsThePayerBack) {
  Client client;
  const Challenged made = challenge(client);
  const Seen approved = client.browse(http::Method::post, made.path, "decision=approve");
  EXPECT_EQ(approved.status, 303);
  EXPECT_EQ(approved.headers.get("Location"), "https://shop.test/back?order=1&payment_intent=" +
                                                  made.intent.id() + "&redirect_status=succeeded#top");
  const Seen paid = client.get("/v1/payment_intents/" + made.intent.id() + "?expand[]=latest_charge");
  EXPECT_EQ(paid.state(), "succeeded");
  EXPECT_EQ(paid.text({"next_action"}), "null");
  EXPECT_EQ(
      paid.text({"latest_charge", "payment_method_details", "card", "three_d_secure", "authentication_flow"}),
      "challenge");
  EXPECT_EQ(client.browse(http::Method::post, made.path, "decision=approve").status, 409);
  EXPECT_EQ(client.model.state().books.accounts()[0].totals.at("USD").captured, 6540);
}

TEST(ChallengePage, ApprovalOfAManualCaptureHoldsTheMoney) {
  Client client;
  const Challenged made =
      challenge(client, {{"return_url", "https://shop.test/"}, {"capture_method", "manual"}});
  client.browse(http::Method::post, made.path, "decision=approve");
  EXPECT_EQ(client.get("/v1/payment_intents/" + made.intent.id()).state(), "requires_capture");
}

TEST(ChallengePage, RefusalFailsTheAttempt) {
  Client client;
  client.post("/v1/webhook_endpoints", {{"url", "http://a.test/"}, {"enabled_events[]", "*"}});
  const Challenged made = challenge(client);
  const Seen refused = client.browse(http::Method::post, made.path, "decision=decline");
  EXPECT_TRUE(refused.headers.get("Location").contains("redirect_status=failed"));
  EXPECT_EQ(refused.callbacks.size(), 1u);
  const Seen failed = client.get("/v1/payment_intents/" + made.intent.id());
  EXPECT_EQ(failed.state(), "requires_payment_method");
  EXPECT_EQ(failed.text({"last_payment_error", "code"}), "payment_intent_authentication_failure");
}

TEST(ChallengePage, AnIssuerMaySayNoAfterThePayerSaidYes) {
  Client client;
  const std::string id = client.pay("4000008400001629", {{"return_url", "https://shop.test/"}}).id();
  const Seen answer = client.browse(http::Method::post, "/3ds/" + id, "decision=approve");
  EXPECT_TRUE(answer.headers.get("Location").contains("redirect_status=failed"));
  EXPECT_EQ(client.get("/v1/payment_intents/" + id).text({"last_payment_error", "code"}), "card_declined");
}

TEST(ChallengePage, WorksWithoutAnAddressToReturnTo) {
  Client client;
  const Challenged made = challenge(client, {});
  EXPECT_EQ(made.intent.text({"next_action", "type"}), "use_stripe_sdk");
  const Seen approved = client.browse(http::Method::post, made.path, "decision=approve");
  EXPECT_EQ(approved.status, 200);
  EXPECT_FALSE(approved.headers.has("Location"));
}

TEST(ChallengePage, EscapesWhateverAMerchantWrote) {
  Client client;
  const std::string attack = "\"><script>alert('x')</script>&";
  const Challenged made = challenge(
      client, {{"description", attack}, {"statement_descriptor", attack}, {"metadata[payment_id]", attack}});
  const Seen page = client.browse(http::Method::get, made.path);
  EXPECT_FALSE(page.body.contains("<script"));
  EXPECT_TRUE(page.body.contains("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;"));
  const std::string_view policy = page.headers.get("Content-Security-Policy");
  EXPECT_TRUE(policy.starts_with("default-src 'none'; style-src 'sha256-"));
  EXPECT_FALSE(policy.contains("unsafe"));
}

TEST(ChallengePage, SendsNobodyToAnAddressThatIsNoWebAddress) {
  Client client;
  for (const char* url :
       {"javascript:alert(1)", "data:text/html,x", "//evil.test", "https://a.test/\"onload=\""})
    EXPECT_EQ(client.pay("4000000000003063", {{"return_url", url}}).status, 400) << url;
}

TEST(ChallengePage, TakesOnlyAddressesAndDecisionsThatAreSome) {
  Client client;
  const Challenged made = challenge(client);
  for (const char* body : {"", "decision=maybe", "decision=approve&decision=decline", "%zz", "a=b"})
    EXPECT_EQ(client.browse(http::Method::post, made.path, body).status, 400) << body;
  for (const char* path : {"/3ds/", "/3ds/pi_x", "/3ds/pi_300000000000000000000000"})
    EXPECT_EQ(client.browse(http::Method::get, path).status, 404) << path;
  EXPECT_EQ(client.get("/v1/payment_intents/" + made.intent.id()).state(), "requires_action");
}

}  // namespace
}  // namespace payweir::sandbox::stripe
