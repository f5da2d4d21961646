#include "connectors/stripe/stripe.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "base/form.hpp"
#include "connectors/stripe/answer.hpp"
#include "connectors/stripe/response.hpp"
#include "connectors/stripe/testkit.hpp"

namespace payweir::stripe {
namespace {

const Stripe kConnector;

struct Switch {
  ConnectorCredentials credentials = test_credentials();
  ConnectorContext context{credentials, "https://api.stripe.com", Instant{1'784'829'814'000}};
};

http::Response answer(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

Outcome resume(const ConnectorRequest& request, int status, std::string body) {
  const Switch payweir;
  return std::get<step::Done>(kConnector.resume(request, payweir.context, answer(status, std::move(body))))
      .outcome;
}
Outcome resume(OperationKind kind, int status, std::string body) {
  return resume(test_request(kind), status, std::move(body));
}

Finding found(const ConnectorRequest& request, int status, std::string body) {
  const Switch payweir;
  return std::get<ask::Done>(
             kConnector.resume_ask(request, payweir.context, 0, answer(status, std::move(body))))
      .finding;
}

Outcome found_outcome(const ConnectorRequest& request, int status, std::string body) {
  const Finding finding = found(request, status, std::move(body));
  EXPECT_TRUE(std::holds_alternative<finding::Found>(finding));
  return std::holds_alternative<finding::Found>(finding) ? std::get<finding::Found>(finding).outcome
                                                         : Outcome{};
}

ConnectorRequest known_authorisation() {
  ConnectorRequest request = test_request(OperationKind::authorise);
  request.connector_payment_id = "pi_1";
  return request;
}

template <class T>
T as(const Outcome& outcome) {
  EXPECT_TRUE(std::holds_alternative<T>(outcome)) << "another outcome, number " << outcome.index();
  return std::holds_alternative<T>(outcome) ? std::get<T>(outcome) : T{};
}

http::Request sent(const ConnectorRequest& request, const ConnectorContext& context) {
  const Step first = kConnector.begin(request, context);
  EXPECT_TRUE(std::holds_alternative<step::Send>(first));
  const auto* send = std::get_if<step::Send>(&first);
  if (!send) return {};
  EXPECT_EQ(send->kind, SendKind::money);
  return send->request;
}

std::string parameter(const http::Request& request, std::string_view name) {
  const auto pairs =
      form::decode(request.method == http::Method::get ? http::query_of(request.target) : request.body);
  for (const auto& [key, value] : pairs.value())
    if (key == name) return value;
  return "(none)";
}

std::string error_body(std::string_view type, std::string_view code, std::string_view decline_code = "",
                       std::string_view message = "", std::string_view intent = "") {
  json::Writer out;
  out.begin_object().key("error").begin_object().field("type", type);
  if (!code.empty()) out.field("code", code);
  if (!decline_code.empty()) out.field("decline_code", decline_code);
  out.field("message", message);
  if (!intent.empty()) out.raw_field("payment_intent", intent);
  out.end_object().end_object();
  return std::move(out).take();
}

// ── What is sent ──────────────────────────────────────────────────────────────────────────────────

TEST(StripeRequest, CreatesAndConfirmsInOneCallUnderTheOperationsKey) {
  const Switch payweir;
  const http::Request request = sent(test_request(OperationKind::authorise), payweir.context);
  EXPECT_EQ(request.method, http::Method::post);
  EXPECT_EQ(request.origin, "https://api.stripe.com");
  EXPECT_EQ(request.target, "/v1/payment_intents");
  EXPECT_EQ(request.headers.get("idempotency-key"), kOperationReference);
  EXPECT_EQ(request.headers.get("authorization"), "Bearer sk_test_key");
  EXPECT_FALSE(request.headers.has("stripe-account"));
  EXPECT_EQ(request.body,
            "amount=6540&currency=usd&confirm=true&capture_method=automatic&payment_method_types[0]=card&"
            "payment_method_data[type]=card&payment_method_data[card][number]=4242424242424242&"
            "payment_method_data[card][exp_month]=10&payment_method_data[card][exp_year]=2030&"
            "payment_method_data[card][cvc]=123&payment_method_data[billing_details][name]=Joe%20Doe&"
            "payment_method_options[card][request_three_d_secure]=automatic&metadata[order_id]=pay_1&"
            "metadata[payweir_operation]=opn_00000000000000000000000001&expand[0]=latest_charge");
}

TEST(StripeRequest, TheSameOperationGivesTheSameBytes) {
  const Switch payweir;
  for (const OperationKind kind : {OperationKind::authorise, OperationKind::capture, OperationKind::refund}) {
    const http::Request first = sent(test_request(kind), payweir.context);
    const http::Request second = sent(test_request(kind), payweir.context);
    EXPECT_EQ(first.body, second.body);
    EXPECT_EQ(first.target, second.target);
    EXPECT_TRUE(std::ranges::equal(first.headers.all(), second.headers.all()));
  }
}

TEST(StripeRequest, CarriesWhatThePaymentHas) {
  const Switch payweir;
  ConnectorRequest request = test_request(OperationKind::authorise);
  request.capture_method = CaptureMethod::manual;
  request.authentication_type = AuthenticationType::three_ds;
  request.description = "Order 1 – café";
  request.statement_descriptor_suffix = "joseph";
  request.return_url = "https://shop.example/back?a=1&b=2";
  request.billing.address = {"Ann", "Lee", "1 Rd", "Flat 2", "", "Berlin", "BE", "10115", "DE"};
  request.billing.email = "ann@example.com";
  request.billing.phone = "+491";
  request.shipping.address = request.billing.address;
  const http::Request built = sent(request, payweir.context);
  EXPECT_EQ(parameter(built, "capture_method"), "manual");
  EXPECT_EQ(parameter(built, "payment_method_options[card][request_three_d_secure]"), "any");
  EXPECT_EQ(parameter(built, "description"), "Order 1 – café");
  EXPECT_EQ(parameter(built, "statement_descriptor_suffix"), "joseph");
  EXPECT_EQ(parameter(built, "return_url"), "https://shop.example/back?a=1&b=2");
  EXPECT_EQ(parameter(built, "payment_method_data[billing_details][name]"), "Ann Lee");
  EXPECT_EQ(parameter(built, "payment_method_data[billing_details][email]"), "ann@example.com");
  EXPECT_EQ(parameter(built, "payment_method_data[billing_details][address][postal_code]"), "10115");
  EXPECT_EQ(parameter(built, "shipping[name]"), "Ann Lee");
  EXPECT_EQ(parameter(built, "shipping[address][country]"), "DE");
}

TEST(StripeRequest, LeavesOutAShippingBlockThatStripeWouldRefuse) {
  const Switch payweir;
  ConnectorRequest request = test_request(OperationKind::authorise);
  PostalAddress& address = request.shipping.address;
  const auto city = [&] { return parameter(sent(request, payweir.context), "shipping[address][city]"); };
  address.city = "Berlin";
  EXPECT_EQ(city(), "(none)");
  address.last_name = "Lee";
  EXPECT_EQ(city(), "(none)");  // no first line
  address.line1 = "1 Rd";
  EXPECT_EQ(city(), "Berlin");
  address.last_name.clear();
  EXPECT_EQ(city(), "(none)");  // no name
}

TEST(StripeRequest, NamesThePayerByWhatIsKnownOfTheName) {
  const Switch payweir;
  struct Row {
    const char *first, *last, *sent;
  };
  for (const auto& [first, last, name] : {Row{"Ann", "Lee", "Ann Lee"}, Row{"Ann", "", "Ann"},
                                          Row{"", "Lee", "Lee"}, Row{"", "", "Joe Doe"}}) {  // as on the card
    ConnectorRequest request = test_request(OperationKind::authorise);
    request.billing.address.first_name = first;
    request.billing.address.last_name = last;
    EXPECT_EQ(parameter(sent(request, payweir.context), "payment_method_data[billing_details][name]"), name);
  }
}

TEST(StripeRequest, GoesToTheConnectedAccount) {
  Switch payweir;
  payweir.credentials.set("key1", Secret("acct_1"));
  EXPECT_EQ(sent(test_request(OperationKind::refund), payweir.context).headers.get("stripe-account"),
            "acct_1");
}

TEST(StripeRequest, CapturesVoidsAndRefunds) {
  const Switch payweir;
  const http::Request capture = sent(test_request(OperationKind::capture), payweir.context);
  EXPECT_EQ(capture.target, "/v1/payment_intents/pi_1/capture");
  EXPECT_EQ(parameter(capture, "amount_to_capture"), "6540");
  const http::Request void_request = sent(test_request(OperationKind::void_authorisation), payweir.context);
  EXPECT_EQ(void_request.target, "/v1/payment_intents/pi_1/cancel");
  EXPECT_EQ(void_request.body, "");
  ConnectorRequest refunding = test_request(OperationKind::refund);
  refunding.refund_reason = std::string(499, 'x') + "é";  // 501 bytes: the last character does not fit
  const http::Request refund = sent(refunding, payweir.context);
  EXPECT_EQ(refund.target, "/v1/refunds");
  EXPECT_EQ(parameter(refund, "payment_intent"), "pi_1");
  EXPECT_EQ(parameter(refund, "amount"), "6540");
  EXPECT_EQ(parameter(refund, "metadata[payweir_operation]"), kOperationReference);
  EXPECT_EQ(parameter(refund, "metadata[reason]"), std::string(499, 'x'));
  EXPECT_EQ(parameter(refund, "reason"), "(none)");
}

TEST(StripeRequest, CutsALongReasonBetweenTwoCharacters) {
  const Switch payweir;
  const auto reason = [&](std::string text) {
    ConnectorRequest request = test_request(OperationKind::refund);
    request.refund_reason = std::move(text);
    return parameter(sent(request, payweir.context), "metadata[reason]");
  };
  EXPECT_EQ(reason(std::string(500, 'x')), std::string(500, 'x'));
  EXPECT_EQ(reason(std::string(501, 'x')), std::string(500, 'x'));
  EXPECT_EQ(reason(std::string(498, 'x') + "😀"), std::string(498, 'x'));
  EXPECT_EQ(reason(std::string(600, '\x80')),
            "(none)");  // where no character begins, there is nothing to keep
}

TEST(StripeRequest, AnIdCannotLeaveItsPlaceInThePath) {
  const Switch payweir;
  ConnectorRequest request = test_request(OperationKind::capture);
  request.connector_payment_id = "../refunds?x=1#";
  EXPECT_EQ(sent(request, payweir.context).target, "/v1/payment_intents/..%2Frefunds%3Fx%3D1%23/capture");
}

TEST(StripeRequest, RejectsWhatCannotBeBuiltBeforeAnythingIsSent) {
  const Switch payweir;
  const auto rejected = [&](const ConnectorRequest& request) {
    const Step step = kConnector.begin(request, payweir.context);
    EXPECT_TRUE(std::holds_alternative<step::Done>(step));
    return as<outcome::Rejected>(std::get<step::Done>(step).outcome).error.code;
  };
  ConnectorRequest without_card = test_request(OperationKind::authorise);
  without_card.card.reset();
  EXPECT_EQ(rejected(without_card), "payment_method_missing");
  for (const OperationKind kind : {OperationKind::authorise, OperationKind::capture, OperationKind::refund}) {
    ConnectorRequest odd_amount = test_request(kind);
    odd_amount.amount = {1001, Currency::parse("KWD").value()};
    EXPECT_EQ(rejected(odd_amount), "invalid_value");
  }
  ConnectorRequest without_payment = test_request(OperationKind::capture);
  without_payment.connector_payment_id.clear();
  EXPECT_EQ(rejected(without_payment), "missing_field");
  // A reversal is sent as a void or a refund; the other is a number that a row may hold.
  for (const OperationKind kind : {OperationKind::reversal, OperationKind{99}})
    EXPECT_EQ(rejected(test_request(kind)), "internal");
}

// ── What an answer to a money call means ──────────────────────────────────────────────────────────

TEST(StripeOutcome, ReadsEveryStatusOfAnAuthorisation) {
  TestIntent intent;
  auto accepted = as<outcome::Accepted>(resume(OperationKind::authorise, 200, intent.text()));
  EXPECT_EQ(accepted.as, AcceptedAs::captured);
  EXPECT_EQ(accepted.connector_payment_id, "pi_1");
  EXPECT_EQ(accepted.amount, usd(6540));

  intent.status = "requires_capture";
  intent.amount_received = 0;
  intent.amount_capturable = 6540;
  EXPECT_EQ(as<outcome::Accepted>(resume(OperationKind::authorise, 200, intent.text())).as,
            AcceptedAs::authorised);

  intent.status = "requires_action";
  intent.next_action = R"({"type":"redirect_to_url","redirect_to_url":{"url":"https://hooks.example/3ds"}})";
  accepted = as<outcome::Accepted>(resume(OperationKind::authorise, 200, intent.text()));
  EXPECT_EQ(accepted.as, AcceptedAs::needs_action);
  EXPECT_EQ(accepted.next_action.data, "https://hooks.example/3ds");

  for (const char* const status : {"processing", "a_status_of_tomorrow"}) {
    intent.status = status;
    EXPECT_EQ(as<outcome::Accepted>(resume(OperationKind::authorise, 200, intent.text())).as,
              AcceptedAs::pending);
  }
}

TEST(StripeOutcome, ReadsTheCardsChecksFromTheCharge) {
  TestIntent intent;
  intent.latest_charge = R"({"id":"ch_1","payment_method_details":{"card":{"brand":"visa","network":"visa",
      "network_transaction_id":"ntid_1","checks":{"cvc_check":"pass","address_line1_check":null,
      "address_postal_code_check":"fail"}}}})";
  const auto accepted = as<outcome::Accepted>(resume(OperationKind::authorise, 200, intent.text()));
  EXPECT_EQ(accepted.checks.cvc_check, "pass");
  EXPECT_EQ(accepted.checks.address_line1_check, "");
  EXPECT_EQ(accepted.checks.address_postal_code_check, "fail");
  EXPECT_EQ(accepted.checks.network, "visa");
  EXPECT_EQ(accepted.checks.network_transaction_id, "ntid_1");
}

TEST(StripeOutcome, ADeclineCarriesStripesWordsAsTheApiShowsThem) {
  TestIntent intent;
  intent.status = "requires_payment_method";
  intent.amount_received = 0;
  const auto declined =
      as<outcome::Declined>(resume(OperationKind::authorise, 402,
                                   error_body("card_error", "card_declined", "insufficient_funds",
                                              "Your card has insufficient funds.", intent.text())));
  EXPECT_EQ(declined.error.code, "card_declined");
  EXPECT_EQ(declined.error.message,
            "message - Your card has insufficient funds., decline_code - insufficient_funds");
  EXPECT_EQ(declined.reason, DeclineReason::insufficient_funds);
  EXPECT_EQ(declined.retry, RetryClass::retry_later);
  EXPECT_EQ(declined.connector_payment_id, "pi_1");
}

TEST(StripeOutcome, ADeclineWithoutAnIntentOrADeclineCodeIsOneToo) {
  const auto declined = as<outcome::Declined>(
      resume(OperationKind::authorise, 402,
             error_body("card_error", "incorrect_number", "", "Your card number is incorrect.")));
  EXPECT_EQ(declined.error.message, "Your card number is incorrect.");
  EXPECT_EQ(declined.reason, DeclineReason::incorrect_number);
  EXPECT_EQ(declined.retry, RetryClass::needs_customer);
  EXPECT_EQ(declined.connector_payment_id, "");
}

// Stripe declines captures, too: of an intent that carries the authorisation's reference.
TEST(StripeOutcome, ADeclineOfACaptureIsOne) {
  TestIntent intent;
  intent.operation_reference = "opn_00000000000000000000000002";
  const auto declined = as<outcome::Declined>(resume(
      OperationKind::capture, 402,
      error_body("card_error", "capture_charge_authorization_expired", "", "Expired.", intent.text())));
  EXPECT_EQ(declined.error.code, "capture_charge_authorization_expired");
}

TEST(StripeOutcome, AnIntentThatHasNoMethodAndNoErrorWaitsForThePayer) {
  TestIntent intent;
  intent.status = "requires_payment_method";
  EXPECT_EQ(as<outcome::Accepted>(found_outcome(known_authorisation(), 200, intent.text())).as,
            AcceptedAs::needs_action);
}

TEST(StripeOutcome, AnIntentWithALastPaymentErrorIsADecline) {
  TestIntent intent;
  intent.status = "requires_payment_method";
  intent.last_payment_error = R"({"type":"card_error","code":"card_declined","decline_code":"stolen_card",
      "message":"Your card was declined.","payment_method":{"card":{"brand":"visa","checks":{"cvc_check":"fail"}}}})";
  for (const Outcome& outcome : {resume(OperationKind::authorise, 200, intent.text()),
                                 found_outcome(known_authorisation(), 200, intent.text())}) {
    const auto declined = as<outcome::Declined>(outcome);
    EXPECT_EQ(declined.error.message, "message - Your card was declined., decline_code - stolen_card");
    EXPECT_EQ(declined.retry, RetryClass::do_not_retry);
    EXPECT_EQ(declined.checks.cvc_check, "fail");
  }
}

TEST(StripeOutcome, BadRequestsAndBadKeysAreCertainlyNotExecuted) {
  const auto request = as<outcome::Rejected>(
      resume(OperationKind::authorise, 400,
             error_body("invalid_request_error", "parameter_missing", "", "Missing required param.")));
  EXPECT_EQ(request.cause, outcome::Rejected::Cause::request);
  EXPECT_EQ(request.error.code, "parameter_missing");
  const auto key = as<outcome::Rejected>(
      resume(OperationKind::authorise, 401,
             error_body("invalid_request_error", "", "", "Invalid API Key provided: sk_test_key")));
  EXPECT_EQ(key.cause, outcome::Rejected::Cause::credentials);
  EXPECT_EQ(key.error.code, "invalid_request_error");
  EXPECT_EQ(key.error.message, "Invalid API Key provided: ***");
  EXPECT_EQ(as<outcome::Rejected>(resume(OperationKind::refund, 403,
                                         error_body("invalid_request_error", "", "", "Not permitted.")))
                .cause,
            outcome::Rejected::Cause::credentials);
  EXPECT_EQ(as<outcome::Rejected>(
                resume(OperationKind::capture, 404, error_body("invalid_request_error", "resource_missing")))
                .error.code,
            "resource_missing");
}

// K09, for what this room composes: the gateway's words may quote what we sent.
TEST(Faults, K09_NoCardNumberPassesThroughAGatewaysMessage) {
  const auto rejected =
      as<outcome::Rejected>(resume(OperationKind::authorise, 400,
                                   error_body("invalid_request_error", "x", "",
                                              "Invalid: 4242424242424242 and 5105105105105100, 1234567890")));
  EXPECT_EQ(rejected.error.message, "Invalid: **************** and ****************, 1234567890");
}

TEST(StripeOutcome, WithoutAKeyThereIsNothingToMask) {
  EXPECT_EQ(describe_error({"invalid_request_error", "", "", "No API key provided."}, {}).message,
            "No API key provided.");
}

// A04: a 5xx may have been executed.
TEST(Faults, A04_FiveHundredsAreUnknown) {
  for (const OperationKind kind : {OperationKind::authorise, OperationKind::capture,
                                   OperationKind::void_authorisation, OperationKind::refund})
    for (const int status : {500, 502, 503, 504, 599}) {
      EXPECT_FALSE(as<outcome::Unknown>(resume(kind, status, error_body("api_error", ""))).contradicts)
          << status;
      // Not even when it calls itself something definite, or is another's page.
      (void)as<outcome::Unknown>(resume(kind, status, error_body("invalid_request_error", "x")));
      (void)as<outcome::Unknown>(resume(kind, status, error_body("card_error", "card_declined")));
      (void)as<outcome::Unknown>(resume(kind, status, "<html>Bad gateway</html>"));
    }
}

TEST(StripeOutcome, AKeyInUseALockAndAnyWordNotStripesAreUnknown) {
  const auto unknown = [](int status, std::string body) {
    return std::holds_alternative<outcome::Unknown>(
        resume(OperationKind::authorise, status, std::move(body)));
  };
  EXPECT_TRUE(unknown(409, error_body("idempotency_error", "idempotency_key_in_use")));
  EXPECT_TRUE(unknown(409, error_body("invalid_request_error", "lock_timeout")));
  EXPECT_TRUE(unknown(400, error_body("idempotency_error", "")));
  EXPECT_TRUE(unknown(402, error_body("a_type_of_tomorrow", "x")));
  EXPECT_TRUE(unknown(404, "<html>no such host</html>"));
  EXPECT_TRUE(unknown(400, "{}"));
  EXPECT_TRUE(unknown(301, ""));
  EXPECT_TRUE(unknown(100, ""));
}

// What asks for a refund is answered with one.
TEST(StripeOutcome, APaymentIntentIsNoAnswerToARefund) {
  const std::string intent = TestIntent{}.text();
  for (const OperationKind kind : {OperationKind::refund, OperationKind::reversal, OperationKind{99}})
    EXPECT_FALSE(as<outcome::Unknown>(resume(kind, 200, intent)).contradicts);
  ConnectorRequest refund = test_request(OperationKind::refund);
  const Finding finding = read_payment_answer(refund, test_credentials(), answer(200, intent));
  (void)as<outcome::Unknown>(std::get<finding::Found>(finding).outcome);
}

// A05: a 2xx that cannot be read says that something happened, not what.
TEST(Faults, A05_UnparsableAndTruncatedSuccessesAreUnknown) {
  const std::string whole = TestIntent{}.text();
  for (std::size_t size = 0; size < whole.size(); ++size)
    (void)as<outcome::Unknown>(resume(OperationKind::authorise, 200, whole.substr(0, size)));
  (void)as<outcome::Accepted>(resume(OperationKind::authorise, 200, whole));
  const std::string refund = TestRefund{}.text();
  for (std::size_t size = 0; size < refund.size(); ++size)
    (void)as<outcome::Unknown>(resume(OperationKind::refund, 200, refund.substr(0, size)));
  for (const char* const body : {"{}", "[]", "null", "7", R"({"object":"charge","id":"ch_1"})"})
    for (const OperationKind kind : {OperationKind::authorise, OperationKind::capture, OperationKind::refund})
      EXPECT_FALSE(as<outcome::Unknown>(resume(kind, 200, body)).contradicts) << body;
}

// A06: success for another amount or currency is no success, and a person is told.
TEST(Faults, A06_AnotherAmountOrCurrencyIsAContradiction) {
  const auto contradicts = [](OperationKind kind, const std::string& body) {
    const auto unknown = as<outcome::Unknown>(resume(kind, 200, body));
    return unknown.contradicts && !unknown.connector_payment_id.empty();
  };
  TestIntent more;
  more.amount = more.amount_received = 6541;
  TestIntent part;
  part.amount_received = 6539;
  TestIntent euros;
  euros.currency = "eur";
  TestIntent held_less;
  held_less.status = "requires_capture";
  held_less.amount_capturable = 1;
  TestIntent no_currency;
  no_currency.currency = "moon";
  for (const TestIntent& intent : {more, part, euros, held_less, no_currency})
    EXPECT_TRUE(contradicts(OperationKind::authorise, intent.text())) << intent.text();
  for (const TestIntent& intent : {more, part, euros})
    EXPECT_TRUE(contradicts(OperationKind::capture, intent.text())) << intent.text();
  TestRefund less;
  less.amount = 1;
  TestRefund yen;
  yen.currency = "jpy";
  TestRefund no_such_currency;
  no_such_currency.currency = "moon";
  for (const TestRefund& refund : {less, yen, no_such_currency})
    EXPECT_TRUE(contradicts(OperationKind::refund, refund.text()));
}

TEST(Faults, A06_AnAmountThatIsNoIntegerIsNoAmount) {
  const auto with = [](std::string text, std::string_view amount, std::string_view other) {
    return text.replace(text.find(amount), amount.size(), other);
  };
  const std::string whole = R"("amount":6540)", received = R"("amount_received":6540)";
  const std::string intent = TestIntent{}.text();
  for (const char* const other :
       {R"("amount":6540.0)", R"("amount":"6540")", R"("amount":null)", R"("x":6540)"})
    EXPECT_TRUE(
        as<outcome::Unknown>(resume(OperationKind::authorise, 200, with(intent, whole, other))).contradicts)
        << other;
  // The intent is ours and of our amount; what of it was charged, it does not say.
  for (const OperationKind kind : {OperationKind::authorise, OperationKind::capture}) {
    const auto unknown =
        as<outcome::Unknown>(resume(kind, 200, with(intent, received, R"("amount_received":null)")));
    EXPECT_FALSE(unknown.contradicts);
    EXPECT_EQ(unknown.connector_payment_id, "pi_1");
  }
}

// Past the switch, in the dashboard: no contradiction, since nobody asked for the whole.
TEST(StripeQuery, FindsAPartThatSomebodyCaptured) {
  ConnectorRequest held = test_request(OperationKind::authorise);
  held.capture_method = CaptureMethod::manual;
  TestIntent intent;
  intent.amount_received = 1000;
  const auto found = as<outcome::Accepted>(resume(held, 200, intent.text()));
  EXPECT_EQ(found.as, AcceptedAs::captured);
  EXPECT_EQ(found.amount, usd(1000));
  intent.amount_received = 6541;
  EXPECT_TRUE(as<outcome::Unknown>(resume(held, 200, intent.text())).contradicts);
  intent.amount_received = 1000;
  intent.currency = "eur";
  EXPECT_TRUE(as<outcome::Unknown>(resume(held, 200, intent.text())).contradicts);
}

// A07: an answer that belongs to another request.
TEST(Faults, A07_AnAnswerToAnotherRequestSaysNothing) {
  TestIntent other;
  other.operation_reference = "opn_00000000000000000000000002";
  const auto unknown = as<outcome::Unknown>(resume(OperationKind::authorise, 200, other.text()));
  EXPECT_TRUE(unknown.not_ours);
  EXPECT_FALSE(unknown.contradicts);
  EXPECT_EQ(unknown.connector_payment_id, "");  // it is not the id of our payment
  other.operation_reference = "";
  EXPECT_TRUE(as<outcome::Unknown>(resume(OperationKind::authorise, 200, other.text())).not_ours);
  EXPECT_TRUE(as<outcome::Unknown>(resume(OperationKind::authorise, 402,
                                          error_body("card_error", "card_declined", "", "", other.text())))
                  .not_ours);
  TestIntent other_payment;
  other_payment.id = "pi_2";
  EXPECT_TRUE(as<outcome::Unknown>(resume(OperationKind::capture, 200, other_payment.text())).not_ours);
  EXPECT_TRUE(
      as<outcome::Unknown>(resume(OperationKind::void_authorisation, 200, other_payment.text())).not_ours);
  TestRefund other_refund;
  other_refund.payment_intent = R"("pi_2")";
  EXPECT_TRUE(as<outcome::Unknown>(resume(OperationKind::refund, 200, other_refund.text())).not_ours);
  TestRefund of_the_same_payment;
  of_the_same_payment.operation_reference = "opn_00000000000000000000000002";
  EXPECT_TRUE(as<outcome::Unknown>(resume(OperationKind::refund, 200, of_the_same_payment.text())).not_ours);
}

// A11: refused for its rate is refused, not unknown, with or without a readable body.
TEST(Faults, A11_ARateLimitIsARejectionThatMayBeRepeated) {
  for (const std::string& body :
       {error_body("invalid_request_error", "rate_limit"), std::string(), std::string("slow down")}) {
    const auto rejected = as<outcome::Rejected>(resume(OperationKind::authorise, 429, body));
    EXPECT_EQ(rejected.cause, outcome::Rejected::Cause::rate_limit);
    EXPECT_EQ(rejected.error.code, "rate_limit");
  }
}

TEST(StripeOutcome, ReadsCapturesAndVoids) {
  ConnectorRequest part = test_request(OperationKind::capture);
  part.amount = usd(6000);
  TestIntent intent;
  intent.amount_received = 6000;
  EXPECT_EQ(as<outcome::Accepted>(resume(part, 200, intent.text())).amount, usd(6000));
  intent.status = "requires_capture";
  EXPECT_FALSE(as<outcome::Unknown>(resume(part, 200, intent.text())).contradicts);
  intent.status = "canceled";
  EXPECT_EQ(as<outcome::Accepted>(resume(part, 200, intent.text())).as, AcceptedAs::voided);
  EXPECT_EQ(as<outcome::Accepted>(resume(OperationKind::void_authorisation, 200, intent.text())).as,
            AcceptedAs::voided);
  intent.status = "succeeded";
  intent.amount_received = test_request(OperationKind::void_authorisation).amount.minor;
  EXPECT_EQ(as<outcome::Accepted>(resume(OperationKind::void_authorisation, 200, intent.text())).as,
            AcceptedAs::captured);
}

TEST(StripeOutcome, ACaptureAndAVoidAreLeftOpenByAnIntentThatIsNeitherHeldNorEnded) {
  TestIntent intent;
  for (const char* const status :
       {"processing", "requires_action", "requires_payment_method", "a_status_of_tomorrow"}) {
    intent.status = status;
    const auto unknown = as<outcome::Unknown>(resume(OperationKind::capture, 200, intent.text()));
    EXPECT_FALSE(unknown.contradicts);
    EXPECT_EQ(unknown.connector_payment_id, "pi_1");
    (void)as<outcome::Unknown>(found_outcome(test_request(OperationKind::capture), 200, intent.text()));
  }
  const ConnectorRequest void_request = test_request(OperationKind::void_authorisation);
  intent.status = "a_status_of_tomorrow";
  (void)as<outcome::Unknown>(found_outcome(void_request, 200, intent.text()));
  // The payer is still asked, or their bank is: the void is not there, and whether it comes is not said.
  for (const char* const status :
       {"requires_action", "requires_payment_method", "requires_confirmation", "processing"}) {
    intent.status = status;
    EXPECT_TRUE(std::holds_alternative<finding::NotFound>(found(void_request, 200, intent.text()))) << status;
  }
}

TEST(StripeOutcome, ReadsRefunds) {
  TestRefund refund;
  auto accepted = as<outcome::Accepted>(resume(OperationKind::refund, 200, refund.text()));
  EXPECT_EQ(accepted.as, AcceptedAs::refunded);
  EXPECT_EQ(accepted.connector_payment_id, "re_1");
  refund.payment_intent = R"({"id":"pi_1","object":"payment_intent"})";
  for (const char* const status : {"pending", "requires_action", "a_status_of_tomorrow"}) {
    refund.status = status;
    EXPECT_EQ(as<outcome::Accepted>(resume(OperationKind::refund, 200, refund.text())).as,
              AcceptedAs::pending)
        << status;
  }
  refund.status = "failed";
  refund.failure_reason = "expired_or_canceled_card";
  EXPECT_EQ(as<outcome::Declined>(resume(OperationKind::refund, 200, refund.text())).error.code,
            "expired_or_canceled_card");
  refund.status = "canceled";
  refund.failure_reason = "";
  EXPECT_EQ(as<outcome::Declined>(resume(OperationKind::refund, 200, refund.text())).error.code, "canceled");
}

// ── Asking ────────────────────────────────────────────────────────────────────────────────────────

http::Request asked(const ConnectorRequest& request) {
  const Switch payweir;
  const AskStep ask = kConnector.ask(request, payweir.context);
  EXPECT_TRUE(std::holds_alternative<ask::Send>(ask));
  return std::get<ask::Send>(ask).request;
}

std::string list_of(std::initializer_list<std::string> objects, bool has_more = false) {
  json::Writer out;
  out.begin_object().field("object", "list").field("has_more", has_more).key("data").begin_array();
  for (const std::string& object : objects)
    out.raw(object);
  out.end_array().end_object();
  return std::move(out).take();
}

// A09: Stripe stores a 500 under our key, so the key would only repeat it. What happened is asked for by
// reading; no question carries the key or can move money.
TEST(Faults, A09_AStored500IsResolvedByReadingAndNeverResent) {
  (void)as<outcome::Unknown>(resume(OperationKind::authorise, 500, error_body("api_error", "")));
  for (const OperationKind kind : {OperationKind::authorise, OperationKind::capture,
                                   OperationKind::void_authorisation, OperationKind::refund}) {
    const http::Request question = asked(test_request(kind));
    EXPECT_EQ(question.method, http::Method::get);
    EXPECT_EQ(question.body, "");
    EXPECT_FALSE(question.headers.has("idempotency-key"));
  }
  const auto accepted = as<outcome::Accepted>(
      found_outcome(test_request(OperationKind::authorise), 200, list_of({TestIntent{}.text()})));
  EXPECT_EQ(accepted.as, AcceptedAs::captured);
  EXPECT_EQ(accepted.connector_payment_id, "pi_1");
}

TEST(StripeAsk, AsksByIdWhenItIsKnownAndByReferenceOtherwise) {
  EXPECT_EQ(http::path_of(asked(known_authorisation()).target), "/v1/payment_intents/pi_1");
  const http::Request search = asked(test_request(OperationKind::authorise));
  EXPECT_EQ(http::path_of(search.target), "/v1/payment_intents/search");
  EXPECT_EQ(parameter(search, "query"), "metadata['payweir_operation']:'opn_00000000000000000000000001'");
  const http::Request list = asked(test_request(OperationKind::refund));
  EXPECT_EQ(http::path_of(list.target), "/v1/refunds");
  EXPECT_EQ(parameter(list, "payment_intent"), "pi_1");
  ConnectorRequest refund = test_request(OperationKind::refund);
  refund.connector_operation_id = "re_1";
  EXPECT_EQ(asked(refund).target, "/v1/refunds/re_1");
  EXPECT_EQ(as<outcome::Accepted>(found_outcome(refund, 200, TestRefund{}.text())).as, AcceptedAs::refunded);
}

TEST(StripeAsk, OnlyAnEmptyAnswerIsANotFound) {
  const ConnectorRequest searched = test_request(OperationKind::authorise);
  EXPECT_TRUE(std::holds_alternative<finding::NotFound>(found(searched, 200, list_of({}))));
  for (const int status : {400, 401, 404, 429, 500})
    for (const ConnectorRequest& request :
         {searched, known_authorisation(), test_request(OperationKind::refund)})
      (void)as<outcome::Unknown>(
          found_outcome(request, status, error_body("invalid_request_error", "resource_missing")));
  (void)as<outcome::Unknown>(found_outcome(searched, 200, "{}"));
  (void)as<outcome::Unknown>(found_outcome(searched, 200, "{\"data\":["));
  const TestIntent intent;
  EXPECT_TRUE(as<outcome::Unknown>(found_outcome(searched, 200, list_of({intent.text(), intent.text()})))
                  .contradicts);
}

// Whatever is asked: an answer that failed, or is not what was asked for, finds nothing and rules nothing
// out.
TEST(StripeAsk, AnAnswerThatCannotBeReadIsNoFinding) {
  ConnectorRequest listed = test_request(OperationKind::authorise);
  listed.consistent = true;
  ConnectorRequest known_refund = test_request(OperationKind::refund);
  known_refund.connector_operation_id = "re_1";
  for (const ConnectorRequest& request : {test_request(OperationKind::authorise), known_authorisation(),
                                          listed, test_request(OperationKind::refund), known_refund}) {
    const std::string whole =
        request.kind == OperationKind::refund ? TestRefund{}.text() : TestIntent{}.text();
    for (const auto& [status, body] :
         std::initializer_list<std::pair<int, std::string>>{{500, whole},
                                                            {404, list_of({})},
                                                            {302, list_of({whole})},
                                                            {200, whole.substr(1)},
                                                            {200, "{}"},
                                                            {200, "{\"data\":["},
                                                            {200, R"({"data":{}})"},
                                                            {200, R"({"data":null})"}})
      EXPECT_FALSE(as<outcome::Unknown>(found_outcome(request, status, body)).contradicts)
          << status << ' ' << body;
  }
}

TEST(StripeAsk, APaymentThatIsAsItWasSaysNothingAboutACaptureOrAVoidUnderWay) {
  TestIntent intent;
  intent.status = "requires_capture";
  intent.amount_capturable = 6540;
  EXPECT_TRUE(std::holds_alternative<finding::NotFound>(
      found(test_request(OperationKind::capture), 200, intent.text())));
  EXPECT_TRUE(std::holds_alternative<finding::NotFound>(
      found(test_request(OperationKind::void_authorisation), 200, intent.text())));
  intent.status = "succeeded";
  EXPECT_EQ(as<outcome::Accepted>(found_outcome(test_request(OperationKind::capture), 200, intent.text())).as,
            AcceptedAs::captured);
  // The payer was quicker than the void.
  EXPECT_EQ(as<outcome::Accepted>(
                found_outcome(test_request(OperationKind::void_authorisation), 200, intent.text()))
                .as,
            AcceptedAs::captured);
  intent.status = "canceled";
  EXPECT_EQ(as<outcome::Accepted>(
                found_outcome(test_request(OperationKind::void_authorisation), 200, intent.text()))
                .as,
            AcceptedAs::voided);
}

// A15: the authorisation ran out at the gateway; the capture then ends in a definite no.
TEST(Faults, A15_ACaptureOfAnAuthorisationThatRanOutFindsItEnded) {
  TestIntent intent;
  intent.status = "canceled";
  std::string lapsed = intent.text();
  lapsed.insert(1, R"("cancellation_reason":"automatic",)");
  const ConnectorRequest capture = test_request(OperationKind::capture);
  EXPECT_FALSE(as<outcome::Accepted>(found_outcome(capture, 200, intent.text())).has_lapsed);
  EXPECT_TRUE(as<outcome::Accepted>(found_outcome(capture, 200, lapsed)).has_lapsed);
  (void)as<outcome::Rejected>(resume(OperationKind::capture, 400,
                                     error_body("invalid_request_error", "payment_intent_unexpected_state")));
}

TEST(StripeAsk, LooksThroughEveryPageOfRefunds) {
  const Switch payweir;
  const ConnectorRequest request = test_request(OperationKind::refund);
  TestRefund other;
  other.id = "re_9";
  other.operation_reference = "opn_00000000000000000000000009";
  const AskStep more =
      kConnector.resume_ask(request, payweir.context, 0, answer(200, list_of({other.text()}, true)));
  ASSERT_TRUE(std::holds_alternative<ask::Send>(more));
  EXPECT_EQ(parameter(std::get<ask::Send>(more).request, "starting_after"), "re_9");
  EXPECT_TRUE(std::holds_alternative<finding::NotFound>(found(request, 200, list_of({other.text()}))));
  EXPECT_EQ(as<outcome::Accepted>(found_outcome(request, 200, list_of({other.text(), TestRefund{}.text()})))
                .connector_payment_id,
            "re_1");
}

// More is said to follow and nothing to go on from, or nothing of what follows: ours may be there.
TEST(StripeAsk, APageThatDoesNotSayWhatFollowsRulesNothingOut) {
  ConnectorRequest intents = test_request(OperationKind::authorise);
  intents.consistent = true;
  TestIntent intent;
  intent.operation_reference = "opn_00000000000000000000000009";
  intent.id = "";
  TestRefund refund;
  refund.operation_reference = intent.operation_reference;
  refund.id = "";
  for (const auto& [request, other] :
       {std::pair{intents, intent.text()}, std::pair{test_request(OperationKind::refund), refund.text()}})
    for (const std::string& page : {list_of({}, true), list_of({other}, true), std::string(R"({"data":[]})"),
                                    std::string(R"({"data":[],"has_more":"false"})")})
      EXPECT_FALSE(as<outcome::Unknown>(found_outcome(request, 200, page)).contradicts) << page;
}

// The search lags behind; the list of what was created while the request could have arrived does not.
TEST(StripeAsk, LooksThroughEveryPageOfIntentsWhenItMustBeConsistent) {
  const Switch payweir;
  ConnectorRequest request = test_request(OperationKind::authorise);
  request.connector_payment_id.clear();
  request.consistent = true;
  request.recorded_at = Instant{1'795'000'000'999};
  request.sendable = seconds(35);
  const AskStep first = kConnector.ask(request, payweir.context);
  const http::Request& sent = std::get<ask::Send>(first).request;
  EXPECT_TRUE(sent.target.starts_with("/v1/payment_intents?")) << sent.target;
  EXPECT_EQ(parameter(sent, "created[gte]"), "1794992800");
  EXPECT_EQ(parameter(sent, "created[lte]"), "1795007235");
  EXPECT_EQ(parameter(sent, "limit"), "100");

  TestIntent other;
  other.id = "pi_9";
  other.operation_reference = "opn_00000000000000000000000009";
  const auto resume = [&](const std::string& body) {
    return kConnector.resume_ask(request, payweir.context, 0, answer(200, body));
  };
  const AskStep more = resume(list_of({other.text()}, true));
  ASSERT_TRUE(std::holds_alternative<ask::Send>(more));
  EXPECT_EQ(parameter(std::get<ask::Send>(more).request, "starting_after"), "pi_9");
  const auto finding = [&](const std::string& body) { return std::get<ask::Done>(resume(body)).finding; };
  EXPECT_TRUE(std::holds_alternative<finding::NotFound>(finding(list_of({other.text()}))));
  const Finding found = finding(list_of({other.text(), TestIntent{}.text()}));
  EXPECT_TRUE(std::holds_alternative<outcome::Accepted>(std::get<finding::Found>(found).outcome));
}

// ── Fencing ───────────────────────────────────────────────────────────────────────────────────────

FenceAnswer read_fence(const http::Response& answer) {
  const Switch payweir;
  return kConnector.read_fence(test_request(OperationKind::authorise), payweir.context, answer);
}

// A02 and A08, the connector's part: not found becomes a no only once our key is taken by something
// inert, and only Stripe's own word that it stored that counts.
TEST(Faults, A08_NotFoundIsFencedByTakingTheKeyOver) {
  const Switch payweir;
  for (const OperationKind kind : {OperationKind::authorise, OperationKind::capture,
                                   OperationKind::void_authorisation, OperationKind::refund}) {
    EXPECT_EQ(kConnector.fence(test_request(kind)).kind, FenceKind::key_takeover);
    const http::Request fence = kConnector.begin_fence(test_request(kind), payweir.context);
    EXPECT_EQ(fence.headers.get("idempotency-key"), kOperationReference);
    EXPECT_EQ(fence.body, "amount=6540&currency=usd&payment_method_types[0]=card&metadata[payweir_fence]=" +
                              std::string(kOperationReference));
  }
  const std::string taken =
      R"({"object":"payment_intent","id":"pi_f","status":"requires_payment_method","metadata":{"payweir_fence":"opn_1"}})";
  EXPECT_EQ(read_fence(answer(200, taken)), FenceAnswer::holds);
  EXPECT_EQ(read_fence(answer(200, TestIntent{}.text())), FenceAnswer::unclear);
  EXPECT_EQ(read_fence(answer(200, taken.substr(0, taken.size() - 1))), FenceAnswer::unclear);
  // An intent that waits for a method as the fence does, and is not the fence.
  TestIntent waiting;
  waiting.status = "requires_payment_method";
  EXPECT_EQ(read_fence(answer(200, waiting.text())), FenceAnswer::unclear);
  EXPECT_EQ(read_fence(answer(400, error_body("idempotency_error", ""))), FenceAnswer::spent);
  EXPECT_EQ(read_fence(answer(409, error_body("idempotency_error", "idempotency_key_in_use"))),
            FenceAnswer::unclear);
  EXPECT_EQ(read_fence(answer(500, taken)), FenceAnswer::unclear);
  // The second fence, after the first one's answer was a 500 that Stripe keeps.
  http::Response replayed = answer(500, error_body("api_error", ""));
  replayed.headers.set("Idempotent-Replayed", "true");
  EXPECT_EQ(read_fence(replayed), FenceAnswer::holds);
  replayed.body = error_body("idempotency_error", "");
  EXPECT_EQ(read_fence(replayed), FenceAnswer::unclear);
}

// ── Accounts ──────────────────────────────────────────────────────────────────────────────────────

TEST(StripeAccount, ChecksTheShapeOfCredentials) {
  const auto check = [](std::string auth_type, std::string api_key, std::string key1) {
    ConnectorCredentials credentials;
    credentials.auth_type = std::move(auth_type);
    credentials.set("api_key", Secret(std::move(api_key)));
    credentials.set("key1", Secret(std::move(key1)));
    Result<void> checked = check_fields(kConnector.capabilities(), credentials);
    if (checked)
      if (const auto prepared = kConnector.prepare(credentials); !prepared) checked = fail(prepared.error());
    if (!checked) EXPECT_EQ(checked.error().code, Code::connector_credentials_invalid);
    return checked ? std::string() : checked.error().field;
  };
  EXPECT_EQ(check("HeaderKey", "sk_test_1_invalid_values", ""), "");
  EXPECT_EQ(check("BodyKey", "sk_test_1", "acct_1"), "");
  EXPECT_EQ(check("BodyKey", "sk_test_1", ""), "connector_account_details.key1");
  EXPECT_EQ(check("BodyKey", "sk_test_1", "acct_1\r\nX: y"), "connector_account_details.key1");
  EXPECT_EQ(check("HeaderKey", "", ""), "connector_account_details.api_key");
  for (const char* const key : {"sk test", "sk_test\x7f", "sk_test_é"})
    EXPECT_EQ(check("HeaderKey", key, ""), "connector_account_details.api_key") << key;
  EXPECT_EQ(check("SignatureKey", "sk_test_1", ""), "connector_account_details.auth_type");
}

TEST(Connectors, AreFoundByName) {
  ASSERT_NE(find_connector("stripe"), nullptr);
  EXPECT_EQ(find_connector("stripe")->capabilities().display_name, "Stripe");
  EXPECT_EQ(find_connector("Stripe"), nullptr);
  EXPECT_EQ(find_connector(""), nullptr);
  for (const Connector* const connector : all_connectors())
    EXPECT_EQ(find_connector(connector->capabilities().name), connector);
}

}  // namespace
}  // namespace payweir::stripe
