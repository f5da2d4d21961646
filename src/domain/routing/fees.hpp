#pragma once
// Fees: what an account's gateway takes for a payment, as its merchant wrote it down. A list of which the
// first entry decides that matches; the rest of an entry is a fixed part and a share. Used to compare
// accounts, never to book anything.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "base/money.hpp"
#include "domain/payment_method.hpp"

namespace payweir::routing {

inline constexpr std::size_t kFeesMax = 100;  // of one account
inline constexpr std::int32_t kFeeBasisPointsMax = 10'000;

// Words are "" where any will do.
struct Fee {
  std::string payment_method;        // "card", "wallet", or a wallet: "ali_pay"
  std::string card_network;          // canonical: "visa"
  std::string country;               // of billing: ISO 3166 alpha-2, "domestic" or "foreign"
  std::optional<Currency> currency;  // of the payment
  std::int64_t fixed_minor = 0;      // minor units of `currency`
  std::int32_t basis_points = 0;     // hundredths of a per cent
  friend bool operator==(const Fee&, const Fee&) = default;
};

// What of a payment its fees depend on. What is not known matches no entry that asks for it.
struct FeeFacts {
  Money amount;
  PaymentMethod method = PaymentMethod::none;
  std::string_view card_network;      // canonical: "visa"
  std::string_view billing_country;   // "DE"
  std::string_view business_country;  // a payment is domestic when both are the same
};

// Reads the array [{"payment_method", "card_network", "country", "currency", "fixed", "basis_points"}]; no
// member is required, but a fixed part needs its currency. None for null or what is not there. Errors:
// wrong_type, invalid_value, unknown_currency, missing_field; the field is "fees[1].basis_points" or alike.
[[nodiscard]] Result<std::vector<Fee>> read_fees(const json::Value& value, const std::string& field = "fees");

// An array that read_fees() reads as the same.
void write_fees(json::Writer& out, std::span<const Fee> fees);

// Of this payment in hundredths of a per cent, rounded up; at most what the type holds. None when no entry
// matches. Requires: amount >= 0.
[[nodiscard]] std::optional<std::int32_t> cost_bps(std::span<const Fee> fees, const FeeFacts& facts);

}  // namespace payweir::routing
