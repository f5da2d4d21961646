#include "api/native/payment_requests.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "api/native/refund_requests.hpp"
#include "api/routes.hpp"
#include "api/testkit.hpp"

namespace payweir::api::native {
namespace {

const Instant kNow = *parse_iso8601("2026-11-22T04:20:07Z");

// What a shop sends that uses all of it.
constexpr std::string_view kFullPayment = R"({
  "amount": 6540, "currency": "USD", "confirm": true, "capture_method": "manual",
  "capture_on": "2022-09-10T10:11:12Z", "amount_to_capture": 6000, "customer_id": "StripeCustomer",
  "email": "guest@example.com", "name": "John Doe", "phone": "999999999", "phone_country_code": "+1",
  "description": "Its my first payment request", "authentication_type": "three_ds",
  "return_url": "https://duck.com", "setup_future_usage": "on_session", "payment_method": "card",
  "payment_method_type": "credit", "off_session": false, "session_expiry": 900, "business_country": "US",
  "business_label": "default", "payment_id": "order_1", "profile_id": "pro_1",
  "payment_method_data": {
    "card": {"card_number": "378282246310005", "card_exp_month": "10", "card_exp_year": "30",
             "card_holder_name": "joseph Doe", "card_cvc": "123"},
    "billing": {"address": {"zip": "94122"}, "email": "example@example.com"}},
  "billing": {"address": {"line1": "1467", "country": "US", "first_name": "joseph", "last_name": "Doe"},
              "phone": {"number": "9123456789", "country_code": "+91"}, "secret": "dropped"},
  "shipping": {"address": {"line1": "1468"}},
  "statement_descriptor_name": "joseph", "statement_descriptor_suffix": "JS",
  "metadata": {"udf1": "value1", "nested": {"a": [1, 2]}}, "order_details": [{"product_name": "x"}],
  "browser_info": {"language": "nl-NL"}, "customer_acceptance": {"acceptance_type": "online"},
  "routing": {"type": "single", "data": {"connector": "stripe", "merchant_connector_id": "mca_1"}}})";

Result<flows::CreatePayment> create(std::string_view text) {
  const Result<json::Document> document = json::parse(text);
  if (!document) return fail(document.error());
  return bind_create_payment(document->root(), kNow);
}

TEST(PaymentRequest, KeepsTheRoutingThatCanBeMeant) {
  const auto with = [](std::string_view members) {
    return create(R"({"amount": 1, "currency": "USD", )" + std::string(members) + "}");
  };
  const struct {
    std::string_view members, kept;
  } kept[] = {
      {R"("routing": {"type": "priority", "data": ["stripe", {"connector": "alipay"}], "other": 1})",
       R"({"type":"priority","data":["stripe",{"connector":"alipay"}]})"},
      {R"("routing": {"algorithm": {"type": "single", "data": "stripe"}})",
       R"({"type":"single","data":"stripe"})"},
      {R"("routing": {"type": "volume_split", "data": [{"connector": "stripe", "split": 100}]})",
       R"({"type":"volume_split","data":[{"connector":"stripe","split":100}]})"},
      {R"("connector": ["stripe", "alipay"])", R"({"type":"priority","data":["stripe","alipay"]})"},
      {R"("connector": ["alipay"], "routing": {"type": "single", "data": "stripe"})",
       R"({"type":"single","data":"stripe"})"},
      {R"("connector": [], "routing": null)", ""},
  };
  for (const auto& each : kept) {
    const auto bound = with(each.members);
    ASSERT_TRUE(bound) << each.members << bound.error().field << bound.error().detail;
    EXPECT_EQ(bound->details->routing_json, each.kept) << each.members;
  }
  const struct {
    std::string_view members, field;
    Code code;
  } refused[] = {
      {R"("routing": {"data": "stripe"})", "routing.type", Code::missing_field},
      {R"("routing": {"type": "single"})", "routing.data", Code::missing_field},
      {R"("routing": {"type": "single", "data": {}})", "routing.data.connector", Code::missing_field},
      {R"("routing": {"type": "random", "data": {}})", "routing.type", Code::invalid_value},
      {R"("routing": {"type": "priority", "data": []})", "routing.data", Code::missing_field},
      {R"("routing": {"algorithm": {"type": "priority", "data": 1}})", "routing.algorithm.data",
       Code::wrong_type},
      {R"("routing": {"type": "volume_split", "data": [{"connector": "stripe", "split": 99}]})",
       "routing.data", Code::invalid_value},
      {R"("connector": [1])", "connector", Code::wrong_type},
  };
  for (const auto& each : refused) {
    const auto bound = with(each.members);
    ASSERT_FALSE(bound) << each.members;
    EXPECT_EQ(bound.error().field, each.field) << each.members;
    EXPECT_EQ(bound.error().code, each.code) << each.members;
  }
}

TEST(PaymentRequest, BindsEveryField) {
  const Result<flows::CreatePayment> bound = create(kFullPayment);
  ASSERT_TRUE(bound) << bound.error().field << ": " << bound.error().detail;
  EXPECT_EQ(bound->payment_id, "order_1");
  EXPECT_EQ(bound->profile_id, "pro_1");
  EXPECT_EQ(bound->amount, (Money{6540, *Currency::parse("USD")}));
  EXPECT_EQ(bound->amount_to_capture, 6000);
  EXPECT_EQ(bound->capture_method, CaptureMethod::manual);
  EXPECT_EQ(bound->authentication_type, AuthenticationType::three_ds);
  EXPECT_TRUE(bound->confirm);
  ASSERT_TRUE(bound->instrument);
  EXPECT_EQ(std::get<Card>(*bound->instrument).number.reveal(), "378282246310005");
  EXPECT_EQ(bound->session_expiry_s, 900);

  const flows::PaymentDetails& details = *bound->details;
  EXPECT_EQ(details.routing_json,
            R"({"type":"single","data":{"connector":"stripe","merchant_connector_id":"mca_1"}})");
  EXPECT_EQ(details.customer_id, "StripeCustomer");
  EXPECT_EQ(details.email, "guest@example.com");
  EXPECT_EQ(details.name, "John Doe");
  EXPECT_EQ(details.phone, "999999999");
  EXPECT_EQ(details.phone_country_code, "+1");
  EXPECT_EQ(details.description, "Its my first payment request");
  EXPECT_EQ(details.return_url, "https://duck.com");
  EXPECT_EQ(details.statement_descriptor_name, "joseph");
  EXPECT_EQ(details.statement_descriptor_suffix, "JS");
  EXPECT_EQ(details.setup_future_usage, "on_session");
  EXPECT_EQ(details.payment_method, "card");
  EXPECT_EQ(details.payment_method_type, "credit");
  EXPECT_EQ(details.business_country, "US");
  EXPECT_EQ(details.business_label, "default");
  EXPECT_TRUE(details.has_off_session);
  EXPECT_FALSE(details.off_session);
  EXPECT_EQ(details.card.last4, "0005");
  EXPECT_EQ(details.card.holder_name, "joseph Doe");
  EXPECT_EQ(details.metadata_json, R"({"udf1":"value1","nested":{"a":[1,2]}})");
  EXPECT_EQ(details.order_details_json, R"([{"product_name":"x"}])");
  EXPECT_EQ(details.browser_info_json, R"({"language":"nl-NL"})");
  EXPECT_EQ(details.payment_method_billing_json,
            R"({"address":{"zip":"94122"},"email":"example@example.com"})");
  EXPECT_EQ(details.shipping_json, R"({"address":{"line1":"1468"}})");
  EXPECT_EQ(details.billing_json, R"({"address":{"first_name":"joseph","last_name":"Doe","line1":"1467",)"
                                  R"("country":"US"},"phone":{"number":"9123456789","country_code":"+91"}})");
}

TEST(PaymentRequest, NeedsAnAmountAndACurrencyOnly) {
  const Result<flows::CreatePayment> bound = create(R"({"amount":1,"currency":"JPY"})");
  ASSERT_TRUE(bound);
  EXPECT_FALSE(bound->confirm);
  EXPECT_FALSE(bound->instrument);
  EXPECT_EQ(bound->capture_method, CaptureMethod::automatic);
  EXPECT_EQ(create(R"({"currency":"JPY"})").error().field, "amount");
  EXPECT_EQ(create(R"({"amount":1})").error().field, "currency");
}

TEST(PaymentRequest, AnIdThatIsAWordOfThePathCannotBeChosen) {
  for (const std::string word : {"list", "sync"}) {
    EXPECT_EQ(create(R"({"amount":1,"currency":"JPY","payment_id":")" + word + "\"}").error().field,
              "payment_id");
    const Result<json::Document> refund = json::parse(R"({"payment_id":"p","refund_id":")" + word + "\"}");
    EXPECT_EQ(bind_create_refund(refund->root()).error().field, "refund_id");
  }
}

TEST(PaymentRequest, TakesTheCustomerAsAnObjectToo) {
  const Result<flows::CreatePayment> bound = create(
      R"({"amount":1,"currency":"JPY","customer":{"id":"c1","name":"Ada","email":"a@b.c","phone":"1"}})");
  ASSERT_TRUE(bound);
  EXPECT_EQ(bound->details->customer_id, "c1");
  EXPECT_EQ(bound->details->name, "Ada");
  EXPECT_EQ(bound->details->email, "a@b.c");
  EXPECT_EQ(bound->details->phone, "1");
}

TEST(PaymentRequest, TakesUpstreamsListOfConnectors) {
  EXPECT_EQ(create(R"({"amount":1,"currency":"JPY","connector":"stripe"})").error().field, "connector");
}

TEST(Faults, K02_WhatAClientMayNotSetIsNotBound) {
  const Result<flows::CreatePayment> plain = create(R"({"amount":6540,"currency":"USD"})");
  const Result<flows::CreatePayment> forged = create(
      R"({"amount":6540,"currency":"USD","status":"succeeded","amount_received":6540,"merchant_id":"other",)"
      R"("merchant_no":7,"client_secret":"forged","created":"2001-01-01T00:00:00Z","attempt_count":99,)"
      R"("connector_transaction_id":"pi_1","error_code":"x","amount_capturable":1,"net_amount":1,)"
      R"("details":{"card":{"last4":"4242"}},"card":{"card_number":"1"},"captured_minor":6540,"unknown":[{}]})");
  ASSERT_TRUE(plain);
  ASSERT_TRUE(forged);
  EXPECT_EQ(forged->details->serialise(), plain->details->serialise());
  EXPECT_EQ(forged->payment_id, "");
  EXPECT_EQ(forged->profile_id, "");
  EXPECT_EQ(forged->amount, plain->amount);
  EXPECT_FALSE(forged->confirm);
  EXPECT_FALSE(forged->instrument);
}

TEST(PaymentRequest, TakesOneWalletWithWhatItNeeds) {
  const auto wallet = [](const std::string& data) {
    return create(R"({"amount":100,"currency":"CNY","payment_method_data":{"wallet":)" + data + "}}");
  };
  const Result<flows::CreatePayment> qr = wallet(R"({"ali_pay_qr":{}})");
  ASSERT_TRUE(qr && qr->instrument);
  EXPECT_EQ(std::get<Wallet>(*qr->instrument).method, PaymentMethod::ali_pay_qr);
  EXPECT_EQ(qr->details->payment_method, "wallet");
  EXPECT_EQ(qr->details->payment_method_type, "ali_pay");
  const Result<flows::CreatePayment> jsapi = wallet(R"({"we_chat_pay_jsapi":{"open_id":"o_1"}})");
  ASSERT_TRUE(jsapi && jsapi->instrument);
  EXPECT_EQ(std::get<Wallet>(*jsapi->instrument).payer_id, "o_1");
  const Result<flows::CreatePayment> barcode = wallet(R"({"ali_pay_barcode":{"auth_code":"28"}})");
  ASSERT_TRUE(barcode && barcode->instrument);
  EXPECT_EQ(std::get<Wallet>(*barcode->instrument).auth_code.reveal(), "28");
  EXPECT_FALSE(barcode->details->serialise().contains("28")) << "it is good for a minute, and kept nowhere";

  const std::string at = "payment_method_data.wallet.";
  for (const auto& [data, field] : {std::pair<std::string, std::string>("{}", at + "ali_pay_qr"),
                                    {R"({"apple_pay":{}})", at + "apple_pay"},
                                    {R"({"ali_pay_qr":{},"we_chat_pay_qr":{}})", at + "we_chat_pay_qr"},
                                    {R"({"we_chat_pay_jsapi":{}})", at + "we_chat_pay_jsapi.open_id"},
                                    {R"({"ali_pay_barcode":{}})", at + "ali_pay_barcode.auth_code"},
                                    {R"({"ali_pay_qr":1})", at + "ali_pay_qr"}}) {
    const Result<flows::CreatePayment> refused = wallet(data);
    ASSERT_FALSE(refused) << data;
    EXPECT_EQ(refused.error().field, field) << data;
  }
}

TEST(PaymentRequest, UpdateLeavesWhatIsNotGiven) {
  const Result<json::Document> document = json::parse(R"({"amount":1000})");
  const Result<flows::UpdatePayment> bound = bind_update_payment(document->root(), "pay_1", kNow);
  ASSERT_TRUE(bound);
  EXPECT_EQ(bound->payment_id, "pay_1");
  EXPECT_EQ(bound->amount_minor, 1000);
  EXPECT_FALSE(bound->currency);
  EXPECT_FALSE(bound->capture_method);
  EXPECT_FALSE(bound->authentication_type);
  EXPECT_FALSE(bound->instrument);
}

TEST(PaymentRequest, AnIdInTheBodyDoesNotReplaceTheOneInThePath) {
  const Result<json::Document> document = json::parse(R"({"payment_id":"other","client_secret":"s"})");
  const Result<flows::ConfirmPayment> bound = bind_confirm_payment(document->root(), "pay_1", kNow);
  ASSERT_TRUE(bound);
  EXPECT_EQ(bound->payment_id, "pay_1");
  EXPECT_EQ(bound->client_secret, "s");
}

TEST(PaymentRequest, ListBoundsAreInclusiveToTheMillisecond) {
  const Result<flows::ListPayments> open = bind_list_payments(
      form::Pairs{{"created.gt", "2026-01-01T00:00:00Z"}, {"created.lt", "2026-01-02T00:00:00Z"}});
  const Result<flows::ListPayments> closed = bind_list_payments(
      form::Pairs{{"created.gte", "2026-01-01T00:00:00Z"}, {"created.lte", "2026-01-02T00:00:00Z"}});
  ASSERT_TRUE(open);
  ASSERT_TRUE(closed);
  EXPECT_EQ(*open->created_from, *closed->created_from + milliseconds(1));
  EXPECT_EQ(*open->created_to, *closed->created_to - milliseconds(1));
}

TEST(PaymentRequest, ListRefusesWhatItCannotDo) {
  for (const auto& [name, value] : form::Pairs{{"limit", "0"},
                                               {"limit", "101"},
                                               {"limit", "ten"},
                                               {"limit", "1e1"},
                                               {"offset", "-1"},
                                               {"created.gte", "yesterday"}}) {
    const Result<flows::ListPayments> bound = bind_list_payments(form::Pairs{{name, value}});
    ASSERT_FALSE(bound) << name << '=' << value;
    EXPECT_EQ(bound.error().field, name);
  }
}

TEST(PaymentRequest, SearchReadsStatesAndRange) {
  const Result<json::Document> document = json::parse(
      R"({"status":["succeeded","failed"],"currency":["EUR"],"limit":5,"time_range":{"start_time":"2026-01-01T00:00:00Z"}})");
  const Result<flows::ListPayments> bound = bind_list_payments(document->root());
  ASSERT_TRUE(bound);
  EXPECT_EQ(bound->states, (std::vector{PaymentState::succeeded, PaymentState::failed}));
  EXPECT_EQ(bound->currency, *Currency::parse("EUR"));
  EXPECT_EQ(bound->limit, 5u);
  EXPECT_TRUE(bound->created_from);
  EXPECT_FALSE(bound->created_to);
  const Result<json::Document> unknown = json::parse(R"({"status":["paid"]})");
  EXPECT_EQ(bind_list_payments(unknown->root()).error().field, "status");
}

TEST(RefundRequest, BindsEveryField) {
  const Result<json::Document> document = json::parse(
      R"({"payment_id":"pay_1","refund_id":"r1","amount":600,"reason":"returned","refund_type":"instant",)"
      R"("metadata":{"a":"b"},"merchant_id":"other","status":"succeeded"})");
  const Result<flows::CreateRefund> bound = bind_create_refund(document->root());
  ASSERT_TRUE(bound);
  EXPECT_EQ(bound->payment_id, "pay_1");
  EXPECT_EQ(bound->refund_id, "r1");
  EXPECT_EQ(bound->amount_minor, 600);
  EXPECT_EQ(bound->reason, "returned");
  EXPECT_EQ(bound->metadata_json, R"({"a":"b"})");
}

TEST(RefundRequest, DoesNotPromiseToRefundLater) {
  const Result<json::Document> document = json::parse(R"({"payment_id":"p","refund_type":"scheduled"})");
  EXPECT_EQ(bind_create_refund(document->root()).error().field, "refund_type");
}

// ── Through the router: a refused request names its field and reaches no flow ─────────────────────────

struct TypedField {
  std::string_view target;
  std::string path;  // "payment_method_data.card.card_number"
  json::Kind kind;
};

const std::vector<TypedField>& typed_fields() {
  using enum json::Kind;
  static const std::vector<TypedField> fields = {
      {"/payments", "amount", integer},
      {"/payments", "currency", string},
      {"/payments", "amount_to_capture", integer},
      {"/payments", "confirm", boolean},
      {"/payments", "capture_method", string},
      {"/payments", "authentication_type", string},
      {"/payments", "payment_id", string},
      {"/payments", "profile_id", string},
      {"/payments", "customer_id", string},
      {"/payments", "customer", object},
      {"/payments", "email", string},
      {"/payments", "return_url", string},
      {"/payments", "metadata", object},
      {"/payments", "order_details", array},
      {"/payments", "browser_info", object},
      {"/payments", "off_session", boolean},
      {"/payments", "session_expiry", integer},
      {"/payments", "routing", object},
      {"/payments", "connector", array},
      {"/payments", "billing", object},
      {"/payments", "billing.address", object},
      {"/payments", "billing.address.line1", string},
      {"/payments", "shipping.phone.number", string},
      {"/payments", "payment_method_data", object},
      {"/payments", "payment_method_data.card", object},
      {"/payments", "payment_method_data.card.card_number", string},
      {"/payments", "payment_method_data.card.card_exp_month", string},
      {"/payments", "payment_method_data.card.card_exp_year", string},
      {"/payments", "payment_method_data.card.card_cvc", string},
      {"/payments", "payment_method_data.card.card_holder_name", string},
      {"/payments", "payment_method_data.billing.email", string},
      {"/payments/pay_1", "amount", integer},
      {"/payments/pay_1", "amount_to_capture", integer},
      {"/payments/pay_1/confirm", "client_secret", string},
      {"/payments/pay_1/confirm", "payment_method_data", object},
      {"/payments/pay_1/capture", "amount_to_capture", integer},
      {"/payments/pay_1/cancel", "cancellation_reason", string},
      {"/payments/sync", "payment_id", string},
      {"/payments/list", "limit", integer},
      {"/refunds", "payment_id", string},
      {"/refunds", "amount", integer},
      {"/refunds", "metadata", object},
      {"/refunds/ref_1", "reason", string},
      {"/refunds/list", "time_range", object},
  };
  return fields;
}

// {"a":{"b":literal}} for "a.b", around what the operation needs besides.
std::string body_with(const TypedField& field, const std::string& literal) {
  std::string value = literal;
  std::string path = field.path;
  while (true) {
    const std::size_t dot = path.rfind('.');
    value = "{\"" + path.substr(dot == std::string::npos ? 0 : dot + 1) + "\":" + value + "}";
    if (dot == std::string::npos) break;
    path.resize(dot);
  }
  std::string needed;
  if (field.target == "/payments" && field.path != "amount") needed += R"("amount":1,)";
  if (field.target == "/payments" && field.path != "currency") needed += R"("currency":"USD",)";
  if (field.target == "/refunds" && field.path != "payment_id") needed += R"("payment_id":"pay_1",)";
  // The card's other members come before the wrong one is looked at.
  if (field.path.starts_with("payment_method_data.card.")) {
    const std::string name = field.path.substr(field.path.rfind('.') + 1);
    std::string card;
    for (const auto& [member, good] : {std::pair{"card_number", "4242424242424242"},
                                       {"card_exp_month", "10"},
                                       {"card_exp_year", "30"},
                                       {"card_cvc", "123"}})
      if (member != name) card += "\"" + std::string(member) + "\":\"" + good + "\",";
    value = R"({"payment_method_data":{"card":{)" + card + "\"" + name + "\":" + literal + "}}}";
  }
  return "{" + needed + value.substr(1);
}

TEST(Faults, J13_AWronglyTypedFieldIsNamedAndReachesNoFlow) {
  const Router router(all_routes(), testkit::kGate);
  testkit::Switch payweir;
  using enum json::Kind;
  const std::vector<std::pair<json::Kind, const char*>> literals = {
      {boolean, "true"}, {boolean, "false"}, {integer, "1"},       {integer, "-9223372036854775808"},
      {real, "1.5"},     {real, "1e300"},    {string, "\"text\""}, {string, "\"\""},
      {array, "[]"},     {array, "[1]"},     {object, "{}"},       {object, R"({"a":1})"}};
  EXPECT_TRUE(rc::check("wrong kind", [&] {
    const TypedField field = *rc::gen::elementOf(typed_fields());
    const auto [kind, literal] = *rc::gen::suchThat(
        rc::gen::elementOf(literals), [&](const auto& each) { return each.first != field.kind; });
    const http::Response response =
        payweir.send(router, testkit::post(std::string(field.target), body_with(field, literal)));
    RC_LOG() << field.target << ' ' << body_with(field, literal) << '\n' << response.body;
    RC_ASSERT(response.status == 400);
    RC_ASSERT(testkit::error_member(response, "message").contains(field.path));
    RC_ASSERT(testkit::error_member(response, "error_type") == "invalid_request");
    RC_ASSERT(payweir.store.touched == 0);
  }));
}

TEST(Faults, J03_DeepWideAndAmbiguousBodiesReachNoFlow) {
  const Router router(all_routes(), testkit::kGate);
  testkit::Switch payweir;
  std::string deep = R"({"metadata":)";
  for (int i = 0; i < 40; ++i)
    deep += R"({"a":)";
  deep += "1" + std::string(41, '}');
  std::string wide = R"({"amount":1,"currency":"USD","metadata":{)";
  for (int i = 0; i < 1100; ++i)
    wide += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
  wide += "}}";
  const std::string bodies[] = {deep, wide, std::string(1'000'000, '['),
                                R"({"amount":1,"amount":2,"currency":"USD"})",
                                R"({"metadata":{"a":1,"a":2}})"};
  for (const std::string& body : bodies) {
    const http::Response response = payweir.send(router, testkit::post("/payments", body));
    EXPECT_EQ(response.status, 400) << body.substr(0, 60);
    EXPECT_EQ(testkit::error_member(response, "code"), "IR_06");
  }
  const http::Response twice = payweir.send(router, testkit::post("/payments", bodies[3]));
  EXPECT_TRUE(testkit::error_member(twice, "message").contains("amount"));
  EXPECT_EQ(payweir.store.touched, 0);
}

TEST(Faults, J04_WhatIsNoTextReachesNoFlow) {
  const Router router(all_routes(), testkit::kGate);
  testkit::Switch payweir;
  const std::string bad[] = {"\xff\xfe",           "\xc0\xaf", "\xed\xa0\x80", "\\ud800",
                             std::string(1, '\0'), "\x01",     "\\u0000"};
  for (const std::string& text : bad) {
    const http::Response response = payweir.send(
        router, testkit::post("/payments", R"({"amount":1,"currency":"USD","description":")" + text + "\"}"));
    EXPECT_EQ(response.status, 400) << testkit::error_member(response, "message");
  }
  EXPECT_EQ(payweir.store.touched, 0);
}

TEST(PaymentRequest, BindsAPaymentLinkAndOfItsLookWhatThePageHas) {
  const auto details_of = [](std::string_view more) {
    const auto bound = create(R"({"amount":1,"currency":"USD")" + std::string(more) + "}");
    EXPECT_TRUE(bound) << more;
    return *bound->details;
  };
  const flows::PaymentDetails details = details_of(
      R"(,"payment_link":true,"payment_link_config":{"seller_name":"Blue Teapot","theme":"#4E6ADD",)"
      R"("logo":"https://x.example/a.png","sdk_layout":"tabs","transaction_details":[{"key":"a","value":"b"}]})");
  EXPECT_TRUE(details.has_link);
  EXPECT_EQ(details.link_seller_name, "Blue Teapot");
  EXPECT_EQ(details.link_theme, "#4e6add");
  for (const std::string theme : {"red", "#fff", "#4e6add;x", "#4e6adg", ""})
    EXPECT_EQ(
        details_of(R"(,"payment_link":true,"payment_link_config":{"theme":")" + theme + "\"}").link_theme, "")
        << theme;
  const flows::PaymentDetails without = details_of(R"(,"payment_link_config":{"seller_name":"x"})");
  EXPECT_FALSE(without.has_link);
  EXPECT_EQ(without.link_seller_name, "");
  EXPECT_EQ(create(R"({"amount":1,"currency":"USD","payment_link":"yes"})").error().field, "payment_link");
  EXPECT_EQ(create(R"({"amount":1,"currency":"USD","payment_link_config":{"theme":5}})").error().field,
            "payment_link_config.theme");
}

TEST(PaymentRequest, BindsTheQueryOfALinkListing) {
  const auto bound = bind_list_payment_links(form::Pairs{{"limit", "3"},
                                                         {"offset", "6"},
                                                         {"created.gt", "2026-11-22T00:00:00Z"},
                                                         {"created.lte", "2026-11-23T00:00:00Z"}});
  ASSERT_TRUE(bound);
  EXPECT_EQ(bound->limit, 3u);
  EXPECT_EQ(bound->offset, 6u);
  EXPECT_EQ(bound->created_from, *parse_iso8601("2026-11-22T00:00:00Z") + milliseconds(1));
  EXPECT_EQ(bound->created_to, *parse_iso8601("2026-11-23T00:00:00Z"));
  const auto exact = bind_list_payment_links(form::Pairs{{"created", "2026-11-22T00:00:00Z"}});
  EXPECT_EQ(exact->created_from, exact->created_to);
  EXPECT_EQ(bind_list_payment_links(form::Pairs{{"limit", "101"}}).error().field, "limit");
  EXPECT_EQ(bind_list_payment_links(form::Pairs{{"created.lt", "today"}}).error().field, "created.lt");
}

TEST(PaymentRequest, ArbitraryBytesAreRefusedWithoutAFlow) {
  const Router router(all_routes(), testkit::kGate);
  testkit::Switch payweir;
  EXPECT_TRUE(rc::check("bytes", [&](const std::string& body) {
    const http::Response response = payweir.send(router, testkit::post("/payments", body));
    RC_ASSERT(response.status == 400);
    RC_ASSERT(payweir.store.touched == 0);
  }));
}

TEST(PaymentRequest, OversizedFieldsAreNamed) {
  const Router router(all_routes(), testkit::kGate);
  testkit::Switch payweir;
  const std::string large(70'000, 'd');
  for (const std::string field :
       {"description", "customer_id", "payment_id", "name", "email", "return_url"}) {
    const http::Response response = payweir.send(
        router,
        testkit::post("/payments", R"({"amount":1,"currency":"USD",")" + field + "\":\"" + large + "\"}"));
    EXPECT_EQ(response.status, 400);
    EXPECT_TRUE(testkit::error_member(response, "message").contains(field)) << response.body;
  }
  const http::Response metadata = payweir.send(
      router,
      testkit::post("/payments", R"({"amount":1,"currency":"USD","metadata":{"a":")" + large + "\"}}"));
  EXPECT_TRUE(testkit::error_member(metadata, "message").contains("metadata"));
  EXPECT_EQ(payweir.store.touched, 0);
}

}  // namespace
}  // namespace payweir::api::native
