#include "connectors/stripe/amounts.hpp"

#include <algorithm>
#include <vector>

namespace payweir::stripe {
namespace {

// https://docs.stripe.com/currencies, "Zero-decimal", "Three-decimal" and "Special cases", read 2026-11-22.
struct Special {
  std::string_view code;
  int decimals;       // of Stripe's unit
  std::int64_t step;  // Stripe's amount is a multiple of this
};

constexpr Special kSpecial[] = {
    {"BHD", 3, 10}, {"BIF", 0, 1}, {"CLP", 0, 1}, {"DJF", 0, 1},  {"GNF", 0, 1},   {"ISK", 2, 100},
    {"JOD", 3, 10}, {"JPY", 0, 1}, {"KMF", 0, 1}, {"KRW", 0, 1},  {"KWD", 3, 10},  {"MGA", 0, 1},
    {"OMR", 3, 10}, {"PYG", 0, 1}, {"RWF", 0, 1}, {"TND", 3, 10}, {"UGX", 2, 100}, {"VND", 0, 1},
    {"VUV", 0, 1},  {"XAF", 0, 1}, {"XOF", 0, 1}, {"XPF", 0, 1},
};

struct Unit {
  std::int64_t times;  // Stripe's amount = minor × times ÷ divide; one of the two is 1
  std::int64_t divide;
  std::int64_t step;
};

Result<Unit> unit_of(Currency currency) {
  const auto special = std::ranges::find(kSpecial, currency.code(), &Special::code);
  if (special == std::end(kSpecial)) {
    // The rest of Stripe's list has two decimals; what ISO gives three or four is not on that list.
    if (currency.exponent() == 2) return Unit{1, 1, 1};
    return fail(Code::unknown_currency, "currency", "Stripe does not take " + std::string(currency.code()));
  }
  Unit unit{1, 1, special->step};
  for (int i = currency.exponent(); i < special->decimals; ++i)
    unit.times *= 10;
  for (int i = special->decimals; i < currency.exponent(); ++i)
    unit.divide *= 10;
  return unit;
}

}  // namespace

std::span<const std::string_view> currencies() {
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> taken;
    for (const Currency currency : Currency::all())
      if (unit_of(currency)) taken.push_back(currency.code());
    return taken;
  }();
  return all;
}

std::string currency_text(Currency currency) {
  std::string text(currency.code());
  for (char& c : text)
    c = static_cast<char>(c - 'A' + 'a');
  return text;
}

Result<std::int64_t> to_stripe_amount(Money money) {
  const auto unit = unit_of(money.currency);
  if (!unit) return std::unexpected(unit.error());
  std::int64_t amount = 0;
  if (__builtin_mul_overflow(money.minor, unit->times, &amount))
    return fail(Code::overflow, "amount", "the amount exceeds what Stripe takes");
  if (amount % unit->divide != 0 || amount / unit->divide % unit->step != 0)
    return fail(Code::invalid_value, "amount",
                "Stripe cannot hold this amount of " + std::string(money.currency.code()) + " exactly");
  return amount / unit->divide;
}

Result<Money> from_stripe_amount(std::int64_t amount, std::string_view currency) {
  std::string code(currency);
  for (char& c : code)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  const auto known = Currency::parse(code);
  if (!known) return std::unexpected(known.error());
  const auto unit = unit_of(*known);
  if (!unit) return std::unexpected(unit.error());
  std::int64_t minor = 0;
  if (__builtin_mul_overflow(amount, unit->divide, &minor))
    return fail(Code::overflow, "amount", "Stripe's amount exceeds 64 bits");
  if (minor % unit->times != 0)
    return fail(Code::invalid_value, "amount", "Stripe's amount has a fraction of a minor unit");
  return Money{minor / unit->times, *known};
}

}  // namespace payweir::stripe
