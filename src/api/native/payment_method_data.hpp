#pragma once
// What a payment is paid with, as requests say it: `payment_method`, `payment_method_type` and
// `payment_method_data`, one family of methods a member.
#include <optional>
#include <string>
#include <string_view>

#include "api/binding.hpp"
#include "flows/payment_details.hpp"

namespace payweir::api::native {

// "card", "pay_later". Error: invalid_value.
[[nodiscard]] Result<std::string> parse_family(std::string_view word);
// "credit", "klarna". Error: invalid_value.
[[nodiscard]] Result<std::string> parse_method_type(std::string_view word);

// What is paid with; nothing: the request does not say, or what it says does not fit and is reported.
// `fields` is the whole body. What of it may be shown goes into `details`, with the billing details that came
// with it.
[[nodiscard]] std::optional<Instrument> bind_payment_method_data(Fields& fields,
                                                                 flows::PaymentDetails& details, Instant now);

// Has the payment paid with this wallet, and its details say so. Requires: a wallet's method.
void set_wallet(Wallet wallet, std::optional<Instrument>& instrument, flows::PaymentDetails& details);

}  // namespace payweir::api::native
