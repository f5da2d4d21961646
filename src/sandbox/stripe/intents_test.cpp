#include "sandbox/stripe/intents.hpp"

#include <gtest/gtest.h>

#include "sandbox/stripe/testkit.hpp"

namespace payweir::sandbox::stripe {
namespace {

struct CardRow {
  const char* number;
  int status;
  const char* intent_status;  // of the intent, or of the one in the error
  const char* code;
  const char* decline_code;
  const char* message;
};

constexpr const char* kDeclined = "Your card was declined.";

TEST(StripeIntents, EachTestCardBehavesAsStripeSays) {
  const CardRow table[] = {
      {"378282246310005", 200, "succeeded", "", "", ""},
      {"4242424242424242", 200, "succeeded", "", "", ""},
      {"4111111111111111", 200, "succeeded", "", "", ""},
      {"5555555555554444", 200, "succeeded", "", "", ""},
      {"371449635398431", 200, "succeeded", "", "", ""},
      {"38000000000006", 200, "succeeded", "", "", ""},
      {"6011111111111117", 200, "succeeded", "", "", ""},
      {"5105105105105100", 200, "succeeded", "", "", ""},
      {"4000000000000101", 200, "succeeded", "", "", ""},
      {"4000000000000036", 200, "succeeded", "", "", ""},
      {"4000000000003063", 200, "requires_action", "", "", ""},
      {"4000003800000446", 200, "requires_action", "", "", ""},
      {"4000002500003155", 200, "requires_action", "", "", ""},
      {"4000002760003184", 200, "requires_action", "", "", ""},
      {"4000000000000002", 402, "requires_payment_method", "card_declined", "generic_decline", kDeclined},
      {"4000000000009995", 402, "requires_payment_method", "card_declined", "insufficient_funds",
       "Your card has insufficient funds."},
      {"4000000000009987", 402, "requires_payment_method", "card_declined", "lost_card", kDeclined},
      {"4000000000009979", 402, "requires_payment_method", "card_declined", "stolen_card", kDeclined},
      {"4000000000000069", 402, "requires_payment_method", "expired_card", "expired_card",
       "Your card has expired."},
      {"4000000000000127", 402, "requires_payment_method", "incorrect_cvc", "incorrect_cvc",
       "Your card's security code is incorrect."},
      {"4000000000000119", 402, "requires_payment_method", "processing_error", "processing_error",
       "An error occurred while processing your card. Try again in a little bit."},
      {"4532015112830366", 402, "requires_payment_method", "card_declined", "test_mode_live_card",
       "Your card was declined. Your request was in test mode, but used a non test (live) card. For a list "
       "of "
       "valid test cards, visit: https://stripe.com/docs/testing."},
  };
  for (const CardRow& row : table) {
    SCOPED_TRACE(row.number);
    Client client;
    const Seen seen = client.pay(row.number);
    EXPECT_EQ(seen.status, row.status);
    if (row.status == 200) {
      EXPECT_EQ(seen.state(), row.intent_status);
      EXPECT_EQ(seen.text({"last_payment_error"}), "null");
      continue;
    }
    EXPECT_EQ(seen.text({"error", "type"}), "card_error");
    EXPECT_EQ(seen.text({"error", "code"}), row.code);
    EXPECT_EQ(seen.text({"error", "decline_code"}), row.decline_code);
    EXPECT_EQ(seen.text({"error", "message"}), row.message);
    EXPECT_EQ(seen.text({"error", "payment_intent", "status"}), row.intent_status);
    EXPECT_EQ(seen.text({"error", "payment_intent", "last_payment_error", "code"}), row.code);
    EXPECT_EQ(seen.text({"error", "payment_intent", "latest_charge"}), seen.text({"error", "charge"}));
    const Seen charge = client.get("/v1/charges/" + seen.text({"error", "charge"}));
    EXPECT_EQ(charge.state(), "failed");
    EXPECT_EQ(charge.text({"failure_code"}), row.code);
    EXPECT_EQ(client.model.state().books.accounts()[0].totals.at("USD").captured, 0);
  }
}

TEST(StripeIntents, CardsThatAreMistypedAreRefusedBeforeThereIsAnIntent) {
  const std::tuple<const char*, const char*, const char*, const char*> table[] = {
      {"number", "4242424242424241", "incorrect_number", "number"},
      {"number", "123456", "incorrect_number", "number"},
      {"exp_month", "13", "invalid_expiry_month", "exp_month"},
      {"exp_month", "", "invalid_expiry_month", "exp_month"},
      {"exp_year", "2022", "invalid_expiry_year", "exp_year"},
      {"exp_year", "22", "invalid_expiry_year", "exp_year"},
      {"cvc", "12345", "invalid_cvc", "cvc"},
      {"cvc", "x23", "invalid_cvc", "cvc"},
  };
  for (const auto& [field, value, code, param] : table) {
    SCOPED_TRACE(std::string(field) + "=" + value);
    Client client;
    Fields fields = Client::card_payment();
    for (auto& [name, text] : fields)
      if (name == "payment_method_data[card][" + std::string(field) + "]") text = value;
    const Seen seen = client.post("/v1/payment_intents", fields);
    EXPECT_EQ(seen.status, 402);
    EXPECT_EQ(seen.text({"error", "code"}), code);
    EXPECT_EQ(seen.text({"error", "param"}), param);
    EXPECT_EQ(client.model.state().books.size(), 0u);
  }
}

TEST(StripeIntents, ParametersAreCheckedByName) {
  const std::tuple<const char*, const char*, const char*, const char*> table[] = {
      {"amount", "", "parameter_missing", "amount"},
      {"amount", "0", "parameter_invalid_integer", "amount"},
      {"amount", "-1", "parameter_invalid_integer", "amount"},
      {"amount", "1.5", "parameter_invalid_integer", "amount"},
      {"amount", "1e3", "parameter_invalid_integer", "amount"},
      {"amount", "9223372036854775808", "parameter_invalid_integer", "amount"},
      {"amount", "100000000", "amount_too_large", "amount"},
      {"currency", "", "parameter_missing", "currency"},
      {"currency", "usdd", "", "currency"},
      {"confirm", "yes", "", "confirm"},
      {"capture_method", "later", "", "capture_method"},
      {"return_url", "javascript:alert(1)", "url_invalid", "return_url"},
      {"frobnicate", "1", "parameter_unknown", "frobnicate"},
      {"payment_method", "pm_300000000700000000008000", "resource_missing", "payment_method"},
      {"payment_method_types[]", "cowrie_shells", "", "payment_method_types"},
  };
  for (const auto& [name, value, code, param] : table) {
    SCOPED_TRACE(std::string(name) + "=" + value);
    Client client;
    Fields fields = {{"amount", "6540"}, {"currency", "usd"}};
    std::erase_if(fields, [&](const auto& field) { return field.first == name; });
    fields.emplace_back(name, value);
    const Seen seen = client.post("/v1/payment_intents", fields);
    EXPECT_TRUE(seen.status == 400 || seen.status == 404) << seen.status;
    EXPECT_EQ(seen.text({"error", "type"}), "invalid_request_error");
    EXPECT_EQ(seen.text({"error", "code"}), code);
    EXPECT_EQ(seen.text({"error", "param"}), param);
    EXPECT_EQ(client.model.state().books.size(), 0u);
  }
}

TEST(StripeIntents, AnIntentLooksAsStripesDoes) {
  Client client;
  const Seen seen = client.pay("4242424242424242", {{"metadata[payment_id]", "pay_1"},
                                                    {"metadata[note]", "a\"b\xE2\x82\xAC"},
                                                    {"description", "A hat"},
                                                    {"statement_descriptor_suffix", "HAT"},
                                                    {"expand[0]", "latest_charge"}});
  EXPECT_EQ(seen.text({"object"}), "payment_intent");
  EXPECT_EQ(seen.integer({"amount"}), 6540);
  EXPECT_EQ(seen.integer({"amount_received"}), 6540);
  EXPECT_EQ(seen.integer({"amount_capturable"}), 0);
  EXPECT_EQ(seen.text({"currency"}), "usd");
  EXPECT_EQ(seen.text({"capture_method"}), "automatic");
  EXPECT_EQ(seen.integer({"created"}), 1'795'000'000);
  EXPECT_EQ(seen.text({"metadata", "payment_id"}), "pay_1");
  EXPECT_EQ(seen.text({"metadata", "note"}), "a\"b\xE2\x82\xAC");
  EXPECT_EQ(seen.text({"description"}), "A hat");
  EXPECT_EQ(seen.text({"statement_descriptor_suffix"}), "HAT");
  EXPECT_TRUE(seen.text({"client_secret"}).starts_with(seen.id() + "_secret_"));
  EXPECT_EQ(seen.headers.get("Stripe-Version"), "2023-08-16");
  EXPECT_TRUE(seen.headers.get("Request-Id").starts_with("req_"));
  EXPECT_EQ(seen.text({"latest_charge", "object"}), "charge");
  EXPECT_EQ(seen.text({"latest_charge", "status"}), "succeeded");
  EXPECT_EQ(seen.integer({"latest_charge", "amount_captured"}), 6540);
  EXPECT_EQ(seen.text({"latest_charge", "payment_intent"}), seen.id());
  EXPECT_EQ(seen.text({"latest_charge", "outcome", "type"}), "authorized");
  const auto card = [&](std::string_view name) {
    return seen.text({"latest_charge", "payment_method_details", "card", name});
  };
  EXPECT_EQ(card("brand"), "visa");
  EXPECT_EQ(card("network"), "visa");
  EXPECT_EQ(card("last4"), "4242");
  EXPECT_EQ(card("exp_month"), "10");
  EXPECT_EQ(card("exp_year"), "2030");
  EXPECT_EQ(card("three_d_secure"), "null");
  EXPECT_EQ(card("network_transaction_id").size(), 15u);
  EXPECT_EQ(client.get("/v1/payment_intents/" + seen.id()).text({"latest_charge"}),
            seen.text({"latest_charge", "id"}));
}

TEST(StripeIntents, KeepNothingOfACardButWhatIsPrinted) {
  Client client;
  const Seen seen = client.pay("4242424242424242", {{"expand[]", "latest_charge"}}, "key");
  const std::string shown = seen.body + client.get("/v1/events").body + client.model.books();
  EXPECT_FALSE(shown.contains("4242424242424242"));
  EXPECT_FALSE(shown.contains("cvc\":\"123"));
}

TEST(StripeIntents, ChecksSayWhatWasGivenAndWhatIsWrong) {
  const Fields address = {{"payment_method_data[billing_details][address][line1]", "1467"},
                          {"payment_method_data[billing_details][address][postal_code]", "94122"}};
  const std::tuple<const char*, Fields, const char*> table[] = {
      {"378282246310005",
       {},
       R"({"address_line1_check":null,"address_postal_code_check":null,"cvc_check":"pass"})"},
      {"378282246310005", address,
       R"({"address_line1_check":"pass","address_postal_code_check":"pass","cvc_check":"pass"})"},
      {"4000000000000101",
       {},
       R"({"address_line1_check":null,"address_postal_code_check":null,"cvc_check":"fail"})"},
      {"4000000000000036", address,
       R"({"address_line1_check":"pass","address_postal_code_check":"fail","cvc_check":"pass"})"},
  };
  for (auto [number, more, checks] : table) {
    Client client;
    more.emplace_back("expand[]", "latest_charge");
    const Seen seen = client.pay(number, more);
    EXPECT_EQ(seen.state(), "succeeded");
    EXPECT_EQ(seen.text({"latest_charge", "payment_method_details", "card", "checks"}), checks) << number;
  }
}

TEST(StripeIntents, AreCreatedThenConfirmed) {
  Client client;
  const Fields bare = {{"amount", "6540"}, {"currency", "usd"}};
  const Seen created = client.post("/v1/payment_intents", bare);
  EXPECT_EQ(created.state(), "requires_payment_method");
  EXPECT_EQ(created.text({"latest_charge"}), "null");
  const std::string path = "/v1/payment_intents/" + created.id();
  const Seen too_early = client.post(path + "/confirm");
  EXPECT_EQ(too_early.status, 400);
  EXPECT_EQ(too_early.text({"error", "code"}), "payment_intent_unexpected_state");

  const Seen confirmed = client.post(path + "/confirm", {{"payment_method", "pm_card_visa"}});
  EXPECT_EQ(confirmed.state(), "succeeded");
  const Seen again = client.post(path + "/confirm", {{"payment_method", "pm_card_visa"}});
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.text({"error", "code"}), "payment_intent_unexpected_state");
  EXPECT_EQ(again.text({"error", "payment_intent", "status"}), "succeeded");
  EXPECT_EQ(client.model.state().books.accounts()[0].totals.at("USD").captured, 6540);
}

TEST(StripeIntents, AMethodGivenWithoutConfirmWaitsForIt) {
  Client client;
  Fields fields = Client::card_payment();
  std::erase_if(fields, [](const auto& field) { return field.first == "confirm"; });
  const Seen created = client.post("/v1/payment_intents", fields);
  EXPECT_EQ(created.state(), "requires_confirmation");
  EXPECT_EQ(client.post("/v1/payment_intents/" + created.id() + "/confirm").state(), "succeeded");
}

TEST(StripeIntents, ADeclineCanBeTriedAgainWithAnotherCard) {
  Client client;
  const std::string id = client.pay("4000000000000002").text({"error", "payment_intent", "id"});
  const Seen paid =
      client.post("/v1/payment_intents/" + id + "/confirm", {{"payment_method", "pm_card_visa"}});
  EXPECT_EQ(paid.state(), "succeeded");
  EXPECT_EQ(paid.text({"last_payment_error"}), "null");
  EXPECT_EQ(client.model.state().books.at(0).charges.size(), 2u);
}

TEST(StripeIntents, ACaptureReleasesTheRest) {
  Client client;
  const Seen held = client.pay("4242424242424242", {{"capture_method", "manual"}});
  EXPECT_EQ(held.state(), "requires_capture");
  EXPECT_EQ(held.integer({"amount_capturable"}), 6540);
  EXPECT_EQ(held.integer({"amount_received"}), 0);
  const std::string capture = "/v1/payment_intents/" + held.id() + "/capture";
  const Seen greedy = client.post(capture, {{"amount_to_capture", "6541"}});
  EXPECT_EQ(greedy.status, 400);
  EXPECT_EQ(greedy.text({"error", "param"}), "amount_to_capture");

  const Seen captured = client.post(capture, {{"amount_to_capture", "6000"}, {"expand[]", "latest_charge"}});
  EXPECT_EQ(captured.state(), "succeeded");
  EXPECT_EQ(captured.integer({"amount"}), 6540);
  EXPECT_EQ(captured.integer({"amount_received"}), 6000);
  EXPECT_EQ(captured.integer({"amount_capturable"}), 0);
  EXPECT_EQ(captured.integer({"latest_charge", "amount_captured"}), 6000);
  EXPECT_EQ(client.post(capture).text({"error", "code"}), "payment_intent_unexpected_state");
  const Totals& totals = client.model.state().books.accounts()[0].totals.at("USD");
  EXPECT_EQ(totals.authorized, 6540);
  EXPECT_EQ(totals.captured, 6000);
  EXPECT_EQ(totals.released, 540);
}

TEST(StripeIntents, AreCanceledOnlyBeforeTheMoneyIsTaken) {
  Client client;
  const std::string held = client.pay("4242424242424242", {{"capture_method", "manual"}}).id();
  const Seen canceled = client.post("/v1/payment_intents/" + held + "/cancel",
                                    {{"cancellation_reason", "requested_by_customer"}});
  EXPECT_EQ(canceled.state(), "canceled");
  EXPECT_EQ(canceled.text({"cancellation_reason"}), "requested_by_customer");
  EXPECT_EQ(canceled.integer({"canceled_at"}), 1'795'000'000);
  EXPECT_EQ(client.model.state().books.accounts()[0].totals.at("USD").released, 6540);
  EXPECT_EQ(client.post("/v1/payment_intents/" + held + "/cancel").status, 400);
  EXPECT_EQ(client.post("/v1/payment_intents/" + held + "/capture").status, 400);

  const std::string paid = client.pay().id();
  const Seen refused = client.post("/v1/payment_intents/" + paid + "/cancel");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.text({"error", "code"}), "payment_intent_unexpected_state");
}

TEST(StripeIntents, AnAuthorisationLapsesAfterSevenDays) {
  Client client;
  const std::string id = client.pay("4242424242424242", {{"capture_method", "manual"}}).id();
  client.now = client.now + days(7) - milliseconds(1);
  EXPECT_EQ(client.get("/v1/payment_intents/" + id).state(), "requires_capture");
  EXPECT_EQ(client.model.next_due(), client.now + milliseconds(1));
  client.now = client.now + milliseconds(1);
  const Seen lapsed = client.get("/v1/payment_intents/" + id);
  EXPECT_EQ(lapsed.state(), "canceled");
  EXPECT_EQ(lapsed.text({"cancellation_reason"}), "automatic");
  EXPECT_EQ(client.post("/v1/payment_intents/" + id + "/capture").status, 400);
}

TEST(StripeIntents, ThreeDSecureIsFrictionlessOnAnOrdinaryCard) {
  Client client;
  const Seen seen = client.pay(
      "4242424242424242",
      {{"payment_method_options[card][request_three_d_secure]", "any"}, {"expand[]", "latest_charge"}});
  EXPECT_EQ(seen.state(), "succeeded");
  EXPECT_EQ(
      seen.text({"latest_charge", "payment_method_details", "card", "three_d_secure", "authentication_flow"}),
      "frictionless");
}

TEST(StripeIntents, AnAbsentPayerCannotBeAsked) {
  Client client;
  const Seen seen = client.pay("4000000000003063", {{"off_session", "true"}});
  EXPECT_EQ(seen.status, 402);
  EXPECT_EQ(seen.text({"error", "code"}), "authentication_required");
  EXPECT_EQ(client.pay("4000000000003063", {{"error_on_requires_action", "true"}}).status, 402);
}

TEST(StripeIntents, AnIssuerMayDeclineUntilThreeDSecureIsAskedFor) {
  Client client;
  const Seen declined = client.pay("4000000000003113");
  EXPECT_EQ(declined.status, 402);
  EXPECT_EQ(declined.text({"error", "code"}), "authentication_required");
  const Seen asked =
      client.pay("4000000000003113", {{"payment_method_options[card][request_three_d_secure]", "any"}});
  EXPECT_EQ(asked.text({"status"}), "requires_action");
}

TEST(StripeIntents, AMethodPaysAgainOnlyWhenItWasSetUp) {
  Client client;
  const std::string once = client.pay().text({"payment_method"});
  const Fields fields = {
      {"amount", "100"}, {"currency", "usd"}, {"confirm", "true"}, {"off_session", "true"}};
  Fields with_once = fields;
  with_once.emplace_back("payment_method", once);
  const Seen refused = client.post("/v1/payment_intents", with_once);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.text({"error", "param"}), "payment_method");

  const Seen set_up = client.pay("4242424242424242", {{"setup_future_usage", "off_session"}});
  Fields with_saved = fields;
  with_saved.emplace_back("payment_method", set_up.text({"payment_method"}));
  EXPECT_EQ(client.post("/v1/payment_intents", with_saved).state(), "succeeded");

  client.api_key = "sk_test_two";
  EXPECT_EQ(client.post("/v1/payment_intents", with_saved).status, 404);
}

TEST(StripeIntents, AreUpdatedUntilTheyArePaid) {
  Client client;
  const Fields bare = {{"amount", "6540"}, {"currency", "usd"}, {"metadata[a]", "1"}, {"metadata[b]", "2"}};
  const std::string path = "/v1/payment_intents/" + client.post("/v1/payment_intents", bare).id();
  const Seen updated = client.post(path, {{"amount", "1000"}, {"metadata[a]", ""}, {"metadata[c]", "3"}});
  EXPECT_EQ(updated.integer({"amount"}), 1000);
  EXPECT_EQ(updated.text({"metadata"}), R"({"b":"2","c":"3"})");
  EXPECT_EQ(client.post(path + "/confirm", {{"payment_method", "pm_card_visa"}}).integer({"amount_received"}),
            1000);
  EXPECT_EQ(client.post(path, {{"amount", "2000"}}).status, 400);
  EXPECT_EQ(client.post(path, {{"metadata[c]", "4"}}).text({"metadata", "c"}), "4");
}

TEST(StripeIntents, AreListedNewestFirstPageByPage) {
  Client client;
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(client.pay().id());
    client.api_key = "sk_test_other";
    client.pay();
    client.api_key = "sk_test_one";
  }
  const Seen first = client.get("/v1/payment_intents?limit=3");
  const auto page = json::parse(first.body);
  std::vector<std::string> listed;
  for (json::Value v = page->root()["data"].first(); v.present(); v = v.next())
    listed.emplace_back(v["id"].text());
  EXPECT_EQ(listed, (std::vector{ids[4], ids[3], ids[2]}));
  EXPECT_EQ(first.text({"has_more"}), "true");
  const Seen second = client.get("/v1/payment_intents?limit=3&starting_after=" + ids[2]);
  EXPECT_EQ(second.text({"has_more"}), "false");
  EXPECT_TRUE(second.body.contains(ids[0]) && second.body.contains(ids[1]) && !second.body.contains(ids[2]));
  EXPECT_EQ(client.get("/v1/payment_intents?limit=0").status, 400);

  const std::string now_s = std::to_string(client.now.ms / 1000);
  client.now = client.now + seconds(10);
  const std::string later = client.pay().id();
  const auto lists = [&](const std::string& query, const std::string& id) {
    return client.get("/v1/payment_intents?" + query).body.contains(id);
  };
  EXPECT_FALSE(lists("created[lte]=" + now_s, later));
  EXPECT_TRUE(lists("created[lte]=" + now_s, ids[4]));
  const std::string later_s = std::to_string(client.now.ms / 1000);
  EXPECT_TRUE(lists("created[gte]=" + later_s, later));
  EXPECT_FALSE(lists("created[gte]=" + later_s, ids[4]));
  EXPECT_EQ(client.get("/v1/payment_intents?created[gte]=yesterday").status, 400);
}

TEST(StripeIntents, AreFoundByMetadata) {
  Client client;
  const std::string id =
      client.pay("4242424242424242", {{"metadata[payment_id]", "pay'1"}, {"metadata[x]", "y"}}).id();
  client.pay("4242424242424242", {{"metadata[payment_id]", "pay_2"}, {"metadata[x]", "y"}});
  const auto search = [&](std::string_view query) {
    return client.get("/v1/payment_intents/search?query=" + form::percent_encode(query));
  };
  const auto count = [](const Seen& seen) {
    const auto document = json::parse(seen.body);
    return document->root()["data"].size();
  };
  const Seen found = search(R"(metadata['payment_id']:'pay\'1')");
  EXPECT_EQ(found.text({"object"}), "search_result");
  EXPECT_EQ(count(found), 1u);
  EXPECT_TRUE(found.body.contains(id));
  EXPECT_EQ(count(search(R"(metadata["x"]:"y")")), 2u);
  EXPECT_EQ(count(search("metadata['x']:'y' AND metadata['payment_id']:'pay_2'")), 1u);
  EXPECT_EQ(count(search("status:'succeeded' AND metadata['x']:'y'")), 2u);
  EXPECT_EQ(count(search("status:'canceled' AND metadata['x']:'y'")), 0u);
  EXPECT_EQ(count(search("metadata['x']:'z'")), 0u);
  EXPECT_EQ(search("metadata['x'").status, 400);
  EXPECT_EQ(search("status:'succeeded'").status, 400);
  client.api_key = "sk_test_two";
  EXPECT_EQ(count(search("metadata['x']:'y'")), 0u);
}

TEST(StripeIntents, AreFoundOnlyWhenTheIndexHasCaughtUp) {
  Client client;
  client.control(http::Method::post, "/search", R"({"lag_ms":60000})");
  client.pay("4242424242424242", {{"metadata[payment_id]", "pay_1"}});
  const std::string target = "/v1/payment_intents/search?query=metadata%5B%27payment_id%27%5D%3A%27pay_1%27";
  client.now = client.now + milliseconds(59'999);
  EXPECT_EQ(client.get(target).text({"data"}), "[]");
  client.now = client.now + milliseconds(1);
  EXPECT_NE(client.get(target).text({"data"}), "[]");
}

TEST(StripeIntents, BelongToTheirAccountAlone) {
  Client client;
  const std::string id = client.pay().id();
  client.api_key = "sk_test_two";
  for (const Seen& seen :
       {client.get("/v1/payment_intents/" + id), client.post("/v1/payment_intents/" + id + "/cancel"),
        client.post("/v1/refunds", {{"payment_intent", id}})}) {
    EXPECT_EQ(seen.status, 404);
    EXPECT_EQ(seen.text({"error", "code"}), "resource_missing");
  }
}

TEST(StripeApi, RefusesKeysThatAreNone) {
  Client client;
  for (const char* key : {"sk_test_abc_invalid_values", "sk_live_1", "nonsense", ""}) {
    client.api_key = key;
    const Seen seen = client.get("/v1/balance");
    EXPECT_EQ(seen.status, 401) << key;
    EXPECT_EQ(seen.text({"error", "type"}), "invalid_request_error");
  }
  client.api_key = "sk_test_abc_invalid_values";
  EXPECT_TRUE(client.pay().text({"error", "message"}).starts_with("Invalid API Key provided: sk_test_***"));
  EXPECT_FALSE(client.pay().body.contains("abc_invalid"));
  EXPECT_EQ(client.model.state().books.size(), 0u);
}

TEST(StripeApi, KnowsItsPathsAndNoOthers) {
  Client client;
  for (const char* path : {"/v1/nothing", "/v1/payment_intents/search/x", "/v2/payment_intents",
                           "/v1/charges", "/v1/payment_intents/pi_1/frobnicate", "/"})
    EXPECT_EQ(client.get(path).status, 404) << path;
  EXPECT_EQ(client.get("/v1/account").text({"id"}), account_id_of("sk_test_one"));
  client.pay();
  EXPECT_TRUE(client.get("/v1/balance").body.contains(R"("amount":6540,"currency":"usd")"));
}

}  // namespace
}  // namespace payweir::sandbox::stripe
