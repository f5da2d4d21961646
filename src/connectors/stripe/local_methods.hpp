#pragma once
// What is paid with at Stripe that is no card: its name there, on what terms, what its payment intent is
// asked with, and what the payer is told to do.
#include <span>
#include <string>
#include <string_view>

#include "base/json_reader.hpp"
#include "connectors/connector.hpp"
#include "connectors/wire/nested_form.hpp"

namespace payweir::stripe {

// All that the connector takes, the card first.
[[nodiscard]] std::span<const PaymentMethod> payment_methods();
[[nodiscard]] std::span<const MethodTerms> method_terms();

// "klarna", "us_bank_account": Stripe's type of payment method. "": Stripe is not asked for this one.
[[nodiscard]] std::string_view type_at_stripe(PaymentMethod method);

// Whether it can be authorised first and captured later.
[[nodiscard]] bool is_capturable(PaymentMethod method);

// Whether its intent must belong to a customer at Stripe, whose balance the money arrives in.
[[nodiscard]] bool needs_customer(PaymentMethod method);

// payment_method_data, payment_method_options and mandate_data. Requires: type_at_stripe() is not "".
void add_local_method(wire::NestedForm& parameters, const ConnectorRequest& request);

// What the payer must do, as `next_action` of an intent says; none when it says nothing that is known.
[[nodiscard]] NextAction read_next_action(const json::Value& intent);

}  // namespace payweir::stripe
