#include "flows/payments.hpp"

#include <gtest/gtest.h>

#include "base/form.hpp"
#include "base/json_writer.hpp"
#include "flows/accounts/connector_accounts.hpp"
#include "flows/idempotency.hpp"
#include "flows/operate.hpp"
#include "flows/settle.hpp"
#include "flows/testkit.hpp"
#include "store/queries/idempotency_queries.hpp"
#include "store/queries/payment_queries.hpp"

namespace payweir::flows {
namespace {

using testkit::member;
using testkit::World;

// What Stripe would answer to a payment intent's creation, made from the request itself.
http::Response intent_of(const http::Request& request) {
  std::string operation, status = "succeeded";
  std::int64_t amount = 0;
  const auto pairs = form::decode(request.body);
  for (const auto& [key, value] : *pairs) {
    if (key == "metadata[payweir_operation]") operation = value;
    if (key == "amount") amount = std::stoll(value);
    if (key == "capture_method" && value == "manual") status = "requires_capture";
  }
  json::Writer out;
  out.begin_object().field("object", "payment_intent").field("id", "pi_1").field("status", status);
  out.field("amount", amount).field("amount_received", status == "succeeded" ? amount : 0);
  out.field("amount_capturable", status == "succeeded" ? 0 : amount).field("currency", "usd");
  out.key("metadata").begin_object().field("payweir_operation", operation).end_object();
  out.end_object();
  return {200, {}, std::move(out).take()};
}

// A merchant with a Stripe account at a scripted gateway.
struct Shop : World {
  Shop() {
    create_merchant("shop");
    CreateConnectorAccount account;
    account.merchant_id = "shop";
    account.connector = "stripe";
    account.credentials.auth_type = "HeaderKey";
    account.credentials.set("api_key", Secret("sk_test_shop"));
    EXPECT_TRUE(
        run(create_connector_account(context(), admin(), std::nullopt, std::move(account), rendering)));
    caller = merchant("shop");
    http.otherwise(intent_of);
  }

  static CreatePayment order(std::string payment_id = "") {
    CreatePayment command;
    command.payment_id = std::move(payment_id);
    command.amount = {6540, Currency::parse("USD").value()};
    command.confirm = true;
    command.instrument = Card{Secret("4242424242424242"), Secret("123"), 10, 2030, "Ada Lovelace"};
    return command;
  }

  Result<Answer> create(CreatePayment command, Key key = std::nullopt) {
    return run(create_payment(context(), caller, std::move(key), std::move(command), rendering));
  }
  std::string status_of(const std::string& payment_id) {
    RetrievePayment command;
    command.payment_id = payment_id;
    const Result<PaymentView> view = run(retrieve_payment(context(), caller, std::move(command)));
    return view ? std::string(to_string(view->payment.state)) : view.error().detail;
  }
  std::optional<Operation> live_operation() {
    const auto due = run(store::list_due_operations(context().store, Instant{INT64_MAX / 2}, 10));
    if (!due || due->empty()) return std::nullopt;
    return due->front().operation;
  }
  std::size_t charges() const {
    return static_cast<std::size_t>(std::ranges::count_if(http.requests, [](const http::Request& request) {
      return request.body.find("confirm=true") != std::string::npos;
    }));
  }

  Principal caller;
};

TEST(CreatePayment, RecordsTheOperationBeforeItsFirstByte) {
  Shop shop;
  std::optional<Operation> recorded;
  shop.http.then([&](const http::Request& request) -> Result<http::Response> {
    // The handler runs where the bytes would go out; what is durable by then is what a crash leaves.
    recorded = shop.live_operation();
    return intent_of(request);
  });
  const Result<Answer> answer = shop.create(Shop::order());
  ASSERT_TRUE(answer) << answer.error().detail;
  ASSERT_TRUE(recorded.has_value());
  EXPECT_EQ(recorded->state, OperationState::dispatching);
  EXPECT_NE(shop.http.requests.at(0).body.find(to_text(recorded->id)), std::string::npos);
  EXPECT_EQ(member(*answer, "status"), "succeeded");
  EXPECT_FALSE(shop.live_operation().has_value());
}

TEST(CreatePayment, SendsNothingWithoutConfirmAndTakesTheHeldCardOnce) {
  Shop shop;
  CreatePayment command = Shop::order("order_1");
  command.confirm = false;
  ASSERT_TRUE(shop.create(std::move(command)));
  EXPECT_TRUE(shop.http.requests.empty());
  EXPECT_EQ(shop.status_of("order_1"), "requires_confirmation");

  ConfirmPayment confirm;
  confirm.payment_id = "order_1";
  const Result<Answer> paid =
      shop.run(confirm_payment(shop.context(), shop.caller, std::nullopt, confirm, shop.rendering));
  ASSERT_TRUE(paid) << paid.error().detail;
  EXPECT_EQ(member(*paid, "status"), "succeeded");
  const Result<Answer> again =
      shop.run(confirm_payment(shop.context(), shop.caller, std::nullopt, confirm, shop.rendering));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::illegal_transition);
  EXPECT_EQ(shop.charges(), 1u);
}

TEST(CreatePayment, AfterARestartConfirmAsksForTheCardAgain) {
  Shop shop;
  CreatePayment command = Shop::order("order_1");
  command.confirm = false;
  ASSERT_TRUE(shop.create(std::move(command)));
  shop.cards = {};
  ConfirmPayment confirm;
  confirm.payment_id = "order_1";
  const Result<Answer> refused =
      shop.run(confirm_payment(shop.context(), shop.caller, std::nullopt, confirm, shop.rendering));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::payment_method_missing);
  EXPECT_EQ(refused.error().field, "payment_method_data");
  EXPECT_EQ(shop.status_of("order_1"), "requires_confirmation");
}

TEST(CreatePayment, WhatCannotBeSentFailsWithoutAnythingToResolve) {
  Shop shop;
  shop.http.fail_with(Code::connect_failed, Certainty::not_sent);
  const Result<Answer> answer = shop.create(Shop::order());
  ASSERT_TRUE(answer);
  EXPECT_EQ(member(*answer, "status"), "failed");
  EXPECT_FALSE(shop.live_operation().has_value());
}

TEST(CreatePayment, GivesTheGatewayABoundForTheFirstByte) {
  Shop shop;
  ASSERT_TRUE(shop.create(Shop::order()));
  const Duration now = shop.clock.suspended();
  EXPECT_EQ(shop.http.options.at(0).send_by, now + shop.settings.send_window);
}

TEST(Faults, A01_ALostAnswerIsProcessingUntilTheGatewayTells) {
  Shop shop;
  http::Request charged;
  shop.http.then([&](const http::Request& request) -> Result<http::Response> {
    charged = request;
    return std::unexpected(Error{Code::timeout, "", "no answer", Certainty::unknown});
  });
  const Result<Answer> answer = shop.create(Shop::order("order_1"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(member(*answer, "status"), "processing");
  const std::optional<Operation> unknown = shop.live_operation();
  ASSERT_TRUE(unknown.has_value());
  EXPECT_EQ(unknown->state, OperationState::unknown);
  EXPECT_EQ(unknown->ask_at, shop.clock.wall() + seconds(1));

  shop.http.otherwise([&](const http::Request&) -> Result<http::Response> {
    http::Response found = intent_of(charged);
    found.body = R"({"object":"search_result","data":[)" + found.body + R"(],"has_more":false})";
    return found;
  });
  const Result<Settled> settled =
      shop.run(settle_operation(shop.context(), unknown->id.key, Fencing::allowed));
  ASSERT_TRUE(settled) << settled.error().detail;
  EXPECT_TRUE(settled->decided);
  EXPECT_EQ(shop.status_of("order_1"), "succeeded");
  EXPECT_EQ(shop.charges(), 1u);
}

TEST(RetrievePayment, ASyncSaysHowLongTheGatewayTook) {
  Shop shop;
  shop.http.then([](const http::Request&) -> Result<http::Response> {
    return std::unexpected(Error{Code::timeout, "", "no answer", Certainty::unknown});
  });
  ASSERT_TRUE(shop.create(Shop::order("order_1")));
  shop.http.then([&](const http::Request&) -> Result<http::Response> {
    shop.clock.advance(milliseconds(40));
    return http::Response{200, {}, R"({"object":"search_result","data":[],"has_more":false})"};
  });
  RetrievePayment command;
  command.payment_id = "order_1";
  command.sync = Sync::ask_gateway;
  const Result<PaymentView> view =
      shop.run(retrieve_payment(shop.context(), shop.caller, std::move(command)));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->gateway_us, 40'000);
  EXPECT_EQ(view->payment.state, PaymentState::processing);
}

TEST(RetrievePayment, APollAsksTheGatewayNowAndThen) {
  Shop shop;
  shop.http.fail_with(Code::timeout, Certainty::unknown);
  ASSERT_TRUE(shop.create(Shop::order("order_1")));
  shop.http.otherwise([](const http::Request&) -> Result<http::Response> {
    return http::Response{200, {}, R"({"object":"search_result","data":[],"has_more":false})"};
  });
  const auto asks_of = [&](Sync sync) {
    const std::size_t before = shop.http.requests.size();
    RetrievePayment command;
    command.payment_id = "order_1";
    command.sync = sync;
    EXPECT_TRUE(shop.run(retrieve_payment(shop.context(), shop.caller, std::move(command))));
    return shop.http.requests.size() - before;
  };
  EXPECT_EQ(asks_of(Sync::ask_now_and_then), 1u);
  EXPECT_EQ(asks_of(Sync::ask_now_and_then), 0u);
  shop.clock.advance(milliseconds(2999));
  EXPECT_EQ(asks_of(Sync::ask_now_and_then), 0u);
  EXPECT_EQ(asks_of(Sync::ask_gateway), 1u) << "a merchant's force_sync is no poll";
  shop.clock.advance(milliseconds(1));
  EXPECT_EQ(asks_of(Sync::ask_now_and_then), 1u);
}

TEST(UpdatePayment, MayNotCaptureMoreThanItsAmount) {
  Shop shop;
  CreatePayment command = Shop::order("order_1");
  command.confirm = false;
  ASSERT_TRUE(shop.create(std::move(command)));
  const auto update = [&](std::int64_t amount, std::int64_t to_capture) {
    UpdatePayment change;
    change.payment_id = "order_1";
    change.amount_minor = amount;
    change.amount_to_capture = to_capture;
    return shop.run(update_payment(shop.context(), shop.caller, std::nullopt, change, shop.rendering));
  };
  EXPECT_TRUE(update(7000, 7000));
  const Result<Answer> refused = update(6000, 6001);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "amount_to_capture");
}

TEST(SettleOperation, ANotFoundIsFinalOnlyBehindAFence) {
  Shop shop;
  shop.http.fail_with(Code::timeout, Certainty::unknown);
  ASSERT_TRUE(shop.create(Shop::order("order_1")));
  const std::int64_t operation_key = shop.live_operation()->id.key;
  const auto nothing_found = [](const http::Request&) -> Result<http::Response> {
    return http::Response{200, {}, R"({"object":"search_result","data":[],"has_more":false})"};
  };

  shop.http.otherwise(nothing_found);
  const Result<Settled> unfenced =
      shop.run(settle_operation(shop.context(), operation_key, Fencing::forbidden));
  ASSERT_TRUE(unfenced);
  EXPECT_FALSE(unfenced->decided);
  EXPECT_EQ(shop.status_of("order_1"), "processing");

  // The key cannot be had while the original may still hold it.
  shop.http.otherwise([&](const http::Request& request) -> Result<http::Response> {
    if (request.method == http::Method::get) return nothing_found(request);
    return http::Response{
        409, {}, R"({"error":{"type":"idempotency_error","code":"idempotency_key_in_use"}})"};
  });
  ASSERT_TRUE(shop.run(settle_operation(shop.context(), operation_key, Fencing::allowed)));
  EXPECT_EQ(shop.status_of("order_1"), "processing");
  EXPECT_EQ(shop.live_operation()->ask_count, 0);  // nothing was said: the next ask comes as soon

  // The key was free: the inert intent has it now.
  shop.http.otherwise([&](const http::Request& request) -> Result<http::Response> {
    if (request.method == http::Method::get) return nothing_found(request);
    EXPECT_EQ(request.body.find("confirm=true"), std::string::npos);
    std::string fence;
    for (const auto& [key, value] : *form::decode(request.body))
      if (key == "metadata[payweir_fence]") fence = value;
    return http::Response{200,
                          {},
                          R"({"object":"payment_intent","id":"pi_2","status":"requires_payment_method",)"
                          R"("amount":6540,"currency":"usd","metadata":{"payweir_fence":")" +
                              fence + "\"}}"};
  });
  const Result<Settled> fenced = shop.run(settle_operation(shop.context(), operation_key, Fencing::allowed));
  ASSERT_TRUE(fenced);
  EXPECT_TRUE(fenced->decided);
  EXPECT_EQ(shop.status_of("order_1"), "failed");
  EXPECT_EQ(shop.charges(), 1u);
}

TEST(Faults, D02_OneKeyOnTwoNodesIsOneExecution) {
  Shop shop;
  const Key key = shop.request_key(shop.caller, "order-1");
  std::vector<Task<Result<Answer>>> both;
  both.push_back(create_payment(shop.context(), shop.caller, key, Shop::order(), shop.rendering));
  both.push_back(create_payment(shop.other_context(), shop.caller, key, Shop::order(), shop.rendering));
  const std::vector<Result<Answer>> answers = shop.loop.run_together(std::move(both));
  EXPECT_EQ(shop.charges(), 1u);
  // The one that came second is told that the first is under way, or gets the first one's answer.
  std::vector<std::string> bodies;
  for (const Result<Answer>& answer : answers) {
    if (answer)
      bodies.push_back(answer->body);
    else
      EXPECT_EQ(answer.error().code, Code::idempotency_in_progress);
  }
  ASSERT_FALSE(bodies.empty());
  for (const std::string& body : bodies)
    EXPECT_EQ(body, bodies.front());
  const Result<Answer> later =
      shop.run(create_payment(shop.other_context(), shop.caller, key, Shop::order(), shop.rendering));
  ASSERT_TRUE(later);
  EXPECT_EQ(later->body, bodies.front());
  EXPECT_EQ(shop.charges(), 1u);
}

// The account was switched off in between: who asks again is still told what became of the first request.
TEST(Faults, D02_ARepeatedRequestIsAnsweredAlthoughItCouldNotBeMadeNow) {
  Shop shop;
  const Key key = shop.request_key(shop.caller, "order-1");
  const Result<Answer> first = shop.create(Shop::order(), key);
  ASSERT_TRUE(first);
  const Result<std::vector<ConnectorAccountView>> accounts =
      shop.run(list_connector_accounts(shop.context(), shop.admin(), "shop"));
  UpdateConnectorAccount update;
  update.merchant_id = "shop";
  update.account_id = to_text(accounts->front().row.id);
  update.disabled = true;
  ASSERT_TRUE(shop.run(update_connector_account(shop.context(), shop.admin(), std::nullopt, std::move(update),
                                                shop.rendering)));
  shop.caller = shop.merchant("shop");
  const Result<Answer> again = shop.create(Shop::order(), key);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->body, first->body);
  Key other = shop.request_key(shop.caller, "order-1", R"({"another":"body"})");
  EXPECT_EQ(shop.create(Shop::order(), std::move(other)).error().code, Code::idempotency_key_reused);
  EXPECT_EQ(shop.create(Shop::order()).error().code, Code::no_connector_account);
}

TEST(CreatePayment, ReplaysARepeatedRequestThatChoseItsOwnId) {
  Shop shop;
  const Key key = shop.request_key(shop.caller, "order-1");
  const Result<Answer> first = shop.create(Shop::order("order_1"), key);
  ASSERT_TRUE(first);
  const Result<Answer> again = shop.create(Shop::order("order_1"), key);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->body, first->body);
  const Result<Answer> other = shop.create(Shop::order("order_1"), shop.request_key(shop.caller, "order-2"));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::duplicate_resource);
  EXPECT_EQ(shop.charges(), 1u);
}

TEST(Faults, D05_AfterItsKeyIsPurgedTheMerchantsOwnIdIsTheSecondNet) {
  Shop shop;
  const Key key = shop.request_key(shop.caller, "order-1");
  ASSERT_TRUE(shop.create(Shop::order("order_1"), key));
  shop.clock.advance(days(31));
  store::ChangeSet purge;
  const auto rows = shop.run(store::find_claim(shop.context().store, key->digest));
  ASSERT_TRUE(rows && *rows);
  purge.erase<store::IdempotencyRow>((*rows)->claim.key);
  purge.erase<store::AnswerRow>((*rows)->claim.key);
  static_cast<void>(shop.run(shop.context().store.commit(std::move(purge))));

  const Result<Answer> again = shop.create(Shop::order("order_1"), key);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::duplicate_resource);
  EXPECT_EQ(shop.charges(), 1u);
}

// One that comes to its end when another answer is stored under its key already: what happened is stored all
// the same.
TEST(CreatePayment, WhoeverIsAnsweredSecondIsAnsweredAlike) {
  Shop shop;
  shop.http.then([](const http::Request&) -> Result<http::Response> {
    return std::unexpected(Error{Code::timeout, "", "no answer", Certainty::unknown});
  });
  const Key key = shop.request_key(shop.caller, "order-1");
  const Result<Answer> first = shop.create(Shop::order("order_1"), key);
  ASSERT_TRUE(first);
  const auto claim = shop.run(store::find_claim(shop.context().store, key->digest));
  ASSERT_TRUE(claim && *claim && (*claim)->answer);

  const std::optional<Operation> operation = shop.live_operation();
  ASSERT_TRUE(operation.has_value());
  Result<PaymentSnapshot> snapshot = shop.run(load_operation(shop.context(), operation->id.key));
  ASSERT_TRUE(snapshot);
  outcome::Accepted accepted;
  accepted.as = AcceptedAs::captured;
  accepted.connector_payment_id = "pi_1";
  accepted.amount = snapshot->aggregate.operation->amount;
  const Result<Answer> late = shop.run(conclude(shop.context(), std::move(*snapshot), Outcome{accepted},
                                                (*claim)->claim.key, AnswerWith::payment, 0, shop.rendering));
  ASSERT_TRUE(late) << late.error().detail;
  EXPECT_EQ(late->body, first->body);
  EXPECT_EQ(shop.status_of("order_1"), "succeeded");
}

// The way back from a gateway is open to everybody, and the page's address holds the client_secret.
TEST(ReturnFromGateway, ShowsTheWayToThePaymentPageToItsPayerAlone) {
  Shop shop;
  CreatePayment unpaid = Shop::order("order_1");
  unpaid.confirm = false;
  ASSERT_TRUE(shop.create(std::move(unpaid)));
  ConfirmPayment confirm;
  confirm.payment_id = "order_1";
  confirm.instrument = Card{Secret("4242424242424242"), Secret("123"), 10, 2030, "Ada Lovelace"};
  confirm.on_payment_page = true;
  ASSERT_TRUE(shop.run(confirm_payment(shop.context(), shop.caller, std::nullopt, confirm, shop.rendering)));
  RetrievePayment retrieve;
  retrieve.payment_id = "order_1";
  const PaymentView view = shop.run(retrieve_payment(shop.context(), shop.caller, retrieve)).value();
  const auto way_back = [&](const std::string& attempt_id) {
    return shop.run(return_from_gateway(shop.context(), "shop", "order_1", attempt_id)).value();
  };
  EXPECT_TRUE(way_back(to_text(view.attempt->id)).ends_with(view.client_secret));
  EXPECT_FALSE(way_back("").contains(view.client_secret));
  EXPECT_FALSE(way_back("att_00000000000000000000000000").contains(view.client_secret));
  bool is_named = false;
  for (const http::Request& sent : shop.http.requests)
    is_named |= sent.body.contains("attempt_id%3D" + to_text(view.attempt->id));
  EXPECT_TRUE(is_named) << "the gateway sends the payer back with the attempt's id";
}

TEST(CapturePayment, AReplayComesBeforeTheRefusalThatItsFirstExecutionCaused) {
  Shop shop;
  CreatePayment command = Shop::order("order_1");
  command.capture_method = CaptureMethod::manual;
  ASSERT_TRUE(shop.create(std::move(command)));
  shop.http.otherwise([](const http::Request& request) -> Result<http::Response> {
    http::Response captured = intent_of(request);
    captured.body = R"({"object":"payment_intent","id":"pi_1","status":"succeeded","amount":6540,)"
                    R"("amount_received":6540,"amount_capturable":0,"currency":"usd","metadata":{}})";
    return captured;
  });
  const Key key = shop.request_key(shop.caller, "ship-1");
  CapturePayment capture;
  capture.payment_id = "order_1";
  const Result<Answer> first =
      shop.run(capture_payment(shop.context(), shop.caller, key, capture, shop.rendering));
  ASSERT_TRUE(first) << first.error().detail;
  const std::size_t calls = shop.http.requests.size();
  const Result<Answer> again =
      shop.run(capture_payment(shop.context(), shop.caller, key, capture, shop.rendering));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->body, first->body);
  EXPECT_EQ(shop.http.requests.size(), calls);

  const Result<Answer> unkeyed =
      shop.run(capture_payment(shop.context(), shop.caller, std::nullopt, capture, shop.rendering));
  ASSERT_FALSE(unkeyed);
  EXPECT_EQ(unkeyed.error().code, Code::illegal_transition);
}

}  // namespace
}  // namespace payweir::flows
