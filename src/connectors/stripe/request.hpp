#pragma once
// Every request that the connector sends to Stripe, as values. Nothing here depends on the time or on
// chance: the same operation gives the same bytes, which is what Stripe's idempotency keys ask for.
#include <string>
#include <string_view>

#include "base/http.hpp"
#include "base/result.hpp"
#include "connectors/connector.hpp"
#include "connectors/wire/nested_form.hpp"

namespace payweir::stripe {

inline constexpr std::string_view kApiVersion = "2023-08-16";
// Metadata by which we find our own again: in a search, in a list, in a callback.
inline constexpr std::string_view kOperationMetadata = "payweir_operation";
inline constexpr std::string_view kPaymentMetadata = "order_id";
inline constexpr std::string_view kFenceMetadata = "payweir_fence";

// One call of Stripe's API: the parameters go into the query of a GET and into the body of a POST, under
// the account's key, the version we speak and, for a POST, the idempotency key.
struct Call {
  http::Method method = http::Method::get;
  std::string path;  // "/v1/…"
  wire::NestedForm parameters;
};
[[nodiscard]] http::Request build_request(Call call, const ConnectorContext& context,
                                          std::string_view idempotency_key);

// `billing_details` of payment_method_data: who pays. `name_otherwise` where the billing address names
// nobody.
void add_billing(wire::NestedForm& parameters, const ConnectorRequest& request,
                 std::string_view name_otherwise = "");

// The customer whose balance a bank transfer arrives in: one a payment, who goes by our reference.
[[nodiscard]] http::Request build_customer(const ConnectorRequest& request, const ConnectorContext& context);

// The operation itself: sent once. Errors, all of them before anything is sent: payment_method_missing,
// missing_field, and those of to_stripe_amount.
// `customer`: Stripe's id of the payer, where the method needs one.
[[nodiscard]] Result<http::Request> build_money_request(const ConnectorRequest& request,
                                                        const ConnectorContext& context,
                                                        std::string_view customer = "");

// Questions.
[[nodiscard]] http::Request build_retrieve_payment(const ConnectorRequest& request,
                                                   const ConnectorContext& context);
[[nodiscard]] http::Request build_search_payment(const ConnectorRequest& request,
                                                 const ConnectorContext& context);
// The intents that were created while this one could have been, which is consistent where the search is not:
// https://docs.stripe.com/search#data-freshness, read 2026-11-22. `after`: the last id of the page before.
[[nodiscard]] http::Request build_list_payments(const ConnectorRequest& request,
                                                const ConnectorContext& context, std::string_view after);
[[nodiscard]] http::Request build_retrieve_refund(const ConnectorRequest& request,
                                                  const ConnectorContext& context);
// The page behind the refund `after`, or the first one when that is "".
[[nodiscard]] http::Request build_list_refunds(const ConnectorRequest& request,
                                               const ConnectorContext& context, std::string_view after);

// Reads the account's balance: any secret key may, and nothing changes.
[[nodiscard]] http::Request build_retrieve_balance(const ConnectorContext& context);

// An unconfirmed payment intent under the operation's own idempotency key: it moves no money, and once
// Stripe has stored it, the operation's request can only be refused, because its parameters differ.
[[nodiscard]] http::Request build_fence(const ConnectorRequest& request, const ConnectorContext& context);

}  // namespace payweir::stripe
