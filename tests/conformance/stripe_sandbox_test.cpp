// The connector and the sandbox's model of Stripe, each written from Stripe's documents and not from the
// other, held against one another: cards, captures, refunds, callbacks, and the faults of a gateway.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/form.hpp"
#include "base/json_reader.hpp"
#include "connectors/stripe/request.hpp"
#include "connectors/stripe/stripe.hpp"
#include "connectors/stripe/testkit.hpp"
#include "sandbox/stripe/stripe_model.hpp"

namespace payweir::stripe {
namespace {

using sandbox::Fault;
using sandbox::FaultKind;

const Stripe kConnector;

template <class T>
T as(const Outcome& outcome) {
  EXPECT_TRUE(std::holds_alternative<T>(outcome)) << "another outcome, number " << outcome.index();
  return std::holds_alternative<T>(outcome) ? std::get<T>(outcome) : T{};
}

class StripeSandbox : public testing::Test {
 protected:
  StripeSandbox() {
    model_.set_public_url("http://bank.test/stripe");
    // As at Stripe, where a search sees a new payment after about a minute.
    const http::Request lag{.method = http::Method::post, .target = "/search", .body = R"({"lag_ms":60000})"};
    EXPECT_EQ(model_.control(lag, now_, draws_).response.value().status, 200);
  }

  // A fault that did not strike proves nothing.
  void TearDown() override {
    EXPECT_EQ(model_.faults().all().size(), planted_count_);
    for (const Fault& fault : model_.faults().all())
      EXPECT_EQ(fault.fired, 1) << to_string(fault.kind);
  }

  // What reaches the switch: nothing at all, or an answer as far as it came.
  std::optional<http::Response> send(const http::Request& request) {
    sandbox::Reaction reaction = model_.handle(request, now_, draws_);
    for (auto& callback : reaction.callbacks)
      callbacks_.push_back(std::move(callback.request));
    if (reaction.wire == sandbox::Wire::closed || !reaction.response) return std::nullopt;
    if (reaction.wire == sandbox::Wire::truncated)
      reaction.response->body.resize(reaction.response->body.size() / 2);
    return std::move(reaction.response);
  }

  Outcome run(const ConnectorRequest& request) {
    const Step first = kConnector.begin(request, context_);
    const auto answer = send(std::get<step::Send>(first).request);
    if (!answer) return outcome::Unknown{"no answer", "", false};
    return std::get<step::Done>(kConnector.resume(request, context_, *answer)).outcome;
  }

  Finding ask(const ConnectorRequest& request) {
    AskStep step = kConnector.ask(request, context_);
    for (int round = 0; std::holds_alternative<ask::Send>(step); ++round) {
      const auto answer = send(std::get<ask::Send>(step).request);
      EXPECT_TRUE(answer) << "a question without an answer";
      step = kConnector.resume_ask(request, context_, round, answer.value_or(http::Response{}));
    }
    return std::get<ask::Done>(step).finding;
  }

  Outcome found(const ConnectorRequest& request) {
    const Finding finding = ask(request);
    EXPECT_TRUE(std::holds_alternative<finding::Found>(finding)) << "not found";
    return std::holds_alternative<finding::Found>(finding) ? std::get<finding::Found>(finding).outcome
                                                           : Outcome{};
  }

  bool fenced(const ConnectorRequest& request) {
    const auto answer = send(kConnector.begin_fence(request, context_));
    return answer && kConnector.read_fence(request, context_, *answer) == FenceAnswer::holds;
  }

  // A new operation, with a reference of its own.
  ConnectorRequest operation(OperationKind kind, const std::string& connector_payment_id = "") {
    ConnectorRequest request = test_request(kind);
    const std::string number = std::to_string(++operation_count_);
    request.operation_reference = "opn_" + std::string(26 - number.size(), '0') + number;
    request.payment_reference = "pay_" + number;
    request.connector_payment_id = connector_payment_id;
    return request;
  }
  ConnectorRequest authorisation(const std::string& number = "4242424242424242") {
    ConnectorRequest request = operation(OperationKind::authorise);
    request.card->number = Secret(number);
    return request;
  }
  std::string held_payment() {
    ConnectorRequest request = authorisation();
    request.capture_method = CaptureMethod::manual;
    return as<outcome::Accepted>(run(request)).connector_payment_id;
  }
  std::string paid() { return as<outcome::Accepted>(run(authorisation())).connector_payment_id; }

  void plant(FaultKind kind, sandbox::Operation on = sandbox::Operation::any, Duration delay = {}) {
    Fault fault;
    fault.operation = on;
    fault.kind = kind;
    fault.count = 1;
    fault.delay = delay;
    ASSERT_TRUE(model_.faults().plant(fault));
    ++planted_count_;
  }

  void wait(Duration span) {
    now_ = now_ + span;
    (void)model_.advance(now_, draws_);
  }

  sandbox::stripe::StripeModel model_{"a fingerprint key for tests"};
  sandbox::Draws draws_{1};
  Instant now_{1'795'000'000'000};
  ConnectorCredentials credentials_ = test_credentials();
  ConnectorContext context_{credentials_, "", now_};
  std::vector<http::Request> callbacks_;
  int operation_count_ = 0;
  std::size_t planted_count_ = 0;
};

TEST_F(StripeSandbox, ChargesHoldsAndDeclines) {
  auto accepted = as<outcome::Accepted>(run(authorisation()));
  EXPECT_EQ(accepted.as, AcceptedAs::captured);
  EXPECT_EQ(accepted.amount, usd(6540));
  EXPECT_EQ(accepted.checks.cvc_check, "pass");
  EXPECT_EQ(accepted.checks.address_line1_check, "");
  EXPECT_EQ(accepted.checks.network, "visa");
  EXPECT_NE(accepted.checks.network_transaction_id, "");

  ConnectorRequest with_billing = authorisation("4000000000000036");
  with_billing.billing.address = {"Ann", "Lee", "1 Rd", "", "", "X", "CA", "94122", "US"};
  EXPECT_EQ(as<outcome::Accepted>(run(with_billing)).checks.address_postal_code_check, "fail");
  EXPECT_EQ(as<outcome::Accepted>(run(authorisation("4000000000000101"))).checks.cvc_check, "fail");

  const auto declined = as<outcome::Declined>(run(authorisation("4000000000009995")));
  EXPECT_EQ(declined.error.code, "card_declined");
  EXPECT_EQ(declined.error.message,
            "message - Your card has insufficient funds., decline_code - insufficient_funds");
  EXPECT_EQ(declined.retry, RetryClass::retry_later);
  EXPECT_NE(declined.connector_payment_id, "");

  ConnectorRequest challenged = authorisation("4000000000003063");
  challenged.authentication_type = AuthenticationType::three_ds;
  challenged.return_url = "https://switch.example/back";
  accepted = as<outcome::Accepted>(run(challenged));
  EXPECT_EQ(accepted.as, AcceptedAs::needs_action);
  EXPECT_TRUE(accepted.next_action.data.starts_with("http://bank.test/stripe")) << accepted.next_action.data;
}

TEST_F(StripeSandbox, RefusesABadKey) {
  credentials_.set("api_key", Secret("sk_test_1_invalid_values"));
  const auto rejected = as<outcome::Rejected>(run(authorisation()));
  EXPECT_EQ(rejected.cause, outcome::Rejected::Cause::credentials);
  EXPECT_FALSE(rejected.error.message.empty());
}

TEST_F(StripeSandbox, CapturesAPartAndReleasesTheRest) {
  ConnectorRequest capture = operation(OperationKind::capture, held_payment());
  capture.amount = usd(6000);
  const auto accepted = as<outcome::Accepted>(run(capture));
  EXPECT_EQ(accepted.as, AcceptedAs::captured);
  EXPECT_EQ(accepted.amount, usd(6000));
  EXPECT_EQ(as<outcome::Accepted>(found(capture)).amount, usd(6000));
  // A void that meets a charge of another amount than was authorised has nothing to say about it.
  const auto met =
      as<outcome::Unknown>(found(operation(OperationKind::void_authorisation, capture.connector_payment_id)));
  EXPECT_TRUE(met.contradicts) << met.why;
}

TEST_F(StripeSandbox, VoidsAnAuthorisation) {
  const ConnectorRequest voiding = operation(OperationKind::void_authorisation, held_payment());
  EXPECT_TRUE(std::holds_alternative<finding::NotFound>(ask(voiding)));
  EXPECT_EQ(as<outcome::Accepted>(run(voiding)).as, AcceptedAs::voided);
  EXPECT_EQ(as<outcome::Accepted>(found(voiding)).as, AcceptedAs::voided);
  const ConnectorRequest capture = operation(OperationKind::capture, voiding.connector_payment_id);
  (void)as<outcome::Rejected>(run(capture));
  EXPECT_EQ(as<outcome::Accepted>(found(capture)).as, AcceptedAs::voided);
}

TEST_F(StripeSandbox, RefundsAndFindsTheRefundAgain) {
  ConnectorRequest refund = operation(OperationKind::refund, paid());
  refund.amount = usd(600);
  refund.refund_reason = "Customer returned product";
  EXPECT_TRUE(std::holds_alternative<finding::NotFound>(ask(refund)));
  const auto accepted = as<outcome::Accepted>(run(refund));
  EXPECT_EQ(accepted.as, AcceptedAs::refunded);
  EXPECT_EQ(accepted.amount, usd(600));
  EXPECT_EQ(as<outcome::Accepted>(found(refund)).connector_payment_id, accepted.connector_payment_id);
  refund.connector_operation_id = accepted.connector_payment_id;
  EXPECT_EQ(as<outcome::Accepted>(found(refund)).connector_payment_id, accepted.connector_payment_id);

  ConnectorRequest too_much = operation(OperationKind::refund, refund.connector_payment_id);
  too_much.amount = usd(6000);
  (void)as<outcome::Rejected>(run(too_much));
}

TEST_F(StripeSandbox, SignsCallbacksThatTheConnectorTakes) {
  wire::NestedForm endpoint;
  endpoint.text("url", "http://switch.test/webhooks").open("enabled_events");
  endpoint.text(endpoint.next_index(), "*").close();
  const auto made =
      send(build_request({http::Method::post, "/v1/webhook_endpoints", std::move(endpoint)}, context_, "k"));
  const auto document = json::parse(made.value().body).value();
  credentials_.webhook_secrets.emplace_back(std::string(document.root()["secret"].text()));

  const ConnectorRequest payment = authorisation();
  const auto accepted = as<outcome::Accepted>(run(payment));
  ConnectorRequest refund = operation(OperationKind::refund, accepted.connector_payment_id);
  const std::string refund_id = as<outcome::Accepted>(run(refund)).connector_payment_id;
  ASSERT_FALSE(callbacks_.empty());
  bool told_of_payment = false, told_of_refund = false;
  for (const http::Request& callback : callbacks_) {
    const auto event = kConnector.read_webhook(callback.headers, callback.body, context_);
    ASSERT_TRUE(event) << event.error().detail;
    EXPECT_EQ(event->connector_payment_id, accepted.connector_payment_id) << event->event_type;
    told_of_payment |= event->operation_reference == payment.operation_reference;
    told_of_refund |=
        event->operation_reference == refund.operation_reference && event->connector_refund_id == refund_id;
  }
  EXPECT_TRUE(told_of_payment);
  EXPECT_TRUE(told_of_refund);
}

using Faults = StripeSandbox;

// ── Faults ───────────────────────────────────────

TEST_F(Faults, A01_AChargeWithoutAnAnswerIsFoundByItsReference) {
  for (const FaultKind kind : {FaultKind::silent, FaultKind::closed, FaultKind::garbage, FaultKind::truncated,
                               FaultKind::error_500_after}) {
    const ConnectorRequest request = authorisation();
    plant(kind);
    EXPECT_FALSE(as<outcome::Unknown>(run(request)).contradicts) << to_string(kind);
    EXPECT_FALSE(fenced(request)) << to_string(kind);  // the charge had the key first
    wait(minutes(2));                                  // the search lags
    EXPECT_EQ(as<outcome::Accepted>(found(request)).as, AcceptedAs::captured) << to_string(kind);
  }
}

TEST_F(Faults, A02_ARequestThatNeverArrivedIsFenced) {
  for (const FaultKind kind :
       {FaultKind::silent_before, FaultKind::closed_before, FaultKind::error_500_before}) {
    const ConnectorRequest request = authorisation();
    plant(kind);
    (void)as<outcome::Unknown>(run(request));
    wait(minutes(2));
    EXPECT_TRUE(std::holds_alternative<finding::NotFound>(ask(request))) << to_string(kind);
    EXPECT_TRUE(fenced(request)) << to_string(kind);
    EXPECT_TRUE(fenced(request)) << "a second look at the same fence";
  }
}

// The request hangs on the way for ten minutes, and arrives after it was given up.
TEST_F(Faults, A08_ALateOriginalIsRefusedOnceTheFenceHolds) {
  const ConnectorRequest request = authorisation();
  plant(FaultKind::late, sandbox::Operation::any, minutes(10));
  (void)as<outcome::Unknown>(run(request));
  EXPECT_TRUE(std::holds_alternative<finding::NotFound>(ask(request)));
  EXPECT_TRUE(fenced(request));
  wait(minutes(20));
  EXPECT_TRUE(std::holds_alternative<finding::NotFound>(ask(request)));
}

TEST_F(Faults, A08_NotFoundWhileTheSearchLagsIsNoNo) {
  const ConnectorRequest request = authorisation();
  plant(FaultKind::silent);
  (void)as<outcome::Unknown>(run(request));
  EXPECT_TRUE(std::holds_alternative<finding::NotFound>(ask(request)));
  EXPECT_FALSE(fenced(request));
}

TEST_F(Faults, A09_AStored500IsResolvedByReading) {
  const ConnectorRequest executed = authorisation();
  plant(FaultKind::stored_500);
  (void)as<outcome::Unknown>(run(executed));
  const ConnectorRequest not_executed = authorisation();
  plant(FaultKind::stored_500_before);
  (void)as<outcome::Unknown>(run(not_executed));
  wait(minutes(2));
  EXPECT_EQ(as<outcome::Accepted>(found(executed)).as, AcceptedAs::captured);
  EXPECT_TRUE(std::holds_alternative<finding::NotFound>(ask(not_executed)));
  EXPECT_FALSE(fenced(not_executed));  // the 500 has the key; it is free again after a day
  wait(hours(25));
  EXPECT_TRUE(fenced(not_executed));
}

TEST_F(Faults, A06_A07_AnotherAmountCurrencyOrPaymentConcludesNothing) {
  (void)paid();  // somebody else's
  for (const FaultKind kind :
       {FaultKind::wrong_amount, FaultKind::wrong_currency, FaultKind::someone_elses_answer}) {
    const ConnectorRequest request = authorisation();
    plant(kind);
    const auto unknown = as<outcome::Unknown>(run(request));
    const bool is_mixed_up = kind == FaultKind::someone_elses_answer;
    EXPECT_EQ(unknown.contradicts, !is_mixed_up) << to_string(kind);
    EXPECT_EQ(unknown.not_ours, is_mixed_up) << to_string(kind);
    wait(minutes(2));
    EXPECT_EQ(as<outcome::Accepted>(found(request)).amount, usd(6540));
  }
}

TEST_F(Faults, A11_ARateLimitIsARejection) {
  plant(FaultKind::rate_limited);
  const ConnectorRequest request = authorisation();
  EXPECT_EQ(as<outcome::Rejected>(run(request)).cause, outcome::Rejected::Cause::rate_limit);
  wait(minutes(2));
  EXPECT_TRUE(std::holds_alternative<finding::NotFound>(ask(request)));
}

TEST_F(StripeSandbox, CapturesVoidsAndRefundsSurviveALostAnswerAndALostRequest) {
  const auto operations = [&] {
    return std::vector{operation(OperationKind::capture, held_payment()),
                       operation(OperationKind::void_authorisation, held_payment()),
                       operation(OperationKind::refund, paid())};
  };
  for (const ConnectorRequest& request : operations()) {
    plant(FaultKind::silent);
    (void)as<outcome::Unknown>(run(request));
    EXPECT_FALSE(fenced(request)) << to_string(request.kind);
    (void)as<outcome::Accepted>(found(request));
  }
  for (const ConnectorRequest& request : operations()) {
    plant(FaultKind::late, sandbox::Operation::any, minutes(10));
    (void)as<outcome::Unknown>(run(request));
    EXPECT_TRUE(std::holds_alternative<finding::NotFound>(ask(request))) << to_string(request.kind);
    EXPECT_TRUE(fenced(request)) << to_string(request.kind);
    wait(minutes(20));
    EXPECT_TRUE(std::holds_alternative<finding::NotFound>(ask(request))) << to_string(request.kind);
  }
}

}  // namespace
}  // namespace payweir::stripe
