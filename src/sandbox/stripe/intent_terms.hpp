#pragma once
// Reads what create, update and confirm of an intent have in common.
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/money.hpp"
#include "sandbox/stripe/books.hpp"
#include "sandbox/stripe/params.hpp"
#include "sandbox/stripe/payment.hpp"

namespace payweir::sandbox::stripe {

// Minor units, 1 … 99 999 999.
[[nodiscard]] Parsed<std::int64_t> read_amount(const Params& params, std::string_view name);
[[nodiscard]] Parsed<Currency> read_currency(const Params& params);
// Texts to echo, capture_method, setup_future_usage, payment_method_types and options, into `intent`.
[[nodiscard]] std::optional<Problem> read_terms(const Params& params, Intent& intent);
[[nodiscard]] Parsed<Presence> read_presence(const Params& params);

}  // namespace payweir::sandbox::stripe
