// The documented requests and answers of go-uni-pay (docs/api.md), as they are printed there but for ids,
// times and addresses.
#include <gtest/gtest.h>

#include "api/dialects/testkit.hpp"
#include "api/dialects/unipay/rendering.hpp"
#include "api/dialects/unipay/requests.hpp"

namespace payweir::api::dialects::unipay {
namespace {

const Rendering kRendering("https://pay.example");

Result<Order> create(std::string_view text) {
  const Result<json::Document> document = json::parse(text);
  if (!document) return fail(document.error());
  return bind_create(document->root());
}

std::string order_with(std::string_view amount, std::string_view currency = "CNY") {
  return R"({"provider": "alipay", "out_trade_no": "O1", "subject": "s", "currency": ")" +
         std::string(currency) + R"(", "amount": )" + std::string(amount) + "}";
}

TEST(Unipay, TakesTheDocumentedRequest) {
  const Result<Order> order = create(R"({
    "provider": "alipay",
    "out_trade_no": "ORDER_20240101_001",
    "subject": "测试商品",
    "body": "这是一个测试订单",
    "amount": 0.01,
    "currency": "CNY",
    "notify_url": "https://your-domain.com/callback",
    "return_url": "https://your-domain.com/return"
  })");
  ASSERT_TRUE(order) << order.error().field << order.error().detail;
  EXPECT_EQ(order->channel, "alipay");
  EXPECT_EQ(order->command.payment_id, "ORDER_20240101_001");
  EXPECT_EQ(order->command.amount, (Money{1, *Currency::parse("CNY")}));
  EXPECT_EQ(order->command.details->description, "测试商品");
  EXPECT_EQ(order->command.details->return_url, "https://your-domain.com/return");
  EXPECT_EQ(order->command.details->metadata_json,
            R"({"body":"这是一个测试订单","notify_url":"https://your-domain.com/callback"})");
}

TEST(Unipay, TakesTheShortestRequest) {
  const Result<Order> order =
      create(R"({"provider": "wechat", "out_trade_no": "O1", "subject": "s", "amount": 12})");
  ASSERT_TRUE(order);
  EXPECT_EQ(order->command.amount, (Money{1200, *Currency::parse("CNY")}));
  EXPECT_EQ(order->command.details->metadata_json, "");
}

TEST(Unipay, KeepsExtraParamsAndTakesFromThemWhatAWalletNeeds) {
  const Result<Order> order = create(
      R"({"provider": "wechat_jsapi", "out_trade_no": "O1", "subject": "s", "amount": 1,
          "extra_params": {"open_id": "oUpF8", "client_ip": "203.0.113.9", "rate": 1.10}})");
  ASSERT_TRUE(order);
  EXPECT_EQ(order->proof.payer_id, "oUpF8");
  EXPECT_EQ(order->command.details->browser_info_json, R"({"ip_address":"203.0.113.9"})");
  EXPECT_EQ(order->command.details->metadata_json,
            R"({"extra_params":{"open_id":"oUpF8","client_ip":"203.0.113.9","rate":1.10}})");
}

// As a double, the first three would be something else.
TEST(Unipay, ReadsAmountsFromWhatWasWritten) {
  const struct {
    std::string_view amount, currency;
    std::int64_t minor;
  } exact[] = {{"1.005", "BHD", 1005},
               {"70368744177664.07", "CNY", 7036874417766407},
               {"90071992547409.91", "CNY", 9007199254740991},
               {"0.29", "CNY", 29},
               {"5", "JPY", 5},
               {"5.10", "USD", 510},
               {"\"5.1\"", "USD", 510}};
  for (const auto& each : exact) {
    const Result<Order> order = create(order_with(each.amount, each.currency));
    ASSERT_TRUE(order) << each.amount;
    EXPECT_EQ(order->command.amount.minor, each.minor) << each.amount;
  }
  for (const std::string_view refused : {"0", "0.00", "-1", "0.001", "1e2", "90071992547409.92", "1e400",
                                         "\"\"", "\"1,00\"", "\" 1\"", "true", "[1]"}) {
    const Result<Order> order = create(order_with(refused));
    ASSERT_FALSE(order) << refused;
    EXPECT_EQ(order.error().field, refused == "1e400" ? "" : "amount") << refused;
    const ErrorCode code = code_of(order.error(), Otherwise::create_failed);
    EXPECT_EQ(code.code, refused == "1e400" ? 1001 : 2009) << refused;
    EXPECT_EQ(code.status, 400);
  }
}

TEST(Unipay, NamesTheParameterThatIsMissingOrWrong) {
  const struct {
    std::string_view text, field;
  } refused[] = {
      {R"({"out_trade_no": "O1", "subject": "s", "amount": 1})", "provider"},
      {R"({"provider": "alipay", "subject": "s", "amount": 1})", "out_trade_no"},
      {R"({"provider": "alipay", "out_trade_no": "O1", "amount": 1})", "subject"},
      {R"({"provider": "alipay", "out_trade_no": "O1", "subject": "s"})", "amount"},
      {R"({"provider": "alipay", "out_trade_no": "O 1", "subject": "s", "amount": 1})", "out_trade_no"},
      {R"({"provider": "alipay", "out_trade_no": "pay_00gn3y3me00001e5kqb8drt7zn", "subject": "s", "amount": 1})",
       "out_trade_no"},
      {R"({"provider": "alipay", "out_trade_no": "O1", "subject": "s", "amount": 1, "return_url": "x"})",
       "return_url"},
      {R"({"provider": "alipay", "out_trade_no": "O1", "subject": "s", "amount": 1, "currency": "cny"})",
       "currency"},
      {R"({"provider": 1, "out_trade_no": "O1", "subject": "s", "amount": 1})", "provider"}};
  for (const auto& each : refused) {
    const Result<Order> order = create(each.text);
    ASSERT_FALSE(order) << each.text;
    EXPECT_EQ(order.error().field, each.field) << each.text;
    const http::Response response = render_create_error(order.error());
    EXPECT_EQ(response.status, 400);
    EXPECT_TRUE(response.body.starts_with(R"({"code":1001,"message":")")) << response.body;
    EXPECT_TRUE(response.body.contains(each.field)) << response.body;
  }
}

TEST(Unipay, AnswersACreateAsDocumented) {
  EXPECT_EQ(
      kRendering.payment(
          testkit::order_at("alipay", PaymentMethod::ali_pay_redirect,
                            {NextActionKind::redirect, "https://openapi.alipay.com/gateway.do?…"})),
      R"({"code":0,"message":"success","data":{"order_no":"pay_0000000000000g000000000001",)"
      R"("payment_url":"https://pay.example/payments/redirect/ORDER_20240101_001/shop/att_00000000000030000000000007",)"
      R"("payment_id":"ORDER_20240101_001","qr_code":"","extra_data":{}}})");
}

TEST(Unipay, ShowsACodeAPageOrWhatAnAppNeeds) {
  const auto data = [](const flows::PaymentView& view) {
    const Result<json::Document> document = json::parse(kRendering.payment(view));
    const json::Value shown = document->root()["data"];
    return std::string(shown["payment_url"].text()) + '|' + std::string(shown["qr_code"].text()) + '|' +
           shown["extra_data"].dump();
  };
  EXPECT_EQ(data(testkit::order_at("wechatpay", PaymentMethod::we_chat_pay_qr,
                                   {NextActionKind::qr_code, "weixin://wxpay/bizpayurl?pr=1"})),
            "|weixin://wxpay/bizpayurl?pr=1|{}");
  EXPECT_EQ(data(testkit::order_at("wechatpay", PaymentMethod::we_chat_pay_app,
                                   {NextActionKind::sdk, R"({"prepayid":"wx1"})"})),
            R"(||{"prepayid":"wx1"})");
  EXPECT_EQ(data(testkit::open_order()),
            "https://pay.example/pay/ORDER_20240101_001?client_secret=ORDER_20240101_001_secret_x||{}");
  EXPECT_EQ(data(testkit::paid_order()), "||{}");
}

TEST(Unipay, AnswersAQueryAsDocumented) {
  flows::PaymentView view = testkit::paid_order();
  view.details.edit().metadata_json =
      R"({"body":"这是一个测试订单","notify_url":"https://your-domain.com/callback"})";
  view.details.edit().browser_info_json = R"({"ip_address":"127.0.0.1"})";
  EXPECT_EQ(
      render_order(view),
      R"({"code":0,"message":"success","data":{"id":1,"order_no":"pay_0000000000000g000000000001",)"
      R"("user_id":9,"provider":"alipay","config_id":4,"out_trade_no":"ORDER_20240101_001",)"
      R"("trade_no":"2024010122001234567890","subject":"测试商品","body":"这是一个测试订单","amount":0.01,)"
      R"("currency":"CNY","status":"success","notify_url":"https://your-domain.com/callback",)"
      R"("return_url":"https://your-domain.com/return","client_ip":"127.0.0.1","extra_data":null,)"
      R"("payment_time":"2024-01-01T12:00:00.000Z","created_at":"2024-01-01T11:55:00.000Z",)"
      R"("updated_at":"2024-01-01T12:00:00.000Z"}})");
}

TEST(Unipay, APaymentOfTheNativeApiIsAnOrderToo) {
  flows::PaymentView view = testkit::open_order();
  view.details.edit().metadata_json = R"({"body":7,"extra_params":"text"})";
  const Result<json::Document> document = json::parse(render_order(view));
  ASSERT_TRUE(document);
  const json::Value order = document->root()["data"];
  EXPECT_EQ(order["body"].text(), "");
  EXPECT_TRUE(order["extra_data"].is(json::Kind::null));
  EXPECT_TRUE(order["payment_time"].is(json::Kind::null));
  EXPECT_EQ(order["provider"].text(), "");
  EXPECT_EQ(order["status"].text(), "pending");
}

TEST(Unipay, GivesEachErrorItsDocumentedCode) {
  const struct {
    Error error;
    int code, status;
  } rows[] = {{{Code::unauthorized, "", ""}, 1002, 401},
              {{Code::forbidden, "", ""}, 1003, 403},
              {{Code::not_found, "payment_id", ""}, 2007, 400},
              {{Code::not_found, "", ""}, 1004, 400},
              {{Code::duplicate_resource, "amount", "another amount"}, 1005, 400},
              {{Code::idempotency_key_reused, "", ""}, 1005, 400},
              {{Code::rate_limited, "", ""}, 1006, 429},
              {{Code::connector_unknown, "provider", ""}, 2005, 400},
              {{Code::no_connector_account, "provider", ""}, 2006, 400},
              {{Code::illegal_transition, "", ""}, 2008, 400},
              {{Code::invalid_value, "amount", ""}, 2009, 400},
              {{Code::malformed_json, "", ""}, 1001, 400},
              {{Code::unsupported_media_type, "", ""}, 1001, 400},
              {{Code::payload_too_large, "", ""}, 1001, 413},
              {{Code::method_not_allowed, "Allow", "GET"}, 1001, 405},
              {{Code::store_full, "", ""}, 2000, 503},
              {{Code::no_route, "", ""}, 2000, 503},
              {{Code::internal, "", ""}, 1000, 500}};
  for (const auto& row : rows) {
    const ErrorCode code = code_of(row.error, Otherwise::create_failed);
    EXPECT_EQ(code.code, row.code) << code_name(row.error.code);
    EXPECT_EQ(code.status, row.status) << code_name(row.error.code);
  }
  EXPECT_EQ(code_of({Code::store_full, "", ""}, Otherwise::query_failed).code, 2001);
  EXPECT_EQ(code_of({Code::store_full, "", ""}, Otherwise::notify_failed).code, 2002);
  EXPECT_EQ(code_of({Code::webhook_signature_mismatch, "", ""}, Otherwise::notify_failed).status, 401);
  EXPECT_EQ(code_of({Code::not_found, "channel", ""}, Otherwise::notify_failed).code, 2006);
  const http::Response response = render_query_error({Code::store_full, "", ""});
  EXPECT_EQ(response.headers.get("retry-after"), "5");
  EXPECT_EQ(response.headers.get("content-type"), "application/json");
}

}  // namespace
}  // namespace payweir::api::dialects::unipay
