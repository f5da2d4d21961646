#include "connectors/stripe/local_methods.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/form.hpp"
#include "connectors/stripe/stripe.hpp"
#include "connectors/stripe/testkit.hpp"

namespace payweir::stripe {
namespace {

const Stripe kConnector;

struct Switch {
  ConnectorCredentials credentials = test_credentials();
  ConnectorContext context{credentials, "https://api.stripe.com", Instant{1'784'829'814'000}};
};

ConnectorRequest local_request(PaymentMethod method) {
  ConnectorRequest request = test_request(OperationKind::authorise);
  request.card.reset();
  request.method = request.local.method = method;
  request.return_url = "https://switch.example/back";
  request.billing.address.first_name = "Ann";
  request.billing.address.country = "DE";
  request.billing.email = "ann@example.com";
  return request;
}

http::Response answer(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

std::string parameter(const http::Request& request, std::string_view name) {
  const auto pairs = form::decode(request.body);
  for (const auto& [key, value] : pairs.value())
    if (key == name) return value;
  return "(none)";
}

http::Request sent(const ConnectorRequest& request, const ConnectorContext& context) {
  const Step step = kConnector.begin(request, context);
  const auto* send = std::get_if<step::Send>(&step);
  EXPECT_TRUE(send) << "nothing is sent";
  return send ? send->request : http::Request{};
}

NextAction next_action(std::string intent_action) {
  TestIntent intent;
  intent.status = "requires_action";
  intent.next_action = std::move(intent_action);
  return read_next_action(json::parse(intent.text()).value().root());
}

TEST(StripeLocalMethods, TheIntentIsOfTheMethodsTypeAlone) {
  const Switch payweir;
  for (const PaymentMethod method : payment_methods()) {
    if (method == PaymentMethod::card || needs_customer(method)) continue;
    ConnectorRequest request = local_request(method);
    request.local.account_number = Secret("000123456789");
    const http::Request wire = sent(request, payweir.context);
    EXPECT_EQ(parameter(wire, "payment_method_types[0]"), type_at_stripe(method));
    EXPECT_EQ(parameter(wire, "payment_method_types[1]"), "(none)");
    EXPECT_EQ(parameter(wire, "payment_method_data[type]"), type_at_stripe(method));
    EXPECT_EQ(parameter(wire, "payment_method_data[billing_details][email]"), "ann@example.com");
    EXPECT_EQ(parameter(wire, "payment_method_data[card][number]"), "(none)");
    EXPECT_EQ(wire.headers.get("idempotency-key"), kOperationReference);
  }
}

TEST(StripeLocalMethods, ABankIsNamedThatStripeKnows) {
  const Switch payweir;
  ConnectorRequest request = local_request(PaymentMethod::ideal);
  request.local.bank = "ing";
  EXPECT_EQ(parameter(sent(request, payweir.context), "payment_method_data[ideal][bank]"), "ing");
  request.local.bank = "bank_of_the_moon";
  EXPECT_EQ(parameter(sent(request, payweir.context), "payment_method_data[ideal][bank]"), "(none)");
}

TEST(StripeLocalMethods, ADebitSaysHowThePayerAgreed) {
  const Switch payweir;
  ConnectorRequest request = local_request(PaymentMethod::ach_bank_debit);
  request.local.account_number = Secret("000123456789");
  request.local.routing_number = Secret("110000000");
  http::Request wire = sent(request, payweir.context);
  EXPECT_EQ(parameter(wire, "payment_method_data[us_bank_account][account_number]"), "000123456789");
  EXPECT_EQ(parameter(wire, "payment_method_data[us_bank_account][routing_number]"), "110000000");
  EXPECT_EQ(parameter(wire, "payment_method_data[us_bank_account][account_holder_type]"), "individual");
  EXPECT_EQ(parameter(wire, "mandate_data[customer_acceptance][type]"), "offline");
  request.local.agreed_from_ip = "203.0.113.7";
  request.local.agreed_with_user_agent = "Mozilla";
  request.local.is_of_company = true;
  wire = sent(request, payweir.context);
  EXPECT_EQ(parameter(wire, "mandate_data[customer_acceptance][online][ip_address]"), "203.0.113.7");
  EXPECT_EQ(parameter(wire, "mandate_data[customer_acceptance][online][user_agent]"), "Mozilla");
  EXPECT_EQ(parameter(wire, "payment_method_data[us_bank_account][account_holder_type]"), "company");
  request.local.account_number = Secret();
  EXPECT_TRUE(std::holds_alternative<step::Done>(kConnector.begin(request, payweir.context)));
}

TEST(StripeLocalMethods, ATransfersPayerIsMadeACustomerFirst) {
  Switch payweir;
  const ConnectorRequest request = local_request(PaymentMethod::ach_bank_transfer);
  const Step first = kConnector.begin(request, payweir.context);
  const auto& customer = std::get<step::Send>(first);
  EXPECT_EQ(customer.kind, SendKind::query) << "nothing is charged by it";
  EXPECT_EQ(customer.request.target, "/v1/customers");
  EXPECT_EQ(customer.request.headers.get("idempotency-key"), std::string(kOperationReference) + "_customer");

  const std::string made = R"({"object":"customer","id":"cus_1","metadata":{"payweir_operation":")" +
                           std::string(kOperationReference) + "\"}}";
  const Step second = kConnector.resume(request, payweir.context, answer(200, made));
  ASSERT_TRUE(std::holds_alternative<step::Send>(second));
  const auto& money = std::get<step::Send>(second);
  EXPECT_EQ(money.kind, SendKind::money);
  EXPECT_EQ(money.request.target, "/v1/payment_intents");
  EXPECT_EQ(parameter(money.request, "customer"), "cus_1");
  EXPECT_EQ(parameter(money.request, "payment_method_options[customer_balance][bank_transfer][type]"),
            "us_bank_transfer");

  // Whatever comes back once the money was sent, nothing follows.
  payweir.context.money_was_sent = true;
  EXPECT_TRUE(
      std::holds_alternative<step::Done>(kConnector.resume(request, payweir.context, answer(200, made))));
}

TEST(StripeLocalMethods, AnotherPaymentsCustomerIsNotTaken) {
  const Switch payweir;
  const ConnectorRequest request = local_request(PaymentMethod::ach_bank_transfer);
  const Step step = kConnector.resume(
      request, payweir.context,
      answer(200, R"({"object":"customer","id":"cus_1","metadata":{"payweir_operation":"opn_2"}})"));
  const auto* done = std::get_if<step::Done>(&step);
  ASSERT_TRUE(done);
  EXPECT_TRUE(std::get<outcome::Unknown>(done->outcome).not_ours);
}

TEST(StripeLocalMethods, WhatIsNotCapturedLaterIsRefusedBeforeItIsSent) {
  const Switch payweir;
  for (const PaymentMethod method : payment_methods()) {
    ConnectorRequest request = local_request(method);
    request.card = test_request(OperationKind::authorise).card;
    request.local.account_number = Secret("000123456789");
    request.capture_method = CaptureMethod::manual;
    EXPECT_EQ(std::holds_alternative<step::Send>(kConnector.begin(request, payweir.context)),
              kConnector.capabilities().holds(method))
        << to_string(method);
  }
}

TEST(StripeLocalMethods, ReadsWhatThePayerIsToDo) {
  const NextAction page =
      next_action(R"({"type":"redirect_to_url","redirect_to_url":{"url":"https://klarna.test/1"}})");
  EXPECT_EQ(page.kind, NextActionKind::redirect);
  EXPECT_EQ(page.data, "https://klarna.test/1");
  const NextAction verify = next_action(
      R"({"type":"verify_with_microdeposits","verify_with_microdeposits":{"hosted_verification_url":"https://v.test/1"}})");
  EXPECT_EQ(verify.kind, NextActionKind::redirect);
  EXPECT_EQ(verify.data, "https://v.test/1");
  const NextAction code = next_action(
      R"({"type":"wechat_pay_display_qr_code","wechat_pay_display_qr_code":{"data":"weixin://1"}})");
  EXPECT_EQ(code.kind, NextActionKind::qr_code);
  EXPECT_EQ(code.data, "weixin://1");
  EXPECT_TRUE(next_action(R"({"type":"dance","dance":{"url":"https://d.test"}})").empty());
  EXPECT_TRUE(next_action("null").empty());
}

TEST(StripeLocalMethods, ReadsWhereATransferGoes) {
  const NextAction steps = next_action(
      R"({"type":"display_bank_transfer_instructions","display_bank_transfer_instructions":{)"
      R"("amount_remaining":800,"currency":"usd","reference":"R4ND0M","type":"us_bank_transfer",)"
      R"("hosted_instructions_url":"https://i.test","financial_addresses":[)"
      R"({"type":"aba","aba":{"account_number":"11119","bank_name":"Test Bank","routing_number":"999"}},)"
      R"({"type":"swift","swift":{"account_number":"11119","swift_code":"TESTUS99"}}]}})");
  EXPECT_EQ(steps.kind, NextActionKind::bank_transfer);
  EXPECT_EQ(steps.data, R"({"ach_credit_transfer":{"account_number":"11119","bank_name":"Test Bank",)"
                        R"("routing_number":"999","swift_code":"TESTUS99","reference":"R4ND0M"},)"
                        R"("receiver":{"amount_received":0,"amount_charged":null,"amount_remaining":800}})");
  // Without an account that is known, Stripe's own page says where to.
  const NextAction page =
      next_action(R"({"type":"display_bank_transfer_instructions","display_bank_transfer_instructions":{)"
                  R"("financial_addresses":[{"type":"iban"}],"hosted_instructions_url":"https://i.test"}})");
  EXPECT_EQ(page.kind, NextActionKind::redirect);
}

TEST(StripeLocalMethods, ARefusalThatQuotesAShortAccountNumberTellsNone) {
  const Switch payweir;
  ConnectorRequest request = local_request(PaymentMethod::ach_bank_debit);
  request.local.account_number = Secret("98765432");
  const Step step = kConnector.resume(
      request, payweir.context,
      answer(400, R"({"error":{"type":"invalid_request_error","message":"Account 98765432 is closed"}})"));
  const auto& rejected = std::get<outcome::Rejected>(std::get<step::Done>(step).outcome);
  EXPECT_FALSE(rejected.error.message.contains("98765432")) << rejected.error.message;
}

}  // namespace
}  // namespace payweir::stripe
