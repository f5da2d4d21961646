#pragma once
// Money: int64 minor units of one ISO 4217 currency. No floating point, no operator*; sums check
// currency and overflow and say so in their result.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace payweir {

// An index into the table of ISO 4217; value-initialised it is XXX ("no currency").
class Currency {
 public:
  constexpr Currency() = default;
  // "USD", upper case only. Error: unknown_currency.
  [[nodiscard]] static Result<Currency> parse(std::string_view code);
  // The number that the store keeps: ISO 4217's numeric code.
  [[nodiscard]] static Result<Currency> from_numeric(std::int64_t numeric);
  [[nodiscard]] std::string_view code() const;
  [[nodiscard]] int numeric() const;
  // Decimal places of the minor unit: JPY 0, USD 2, BHD 3, CLF 4.
  [[nodiscard]] int exponent() const;
  friend constexpr bool operator==(Currency, Currency) = default;

  // Every currency of the table, for tests that walk them all.
  [[nodiscard]] static std::vector<Currency> all();

 private:
  constexpr explicit Currency(std::uint8_t index) : index_(index) {}
  std::uint8_t index_ = 0;
};

// The largest amount the API takes: what every JSON client can represent exactly (2^53 - 1).
inline constexpr std::int64_t kAmountMax = 9'007'199'254'740'991;

struct Money {
  std::int64_t minor = 0;
  Currency currency;
  friend constexpr bool operator==(const Money&, const Money&) = default;
};

// Errors: overflow, currency_mismatch.
[[nodiscard]] Result<Money> add(Money a, Money b);
[[nodiscard]] Result<Money> subtract(Money a, Money b);
[[nodiscard]] Result<std::int64_t> add_minor(std::int64_t a, std::int64_t b);
[[nodiscard]] Result<std::int64_t> subtract_minor(std::int64_t a, std::int64_t b);

// "12.34" for people and for gateways that want decimals; exact.
[[nodiscard]] std::string format_major(Money money);
// "12.34" -> 1234. Refuses signs, exponents, spaces and more digits than the currency has.
[[nodiscard]] Result<Money> parse_major(std::string_view text, Currency currency);

// Shares of `whole` in proportion to the weights, by largest remainder: the parts sum to the whole.
// Requires: whole >= 0, weights >= 0 and not all zero.
[[nodiscard]] Result<std::vector<Money>> allocate(Money whole, std::span<const std::int64_t> weights);

}  // namespace payweir
