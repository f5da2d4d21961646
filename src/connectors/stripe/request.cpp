#include "connectors/stripe/request.hpp"

#include <utility>

#include "base/planted.hpp"
#include "connectors/stripe/amounts.hpp"
#include "connectors/stripe/local_methods.hpp"
#include "connectors/wire/base_url.hpp"

namespace payweir::stripe {
namespace {

using wire::NestedForm;

// https://docs.stripe.com/api/metadata, read 2026-11-22: values of up to 500 characters.
constexpr std::size_t kMetadataValueMax = 500;

std::string payment_path(const ConnectorRequest& request, std::string_view action = "") {
  return std::string("/v1/payment_intents/")
      .append(form::percent_encode(request.connector_payment_id))
      .append(action);
}

void expand(NestedForm& parameters, std::string_view what) {
  parameters.open("expand");
  parameters.text(parameters.next_index(), what).close();
}

// At most `size` bytes, cut between two characters.
std::string_view shortened(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0u) == 0x80u)
    --size;
  return text.substr(0, size);
}

std::string full_name(const PostalAddress& address) {
  if (address.first_name.empty() || address.last_name.empty()) return address.first_name + address.last_name;
  return address.first_name + ' ' + address.last_name;
}

void add_address(NestedForm& parameters, const PostalAddress& address) {
  parameters.open("address")
      .text_if_any("line1", address.line1)
      .text_if_any("line2", address.line2)
      .text_if_any("city", address.city)
      .text_if_any("state", address.state)
      .text_if_any("postal_code", address.zip)
      .text_if_any("country", address.country)
      .close();
}

void add_card(NestedForm& parameters, const ConnectorRequest& request) {
  const Card& card = *request.card;
  parameters.open("payment_method_data").text("type", "card");
  parameters.open("card")
      .text("number", card.number.reveal())
      .integer("exp_month", card.expiry_month)
      .integer("exp_year", card.expiry_year)
      .text_if_any("cvc", card.cvc.reveal())
      .close();
  add_billing(parameters, request, card.holder_name);
  parameters.close();
  // `any` asks the issuer for 3-D Secure whenever the card supports it.
  const bool three_ds = request.authentication_type == AuthenticationType::three_ds;
  parameters.open("payment_method_options").open("card");
  parameters.text("request_three_d_secure", three_ds ? "any" : "automatic").close().close();
}

void add_shipping(NestedForm& parameters, const ConnectorRequest& request) {
  const std::string name = full_name(request.shipping.address);
  // Stripe refuses a shipping block that has no name or no first line.
  if (name.empty() || request.shipping.address.line1.empty()) return;
  parameters.open("shipping").text("name", name).text_if_any("phone", request.shipping.phone);
  add_address(parameters, request.shipping.address);
  parameters.close();
}

Result<Call> authorise(const ConnectorRequest& request, std::string_view customer) {
  const std::string_view type = type_at_stripe(request.method);
  const bool is_card = request.method == PaymentMethod::card;
  if (type.empty())
    return fail(Code::payment_method_missing, "payment_method_data",
                "Stripe takes no " + std::string(to_string(request.method)));
  if (is_card && !request.card)
    return fail(Code::payment_method_missing, "payment_method_data", "a card is needed");
  if (is_bank_debit(request.method) && request.local.account_number.empty())
    return fail(Code::payment_method_missing, "payment_method_data", "the account to debit is needed");
  if (request.capture_method == CaptureMethod::manual && !is_capturable(request.method))
    return fail(Code::capture_method_not_supported, "capture_method",
                std::string(to_string(request.method)) + " cannot be authorised first and captured later");
  const auto amount = to_stripe_amount(request.amount);
  if (!amount) return std::unexpected(amount.error());
  Call call{http::Method::post, "/v1/payment_intents", {}};
  NestedForm& parameters = call.parameters;
  parameters.integer("amount", *amount).text("currency", currency_text(request.amount.currency));
  parameters.boolean("confirm", true).text("capture_method", to_string(request.capture_method));
  parameters.open("payment_method_types");
  parameters.text(parameters.next_index(), type).close();
  if (is_card)
    add_card(parameters, request);
  else
    add_local_method(parameters, request);
  parameters.text_if_any("customer", customer);
  parameters.open("metadata")
      .text(kPaymentMetadata, request.payment_reference)
      .text(kOperationMetadata, request.operation_reference)
      .close();
  parameters.text_if_any("description", request.description)
      .text_if_any("statement_descriptor_suffix", request.statement_descriptor_suffix)
      .text_if_any("return_url", request.return_url);
  add_shipping(parameters, request);
  expand(parameters, "latest_charge");
  return call;
}

Result<Call> capture(const ConnectorRequest& request) {
  const auto amount = to_stripe_amount(request.amount);
  if (!amount) return std::unexpected(amount.error());
  Call call{http::Method::post, payment_path(request, "/capture"), {}};
  if (!PLANTED(captures_all_there)) call.parameters.integer("amount_to_capture", *amount);
  expand(call.parameters, "latest_charge");
  return call;
}

Result<Call> refund(const ConnectorRequest& request) {
  const auto amount = to_stripe_amount(request.amount);
  if (!amount) return std::unexpected(amount.error());
  Call call{http::Method::post, "/v1/refunds", {}};
  NestedForm& parameters = call.parameters;
  parameters.text("payment_intent", request.connector_payment_id).integer("amount", *amount);
  parameters.open("metadata")
      .text(kPaymentMetadata, request.payment_reference)
      .text(kOperationMetadata, request.operation_reference)
      // Stripe's own `reason` is an enumeration; a merchant's words are kept where they are allowed.
      .text_if_any("reason", shortened(request.refund_reason, kMetadataValueMax))
      .close();
  return call;
}

Result<Call> money_call(const ConnectorRequest& request, std::string_view customer) {
  if (request.kind != OperationKind::authorise && request.connector_payment_id.empty())
    return fail(Code::missing_field, "connector_payment_id", "Stripe's id of the payment is not known");
  switch (request.kind) {
    case OperationKind::authorise: return authorise(request, customer);
    case OperationKind::capture: return capture(request);
    case OperationKind::void_authorisation:
      return Call{http::Method::post, payment_path(request, "/cancel"), {}};
    case OperationKind::refund: return refund(request);
    case OperationKind::reversal: break;  // sent as the void or the refund that it is
  }
  return fail(Code::internal, "", "no such operation");
}

}  // namespace

http::Request build_request(Call call, const ConnectorContext& context, std::string_view idempotency_key) {
  const ConnectorCredentials& credentials = context.credentials;
  wire::BaseUrl base = wire::split_base_url(context.base_url);
  http::Request request;
  request.method = call.method;
  request.origin = std::move(base.origin);
  request.target = std::move(base.path_prefix) + call.path;
  std::string parameters = std::move(call.parameters).take();
  if (call.method != http::Method::get)
    request.body = std::move(parameters);
  else if (!parameters.empty())
    request.target.append(1, '?').append(parameters);

  request.headers.add("Authorization", std::string("Bearer ").append(credentials.field("api_key").reveal()));
  request.headers.add("Stripe-Version", kApiVersion);
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  request.headers.add("Accept", "application/json");
  if (call.method == http::Method::post) request.headers.add("Idempotency-Key", idempotency_key);
  // The connected account that a platform acts for.
  if (!credentials.field("key1").empty())
    request.headers.add("Stripe-Account", credentials.field("key1").reveal());
  return request;
}

void add_billing(NestedForm& parameters, const ConnectorRequest& request, std::string_view name_otherwise) {
  const std::string name = full_name(request.billing.address);
  parameters.open("billing_details")
      .text_if_any("name", name.empty() ? name_otherwise : std::string_view(name))
      .text_if_any("email", request.billing.email.empty() ? request.customer_email : request.billing.email)
      .text_if_any("phone", request.billing.phone);
  add_address(parameters, request.billing.address);
  parameters.close();
}

http::Request build_customer(const ConnectorRequest& request, const ConnectorContext& context) {
  Call call{http::Method::post, "/v1/customers", {}};
  call.parameters.text_if_any("name", full_name(request.billing.address))
      .text_if_any("email", request.billing.email.empty() ? request.customer_email : request.billing.email);
  call.parameters.open("metadata")
      .text(kPaymentMetadata, request.payment_reference)
      .text(kOperationMetadata, request.operation_reference)
      .close();
  return build_request(std::move(call), context, request.operation_reference + "_customer");
}

Result<http::Request> build_money_request(const ConnectorRequest& request, const ConnectorContext& context,
                                          std::string_view customer) {
  auto call = money_call(request, customer);
  if (!call) return std::unexpected(std::move(call.error()));
  return build_request(std::move(*call), context, request.operation_reference);
}

http::Request build_retrieve_payment(const ConnectorRequest& request, const ConnectorContext& context) {
  Call call{http::Method::get, payment_path(request), {}};
  expand(call.parameters, "latest_charge");
  return build_request(std::move(call), context, "");
}

http::Request build_retrieve_balance(const ConnectorContext& context) {
  return build_request(Call{http::Method::get, "/v1/balance", {}}, context, "");
}

http::Request build_search_payment(const ConnectorRequest& request, const ConnectorContext& context) {
  Call call{http::Method::get, "/v1/payment_intents/search", {}};
  // An operation's reference is ours and holds no quote.
  std::string query = "metadata['";
  query.append(kOperationMetadata).append("']:'").append(request.operation_reference).append("'");
  call.parameters.text("query", query);
  expand(call.parameters, "data.latest_charge");
  return build_request(std::move(call), context, "");
}

http::Request build_list_payments(const ConnectorRequest& request, const ConnectorContext& context,
                                  std::string_view after) {
  Call call{http::Method::get, "/v1/payment_intents", {}};
  // Whole seconds of Stripe's clock, held against ours as it was when the operation was recorded: an intent
  // outside the window would be taken for one that does not exist, so it is as wide as a clock may be wrong.
  constexpr std::int64_t kSlack = 7'200;
  const std::int64_t from = request.recorded_at.ms / 1000 - kSlack;
  call.parameters.open("created")
      .integer("gte", from)
      .integer("lte", from + request.sendable.ms / 1000 + 2 * kSlack)
      .close();
  call.parameters.integer("limit", 100).text_if_any("starting_after", after);
  expand(call.parameters, "data.latest_charge");
  return build_request(std::move(call), context, "");
}

http::Request build_retrieve_refund(const ConnectorRequest& request, const ConnectorContext& context) {
  Call call{http::Method::get, "/v1/refunds/" + form::percent_encode(request.connector_operation_id), {}};
  return build_request(std::move(call), context, "");
}

http::Request build_list_refunds(const ConnectorRequest& request, const ConnectorContext& context,
                                 std::string_view after) {
  Call call{http::Method::get, "/v1/refunds", {}};
  call.parameters.text("payment_intent", request.connector_payment_id).integer("limit", 100);
  call.parameters.text_if_any("starting_after", after);
  return build_request(std::move(call), context, "");
}

http::Request build_fence(const ConnectorRequest& request, const ConnectorContext& context) {
  Call call{http::Method::post, "/v1/payment_intents", {}};
  // The payment's amount, which Stripe takes whatever its minimum is; begin() has seen that it converts.
  call.parameters.integer("amount", to_stripe_amount(request.payment_amount).value_or(0));
  call.parameters.text("currency", currency_text(request.payment_amount.currency));
  call.parameters.open("payment_method_types");
  call.parameters.text(call.parameters.next_index(), "card").close();
  call.parameters.open("metadata").text(kFenceMetadata, request.operation_reference).close();
  const std::string key =
      PLANTED(fences_another_key) ? request.operation_reference + "-fence" : request.operation_reference;
  return build_request(std::move(call), context, key);
}

}  // namespace payweir::stripe
