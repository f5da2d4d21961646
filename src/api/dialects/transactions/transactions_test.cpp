#include <gtest/gtest.h>

#include "api/dialects/error_words.hpp"
#include "api/dialects/testkit.hpp"
#include "api/dialects/transactions/metadata.hpp"
#include "api/dialects/transactions/rendering.hpp"
#include "api/dialects/transactions/requests.hpp"

namespace payweir::api::dialects::transactions {
namespace {

const Rendering kRendering("https://pay.example");

template <class Bind>
auto bound_from(std::string_view text, Bind bind) -> decltype(bind(json::Value())) {
  const Result<json::Document> document = json::parse(text);
  if (!document) return fail(document.error());
  return bind(document->root());
}

TEST(Transactions, TakesTheDocumentedRequest) {
  const Result<Order> order = bound_from(R"({
    "business_order_id": "ORDER_20240101_001",
    "business_order_type": "goods",
    "user_id": "user_42",
    "channel": "wechat_jsapi",
    "amount_requested": "88.80",
    "currency": "CNY",
    "description": "测试商品",
    "return_url": "https://your-domain.com/return",
    "expires_in": 900,
    "channel_params": {"open_id": "oUpF8"},
    "metadata": {"table": "7", "business_order_type": "forged"}
  })",
                                         bind_create_transaction);
  ASSERT_TRUE(order) << order.error().field << order.error().detail;
  EXPECT_EQ(order->command.payment_id, "ORDER_20240101_001");
  EXPECT_EQ(order->command.amount, (Money{8880, *Currency::parse("CNY")}));
  EXPECT_EQ(order->command.session_expiry_s, 900);
  EXPECT_EQ(order->channel, "wechat_jsapi");
  EXPECT_EQ(order->proof.payer_id, "oUpF8");
  EXPECT_EQ(order->command.details->customer_id, "user_42");
  EXPECT_EQ(order->command.details->description, "测试商品");
  EXPECT_EQ(order->command.details->metadata_json, R"({"business_order_type":"goods","table":"7"})");
}

TEST(Transactions, NameWhatIsMissingOrWrong) {
  const struct {
    std::string_view text, field, word;
  } refused[] = {
      {R"({"amount_requested": "1"})", "business_order_id", "PARAMETER_MISSING"},
      {R"({"business_order_id": "O1"})", "amount_requested", "PARAMETER_MISSING"},
      {R"({"business_order_id": "O1", "amount_requested": "0"})", "amount_requested", "AMOUNT_INVALID"},
      {R"({"business_order_id": "O1", "amount_requested": "1.001"})", "amount_requested", "AMOUNT_INVALID"},
      {R"({"business_order_id": "O1", "amount_requested": "1", "expires_in": 1})", "expires_in",
       "PARAMETER_INVALID"},
      {R"({"business_order_id": "callbacks", "amount_requested": "1"})", "business_order_id",
       "PARAMETER_INVALID"},
      {R"({"business_order_id": "O1", "amount_requested": "1", "currency": "YUAN"})", "currency",
       "PARAMETER_INVALID"},
  };
  for (const auto& each : refused) {
    const Result<Order> order = bound_from(each.text, bind_create_transaction);
    ASSERT_FALSE(order) << each.text;
    EXPECT_EQ(order.error().field, each.field) << each.text;
    EXPECT_EQ(word_of(order.error()).word, each.word) << each.text;
  }
}

TEST(Transactions, AreShownAsDocumented) {
  flows::PaymentView view = testkit::order_at("wechatpay", PaymentMethod::we_chat_pay_qr,
                                              {NextActionKind::qr_code, "weixin://wxpay/bizpayurl?pr=1"});
  view.details.edit().metadata_json = R"({"business_order_type":"goods","table":"7"})";
  view.details.edit().customer_id = "user_42";
  const std::string transaction =
      R"({"transaction_id":"pay_0000000000000g000000000001","business_order_id":"ORDER_20240101_001",)"
      R"("business_order_type":"goods","user_id":"user_42","channel":"wechat","channel_transaction_id":null,)"
      R"("status":"PENDING_PAYMENT","amount_requested":"0.01","amount_paid":"0.00","amount_refunded":"0.00",)"
      R"("currency":"CNY","description":"测试商品","return_url":"https://your-domain.com/return",)"
      R"("metadata":{"table":"7"},)"
      R"("prepay_info":{"type":"qr_code","code_url":"weixin://wxpay/bizpayurl?pr=1"},"error_code":null,)"
      R"("error_message":null,"created_at":"2024-01-01T11:55:00.000Z","updated_at":"2024-01-01T11:55:00.000Z",)"
      R"("paid_at":null,"expired_at":"2024-01-01T12:10:00.000Z")";
  EXPECT_EQ(kRendering.payment(view), transaction + "}");
  EXPECT_EQ(kRendering.payment(view, ""), transaction + R"(,"callback_raw_data":null})");
  EXPECT_EQ(kRendering.payment(view, R"({"id":"1"})"),
            transaction + R"(,"callback_raw_data":"{\"id\":\"1\"}"})");
  EXPECT_EQ(kRendering.payment(view, "\xff\xfe"), transaction + R"(,"callback_raw_data":"base64://4="})");
}

TEST(Transactions, SayHowThePayerPays) {
  const auto prepay = [](const flows::PaymentView& view) {
    const Result<json::Document> document = json::parse(kRendering.payment(view));
    return document->root()["prepay_info"].dump();
  };
  EXPECT_EQ(
      prepay(testkit::open_order()),
      R"({"type":"page","payment_url":"https://pay.example/pay/ORDER_20240101_001?client_secret=ORDER_20240101_001_secret_x"})");
  EXPECT_EQ(
      prepay(testkit::order_at("alipay", PaymentMethod::ali_pay_redirect,
                               {NextActionKind::redirect, "https://openapi.alipay.com/…"})),
      R"({"type":"redirect","payment_url":"https://pay.example/payments/redirect/ORDER_20240101_001/shop/att_00000000000030000000000007"})");
  EXPECT_EQ(prepay(testkit::order_at("wechatpay", PaymentMethod::we_chat_pay_app,
                                     {NextActionKind::sdk, R"({"prepayid":"wx1"})"})),
            R"({"type":"sdk","sdk_params":{"prepayid":"wx1"}})");
  EXPECT_EQ(prepay(testkit::paid_order()), "null");
}

TEST(Transactions, TellPaidFromRefundedAndOpenFromSent) {
  flows::PaymentView view = testkit::paid_order();
  view.payment.captured_minor = 100;
  EXPECT_EQ(status_of(view.payment, view.attempt), "PAID_SUCCESS");
  view.payment.refund_reserved_minor = 100;
  EXPECT_EQ(status_of(view.payment, view.attempt), "PAID_SUCCESS") << "none succeeded yet";
  view.payment.refunded_minor = 99;
  EXPECT_EQ(status_of(view.payment, view.attempt), "REFUND_PARTIAL");
  view.payment.refunded_minor = 100;
  EXPECT_EQ(status_of(view.payment, view.attempt), "REFUND_FULL");
  view.payment.state = PaymentState::processing;
  view.attempt->state = AttemptState::dispatching;
  EXPECT_EQ(status_of(view.payment, view.attempt), "PENDING_CREATE");
  view.attempt->state = AttemptState::unknown;
  EXPECT_EQ(status_of(view.payment, view.attempt), "PENDING_PAYMENT");
}

TEST(RefundTransactions, TakeTheDocumentedRequest) {
  constexpr std::string_view kText =
      R"({"business_order_id": "ORDER_20240101_001", "business_refund_id": "RETURN_1",
          "refund_amount": "1.000", "reason": "changed my mind"})";
  EXPECT_EQ(bound_from(kText, bind_refunded_transaction).value_or(""), "ORDER_20240101_001");
  const Result<flows::CreateRefund> command = bound_from(
      kText, [](const json::Value& body) { return bind_create_refund(body, *Currency::parse("BHD")); });
  ASSERT_TRUE(command);
  EXPECT_EQ(command->refund_id, "RETURN_1");
  EXPECT_EQ(command->amount_minor, 1000) << "in the payment's currency";
  EXPECT_EQ(command->reason, "changed my mind");
  const Result<flows::CreateRefund> refused = bound_from(
      kText, [](const json::Value& body) { return bind_create_refund(body, *Currency::parse("CNY")); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(word_of(refused.error()).word, "AMOUNT_INVALID");
  EXPECT_EQ(bound_from("{}", bind_refunded_transaction).error().field, "transaction_id");
}

TEST(RefundTransactions, AreShownAsDocumented) {
  flows::RefundView view = testkit::refund_of(testkit::paid_order(), 1, RefundState::pending);
  EXPECT_EQ(kRendering.refund(view),
            R"({"refund_transaction_id":"ref_00000000000040000000000008","business_refund_id":"RETURN_1",)"
            R"("business_order_id":"ORDER_20240101_001","status":"PENDING","refund_amount":"0.01",)"
            R"("currency":"CNY","reason":"changed my mind","channel":"alipay","channel_refund_id":null,)"
            R"("error_code":null,"error_message":null,"created_at":"2024-01-01T12:55:00.000Z",)"
            R"("updated_at":"2024-01-01T12:55:00.000Z"})");
  view.refund.connector_refund_id = "re_1";
  EXPECT_EQ(status_of(view.refund), "PROCESSING");
  view.refund.state = RefundState::requires_merchant_action;
  EXPECT_EQ(status_of(view.refund), "PROCESSING");
  view.refund.state = RefundState::succeeded;
  EXPECT_EQ(status_of(view.refund), "SUCCESS");
  view.refund.state = RefundState::failed;
  EXPECT_EQ(status_of(view.refund), "FAILED");
}

TEST(ErrorWords, HaveOneMeaningEach) {
  const struct {
    Error error;
    std::string_view word;
    int status;
  } rows[] = {{{Code::unauthorized, "", ""}, "UNAUTHORIZED", 401},
              {{Code::not_found, "payment_id", ""}, "TRANSACTION_NOT_FOUND", 404},
              {{Code::not_found, "refund_id", ""}, "REFUND_NOT_FOUND", 404},
              {{Code::not_found, "channel", ""}, "CHANNEL_UNKNOWN", 404},
              {{Code::duplicate_resource, "amount", "x"}, "ORDER_ID_CONFLICT", 409},
              {{Code::illegal_transition, "", "x"}, "STATUS_NOT_ALLOWED", 409},
              {{Code::amount_exceeds_captured, "", ""}, "REFUND_AMOUNT_EXCEEDED", 409},
              {{Code::connector_unknown, "channel", ""}, "CHANNEL_UNKNOWN", 400},
              {{Code::no_connector_account, "channel", ""}, "CHANNEL_NOT_CONFIGURED", 400},
              {{Code::idempotency_key_reused, "", ""}, "IDEMPOTENCY_KEY_CONFLICT", 422},
              {{Code::rate_limited, "", ""}, "TOO_MANY_REQUESTS", 429},
              {{Code::malformed_json, "", ""}, "REQUEST_INVALID", 400},
              {{Code::unsupported_media_type, "", ""}, "REQUEST_INVALID", 415},
              {{Code::store_full, "", ""}, "SERVICE_UNAVAILABLE", 503},
              {{Code::internal, "", ""}, "INTERNAL_ERROR", 500}};
  for (const auto& row : rows) {
    EXPECT_EQ(word_of(row.error).word, row.word) << code_name(row.error.code);
    EXPECT_EQ(render_error_word(row.error).status, row.status) << code_name(row.error.code);
  }
  EXPECT_EQ(render_error_word({Code::duplicate_resource, "amount", "another amount"}).body,
            R"({"code":"ORDER_ID_CONFLICT","message":"another amount","field":"amount"})");
  EXPECT_EQ(
      render_error_word({Code::not_found, "payment_id", ""}).body,
      R"({"code":"TRANSACTION_NOT_FOUND","message":"Payment does not exist in our records","field":null})");
}

TEST(OrderMetadata, GivesBackWhatItTook) {
  EXPECT_EQ(add_order_type("", ""), "");
  EXPECT_EQ(add_order_type(R"({"a":1})", ""), R"({"a":1})");
  EXPECT_EQ(add_order_type("", "goods"), R"({"business_order_type":"goods"})");
  const OrderMetadata only = take_order_type(R"({"business_order_type":"goods"})");
  EXPECT_EQ(only.order_type, "goods");
  EXPECT_EQ(only.rest_json, "");
  const OrderMetadata native = take_order_type(R"({"business_order_type":7,"b":[1.50]})");
  EXPECT_EQ(native.order_type, "");
  EXPECT_EQ(native.rest_json, R"({"business_order_type":7,"b":[1.50]})");
}

}  // namespace
}  // namespace payweir::api::dialects::transactions
