#include "connectors/stripe/stripe.hpp"

#include <algorithm>
#include <iterator>

#include "connectors/stripe/amounts.hpp"
#include "connectors/stripe/local_methods.hpp"
#include "connectors/stripe/request.hpp"
#include "connectors/stripe/response.hpp"
#include "connectors/stripe/retry_rules.hpp"
#include "connectors/stripe/webhook.hpp"

namespace payweir {
namespace {

// The others are switched on in Stripe's Dashboard, one by one.
constexpr PaymentMethod kUnasked[] = {PaymentMethod::card};

constexpr CredentialField kApiKey{"api_key", "the secret key, from Developers, API keys"};
constexpr CredentialField kOfMerchant[] = {kApiKey};
constexpr CredentialField kOfPlatform[] = {
    kApiKey, {"key1", "the connected account that the platform acts for, acct_…", true, false}};
constexpr AuthType kAuthTypes[] = {{"HeaderKey", kOfMerchant}, {"BodyKey", kOfPlatform}};

Capabilities capabilities_of_stripe() {
  return {
      .name = "stripe",
      .display_name = "Stripe",
      .maturity = "alpha",
      .manual_capture = true,
      .partial_capture = true,
      .partial_refund = true,
      .payment_methods = stripe::payment_methods(),
      .methods_unasked = kUnasked,
      .method_terms = stripe::method_terms(),
      .currencies = stripe::currencies(),
      .auth_types = kAuthTypes,
      .retry_rules = stripe::kRetryRules,
      .acknowledgement = {},
  };
}

step::Done rejected(const Error& problem) {
  GatewayError error{std::string(code_name(problem.code)), problem.detail};
  return {outcome::Rejected{std::move(error), outcome::Rejected::Cause::request}};
}

bool needs_customer(const ConnectorRequest& request) {
  return request.kind == OperationKind::authorise && stripe::needs_customer(request.method);
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

const Capabilities& Stripe::capabilities() const {
  static const Capabilities all = capabilities_of_stripe();
  return all;
}

Step Stripe::begin(const ConnectorRequest& request, const ConnectorContext& context) const {
  auto built = stripe::build_money_request(request, context);
  if (!built) return rejected(built.error());
  if (needs_customer(request)) return step::Send{stripe::build_customer(request, context), SendKind::query};
  return step::Send{std::move(*built), SendKind::money};
}

Step Stripe::resume(const ConnectorRequest& request, const ConnectorContext& context,
                    const http::Response& answer) const {
  if (!needs_customer(request) || context.money_was_sent)
    return step::Done{stripe::read_money_answer(request, context.credentials, answer)};
  auto customer = stripe::read_customer_answer(request, context.credentials, answer);
  if (auto* outcome = std::get_if<Outcome>(&customer)) return step::Done{std::move(*outcome)};
  auto built = stripe::build_money_request(request, context, std::get<std::string>(customer));
  if (!built) return rejected(built.error());
  return step::Send{std::move(*built), SendKind::money};
}

AskStep Stripe::ask(const ConnectorRequest& request, const ConnectorContext& context) const {
  if (request.kind == OperationKind::refund) {
    return ask::Send{request.connector_operation_id.empty()
                         ? stripe::build_list_refunds(request, context, "")
                         : stripe::build_retrieve_refund(request, context)};
  }
  if (!request.connector_payment_id.empty())
    return ask::Send{stripe::build_retrieve_payment(request, context)};
  return ask::Send{request.consistent ? stripe::build_list_payments(request, context, "")
                                      : stripe::build_search_payment(request, context)};
}

AskStep Stripe::resume_ask(const ConnectorRequest& request, const ConnectorContext& context, int,
                           const http::Response& answer) const {
  const ConnectorCredentials& credentials = context.credentials;
  if (request.kind != OperationKind::refund && !request.connector_payment_id.empty())
    return ask::Done{stripe::read_payment_answer(request, credentials, answer)};
  if (request.kind != OperationKind::refund && !request.consistent)
    return ask::Done{stripe::read_search_answer(request, credentials, answer)};
  if (request.kind != OperationKind::refund) {
    auto page = stripe::read_payment_page(request, credentials, answer);
    if (auto* finding = std::get_if<Finding>(&page)) return ask::Done{std::move(*finding)};
    return ask::Send{stripe::build_list_payments(request, context, std::get<stripe::NextPage>(page).after)};
  }
  if (!request.connector_operation_id.empty())
    return ask::Done{stripe::read_refund_answer(request, credentials, answer)};
  auto page = stripe::read_refund_page(request, credentials, answer);
  if (auto* finding = std::get_if<Finding>(&page)) return ask::Done{std::move(*finding)};
  // Stripe lists the newest first: ours is behind the first page only when a hundred came after it.
  return ask::Send{stripe::build_list_refunds(request, context, std::get<stripe::NextPage>(page).after)};
}

Fence Stripe::fence(const ConnectorRequest&) const {
  return {FenceKind::key_takeover, {}};
}

http::Request Stripe::begin_fence(const ConnectorRequest& request, const ConnectorContext& context) const {
  return stripe::build_fence(request, context);
}

FenceAnswer Stripe::read_fence(const ConnectorRequest&, const ConnectorContext&,
                               const http::Response& answer) const {
  return stripe::read_fence_answer(answer);
}

Result<GatewayEvent> Stripe::read_webhook(const http::Headers& headers, std::string_view body,
                                          const ConnectorContext& context) const {
  const auto verified = stripe::verify_webhook_signature(headers.get("Stripe-Signature"), body,
                                                         context.credentials.webhook_secrets, context.now,
                                                         context.callback_tolerance);
  if (!verified) return std::unexpected(verified.error());
  return stripe::read_webhook_event(body);
}

// https://docs.stripe.com/api/events/types, read 2026-11-22.
bool Stripe::may_overturn(std::string_view event_type) const {
  static constexpr std::string_view kTelling[] = {"payment_intent.succeeded",
                                                  "payment_intent.amount_capturable_updated",
                                                  "charge.succeeded", "refund.failed", "refund.updated"};
  return std::ranges::find(kTelling, event_type) != std::end(kTelling);
}

Result<std::shared_ptr<const PreparedCredentials>> Stripe::prepare(
    const ConnectorCredentials& credentials) const {
  const auto refuse = [](std::string field, std::string why) {
    return fail(Code::connector_credentials_invalid, "connector_account_details." + field, std::move(why));
  };
  const std::string_view account = credentials.field("key1").reveal();
  if (!is_printable(credentials.field("api_key").reveal()))
    return refuse("api_key", "an API key is needed, without white space");
  if (credentials.auth_type == "BodyKey" && (!account.starts_with("acct_") || !is_printable(account)))
    return refuse("key1", "a connected account's id begins with acct_");
  return nullptr;
}

http::Request Stripe::begin_verify(const ConnectorContext& context) const {
  return stripe::build_retrieve_balance(context);
}

Result<void> Stripe::read_verify(const ConnectorContext&, const http::Response& answer) const {
  return stripe::read_balance_answer(answer);
}

}  // namespace payweir
