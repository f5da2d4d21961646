// Voids at a gateway whose cancellation gives back what was paid: who may send one, and when.
#include <gtest/gtest.h>

#include "crypto/encoding.hpp"
#include "crypto/openssl_testkit.hpp"
#include "crypto/rsa.hpp"
#include "flows/accounts/connector_accounts.hpp"
#include "flows/payments.hpp"
#include "flows/settle.hpp"
#include "flows/testkit.hpp"
#include "store/queries/payment_queries.hpp"

namespace payweir::flows {
namespace {

using testkit::World;

// Serves both sides.
const std::string& key_pem() {
  static const std::string pem = crypto::testkit::pkcs8_pem(crypto::testkit::rsa_key(2048));
  return pem;
}
const crypto::RsaPrivateKey& key() {
  static const crypto::RsaPrivateKey parsed = *crypto::RsaPrivateKey::parse(key_pem());
  return parsed;
}

// What Alipay answers, signed.
http::Response answer_of(std::string_view method, const std::string& content) {
  return {200,
          {},
          "{\"" + std::string(method) + "_response\":" + content + ",\"sign\":\"" +
              crypto::to_base64(key().sign_sha256(content)) + "\"}"};
}

bool is_call_of(const http::Request& request, std::string_view method) {
  return request.target.contains("method=" + std::string(method) + "&");
}

// A merchant with an account at Alipay, and a payment whose payer was sent to Alipay's page.
struct Shop : World {
  Shop() {
    create_merchant("shop");
    CreateConnectorAccount account;
    account.merchant_id = "shop";
    account.connector = "alipay";
    account.credentials.auth_type = "AlipayKey";
    account.credentials.set("app_id", Secret("2021000000000001"));
    account.credentials.set("private_key", Secret(key_pem()));
    account.credentials.set("alipay_public_key", Secret(crypto::to_base64(key().public_key().to_der())));
    const auto made = run(create_connector_account(context(), admin(), std::nullopt, account, rendering));
    EXPECT_TRUE(made) << made.error().detail;
    caller = merchant("shop");
    CreatePayment order;
    order.payment_id = "order_1";
    order.amount = {999, Currency::parse("CNY").value()};
    order.confirm = true;
    order.instrument = Wallet{PaymentMethod::ali_pay_redirect, "", {}};
    EXPECT_TRUE(run(create_payment(context(), caller, std::nullopt, std::move(order), rendering)));
    http.otherwise([this](const http::Request& request) -> Result<http::Response> {
      if (is_call_of(request, "alipay.trade.cancel")) {
        ++cancellations;
        return answer_of("alipay_trade_cancel", R"({"code":"10000","msg":"Success","retry_flag":"N",)"
                                                R"("out_trade_no":")" +
                                                    order_number() + R"("})");
      }
      return answer_of("alipay_trade_query",
                       R"({"code":"40004","msg":"Business Failed","sub_code":"ACQ.TRADE_NOT_EXIST"})");
    });
  }

  PaymentView view(Sync sync) {
    RetrievePayment command;
    command.payment_id = "order_1";
    command.sync = sync;
    return run(retrieve_payment(context(), caller, command)).value();
  }
  std::string order_number() { return to_text(view(Sync::stored).attempt->id); }

  Principal caller;
  int cancellations = 0;
};

TEST(WalletVoid, IsRepeatedByTheResolverAlone) {
  Shop shop;
  CancelPayment cancel;
  cancel.payment_id = "order_1";
  shop.http.fail_with(Code::timeout, Certainty::unknown);
  ASSERT_TRUE(shop.run(cancel_payment(shop.context(), shop.caller, std::nullopt, cancel, shop.rendering)));
  EXPECT_EQ(shop.view(Sync::stored).payment.state, PaymentState::processing);

  // Whoever voids may just find the payment made, and say so: a look at it must not take it back.
  EXPECT_EQ(shop.view(Sync::ask_gateway).payment.state, PaymentState::processing);
  EXPECT_EQ(shop.cancellations, 0);

  const auto due = shop.run(store::list_due_operations(shop.context().store, Instant{INT64_MAX / 2}, 10));
  ASSERT_EQ(due->size(), 1u);
  ASSERT_TRUE(shop.run(settle_operation(shop.context(), due->front().operation.id.key, Fencing::allowed)));
  EXPECT_EQ(shop.cancellations, 1);
  EXPECT_EQ(shop.view(Sync::stored).payment.state, PaymentState::cancelled);
}

}  // namespace
}  // namespace payweir::flows
