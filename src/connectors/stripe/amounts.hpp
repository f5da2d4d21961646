#pragma once
// Stripe's amounts: integers in "the smallest currency unit", which is ISO 4217's minor unit but for
// the currencies of a table.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/money.hpp"
#include "base/result.hpp"

namespace payweir::stripe {

// Those that to_stripe_amount() takes.
[[nodiscard]] std::span<const std::string_view> currencies();
// "usd"
[[nodiscard]] std::string currency_text(Currency currency);
// Errors: invalid_value (field amount) when Stripe's unit cannot hold the amount exactly;
// unknown_currency when Stripe takes no such currency.
[[nodiscard]] Result<std::int64_t> to_stripe_amount(Money money);
// The inverse, from an answer. Errors: unknown_currency, invalid_value, overflow.
[[nodiscard]] Result<Money> from_stripe_amount(std::int64_t amount, std::string_view currency);

}  // namespace payweir::stripe
