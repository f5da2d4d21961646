#include "connectors/stripe/response.hpp"

#include "base/planted.hpp"
#include "connectors/stripe/amounts.hpp"
#include "connectors/stripe/answer.hpp"
#include "connectors/stripe/local_methods.hpp"
#include "connectors/stripe/request.hpp"
#include "connectors/stripe/status_map.hpp"
#include "connectors/wire/mask.hpp"

namespace payweir::stripe {
namespace {

using json::Value;

bool is_success(const http::Response& answer) {
  return answer.status >= 200 && answer.status < 300;
}

outcome::Unknown unknown(std::string why, std::string_view connector_payment_id = "") {
  return {std::move(why), std::string(connector_payment_id), false};
}

// With the id only when the answer is about our operation: the id of somebody else's payment must not be
// taken for ours.
outcome::Unknown contradiction(std::string why, std::string_view connector_payment_id = "") {
  return {std::move(why), std::string(connector_payment_id), true};
}

outcome::Unknown not_ours(std::string why) {
  return {std::move(why), "", false, true};
}

// The amount in one member of an object, in the object's currency; an error when it is not there.
Result<Money> money_in(const Value& object, std::string_view member) {
  if (!object[member].is(json::Kind::integer)) return fail(Code::connector_answer_malformed, "", "no amount");
  return from_stripe_amount(object[member].integer(), object["currency"].text());
}

bool is_ours(const ConnectorRequest& request, const Value& object) {
  return PLANTED(believes_any_answer) ||
         object["metadata"][kOperationMetadata].text() == request.operation_reference;
}

// ── Payment intents ───────────────────────────────────────────────────────────────────────────────

// Which member says what an intent of this status holds or charged.
std::string_view amount_member(AcceptedAs as) {
  if (as == AcceptedAs::authorised) return "amount_capturable";
  if (as == AcceptedAs::captured) return "amount_received";
  return "amount";
}

outcome::Declined declined(const Value& intent, const StripeError& error,
                           const ConnectorCredentials& credentials) {
  const Decline decline = map_decline(error.code, error.decline_code);
  return {describe_error(error, credentials), decline.reason, decline.retry, std::string(intent["id"].text()),
          read_card_checks(intent)};
}

// https://docs.stripe.com/api/payment_intents/object#payment_intent_object-cancellation_reason, read
// 2026-11-22: `automatic` is Stripe's own, when an authorisation is not captured in its days.
bool has_lapsed(const Value& intent) {
  return intent["cancellation_reason"].text() == "automatic";
}

Outcome accepted(const ConnectorRequest& request, const Value& intent, AcceptedAs as) {
  const std::string_view id = intent["id"].text();
  const auto amount = money_in(intent, amount_member(as));
  if (!amount) return unknown("the answer names no amount that can be read", id);
  // Of an authorisation that is captured by hand, somebody may have captured a part. Its currency is the
  // intent's, which read_authorisation() has compared.
  const bool may_be_part = request.kind == OperationKind::authorise && as == AcceptedAs::captured &&
                           request.capture_method == CaptureMethod::manual &&
                           amount->minor < request.amount.minor;
  if (as != AcceptedAs::voided && *amount != request.amount && !may_be_part && !PLANTED(believes_any_amount))
    return contradiction("the answer is about another amount or currency", id);
  return outcome::Accepted{
      as, std::string(id), *amount, read_next_action(intent), read_card_checks(intent), has_lapsed(intent)};
}

Outcome read_authorisation(const ConnectorRequest& request, const ConnectorCredentials& credentials,
                           const Value& intent) {
  const std::string_view id = intent["id"].text();
  if (!is_ours(request, intent)) return not_ours("the answer is about another operation");
  if (const auto amount = money_in(intent, "amount");
      !amount || (*amount != request.amount && !PLANTED(believes_any_amount)))
    return contradiction("the answer is about another amount or currency", id);
  const AcceptedAs as = map_payment_intent_status(intent["status"].text());
  const Value error = intent["last_payment_error"];
  if (intent["status"].text() == "requires_payment_method" && !error.empty())
    return declined(intent, read_error_object(error), credentials);
  return accepted(request, intent, as);
}

// What an intent says about a capture or a void of it. `found` is false while the intent is as it was
// before the operation, which says nothing about what is still under way.
struct IntentReading {
  Outcome outcome;
  bool found = true;
};

IntentReading read_capture(const ConnectorRequest& request, const Value& intent) {
  const std::string_view id = intent["id"].text();
  if (id != request.connector_payment_id) return {not_ours("the answer is about another payment")};
  const AcceptedAs as = map_payment_intent_status(intent["status"].text());
  // Voided: something overtook the capture.
  if (as == AcceptedAs::captured || as == AcceptedAs::voided) return {accepted(request, intent, as)};
  if (as != AcceptedAs::authorised) return {unknown("the payment intent is neither held nor captured", id)};
  if (PLANTED(uncaptured_is_captured))
    return {outcome::Accepted{.as = AcceptedAs::captured, .amount = request.amount}};
  return {unknown("the payment intent is not captured", id), false};
}

IntentReading read_void(const ConnectorRequest& request, const Value& intent) {
  const std::string_view id = intent["id"].text();
  if (id != request.connector_payment_id) return {not_ours("the answer is about another payment")};
  const AcceptedAs as = map_payment_intent_status(intent["status"].text());
  // Captured: the payer was quicker than the void, and has paid.
  if (as == AcceptedAs::voided || as == AcceptedAs::captured) return {accepted(request, intent, as)};
  // The payer was quicker, and their bank is asked. What Stripe may say one day is nothing to conclude from.
  const bool is_processing = intent["status"].text() == "processing";
  if (as != AcceptedAs::authorised && as != AcceptedAs::needs_action && !is_processing)
    return {unknown("the payment intent is neither held nor cancelled", id)};
  if (PLANTED(held_is_voided)) return {outcome::Accepted{.as = AcceptedAs::voided}};
  return {unknown("the payment intent is not cancelled", id), false};
}

IntentReading read_intent(const ConnectorRequest& request, const ConnectorCredentials& credentials,
                          const Value& intent) {
  if (intent["object"].text() != "payment_intent") return {unknown("the answer is no payment intent")};
  switch (request.kind) {
    case OperationKind::authorise: return {read_authorisation(request, credentials, intent)};
    case OperationKind::capture: return read_capture(request, intent);
    case OperationKind::void_authorisation: return read_void(request, intent);
    case OperationKind::refund:
    case OperationKind::reversal: return {unknown("a payment intent answers no refund")};
  }
  return {unknown("no such operation")};
}

// ── Refunds ───────────────────────────────────────────────────────────────────────────────────────

Outcome read_refund(const ConnectorRequest& request, const Value& refund) {
  if (refund["object"].text() != "refund") return unknown("the answer is no refund");
  const std::string_view id = refund["id"].text();
  if (!is_ours(request, refund) || id_of(refund["payment_intent"]) != request.connector_payment_id)
    return not_ours("the answer is about another refund");
  const auto amount = money_in(refund, "amount");
  if (!amount || *amount != request.amount)
    return contradiction("the answer is about another amount or currency", id);
  switch (map_refund_status(refund["status"].text())) {
    case RefundOutcome::refunded:
      return outcome::Accepted{
          .as = AcceptedAs::refunded, .connector_payment_id = std::string(id), .amount = *amount};
    case RefundOutcome::pending:
      return outcome::Accepted{
          .as = AcceptedAs::pending, .connector_payment_id = std::string(id), .amount = *amount};
    case RefundOutcome::failed: break;
  }
  const std::string_view why = refund["failure_reason"].text();
  const std::string status(refund["status"].text());
  GatewayError error{why.empty() ? status : std::string(why), "the refund ended as " + status};
  return outcome::Declined{
      std::move(error), DeclineReason::unspecified, RetryClass::retry_later, std::string(id), {}};
}

// ── Errors ────────────────────────────────────────────────────────────────────────────────────────

Outcome read_decline(const ConnectorRequest& request, const ConnectorCredentials& credentials,
                     const Value& error) {
  const Value intent = error["payment_intent"];
  const bool names_intent = request.kind == OperationKind::authorise && !intent.empty();
  if (names_intent && !is_ours(request, intent)) return not_ours("the decline is about another operation");
  return declined(intent, read_error_object(error), credentials);
}

// https://docs.stripe.com/error-handling and https://docs.stripe.com/error-low-level, read 2026-11-22.
Outcome read_failure(const ConnectorRequest& request, const ConnectorCredentials& credentials,
                     const http::Response& answer, const Value& root) {
  const std::string status = std::to_string(answer.status);
  const StripeError error = read_error_object(root["error"]);
  // Refused before it reached an endpoint, with or without a body of Stripe's.
  if (answer.status == 429) {
    GatewayError refused = describe_error(error, credentials);
    if (refused.code.empty()) refused = {"rate_limit", "Stripe takes no more requests for now"};
    return outcome::Rejected{std::move(refused), outcome::Rejected::Cause::rate_limit};
  }
  // 5xx may have been executed, and is stored under the key: the same key would only repeat it. A 409 says
  // that another request is at it under our key. What has no error object is not Stripe's word.
  if (PLANTED(failure_is_a_refusal) && answer.status >= 500)
    return outcome::Rejected{{"", ""}, outcome::Rejected::Cause::request};
  if (answer.status < 400 || answer.status >= 500 || answer.status == 409 || error.type.empty())
    return unknown("Stripe answered " + status);
  if (answer.status == 401 || answer.status == 403)
    return outcome::Rejected{describe_error(error, credentials), outcome::Rejected::Cause::credentials};
  if (error.type == "card_error") return read_decline(request, credentials, root["error"]);
  // An idempotency_error says that our key was used before, but not what became of that.
  if (error.type == "invalid_request_error")
    return outcome::Rejected{describe_error(error, credentials), outcome::Rejected::Cause::request};
  return unknown("Stripe answered " + status + " with an error of the type " + std::string(error.type));
}

// An account's number may be too short for what masks those of cards.
Outcome without_account(Outcome outcome, const LocalMethod& local) {
  const std::string_view number = local.account_number.reveal();
  if (auto* rejected = std::get_if<outcome::Rejected>(&outcome)) wire::mask(rejected->error.message, number);
  if (auto* declined = std::get_if<outcome::Declined>(&outcome)) wire::mask(declined->error.message, number);
  if (auto* unknown = std::get_if<outcome::Unknown>(&outcome)) wire::mask(unknown->why, number);
  return outcome;
}

// A query that failed tells nothing about the operation, whatever it failed of.
Finding no_answer(const http::Response& answer) {
  return finding::Found{unknown("Stripe answered a query with " + std::to_string(answer.status))};
}

// What follows a page that ours is not on. Only the last page's own word ends the list: a not-found of a list
// may make an operation final.
std::variant<Finding, NextPage> behind_page(const http::Response& answer, const Value& list,
                                            std::string_view last_id) {
  const Value has_more = list["has_more"];
  if (!has_more.is(json::Kind::boolean)) return no_answer(answer);
  if (!has_more.boolean()) return finding::NotFound{};
  if (last_id.empty()) return no_answer(answer);
  return NextPage{std::string(last_id)};
}

}  // namespace

Outcome read_money_answer(const ConnectorRequest& request, const ConnectorCredentials& credentials,
                          const http::Response& answer) {
  const auto document = json::parse(answer.body, kAnswerLimits);
  if (!is_success(answer))
    return without_account(read_failure(request, credentials, answer, document ? document->root() : Value{}),
                           request.local);
  if (!document)
    return unknown("Stripe answered " + std::to_string(answer.status) + " with a body that is not JSON");
  if (request.kind == OperationKind::refund) return read_refund(request, document->root());
  return read_intent(request, credentials, document->root()).outcome;
}

std::variant<Outcome, std::string> read_customer_answer(const ConnectorRequest& request,
                                                        const ConnectorCredentials& credentials,
                                                        const http::Response& answer) {
  const auto document = json::parse(answer.body, kAnswerLimits);
  const Value customer = document ? document->root() : Value{};
  if (!is_success(answer)) return read_failure(request, credentials, answer, customer);
  const std::string_view id = customer["id"].text();
  if (customer["object"].text() != "customer" || id.empty()) return unknown("the answer is no customer");
  if (!is_ours(request, customer)) return not_ours("the answer is about another payment's customer");
  return std::string(id);
}

Finding read_payment_answer(const ConnectorRequest& request, const ConnectorCredentials& credentials,
                            const http::Response& answer) {
  const auto document = json::parse(answer.body, kAnswerLimits);
  if (!is_success(answer) || !document) return no_answer(answer);
  IntentReading reading = read_intent(request, credentials, document->root());
  if (!reading.found) return finding::NotFound{};
  return finding::Found{std::move(reading.outcome)};
}

Finding read_search_answer(const ConnectorRequest& request, const ConnectorCredentials& credentials,
                           const http::Response& answer) {
  const auto document = json::parse(answer.body, kAnswerLimits);
  const Value data = document ? document->root()["data"] : Value{};
  if (!is_success(answer) || !data.is(json::Kind::array)) return no_answer(answer);
  if (data.size() == 0) return finding::NotFound{};
  if (data.size() > 1)
    return finding::Found{contradiction("several payment intents carry one operation's reference")};
  return finding::Found{read_intent(request, credentials, data.first()).outcome};
}

Finding read_refund_answer(const ConnectorRequest& request, const ConnectorCredentials&,
                           const http::Response& answer) {
  const auto document = json::parse(answer.body, kAnswerLimits);
  if (!is_success(answer) || !document) return no_answer(answer);
  return finding::Found{read_refund(request, document->root())};
}

std::variant<Finding, NextPage> read_refund_page(const ConnectorRequest& request, const ConnectorCredentials&,
                                                 const http::Response& answer) {
  const auto document = json::parse(answer.body, kAnswerLimits);
  const Value data = document ? document->root()["data"] : Value{};
  if (!is_success(answer) || !data.is(json::Kind::array)) return no_answer(answer);
  std::string_view last_id;
  for (Value refund = data.first(); refund.present(); refund = refund.next()) {
    if (is_ours(request, refund)) return finding::Found{read_refund(request, refund)};
    last_id = refund["id"].text();
  }
  return behind_page(answer, document->root(), last_id);
}

std::variant<Finding, NextPage> read_payment_page(const ConnectorRequest& request,
                                                  const ConnectorCredentials& credentials,
                                                  const http::Response& answer) {
  const auto document = json::parse(answer.body, kAnswerLimits);
  const Value data = document ? document->root()["data"] : Value{};
  if (!is_success(answer) || !data.is(json::Kind::array)) return no_answer(answer);
  std::string_view last_id;
  for (Value intent = data.first(); intent.present(); intent = intent.next()) {
    if (is_ours(request, intent)) return finding::Found{read_intent(request, credentials, intent).outcome};
    last_id = intent["id"].text();
  }
  return behind_page(answer, document->root(), last_id);
}

Result<void> read_balance_answer(const http::Response& answer) {
  const auto document = json::parse(answer.body, kAnswerLimits);
  const Value root = document ? document->root() : Value{};
  if (is_success(answer) && root["object"].text() == "balance") return {};
  if (answer.status == 401 || answer.status == 403)
    return fail(Code::connector_credentials_invalid, "connector_account_details.api_key",
                "Stripe refuses this API key");
  return fail(Code::gateway_unclear, "", "Stripe gave no answer that says whether the key is good");
}

FenceAnswer read_fence_answer(const http::Response& answer) {
  const auto document = json::parse(answer.body, kAnswerLimits);
  const Value root = document ? document->root() : Value{};
  if (!is_success(answer)) {
    // Stripe replays only to a request with the first one's parameters, an error too: it was the fence that
    // came first, whatever became of it. To one with others it says idempotency_error: the original came
    // first. (409, with the same type, says that one of the two is still running.)
    // https://docs.stripe.com/api/idempotent_requests, read 2026-11-22.
    const bool is_mismatch = root["error"]["type"].text() == "idempotency_error";
    if (is_mismatch) return answer.status == 400 ? FenceAnswer::spent : FenceAnswer::unclear;
    return answer.headers.get("Idempotent-Replayed") == "true" ? FenceAnswer::holds : FenceAnswer::unclear;
  }
  const bool is_fence = root["object"].text() == "payment_intent" &&
                        root["status"].text() == "requires_payment_method" &&
                        !root["metadata"][kFenceMetadata].text().empty();
  return is_fence ? FenceAnswer::holds : FenceAnswer::unclear;
}

}  // namespace payweir::stripe
