#include "api/native/rendering.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "base/json_reader.hpp"

namespace payweir::api::native {
namespace {

const Rendering kRendering("https://pay.example");

std::shared_ptr<const flows::MerchantEntry> merchant() {
  auto entry = std::make_shared<flows::MerchantEntry>();
  entry->row.merchant_id = "shop";
  return entry;
}

std::shared_ptr<const flows::ProfileEntry> profile() {
  auto entry = std::make_shared<flows::ProfileEntry>();
  entry->row.id = {2, 3};
  return entry;
}

std::shared_ptr<const flows::ConnectorAccount> account() {
  auto entry = std::make_shared<flows::ConnectorAccount>();
  entry->row.id = {4, 5};
  entry->row.connector = "stripe";
  return entry;
}

flows::PaymentView unpaid() {
  flows::PaymentView view;
  view.payment.id = {1, 1};
  view.payment.amount = {6540, *Currency::parse("USD")};
  view.payment.created_at = view.payment.modified_at = Instant{1'795'000'000'000};
  view.payment.expires_at = view.payment.created_at + minutes(15);
  view.payment_id = to_text(view.payment.id);
  view.client_secret = view.payment_id + "_secret_x";
  view.merchant = merchant();
  view.profile = profile();
  return view;
}

// A card payment as most are.
flows::PaymentView paid() {
  flows::PaymentView view = unpaid();
  view.payment.state = PaymentState::succeeded;
  view.payment.captured_minor = 6540;
  view.payment.attempt_count = 1;
  view.account = account();
  view.attempt.emplace();
  view.attempt->id = {6, 7};
  view.attempt->state = AttemptState::captured;
  view.attempt->connector_payment_id = "pi_3RzAbCdEfGhIjKlMnOpQrStU";
  view.attempt->checks.cvc_check = "pass";
  view.attempt->checks.network = "amex";
  view.details.edit().payment_method = "card";
  view.details.edit().payment_method_type = "credit";
  view.details.edit().card = {"0005", "378282", "amex", "joseph Doe", 3, 2030};
  return view;
}

json::Document read(const std::string& text) {
  Result<json::Document> document = json::parse(text);
  EXPECT_TRUE(document) << text;
  return std::move(*document);
}

TEST(RenderPayment, WithNothingButAnAmount) {
  EXPECT_EQ(
      kRendering.payment(unpaid()),
      R"({"payment_id":"pay_0000000000000g000000000001","merchant_id":"shop","profile_id":"pro_00000000000010000000000003",)"
      R"("status":"requires_payment_method","amount":6540,"net_amount":6540,"amount_capturable":0,"amount_received":0,)"
      R"("currency":"USD","client_secret":"pay_0000000000000g000000000001_secret_x","capture_method":"automatic",)"
      R"("authentication_type":"no_three_ds","created":"2026-11-18T11:06:40.000Z","updated":"2026-11-18T11:06:40.000Z",)"
      R"("expires_on":"2026-11-18T11:21:40.000Z","connector":null,"merchant_connector_id":null,)"
      R"("connector_transaction_id":null,"attempt_count":0,"error_code":null,"error_message":null,"next_action":null,)"
      R"("payment_method":null,"payment_method_data":null,"customer_id":null,"description":null,"metadata":null,)"
      R"("billing":null})");
}

TEST(RenderPayment, WithACardThatPaid) {
  const json::Document document = read(kRendering.payment(paid()));
  const json::Value payment = document.root();
  EXPECT_EQ(payment["status"].text(), "succeeded");
  EXPECT_EQ(payment["amount_received"].integer(), 6540);
  EXPECT_EQ(payment["connector"].text(), "stripe");
  EXPECT_EQ(payment["connector_transaction_id"].text(), "pi_3RzAbCdEfGhIjKlMnOpQrStU");
  EXPECT_EQ(
      payment["payment_method_data"].dump(),
      R"({"card":{"last4":"0005","card_network":"AmericanExpress","card_isin":"378282","card_exp_month":"03",)"
      R"("card_exp_year":"2030","card_holder_name":"joseph Doe","payment_checks":{"address_line1_check":null,)"
      R"("address_postal_code_check":null,"cvc_check":"pass"}},"billing":null})");
}

TEST(RenderPayment, StaysSmallBecauseItIsStoredWithEveryPayment) {
  EXPECT_LE(kRendering.payment(paid()).size(), 1200u);
}

TEST(RenderPayment, ShowsWhyItFailed) {
  flows::PaymentView view = paid();
  view.payment.state = PaymentState::failed;
  view.attempt->state = AttemptState::declined;
  view.attempt->error = {"card_declined", "message - Your card has insufficient funds.", ""};
  view.attempt->decline_reason = DeclineReason::insufficient_funds;
  view.attempt->retry_class = RetryClass::retry_later;
  const json::Document document = read(kRendering.payment(view));
  EXPECT_EQ(document.root()["error_code"].text(), "card_declined");
  EXPECT_EQ(document.root()["error_message"].text(), "message - Your card has insufficient funds.");
  EXPECT_EQ(document.root()["unified_code"].text(), "UE_1000") << "of the reason, without a rule";
  EXPECT_EQ(document.root()["unified_message"].text(), "Issue with Payment Method details");
  EXPECT_EQ(document.root()["error_details"].dump(),
            R"({"unified_details":{"category":"UE_1000","message":"Issue with Payment Method details",)"
            R"("standardised_code":"insufficient_funds",)"
            R"("description":"There is not enough money in the account.",)"
            R"("user_guidance_message":"Please use another payment method."},)"
            R"("connector_details":{"code":"card_declined",)"
            R"("message":"message - Your card has insufficient funds."}})");
  EXPECT_TRUE(document.root()["manual_retry_allowed"].boolean());
}

TEST(RenderPayment, ShowsWhatARuleMadeOfItsError) {
  flows::PaymentView view = paid();
  view.attempt->state = AttemptState::failed;
  view.attempt->error = {"rate_limit", "", R"({"unified_code":"X_1","unified_message":"Ours"})"};
  const json::Document ours = read(kRendering.payment(view));
  EXPECT_EQ(ours.root()["unified_code"].text(), "X_1");
  EXPECT_EQ(ours.root()["unified_message"].text(), "Ours");
  EXPECT_TRUE(ours.root()["error_details"]["unified_details"]["standardised_code"].is(json::Kind::null));
  // Half of a name is none.
  view.attempt->error.meaning = R"({"unified_code":"X_1"})";
  EXPECT_EQ(read(kRendering.payment(view)).root()["unified_code"].text(), "UE_9000");
  view.attempt->error = {};
  EXPECT_FALSE(read(kRendering.payment(view)).root()["unified_code"].present());
}

TEST(RenderPayment, SendsThePayerThroughTheSwitch) {
  flows::PaymentView view = paid();
  view.payment.state = PaymentState::requires_customer_action;
  view.attempt->state = AttemptState::needs_action;
  view.attempt->next_action = {NextActionKind::redirect, "https://gateway.example/3ds"};
  const json::Document document = read(kRendering.payment(view));
  EXPECT_EQ(document.root()["next_action"].dump(),
            R"({"type":"redirect_to_url","redirect_to_url":"https://pay.example/payments/redirect/)" +
                view.payment_id + "/shop/" + to_text(view.attempt->id) + "\"}");
  view.attempt->state = AttemptState::captured;
  EXPECT_TRUE(read(kRendering.payment(view)).root()["next_action"].is(json::Kind::null));
}

TEST(RenderPayment, ACodeIsForTwoHoursAtMost) {
  flows::PaymentView view = unpaid();
  view.attempt.emplace();
  view.attempt->state = AttemptState::needs_action;
  view.attempt->next_action = {NextActionKind::qr_code, "weixin://wxpay/x"};
  view.attempt->created_at = view.payment.created_at + minutes(1);
  const auto until = [&] {
    return "\"display_to_timestamp\":" + std::to_string(flows::code_valid_until(view).ms);
  };
  EXPECT_EQ(flows::code_valid_until(view), view.payment.expires_at);
  EXPECT_TRUE(kRendering.payment(view).contains(until()));
  view.payment.expires_at = view.payment.created_at + hours(4);
  EXPECT_EQ(flows::code_valid_until(view), view.attempt->created_at + hours(2));
  EXPECT_TRUE(kRendering.payment(view).contains(until()));
}

TEST(RenderPayment, EchoesWhatTheShopSaid) {
  flows::PaymentView view = unpaid();
  view.details.edit().customer_id = "c1";
  view.details.edit().email = "a@b.c";
  view.details.edit().metadata_json = R"({"a":{"b":1}})";
  view.details.edit().billing_json = R"({"address":{"zip":"1"}})";
  view.details.edit().payment_method_billing_json = R"({"email":"x@y.z"})";
  view.details.edit().has_off_session = true;
  const json::Document document = read(kRendering.payment(view));
  const json::Value payment = document.root();
  EXPECT_EQ(payment["customer"].dump(), R"({"id":"c1","email":"a@b.c"})");
  EXPECT_EQ(payment["email"].text(), "a@b.c");
  EXPECT_EQ(payment["metadata"].dump(), view.details->metadata_json);
  EXPECT_EQ(payment["billing"].dump(), view.details->billing_json);
  EXPECT_EQ(payment["payment_method_data"].dump(), R"({"billing":{"email":"x@y.z"}})");
  EXPECT_TRUE(payment["off_session"].is(json::Kind::boolean));
}

flows::RefundView refund() {
  flows::RefundView view;
  view.refund.id = {8, 9};
  view.refund.amount = {600, *Currency::parse("USD")};
  view.refund.state = RefundState::succeeded;
  view.refund.created_at = view.refund.modified_at = Instant{1'795'000'000'000};
  view.refund.connector_refund_id = "re_1";
  view.refund_id = to_text(view.refund.id);
  view.payment_id = "order_1";
  view.reason = "returned";
  view.metadata_json = R"({"a":"b"})";
  view.merchant = merchant();
  view.profile = profile();
  view.account = account();
  return view;
}

constexpr std::string_view kRefund =
    R"({"refund_id":"ref_00000000000040000000000009","payment_id":"order_1","amount":600,"currency":"USD",)"
    R"("status":"succeeded","reason":"returned","metadata":{"a":"b"},"error_code":null,"error_message":null,)"
    R"("created_at":"2026-11-18T11:06:40.000Z","updated_at":"2026-11-18T11:06:40.000Z","connector":"stripe",)"
    R"("merchant_connector_id":"mca_00000000000020000000000005","profile_id":"pro_00000000000010000000000003",)"
    R"("connector_refund_id":"re_1"})";

TEST(RenderRefund, Whole) {
  EXPECT_EQ(kRendering.refund(refund()), kRefund);
}

TEST(RenderRefund, StandsInItsPaymentWhenTheyWereLoaded) {
  flows::PaymentView view = paid();
  EXPECT_FALSE(read(kRendering.payment(view)).root()["refunds"].present());
  view.refunds_loaded = true;
  EXPECT_EQ(read(kRendering.payment(view)).root()["refunds"].dump(), "[]");
  view.refunds.push_back(refund());
  EXPECT_EQ(read(kRendering.payment(view)).root()["refunds"].dump(), "[" + std::string(kRefund) + "]");
}

TEST(RenderRefund, SaysWhyItFailed) {
  flows::RefundView view = refund();
  EXPECT_FALSE(read(kRendering.refund(view)).root()["unified_code"].present());
  view.refund.error = {"ABNORMAL", "the payer's account takes no money"};
  EXPECT_EQ(read(kRendering.refund(view)).root()["unified_code"].text(), "UE_9000");
  view.refund.error.meaning = R"({"unified_code":"UE_1000","unified_message":"m"})";
  const json::Document document = read(kRendering.refund(view));
  EXPECT_EQ(document.root()["unified_code"].text(), "UE_1000");
  EXPECT_EQ(document.root()["unified_message"].text(), "m");
}

TEST(RenderRefund, OutlivesItsGatewayAccount) {
  flows::RefundView view = refund();
  view.account = nullptr;
  EXPECT_TRUE(read(kRendering.refund(view)).root()["connector"].is(json::Kind::null));
}

TEST(Faults, J04_TextThatCouldDisturbATerminalIsEscapedInAnswers) {
  flows::PaymentView view = unpaid();
  view.details.edit().description = "a\n\x1b[31m\u202e\"b";
  const std::string text = kRendering.payment(view);
  EXPECT_TRUE(text.contains(R"(a\n\u001b[31m\u202e\"b)"));
  EXPECT_EQ(read(text).root()["description"].text(), view.details->description);
}

TEST(RenderList, CountsByTheNameGiven) {
  const std::string elements[] = {R"({"a":1})", R"({"a":2})"};
  EXPECT_EQ(render_list("size", elements), R"({"size":2,"data":[{"a":1},{"a":2}]})");
  EXPECT_EQ(render_list("count", {}), R"({"count":0,"data":[]})");
}

TEST(RenderPaymentLink, LeadsWithItsToken) {
  flows::PaymentView view = unpaid();
  EXPECT_FALSE(kRendering.payment(view).contains("payment_link"));
  view.payment_id = "order_1";
  view.link_token = "t0ken";
  const std::string id = to_text(PaymentLinkId{1, 1});
  const std::string link = "https://pay.example/payment_link/shop/order_1?token=t0ken";
  EXPECT_TRUE(kRendering.payment(view).contains(R"("payment_link":{"link":")" + link +
                                                R"(","secure_link":null,"payment_link_id":")" + id + "\"}"));
  view.details.edit().description = "Tea";
  const Instant end = view.payment.expires_at;
  const std::string shown = render_payment_link(view, "https://pay.example", end - milliseconds(1));
  EXPECT_EQ(shown, R"({"payment_link_id":")" + id +
                       R"(","merchant_id":"shop","processor_merchant_id":"shop","link_to_pay":")" + link +
                       R"(","amount":6540,"created_at":")" + format_iso8601(view.payment.created_at) +
                       R"(","expiry":")" + format_iso8601(end) +
                       R"(","description":"Tea","status":"active","currency":"USD","secure_link":null})");
  EXPECT_TRUE(render_payment_link(view, "https://pay.example", end).contains(R"("status":"expired")"));
  EXPECT_FALSE(shown.contains(view.client_secret));
}

}  // namespace
}  // namespace payweir::api::native
