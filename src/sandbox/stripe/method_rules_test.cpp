#include "sandbox/stripe/method_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sandbox/stripe/testkit.hpp"

namespace payweir::sandbox::stripe {
namespace {

// A payment that has all that any method asks for.
Fields payment_by(std::string_view type, std::string_view currency) {
  Fields fields = {{"amount", "1000"},
                   {"currency", std::string(currency)},
                   {"confirm", "true"},
                   {"payment_method_types[0]", std::string(type)},
                   {"payment_method_data[type]", std::string(type)},
                   {"payment_method_data[billing_details][name]", "Joe Doe"},
                   {"payment_method_data[billing_details][email]", "joe@doe.test"},
                   {"payment_method_data[billing_details][address][country]", "DE"},
                   {"shipping[name]", "Joe Doe"},
                   {"shipping[address][line1]", "1 Road"},
                   {"metadata[order_id]", "pay_1"},
                   {"return_url", "https://shop.test/back"}};
  const auto add = [&](const char* name, const char* value) { fields.emplace_back(name, value); };
  if (type == "wechat_pay") add("payment_method_options[wechat_pay][client]", "web");
  if (type == "customer_balance") {
    add("customer", "cus_1");
    add("payment_method_options[customer_balance][funding_type]", "bank_transfer");
    add("payment_method_options[customer_balance][bank_transfer][type]", "us_bank_transfer");
  }
  if (type == "us_bank_account") {
    add("payment_method_data[us_bank_account][account_number]", "000123456789");
    add("payment_method_data[us_bank_account][routing_number]", "110000000");
    add("payment_method_data[us_bank_account][account_holder_type]", "individual");
    add("mandate_data[customer_acceptance][type]", "offline");
  }
  if (type == "sepa_debit") {
    add("payment_method_data[sepa_debit][iban]", "DE89370400440532013000");
    add("mandate_data[customer_acceptance][type]", "offline");
  }
  return fields;
}

void replace(Fields& fields, std::string_view name, std::string value) {
  const auto at = std::ranges::find(fields, name, &std::pair<std::string, std::string>::first);
  ASSERT_NE(at, fields.end()) << name;
  at->second = std::move(value);
}

TEST(StripeMethodRules, MethodsAskThePayerForWhatTheirKindAsks) {
  struct Row {
    const char* type;
    const char* currency;
    const char* action;
  };
  const Row table[] = {
      {"klarna", "usd", "redirect_to_url"},
      {"afterpay_clearpay", "usd", "redirect_to_url"},
      {"affirm", "usd", "redirect_to_url"},
      {"ideal", "eur", "redirect_to_url"},
      {"eps", "eur", "redirect_to_url"},
      {"bancontact", "eur", "redirect_to_url"},
      {"p24", "pln", "redirect_to_url"},
      {"alipay", "eur", "alipay_handle_redirect"},
      {"wechat_pay", "usd", "wechat_pay_display_qr_code"},
      {"customer_balance", "usd", "display_bank_transfer_instructions"},
      {"us_bank_account", "usd", "verify_with_microdeposits"},
  };
  for (const auto& [type, currency, action] : table) {
    Client client;
    const Seen seen = client.post("/v1/payment_intents", payment_by(type, currency));
    EXPECT_EQ(seen.state(), "requires_action") << type << seen.body;
    EXPECT_EQ(seen.text({"next_action", "type"}), action) << type;
    EXPECT_EQ(seen.text({"payment_method_types"}), "[\"" + std::string(type) + "\"]");
  }
}

TEST(StripeMethodRules, WhatAMethodNeedsIsNamedWhenItIsMissing) {
  for (const char* const type : {"klarna", "afterpay_clearpay", "ideal", "eps", "wechat_pay",
                                 "customer_balance", "us_bank_account", "sepa_debit"}) {
    const bool in_euros = type == std::string_view("ideal") || type == std::string_view("eps") ||
                          type == std::string_view("sepa_debit");
    const Fields all = payment_by(type, in_euros ? "eur" : "usd");
    int refused = 0;
    for (std::size_t i = 5; i < all.size(); ++i) {
      Fields lacking = all;
      const std::string name = lacking[i].first;
      lacking.erase(lacking.begin() + static_cast<std::ptrdiff_t>(i));
      Client client;
      const Seen seen = client.post("/v1/payment_intents", lacking);
      if (seen.status == 200) continue;  // this one does not need it
      ++refused;
      EXPECT_EQ(seen.status, 400) << name;
      EXPECT_EQ(seen.text({"error", "param"}), name);
    }
    EXPECT_GT(refused, 0) << type;
  }
}

TEST(StripeMethodRules, AMethodIsRefusedInAnotherCurrencyOrToBeCapturedByHand) {
  Client client;
  const Seen dollars = client.post("/v1/payment_intents", payment_by("ideal", "usd"));
  EXPECT_EQ(dollars.text({"error", "param"}), "currency");
  Fields by_hand = payment_by("ideal", "eur");
  by_hand.emplace_back("capture_method", "manual");
  EXPECT_EQ(client.post("/v1/payment_intents", by_hand).text({"error", "param"}), "capture_method");
  Fields lender = payment_by("klarna", "usd");
  lender.emplace_back("capture_method", "manual");
  EXPECT_EQ(client.post("/v1/payment_intents", lender).status, 200);
}

TEST(StripeMethodRules, MoneyFromABankAccountTakesItsTime) {
  Client client;
  const std::string id = client.post("/v1/payment_intents", payment_by("us_bank_account", "usd")).id();
  client.browse(http::Method::post, "/3ds/" + id, "decision=approve");
  EXPECT_EQ(client.get("/v1/payment_intents/" + id).state(), "processing");
  client.now = client.now + seconds(5);
  EXPECT_EQ(client.get("/v1/payment_intents/" + id).state(), "succeeded");
  const Seen refund = client.post("/v1/refunds", {{"payment_intent", id}});
  EXPECT_EQ(refund.state(), "pending");
  client.now = client.now + seconds(5);
  EXPECT_EQ(client.get("/v1/refunds/" + refund.id()).state(), "succeeded");
}

TEST(StripeMethodRules, ADebitThatTheBankReturnsFailsLater) {
  Client client;
  Fields fields = payment_by("sepa_debit", "eur");
  replace(fields, "payment_method_data[sepa_debit][iban]", "DE62370400440532013001");
  const Seen seen = client.post("/v1/payment_intents", fields);
  EXPECT_EQ(seen.state(), "processing");
  client.now = client.now + seconds(5);
  const Seen later = client.get("/v1/payment_intents/" + seen.id());
  EXPECT_EQ(later.state(), "requires_payment_method");
  EXPECT_EQ(later.text({"last_payment_error", "code"}), "debit_not_authorized");
}

TEST(StripeMethodRules, ThePayerOfACodeIsPlayedByItsReference) {
  Client client;
  const std::string id = client.post("/v1/payment_intents", payment_by("wechat_pay", "usd")).id();
  const auto decide = [&](const char* decision) {
    return client.control(http::Method::post, "/payer",
                          R"({"reference":"pay_1","decision":")" + std::string(decision) + "\"}");
  };
  EXPECT_EQ(decide("perhaps").status, 400);
  EXPECT_EQ(decide("lapse").status, 200);
  EXPECT_EQ(client.get("/v1/payment_intents/" + id).text({"last_payment_error", "code"}),
            "payment_intent_payment_attempt_expired");
  EXPECT_EQ(decide("approve").status, 404) << "it waits no longer";
}

TEST(StripeMethodRules, ACustomerIsMadeOnceAKey) {
  Client client;
  const Fields fields = {{"email", "joe@doe.test"}, {"metadata[payweir_operation]", "opn_1"}};
  const Seen first = client.post("/v1/customers", fields, "opn_1_customer");
  EXPECT_TRUE(first.id().starts_with("cus_")) << first.body;
  EXPECT_EQ(first.text({"metadata", "payweir_operation"}), "opn_1");
  EXPECT_EQ(client.post("/v1/customers", fields, "opn_1_customer").id(), first.id());
}

}  // namespace
}  // namespace payweir::sandbox::stripe
