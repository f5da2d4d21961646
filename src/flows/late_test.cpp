// What a gateway tells of payments that are over here, as flows: callbacks, reversals, clocks, and a process
// that was overtaken while it was paused.
#include <gtest/gtest.h>

#include "base/form.hpp"
#include "base/json_writer.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "flows/accounts/connector_accounts.hpp"
#include "flows/payments.hpp"
#include "flows/settle.hpp"
#include "flows/testkit.hpp"
#include "ledger/accounts.hpp"
#include "store/queries/payment_queries.hpp"
#include "store/queries/typed_select.hpp"

namespace payweir::flows {
namespace {

using testkit::member;
using testkit::World;

constexpr std::string_view kWebhookSecret = "whsec_of_the_shop";
constexpr std::int64_t kAmount = 6540;

// A gateway of one payment intent, which says what the test wants.
struct Gateway {
  std::string status = "succeeded";
  std::string operation;   // of the intent's metadata
  std::string refund_key;  // of the refund's, once one was asked for
  bool answers_refunds = true;
  bool finds_the_intent = true;

  [[nodiscard]] std::string intent() const {
    const bool is_paid = status == "succeeded", is_held = status == "requires_capture";
    json::Writer out;
    out.begin_object().field("object", "payment_intent").field("id", "pi_1").field("status", status);
    out.field("amount", kAmount).field("amount_received", is_paid ? kAmount : 0);
    out.field("amount_capturable", is_held ? kAmount : 0).field("currency", "usd");
    out.key("metadata").begin_object().field("payweir_operation", operation).end_object().end_object();
    return std::move(out).take();
  }
  [[nodiscard]] std::string refund() const {
    json::Writer out;
    out.begin_object().field("object", "refund").field("id", "re_1").field("status", "succeeded");
    out.field("amount", kAmount).field("currency", "usd").field("payment_intent", "pi_1");
    out.key("metadata").begin_object().field("payweir_operation", refund_key).end_object().end_object();
    return std::move(out).take();
  }
  static std::string list(const std::string& item) {
    return R"({"object":"list","data":[)" + item + R"(],"has_more":false})";
  }
  static std::string posted(const http::Request& request, std::string_view key) {
    const auto pairs = form::decode(request.body);
    for (const auto& [name, value] : *pairs)
      if (name == key) return value;
    return "";
  }

  Result<http::Response> serve(const http::Request& request) {
    const bool is_post = request.method == http::Method::post;
    if (is_post && request.target.ends_with("/cancel")) {
      status = "canceled";
      return http::Response{200, {}, intent()};
    }
    if (request.target.contains("/refunds")) {
      if (is_post) refund_key = posted(request, "metadata[payweir_operation]");
      if (is_post && !answers_refunds)
        return std::unexpected(Error{Code::timeout, "", "no answer", Certainty::unknown});
      return http::Response{200, {}, is_post ? refund() : list(refund_key.empty() ? "" : refund())};
    }
    if (is_post && !posted(request, "metadata[payweir_fence]").empty())
      return http::Response{
          200,
          {},
          R"({"object":"payment_intent","status":"requires_payment_method","metadata":{"payweir_fence":"x"}})"};
    if (is_post) {
      operation = posted(request, "metadata[payweir_operation]");
      return http::Response{200, {}, intent()};
    }
    if (request.target.contains("/search"))
      return http::Response{200, {}, list(finds_the_intent ? intent() : "")};
    return http::Response{200, {}, intent()};
  }
};

struct Shop : World {
  Shop() {
    create_merchant("shop");
    CreateConnectorAccount account;
    account.merchant_id = "shop";
    account.connector = "stripe";
    account.credentials.auth_type = "HeaderKey";
    account.credentials.set("api_key", Secret("sk_test_shop"));
    account.credentials.webhook_secrets.push_back(Secret(std::string(kWebhookSecret)));
    const Result<Answer> made =
        run(create_connector_account(context(), admin(), std::nullopt, std::move(account), rendering));
    EXPECT_TRUE(made);
    if (made) account_id = member(*made, "merchant_connector_id");
    caller = merchant("shop");
    http.otherwise([this](const http::Request& request) { return gateway.serve(request); });
  }

  std::string create(CaptureMethod method = CaptureMethod::automatic) {
    CreatePayment command;
    command.payment_id = "order_1";
    command.amount = {kAmount, Currency::parse("USD").value()};
    command.confirm = true;
    command.capture_method = method;
    command.instrument = Card{Secret("4242424242424242"), Secret("123"), 10, 2030, "Ada Lovelace"};
    const Result<Answer> answer =
        run(create_payment(context(), caller, std::nullopt, std::move(command), rendering));
    EXPECT_TRUE(answer) << answer.error().detail;
    return answer ? member(*answer, "status") : "";
  }
  std::string status() {
    RetrievePayment command;
    command.payment_id = "order_1";
    const Result<PaymentView> view = run(retrieve_payment(context(), caller, std::move(command)));
    EXPECT_TRUE(view);
    return view ? std::string(to_string(view->payment.state)) : "";
  }
  store::AttemptRow attempt() {
    static constexpr store::Query kQuery{"test_attempts",
                                         store::kSql<store::AttemptRow, "SELECT {} FROM attempt">};
    return *run(store::select_row<store::AttemptRow>(context().store, kQuery, {})).value();
  }
  std::vector<store::PostingRow> postings() {
    static constexpr store::Query kQuery{
        "test_postings", store::kSql<store::PostingRow, "SELECT {} FROM posting ORDER BY created_at, key">};
    return run(store::select_rows<store::PostingRow>(context().store, kQuery, {}, 10)).value();
  }
  std::int64_t count(std::string_view name, std::string_view sql) {
    const auto rows = run(context().store.select(store::Query{name, sql}, {}, 1));
    return std::get<std::int64_t>(rows->at(0).at(0));
  }

  // The gateway calls back: signed `age` ago, about its one intent.
  Result<CallbackAnswer> call_back(std::string_view type, Duration age = {},
                                   std::string from = "203.0.113.7") {
    json::Writer out;
    out.begin_object().field("id", "evt_" + std::to_string(++events)).field("type", type);
    out.key("data").begin_object().raw_field("object", gateway.intent()).end_object().end_object();
    std::string body = std::move(out).take();
    const std::string time = std::to_string((clock.wall() - age).ms / 1000);
    http::Headers headers;
    headers.set(
        "Stripe-Signature",
        "t=" + time + ",v1=" + crypto::to_hex(crypto::hmac_sha256(kWebhookSecret, time + "." + body)));
    return run(
        receive_callback(context(), "shop", "stripe", std::move(from), std::move(headers), std::move(body)));
  }
  // Works off what came in last.
  void hear(std::string_view type) {
    const Result<CallbackAnswer> answer = call_back(type);
    ASSERT_TRUE(answer && !answer->refusal);
    const std::int64_t key = count("test_newest_inbox", "SELECT max(key) FROM inbox");
    const Result<void> done = run(work_off_callback(context(), key));
    ASSERT_TRUE(done) << done.error().detail;
  }
  std::size_t sent(std::string_view what) {
    return static_cast<std::size_t>(std::ranges::count_if(http.requests, [&](const http::Request& request) {
      return request.method == http::Method::post && request.target.ends_with(what);
    }));
  }

  Gateway gateway;
  Principal caller;
  std::string account_id;
  int events = 0;
};

// A charge whose answer was lost, whose query found nothing and whose fence held: called failed. (A gateway's
// index and its fence may both be wrong.)
void give_up(Shop& shop) {
  shop.http.then([&](const http::Request& request) -> Result<http::Response> {
    static_cast<void>(shop.gateway.serve(request));
    return std::unexpected(Error{Code::timeout, "", "no answer", Certainty::unknown});
  });
  ASSERT_EQ(shop.create(), "processing");
  shop.gateway.finds_the_intent = false;
  const std::int64_t key = shop.count("test_open", "SELECT key FROM operation WHERE state <> 3");
  const Result<Settled> settled = shop.run(settle_operation(shop.context(), key, Fencing::allowed));
  ASSERT_TRUE(settled && settled->decided);
  ASSERT_EQ(shop.status(), "failed");
  shop.gateway.finds_the_intent = true;
}

// Money that was held, and let go of.
void cancel_held(Shop& shop) {
  shop.gateway.status = "requires_capture";
  ASSERT_EQ(shop.create(CaptureMethod::manual), "requires_capture");
  CancelPayment cancel;
  cancel.payment_id = "order_1";
  ASSERT_TRUE(
      shop.run(cancel_payment(shop.context(), shop.caller, std::nullopt, std::move(cancel), shop.rendering)));
  ASSERT_EQ(shop.status(), "cancelled");
}

TEST(Faults, B09_ACallbackOverturnsAFailureThatWasNone) {
  Shop shop;
  give_up(shop);
  shop.hear("payment_intent.payment_failed");  // nothing that could overturn anything: nobody asks
  EXPECT_EQ(shop.status(), "failed");
  shop.hear("payment_intent.succeeded");
  EXPECT_EQ(shop.status(), "succeeded");
  EXPECT_EQ(shop.context().telemetry.late_successes, 1u);
  ASSERT_EQ(shop.postings().size(), 1u);
  EXPECT_EQ(shop.postings().front().amount.minor, kAmount);
  shop.hear("charge.succeeded");
  EXPECT_EQ(shop.postings().size(), 1u);
}

TEST(WorkOffCallback, WaitsForAGatewayThatIsSilentUnlessItsAccountWasDeleted) {
  Shop shop;
  give_up(shop);
  ASSERT_FALSE(shop.call_back("payment_intent.succeeded")->refusal);
  const std::int64_t key = shop.count("test_newest_inbox", "SELECT max(key) FROM inbox");
  shop.http.otherwise([](const http::Request&) -> Result<http::Response> {
    return std::unexpected(Error{Code::timeout, "", "no answer", Certainty::unknown});
  });
  ASSERT_TRUE(shop.run(work_off_callback(shop.context(), key)));
  EXPECT_EQ(shop.count("test_inbox_open", "SELECT count(*) FROM inbox WHERE state = 1"), 1);
  ASSERT_TRUE(shop.run(delete_connector_account(shop.context(), shop.admin(), "shop", shop.account_id)));
  ASSERT_TRUE(shop.run(work_off_callback(shop.context(), key)));
  EXPECT_EQ(shop.count("test_inbox_open", "SELECT count(*) FROM inbox WHERE state = 1"), 0);
  EXPECT_EQ(shop.status(), "failed");
}

TEST(Faults, F03_AChargeBehindACancelIsGivenBackAtOnce) {
  Shop shop;
  cancel_held(shop);
  shop.gateway.status = "succeeded";  // captured past the switch, and past the void
  shop.hear("payment_intent.succeeded");
  EXPECT_EQ(shop.status(), "cancelled");
  EXPECT_EQ(shop.attempt().attempt.state, AttemptState::reversed);
  EXPECT_EQ(shop.sent("/v1/refunds"), 1u);
  const std::vector<store::PostingRow> postings = shop.postings();
  ASSERT_EQ(postings.size(), 2u);
  const ledger::Posting late = ledger::late_capture_posting({kAmount, Currency::parse("USD").value()});
  EXPECT_EQ(postings[0].credit_account, static_cast<std::int64_t>(late.credit));
  EXPECT_EQ(postings[1].debit_account, static_cast<std::int64_t>(late.credit));
  shop.hear("charge.succeeded");
  EXPECT_EQ(shop.sent("/v1/refunds"), 1u);
}

TEST(Faults, F04_AReversalWithoutAnAnswerIsFoundOut) {
  Shop shop;
  cancel_held(shop);
  shop.gateway.status = "succeeded";
  shop.gateway.answers_refunds = false;
  shop.hear("payment_intent.succeeded");
  EXPECT_EQ(shop.attempt().attempt.state, AttemptState::succeeded_late);
  const std::int64_t key = shop.count("test_open", "SELECT key FROM operation WHERE state <> 3");
  // While it is unknown, no second one is sent.
  const Result<bool> again = shop.run(reverse_attempt(shop.context(), shop.attempt().attempt.id.key));
  ASSERT_TRUE(again);
  EXPECT_FALSE(*again);
  EXPECT_EQ(shop.sent("/v1/refunds"), 1u);
  EXPECT_FALSE(
      shop.run(store::list_attempts_to_reverse(shop.context().store, Instant{INT64_MAX}, 10))->size());
  const Result<Settled> settled = shop.run(settle_operation(shop.context(), key, Fencing::allowed));
  ASSERT_TRUE(settled && settled->decided);
  EXPECT_EQ(shop.attempt().attempt.state, AttemptState::reversed);
}

TEST(Faults, F04_AReversalThatIsRefusedIsTriedAgain) {
  Shop shop;
  cancel_held(shop);
  shop.gateway.status = "succeeded";
  shop.http.then([&](const http::Request& request) { return shop.gateway.serve(request); });  // the query
  shop.http.answer(429, R"({"error":{"type":"invalid_request_error","message":"slow down"}})");
  shop.hear("payment_intent.succeeded");
  EXPECT_EQ(shop.attempt().attempt.state, AttemptState::succeeded_late);
  const auto due = shop.run(store::list_attempts_to_reverse(shop.context().store, shop.clock.wall(), 10));
  ASSERT_EQ(due->size(), 1u);
  const Result<bool> sent = shop.run(reverse_attempt(shop.context(), due->front()));
  ASSERT_TRUE(sent && *sent);
  EXPECT_EQ(shop.attempt().attempt.state, AttemptState::reversed);
  EXPECT_EQ(shop.sent("/v1/refunds"), 2u);
}

// It was asked about, and decided, by another while the answer lay in a paused process; then that one goes
// on.
TEST(Faults, D08_WhoWasOvertakenWhilePausedChangesNothing) {
  Shop shop;
  shop.http.then([&](const http::Request& request) -> Result<http::Response> {
    static_cast<void>(shop.gateway.serve(request));
    const std::int64_t key = shop.count("test_open", "SELECT key FROM operation WHERE state <> 3");
    const Result<Settled> settled = shop.run(settle_operation(shop.other_context(), key, Fencing::allowed));
    EXPECT_TRUE(settled && settled->decided);
    shop.clock.advance(minutes(10));
    return std::unexpected(Error{Code::timeout, "", "no answer", Certainty::unknown});
  });
  EXPECT_EQ(shop.create(), "succeeded");
  EXPECT_EQ(shop.status(), "succeeded");
  EXPECT_EQ(shop.postings().size(), 1u);
  EXPECT_EQ(shop.count("test_events", "SELECT count(*) FROM outbox"), 1);
}

TEST(Callbacks, ComeFromTheAddressesOfTheirAccountOnly) {
  Shop shop;
  ASSERT_EQ(shop.create(), "succeeded");
  const auto list = [&](std::string addresses) {
    UpdateConnectorAccount change;
    change.merchant_id = "shop";
    change.account_id = shop.account_id;
    change.details.callback_addresses_json = std::move(addresses);
    ASSERT_TRUE(shop.run(update_connector_account(shop.context(), shop.admin(), std::nullopt,
                                                  std::move(change), shop.rendering)));
  };
  const auto kept = [&] { return shop.count("test_inbox", "SELECT count(*) FROM inbox"); };
  list(R"(["203.0.113.0/24","2001:db8::/32"])");
  const Result<CallbackAnswer> refused = shop.call_back("payment_intent.succeeded", {}, "198.51.100.1");
  ASSERT_TRUE(refused && refused->refusal);
  EXPECT_EQ(refused->refusal->code, Code::forbidden);
  EXPECT_EQ(kept(), 0);
  EXPECT_EQ(shop.context().telemetry.webhook_address_refusals, 1u);
  EXPECT_EQ(shop.context().telemetry.webhook_signature_failures, 0u);
  EXPECT_TRUE(shop.context().telemetry.render({}).contains("payweir_webhook_address_refusals_total 1"));
  EXPECT_FALSE(shop.call_back("payment_intent.succeeded", {}, "203.0.113.200")->refusal);
  EXPECT_FALSE(shop.call_back("payment_intent.succeeded", {}, "2001:db8::5")->refusal);
  EXPECT_EQ(kept(), 2);
  list("[]");
  EXPECT_FALSE(shop.call_back("payment_intent.succeeded", {}, "198.51.100.1")->refusal);
}

TEST(Faults, B08_AClockThatIsWrongIsSeenAndTheWindowIsAnOperators) {
  Shop shop;
  shop.http.then([&](const http::Request& request) {
    Result<http::Response> answer = shop.gateway.serve(request);
    answer->headers.set("Date", "Thu, 01 Jan 2099 00:00:00 GMT");
    return answer;
  });
  ASSERT_EQ(shop.create(), "succeeded");
  const std::int64_t ahead_ms = parse_iso8601("2099-01-01T00:00:00Z")->ms - shop.clock.wall().ms;
  EXPECT_EQ(shop.context().telemetry.gateway_clock_ahead_ms[0], ahead_ms);
  EXPECT_TRUE(shop.context().telemetry.render({}).contains(
      "payweir_gateway_clock_ahead_seconds{connector=\"stripe\"} " + std::to_string(ahead_ms / 1000)));
  const Result<CallbackAnswer> refused = shop.call_back("payment_intent.succeeded", seconds(400));
  ASSERT_TRUE(refused && refused->refusal);
  EXPECT_EQ(refused->refusal->code, Code::webhook_timestamp_out_of_tolerance);
  shop.settings.callback_tolerance = seconds(600);
  EXPECT_FALSE(shop.call_back("payment_intent.succeeded", seconds(400))->refusal);
}

}  // namespace
}  // namespace payweir::flows
