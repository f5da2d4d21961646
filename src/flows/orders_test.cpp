#include "flows/orders.hpp"

#include <gtest/gtest.h>

#include "base/form.hpp"
#include "base/json_writer.hpp"
#include "flows/accounts/connector_accounts.hpp"
#include "flows/testkit.hpp"
#include "store/change_set.hpp"

namespace payweir::flows {
namespace {

using testkit::member;
using testkit::World;

// Stripe's answer to a charge or a refund, made from the request itself.
http::Response paid(const http::Request& request) {
  const bool is_refund = request.target.ends_with("/refunds");
  std::string operation;
  std::int64_t amount = 0;
  const auto pairs = form::decode(request.body);
  for (const auto& [key, value] : *pairs) {
    if (key == "metadata[payweir_operation]") operation = value;
    if (key == "amount") amount = std::stoll(value);
  }
  json::Writer out;
  out.begin_object().field("object", is_refund ? "refund" : "payment_intent");
  out.field("id", is_refund ? "re_1" : "pi_1").field("status", "succeeded").field("amount", amount);
  if (is_refund) out.field("payment_intent", "pi_1");
  if (!is_refund) out.field("amount_received", amount).field("amount_capturable", 0);
  out.field("currency", "usd").key("metadata").begin_object().field("payweir_operation", operation);
  out.end_object().end_object();
  return {200, {}, std::move(out).take()};
}

struct Shop : World {
  Shop() {
    add_merchant("shop");
    caller = merchant("shop");
    http.otherwise(paid);
  }

  void add_merchant(const std::string& merchant_id) {
    create_merchant(merchant_id);
    CreateConnectorAccount account;
    account.merchant_id = merchant_id;
    account.connector = "stripe";
    account.credentials.auth_type = "HeaderKey";
    account.credentials.set("api_key", Secret("sk_test_" + merchant_id));
    const Result<Answer> made =
        run(create_connector_account(context(), admin(), std::nullopt, std::move(account), rendering));
    ASSERT_TRUE(made) << made.error().detail;
    accounts.push_back(member(*made, "merchant_connector_id"));
  }

  static CreatePayment order(std::int64_t amount_minor = 6540, std::string_view currency = "USD") {
    CreatePayment command;
    command.payment_id = "ORDER_1";
    command.amount = {amount_minor, Currency::parse(currency).value()};
    command.confirm = true;
    command.instrument = Card{Secret("4242424242424242"), Secret("123"), 10, 2030, "Ada Lovelace"};
    return command;
  }
  Task<Result<Answer>> buying(CreatePayment command, Key key = std::nullopt) {
    return create_payment_once(context(), caller, std::move(key), std::move(command), rendering);
  }
  Result<Answer> buy(CreatePayment command, Key key = std::nullopt) {
    return run(buying(std::move(command), std::move(key)));
  }
  Result<Answer> give_back(std::string refund_id, std::optional<std::int64_t> amount_minor,
                           std::string payment_id = "ORDER_1") {
    CreateRefund command;
    command.refund_id = std::move(refund_id);
    command.payment_id = std::move(payment_id);
    command.amount_minor = amount_minor;
    return run(create_refund_once(context(), caller, std::nullopt, std::move(command), rendering));
  }

  Principal caller;
  std::vector<std::string> accounts;
};

TEST(CreatePaymentOnce, TheSameOrderAgainIsTheSamePayment) {
  Shop shop;
  const Result<Answer> first = shop.buy(Shop::order());
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_FALSE(first->replayed);
  const Result<Answer> again = shop.buy(Shop::order());
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->body, first->body);
  EXPECT_EQ(shop.http.requests.size(), 1u);
}

TEST(CreatePaymentOnce, TwoAtOnceChargeOnce) {
  Shop shop;
  std::vector<Task<Result<Answer>>> both;
  both.push_back(shop.buying(Shop::order()));
  both.push_back(shop.buying(Shop::order()));
  const std::vector<Result<Answer>> answers = shop.loop.run_together(std::move(both));
  int replayed = 0;
  for (const Result<Answer>& answer : answers) {
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(member(*answer, "payment_id"), "ORDER_1");
    replayed += answer->replayed ? 1 : 0;
  }
  EXPECT_EQ(replayed, 1);
  EXPECT_EQ(shop.http.requests.size(), 1u);
}

TEST(CreatePaymentOnce, WhatAProcessLeftBehindIsNotSentAgain) {
  Shop shop;
  shop.http.fail_with(Code::timeout, Certainty::unknown);
  ASSERT_TRUE(shop.buy(Shop::order()));
  shop.restart();
  shop.caller = shop.merchant("shop");
  const std::size_t sent = shop.http.requests.size();
  const Result<Answer> again = shop.buy(Shop::order());
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(member(*again, "status"), "processing");
  EXPECT_EQ(shop.http.requests.size(), sent);
}

TEST(CreatePaymentOnce, AnotherAmountOrCurrencyIsRefused) {
  Shop shop;
  ASSERT_TRUE(shop.buy(Shop::order()));
  const Result<Answer> amount = shop.buy(Shop::order(6541));
  ASSERT_FALSE(amount);
  EXPECT_EQ(amount.error().code, Code::duplicate_resource);
  EXPECT_EQ(amount.error().field, "amount");
  const Result<Answer> currency = shop.buy(Shop::order(6540, "EUR"));
  ASSERT_FALSE(currency);
  EXPECT_EQ(currency.error().code, Code::duplicate_resource);
  EXPECT_EQ(currency.error().field, "currency");
  EXPECT_EQ(shop.http.requests.size(), 1u);
}

TEST(CreatePaymentOnce, ShowsThePaymentThoughItsGatewayIsSwitchedOff) {
  Shop shop;
  ASSERT_TRUE(shop.buy(Shop::order()));
  UpdateConnectorAccount off;
  off.merchant_id = "shop";
  off.account_id = shop.accounts.front();
  off.disabled = true;
  ASSERT_TRUE(shop.run(
      update_connector_account(shop.context(), shop.admin(), std::nullopt, std::move(off), shop.rendering)));
  shop.caller = shop.merchant("shop");
  const Result<Answer> again = shop.buy(Shop::order());
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_TRUE(again->replayed);
  CreatePayment other = Shop::order();
  other.payment_id = "ORDER_2";
  const Result<Answer> refused = shop.buy(std::move(other));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::no_connector_account);
}

TEST(CreatePaymentOnce, AKeyThatWasUsedForSomethingElseIsRefusedAllTheSame) {
  Shop shop;
  const Key key = shop.request_key(shop.caller, "key-1", "one body");
  ASSERT_TRUE(shop.buy(Shop::order(), key));
  const Result<Answer> other =
      shop.buy(Shop::order(), shop.request_key(shop.caller, "key-1", "another body"));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::idempotency_key_reused);
}

TEST(CreateRefundOnce, TheSameRefundAgainIsTheSameRefund) {
  Shop shop;
  ASSERT_TRUE(shop.buy(Shop::order()));
  const Result<Answer> first = shop.give_back("RETURN_1", 40);
  ASSERT_TRUE(first) << first.error().detail;
  const Result<Answer> again = shop.give_back("RETURN_1", 40);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->body, first->body);
  EXPECT_TRUE(shop.give_back("RETURN_1", std::nullopt)) << "no amount is no other amount";
  EXPECT_EQ(shop.http.requests.size(), 2u);

  const Result<Answer> amount = shop.give_back("RETURN_1", 41);
  ASSERT_FALSE(amount);
  EXPECT_EQ(amount.error().code, Code::duplicate_resource);
  CreatePayment other = Shop::order();
  other.payment_id = "ORDER_2";
  ASSERT_TRUE(shop.buy(std::move(other)));
  const Result<Answer> payment = shop.give_back("RETURN_1", 40, "ORDER_2");
  ASSERT_FALSE(payment);
  EXPECT_EQ(payment.error().code, Code::duplicate_resource);
}

TEST(CreateRefundOnce, AFullRefundAgainIsNotRefusedForWhatIsLeft) {
  Shop shop;
  ASSERT_TRUE(shop.buy(Shop::order()));
  ASSERT_TRUE(shop.give_back("RETURN_1", 6540));
  const Result<Answer> again = shop.give_back("RETURN_1", 6540);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_TRUE(again->replayed);
  const Result<Answer> more = shop.give_back("RETURN_2", 1);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, Code::amount_exceeds_captured);
}

TEST(FindCallbackAddress, ByAccountAlwaysAndByConnectorOfTheOnlyMerchant) {
  Shop shop;
  const auto find = [&](std::string channel) {
    const Result<CallbackAddress> found = shop.run(find_callback_address(shop.context(), std::move(channel)));
    return found ? found->merchant_id + ' ' + found->connector_or_account
                 : std::string(code_name(found.error().code));
  };
  EXPECT_EQ(find(shop.accounts.front()), "shop " + shop.accounts.front());
  EXPECT_EQ(find("stripe"), "shop stripe");
  shop.add_merchant("other");
  EXPECT_EQ(find(shop.accounts.back()), "other " + shop.accounts.back());
  EXPECT_EQ(find("stripe"), "not_found") << "whose it is cannot be told";
  std::string guessed = shop.accounts.front();
  guessed.back() = guessed.back() == '0' ? '1' : '0';
  EXPECT_EQ(find(guessed), "not_found");
}

TEST(FindNewestCallback, IsTheLastThatWasAboutThePayment) {
  Shop shop;
  const auto keep = [&](std::int64_t key, std::int64_t payment_key, std::string body) {
    store::InboxRow row;
    row.key = key;
    row.merchant_no = shop.caller.merchant_no;
    row.event_id = "evt_" + std::to_string(key);
    row.payment_key = payment_key;
    store::ChangeSet changes;
    changes.insert(row);
    changes.insert(store::CallbackBodyRow{key, row.merchant_no, std::move(body)});
    const store::CommitAnswer stored = shop.run(shop.context().store.commit(std::move(changes)));
    EXPECT_TRUE(std::holds_alternative<store::commit::Committed>(stored));
  };
  const auto newest = [&](std::int64_t payment_key) {
    return shop.run(find_newest_callback(shop.context(), PaymentId{payment_key, 1})).value_or("an error");
  };
  EXPECT_EQ(newest(7), "");
  keep(101, 7, "a=1");
  keep(102, 7, "a=2");
  keep(103, 8, "a=3");
  keep(104, 0, "of nothing known");
  EXPECT_EQ(newest(7), "a=2");
  EXPECT_EQ(newest(8), "a=3");
  EXPECT_EQ(newest(0), "");
}

}  // namespace
}  // namespace payweir::flows
