#include <gtest/gtest.h>

#include "api/dialects/quickstart/rendering.hpp"
#include "api/dialects/quickstart/requests.hpp"
#include "api/dialects/testkit.hpp"

namespace payweir::api::dialects::quickstart {
namespace {

const Rendering kRendering("https://pay.example");

Result<Order> initiate(std::string_view text) {
  const Result<json::Document> document = json::parse(text);
  if (!document) return fail(document.error());
  return bind_initiate(document->root());
}

TEST(Quickstart, TakesTheDocumentedRequest) {
  const Result<Order> order = initiate(
      R"({"orderId": "ORDER_1001", "amount": 99.90, "currency": "CNY", "description": "Two teapots",
          "returnUrl": "https://shop.example/thanks", "email": "guest@example.com"})");
  ASSERT_TRUE(order) << order.error().field;
  EXPECT_EQ(order->command.payment_id, "ORDER_1001");
  EXPECT_EQ(order->command.amount, (Money{9990, *Currency::parse("CNY")}));
  EXPECT_EQ(order->command.details->description, "Two teapots");
  EXPECT_EQ(order->command.details->return_url, "https://shop.example/thanks");
  EXPECT_EQ(order->command.details->email, "guest@example.com");
  EXPECT_EQ(order->channel, "");
  EXPECT_TRUE(order->is_paid_on_page);
  EXPECT_TRUE(initiate(R"({"amount": 1})")) << "an order without an id gets one of ours";
  EXPECT_EQ(initiate(R"({"orderId": "O1"})").error().field, "amount");
  EXPECT_EQ(initiate(R"({"orderId": "O1", "amount": 0.001})").error().field, "amount");
}

TEST(Quickstart, AnswersWithTheOrderAndThePaymentPage) {
  EXPECT_EQ(
      kRendering.payment(testkit::open_order()),
      R"({"orderId":"ORDER_20240101_001",)"
      R"("paymentUrl":"https://pay.example/pay/ORDER_20240101_001?client_secret=ORDER_20240101_001_secret_x",)"
      R"("status":"PENDING","amount":0.01,"currency":"CNY","expiresAt":"2024-01-01T12:10:00.000Z"})");
}

TEST(Quickstart, ShowsWhatBecameOfTheOrder) {
  EXPECT_EQ(render_status(testkit::paid_order()),
            R"({"orderId":"ORDER_20240101_001","status":"SUCCESS","amount":0.01,"paidAmount":0.01,)"
            R"("refundedAmount":0.00,"currency":"CNY","channel":"alipay",)"
            R"("transactionId":"2024010122001234567890","error":null,"createdAt":"2024-01-01T11:55:00.000Z",)"
            R"("paidAt":"2024-01-01T12:00:00.000Z"})");
  flows::PaymentView view = testkit::paid_order();
  view.payment.captured_minor = 100;
  view.payment.refunded_minor = 40;
  EXPECT_EQ(status_of(view.payment), "PARTIALLY_REFUNDED");
  view.payment.refunded_minor = 100;
  EXPECT_EQ(status_of(view.payment), "REFUNDED");
}

TEST(Quickstart, RefundsInTheOrdersCurrency) {
  const Result<json::Document> document = json::parse(
      R"({"orderId": "ORDER_1001", "amount": 9.9, "refundId": "RETURN_1", "reason": "changed my mind"})");
  EXPECT_EQ(bind_refunded_order(document->root()).value_or(""), "ORDER_1001");
  const Result<flows::CreateRefund> command = bind_refund(document->root(), *Currency::parse("CNY"));
  ASSERT_TRUE(command);
  EXPECT_EQ(command->amount_minor, 990);
  EXPECT_EQ(command->refund_id, "RETURN_1");
  EXPECT_EQ(bind_refund(document->root(), *Currency::parse("JPY")).error().field, "amount");
  EXPECT_EQ(kRendering.refund(testkit::refund_of(testkit::paid_order(), 1, RefundState::succeeded)),
            R"({"refundId":"RETURN_1","orderId":"ORDER_20240101_001","status":"SUCCESS","amount":0.01,)"
            R"("currency":"CNY","reason":"changed my mind","error":null})");
}

}  // namespace
}  // namespace payweir::api::dialects::quickstart
