// Failover: what a request does when an attempt comes to nothing, from the API's side of the flows to the
// gateways' wire, with two accounts at Stripe that are told apart by their keys.
#include <gtest/gtest.h>

#include <set>

#include "base/form.hpp"
#include "base/json_writer.hpp"
#include "flows/accounts/connector_accounts.hpp"
#include "flows/payments.hpp"
#include "flows/settle.hpp"
#include "flows/testkit.hpp"
#include "store/queries/payment_queries.hpp"

namespace payweir::flows {
namespace {

using testkit::member;
using testkit::World;

std::string field_of(const http::Request& request, std::string_view name) {
  const auto pairs = form::decode(request.body);
  for (const auto& [key, value] : *pairs)
    if (key == name) return value;
  return {};
}

http::Response succeeded(const http::Request& request) {
  const std::int64_t amount = std::stoll(field_of(request, "amount"));
  json::Writer out;
  out.begin_object().field("object", "payment_intent").field("id", "pi_1").field("status", "succeeded");
  out.field("amount", amount).field("amount_received", amount).field("currency", "usd");
  out.key("metadata").begin_object();
  out.field("payweir_operation", field_of(request, "metadata[payweir_operation]")).end_object();
  out.end_object();
  return {200, {}, std::move(out).take()};
}

http::Response card_error(std::string_view decline_code) {
  return {402,
          {},
          R"({"error":{"type":"card_error","code":"card_declined","decline_code":")" +
              std::string(decline_code) + R"(","message":"Your card was declined."}})"};
}

bool is_charge(const http::Request& request) {
  return request.method == http::Method::post && request.target.starts_with("/v1/payment_intents") &&
         field_of(request, "confirm") == "true";
}

bool is_of(const http::Request& request, std::string_view key) {
  return request.headers.get("Authorization").ends_with(key);
}

// A merchant with two accounts, "a" the older one; what each gateway does is the test's.
struct TwoGateways : World {
  using Gateway = std::function<Result<http::Response>(const http::Request&)>;

  TwoGateways() {
    settings.attempts_max = 3;
    create_merchant("shop");
    for (const char* key : {"sk_test_a", "sk_test_b"}) {
      CreateConnectorAccount account;
      account.merchant_id = "shop";
      account.connector = "stripe";
      account.label = key;
      account.credentials.auth_type = "HeaderKey";
      account.credentials.set("api_key", Secret(key));
      EXPECT_TRUE(
          run(create_connector_account(context(), admin(), std::nullopt, std::move(account), rendering)));
      clock.advance(milliseconds(1));
    }
    caller = merchant("shop");
    http.otherwise([this](const http::Request& request) -> Result<http::Response> {
      return is_of(request, "sk_test_a") ? a(request) : b(request);
    });
  }

  Result<Answer> pay(std::string payment_id = "order_1", std::string idempotency_key = "") {
    CreatePayment command;
    command.payment_id = std::move(payment_id);
    command.amount = {6540, Currency::parse("USD").value()};
    command.confirm = true;
    command.instrument = Card{Secret("4242424242424242"), Secret("123"), 10, 2030, "Ada Lovelace"};
    Key key;
    if (!idempotency_key.empty()) key = request_key(caller, idempotency_key);
    return run(create_payment(context(), caller, std::move(key), std::move(command), rendering));
  }
  // With pauses between the attempts.
  Result<Answer> pay_while_time_passes() {
    std::optional<Result<Answer>> answer;
    std::size_t left = 1;
    const Duration before = clock.suspended();
    loop.start(
        [](TwoGateways& at, std::optional<Result<Answer>>& out) -> Task<void> {
          CreatePayment command;
          command.payment_id = "order_1";
          command.amount = {6540, Currency::parse("USD").value()};
          command.confirm = true;
          command.instrument = Card{Secret("4242424242424242"), Secret("123"), 10, 2030, "Ada Lovelace"};
          Result<Answer> made = co_await create_payment(at.context(), at.caller, std::nullopt,
                                                        std::move(command), at.rendering);
          out = std::move(made);
        }(*this, answer),
        left);
    for (int round = 0; left > 0 && round < 1000; ++round) {
      loop.context().restart();
      loop.context().run_for(std::chrono::milliseconds(5));
      if (left > 0) clock.advance(milliseconds(50));
    }
    waited = clock.suspended() - before;
    return answer ? std::move(*answer) : fail(Code::timeout, "", "it never ended");
  }
  std::string status(const Result<Answer>& answer) {
    return answer ? member(*answer, "status") : std::string(code_name(answer.error().code));
  }
  // "a:declined b:captured": the attempts in their order.
  std::string attempts(const std::string& payment_id = "order_1") {
    RetrievePayment command;
    command.payment_id = payment_id;
    const Result<PaymentView> view = run(retrieve_payment(context(), caller, std::move(command)));
    if (!view) return "";
    auto rows = run(store::list_attempts(context().store, view->payment.id.key));
    std::ranges::sort(*rows, {}, [](const store::AttemptRow& row) { return row.attempt.number; });
    std::string text;
    for (const store::AttemptRow& row : *rows) {
      const auto account = view->merchant->find_account(row.attempt.connector_account_key);
      text += (text.empty() ? "" : " ") + account->row.label.substr(8) + ":" +
              std::string(to_string(row.attempt.state));
    }
    return text;
  }
  std::size_t charges(std::string_view key) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        http.requests, [&](const http::Request& each) { return is_charge(each) && is_of(each, key); }));
  }

  // "1 left, 1 other_account, 0 same_account, 0 step_up": what /metrics shows of them.
  std::string counted() {
    const Telemetry& telemetry = context().telemetry;
    std::string text = std::to_string(telemetry.failovers) + " left";
    constexpr std::array kWhys = {" other_account", " same_account", " step_up"};
    for (std::size_t why = 0; why < kWhys.size(); ++why)
      text += ", " + std::to_string(telemetry.retries[why]) + kWhys[why];
    return text;
  }

  Gateway a = succeeded, b = succeeded;
  Duration waited{};
  Principal caller;
};

Result<http::Response> refused_connection(const http::Request&) {
  return std::unexpected(Error{Code::connect_failed, "", "connection refused", Certainty::not_sent});
}
Result<http::Response> no_answer(const http::Request&) {
  return std::unexpected(Error{Code::timeout, "", "no answer in time", Certainty::unknown});
}

TEST(Failover, GoesToTheNextAccountWhenTheFirstWasNotReached) {
  TwoGateways shop;
  shop.a = refused_connection;
  EXPECT_EQ(shop.status(shop.pay()), "succeeded");
  EXPECT_EQ(shop.attempts(), "a:failure b:charged");
}

TEST(Failover, StaysWhereItSucceeded) {
  TwoGateways shop;
  EXPECT_EQ(shop.status(shop.pay()), "succeeded");
  EXPECT_EQ(shop.attempts(), "a:charged");
  EXPECT_EQ(shop.charges("sk_test_b"), 0u);
  EXPECT_EQ(shop.counted(), "0 left, 0 other_account, 0 same_account, 0 step_up");
}

TEST(Failover, EachAttemptHasAKeyOfItsOwn) {
  TwoGateways shop;
  shop.a = refused_connection;
  ASSERT_TRUE(shop.pay());
  std::set<std::string> keys;
  for (const http::Request& request : shop.http.requests)
    keys.insert(std::string(request.headers.get("Idempotency-Key")));
  EXPECT_EQ(keys.size(), 2u);
}

TEST(Failover, F09_ASoftDeclineIsTriedElsewhereAndAHardOneIsNot) {
  for (const auto& [decline, expected] :
       std::vector<std::pair<std::string, std::string>>{{"processing_error", "a:failure b:charged"},
                                                        {"try_again_later", "a:failure b:charged"},
                                                        {"issuer_not_available", "a:failure b:charged"},
                                                        {"stolen_card", "a:failure"},
                                                        {"lost_card", "a:failure"},
                                                        {"fraudulent", "a:failure"},
                                                        {"insufficient_funds", "a:failure"},
                                                        {"expired_card", "a:failure"}}) {
    TwoGateways shop;
    shop.a = [&](const http::Request&) { return card_error(decline); };
    EXPECT_EQ(shop.status(shop.pay()), expected.ends_with("charged") ? "succeeded" : "failed") << decline;
    EXPECT_EQ(shop.attempts(), expected) << decline;
  }
}

TEST(Failover, TheAnswerIsTheLastAttemptsAndRepeatsItself) {
  TwoGateways shop;
  shop.a = refused_connection;
  const Result<Answer> first = shop.pay("order_1", "key_1");
  ASSERT_TRUE(first);
  const std::size_t asked = shop.http.requests.size();
  const Result<Answer> again = shop.pay("order_1", "key_1");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->body, first->body);
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(shop.http.requests.size(), asked);
}

// Silence at A is no reason to ask B, as long as A may have charged.
TEST(Failover, F01_AnUnknownOutcomeThatNobodyAnswersForStaysWhereItIs) {
  TwoGateways shop;
  shop.a = no_answer;
  EXPECT_EQ(shop.status(shop.pay()), "processing");
  EXPECT_EQ(shop.attempts(), "a:pending");
  EXPECT_EQ(shop.charges("sk_test_b"), 0u);
}

// The query does not know it, the inert request under the same key is taken: it never will be executed.
TEST(Failover, F01_AnUnknownOutcomeThatIsFencedGoesOn) {
  TwoGateways shop;
  shop.a = [](const http::Request& request) -> Result<http::Response> {
    if (is_charge(request)) return no_answer(request);
    if (request.method == http::Method::get)
      return http::Response{200, {}, R"({"object":"search_result","data":[],"has_more":false})"};
    json::Writer out;  // the inert intent under the same key
    out.begin_object().field("object", "payment_intent").field("id", "pi_fence");
    out.field("status", "requires_payment_method").key("metadata").begin_object();
    out.field("payweir_fence", field_of(request, "metadata[payweir_fence]")).end_object().end_object();
    return http::Response{200, {}, std::move(out).take()};
  };
  EXPECT_EQ(shop.status(shop.pay()), "succeeded");
  EXPECT_EQ(shop.attempts(), "a:failure b:charged");
}

TEST(Failover, AnUnknownOutcomeThatWasAChargeIsTheAnswer) {
  TwoGateways shop;
  std::optional<http::Request> sent;
  shop.a = [&](const http::Request& request) -> Result<http::Response> {
    if (is_charge(request)) {
      sent = request;
      return no_answer(request);
    }
    const http::Response intent = succeeded(*sent);
    return http::Response{
        200, {}, R"({"object":"search_result","has_more":false,"data":[)" + intent.body + "]}"};
  };
  EXPECT_EQ(shop.status(shop.pay()), "succeeded");
  EXPECT_EQ(shop.attempts(), "a:charged");
  EXPECT_EQ(shop.charges("sk_test_b"), 0u);
}

TEST(Failover, TheFirstAttemptHasLessTimeThanTheNext) {
  TwoGateways shop;
  shop.a = refused_connection;
  ASSERT_TRUE(shop.pay());
  ASSERT_EQ(shop.http.options.size(), 2u);
  EXPECT_EQ(shop.http.options[0].timeout, seconds(3));
  EXPECT_EQ(shop.http.options[1].timeout, seconds(5));
}

TEST(Failover, F08_EndsAfterThreeAttempts) {
  TwoGateways shop;
  shop.a = shop.b = refused_connection;
  EXPECT_EQ(shop.status(shop.pay_while_time_passes()), "failed");
  EXPECT_EQ(shop.attempts(), "a:failure b:failure b:failure");
  EXPECT_EQ(shop.counted(), "1 left, 1 other_account, 1 same_account, 0 step_up");
}

// One account's failures must not double another's load.
TEST(Failover, F08_RetriesAreATenthOfFirstAttempts) {
  TwoGateways shop;
  shop.a = [](const http::Request&) { return card_error("processing_error"); };
  int succeeded_count = 0;
  constexpr int kPayments = 200;
  for (int n = 0; n < kPayments; ++n)
    succeeded_count += shop.status(shop.pay("order_" + std::to_string(n))) == "succeeded" ? 1 : 0;
  EXPECT_EQ(shop.charges("sk_test_a"), static_cast<std::size_t>(kPayments));
  EXPECT_EQ(succeeded_count, kPayments / 10 + 10);
}

// What does not answer is left alone.
TEST(Failover, F05_ABreakerSendsPaymentsElsewhereFromTheStart) {
  TwoGateways shop;
  shop.a = refused_connection;
  for (int n = 0; n < 12; ++n)
    EXPECT_EQ(shop.status(shop.pay("order_" + std::to_string(n))), "succeeded");
  EXPECT_EQ(shop.charges("sk_test_a"), 5u);
  EXPECT_EQ(shop.attempts("order_11"), "b:charged");
}

TEST(Failover, F06_WithoutAGatewayNothingIsRecorded) {
  TwoGateways shop;
  shop.settings.attempts_max = 1;
  shop.a = shop.b = refused_connection;
  for (int n = 0; n < 10; ++n)
    EXPECT_EQ(shop.status(shop.pay("order_" + std::to_string(n))), "failed");
  const std::size_t asked = shop.http.requests.size();
  EXPECT_EQ(shop.status(shop.pay("order_10")), "no_route");
  EXPECT_EQ(shop.http.requests.size(), asked);
  EXPECT_EQ(shop.attempts("order_10"), "");
}

TwoGateways::Gateway limits_our_rate(std::string retry_after) {
  return [retry_after = std::move(retry_after)](const http::Request&) {
    http::Response answer{
        429, {}, R"({"error":{"type":"invalid_request_error","code":"rate_limit","message":"Too many"}})"};
    answer.headers.set("Retry-After", retry_after);
    return answer;
  };
}

TEST(Failover, A11_AGatewayThatLimitsOurRateIsNotUnknown) {
  TwoGateways shop;
  shop.a = limits_our_rate("30");
  EXPECT_EQ(shop.status(shop.pay()), "succeeded");
  EXPECT_EQ(shop.attempts(), "a:failure b:charged");
  EXPECT_EQ(shop.http.requests.size(), 2u);  // it was told no: nothing is asked about
}

TEST(Failover, A11_WhoWantsToBeLeftAloneForLongIsNotWaitedFor) {
  TwoGateways shop;
  shop.a = shop.b = limits_our_rate("30");
  EXPECT_EQ(shop.status(shop.pay()), "failed");
  EXPECT_EQ(shop.attempts(), "a:failure b:failure");
  EXPECT_EQ(shop.http.requests.size(), 2u);
}

TEST(Failover, A11_WhoWantsToBeLeftAloneForASecondIs) {
  TwoGateways shop;
  shop.a = limits_our_rate("30");
  shop.b = [calls = 0](const http::Request& request) mutable {
    return ++calls == 1 ? limits_our_rate("1")(request) : Result<http::Response>(succeeded(request));
  };
  EXPECT_EQ(shop.status(shop.pay_while_time_passes()), "succeeded");
  EXPECT_EQ(shop.attempts(), "a:failure b:failure b:charged");
  EXPECT_GE(shop.waited.ms, 1'000);
}

TEST(Failover, A11_ARateLimitIsAnsweredByNoStorm) {
  TwoGateways shop;
  shop.a = shop.b = limits_our_rate("30");
  constexpr std::size_t kPayments = 100;
  for (std::size_t n = 0; n < kPayments; ++n)
    static_cast<void>(shop.pay("order_" + std::to_string(n)));
  // Five of each, until the breakers open, and what was tried elsewhere meanwhile.
  EXPECT_LE(shop.http.requests.size(), 20u);
}

// No cancellation, no closing, and the inert request under the same key is not answered either: nothing can
// make sure of it, so it stays unknown, and nobody else is asked.
TEST(Failover, F02_WithoutAFenceItStaysUnknownAndBIsNotAsked) {
  TwoGateways shop;
  shop.a = [](const http::Request& request) -> Result<http::Response> {
    if (is_charge(request)) return no_answer(request);
    if (request.method == http::Method::get)
      return http::Response{200, {}, R"({"object":"search_result","data":[],"has_more":false})"};
    return http::Response{500, {}, ""};
  };
  EXPECT_EQ(shop.status(shop.pay()), "processing");
  EXPECT_EQ(shop.attempts(), "a:pending");
  EXPECT_EQ(shop.charges("sk_test_b"), 0u);
}

TEST(Failover, F05_WhatIsUnknownIsResolvedWhileItsBreakerIsOpen) {
  TwoGateways shop;
  std::optional<http::Request> sent;
  bool is_back = false;
  shop.a = [&](const http::Request& request) -> Result<http::Response> {
    if (is_charge(request)) {
      if (!sent) sent = request;
      return no_answer(request);
    }
    if (!is_back) return no_answer(request);
    const http::Response intent = succeeded(*sent);
    return http::Response{
        200, {}, R"({"object":"search_result","has_more":false,"data":[)" + intent.body + "]}"};
  };
  for (int n = 0; n < 5; ++n)
    EXPECT_EQ(shop.status(shop.pay("order_" + std::to_string(n))), "processing");
  EXPECT_EQ(shop.status(shop.pay("order_5")), "succeeded");  // at B: A's breaker is open
  const std::size_t charges = shop.charges("sk_test_a");
  is_back = true;
  shop.clock.advance(seconds(1));
  RetrievePayment command;
  command.payment_id = "order_0";
  command.sync = Sync::ask_gateway;
  const Result<PaymentView> view =
      shop.run(retrieve_payment(shop.context(), shop.caller, std::move(command)));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payment.state, PaymentState::succeeded);
  EXPECT_EQ(shop.charges("sk_test_a"), charges);  // asked, and nothing sent
}

// The issuer wants the payer to authenticate: the next attempt asks for 3-D Secure at the same gateway.
TEST(Failover, StepsUpWhereTheDeclineAsksForAuthentication) {
  TwoGateways shop;
  shop.a = [](const http::Request& request) {
    if (field_of(request, "payment_method_options[card][request_three_d_secure]") != "any")
      return card_error("authentication_required");
    return succeeded(request);
  };
  EXPECT_EQ(shop.status(shop.pay()), "succeeded");
  EXPECT_EQ(shop.attempts(), "a:failure a:charged");
  EXPECT_EQ(shop.counted(), "0 left, 0 other_account, 0 same_account, 1 step_up");
}

}  // namespace
}  // namespace payweir::flows
