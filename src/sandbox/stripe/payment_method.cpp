#include "sandbox/stripe/payment_method.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/time.hpp"

namespace payweir::sandbox::stripe {
namespace {

constexpr std::size_t kNumberMin = 12, kNumberMax = 19;

Problem card_problem(std::string_view code, std::string_view message, std::string_view param) {
  return {.status = 402,
          .type = "card_error",
          .code = code,
          .message = std::string(message),
          .param = std::string(param)};
}

std::string digits_of(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c != ' ' && c != '-'; });
  return digits;
}

bool is_number(std::string_view digits) {
  return digits.size() >= kNumberMin && digits.size() <= kNumberMax &&
         std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }) && passes_luhn(digits);
}

struct YearMonth {
  std::int64_t year = 0, month = 0;
};

YearMonth year_month_of(Instant now) {
  const std::string iso = format_iso8601(now);
  YearMonth at;
  std::from_chars(iso.data(), iso.data() + 4, at.year);
  std::from_chars(iso.data() + 5, iso.data() + 7, at.month);
  return at;
}

std::optional<Problem> read_expiry(Call& call, Method& method) {
  const auto month = call.params.integer("payment_method_data[card][exp_month]");
  const auto year = call.params.integer("payment_method_data[card][exp_year]");
  if (!month || !month->has_value() || **month < 1 || **month > 12)
    return card_problem("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month");
  if (!year || !year->has_value())
    return card_problem("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year");
  const std::int64_t full_year = **year < 100 ? 2000 + **year : **year;
  const YearMonth today = year_month_of(call.now);
  if (full_year < today.year || full_year > today.year + 100)
    return card_problem("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year");
  if (full_year == today.year && **month < today.month)
    return card_problem("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month");
  method.exp_month = static_cast<std::uint8_t>(**month);
  method.exp_year = static_cast<std::uint16_t>(full_year);
  return std::nullopt;
}

// Requires: is_number(digits). Keeps the last four and what kind of card it is.
Method card_of(std::string_view digits) {
  Method method{.type = MethodType::card, .behaviour = behaviour_of(digits), .brand = brand_of(digits)};
  std::from_chars(digits.data() + digits.size() - 4, digits.data() + digits.size(), method.last4);
  return method;
}

Parsed<Method> read_card(Call& call) {
  const std::string digits = digits_of(call.params.text("payment_method_data[card][number]"));
  if (digits.empty()) return std::unexpected(missing_param("payment_method_data[card][number]"));
  if (!is_number(digits))
    return std::unexpected(card_problem("incorrect_number", "Your card number is incorrect.", "number"));
  Method method = card_of(digits);
  if (auto problem = read_expiry(call, method)) return std::unexpected(*std::move(problem));
  const std::string_view cvc = call.params.text("payment_method_data[card][cvc]");
  const bool plausible = (cvc.size() == 3 || cvc.size() == 4) &&
                         std::ranges::all_of(cvc, [](char c) { return c >= '0' && c <= '9'; });
  if (!cvc.empty() && !plausible)
    return std::unexpected(card_problem("invalid_cvc", "Your card's security code is invalid.", "cvc"));
  method.has_cvc = !cvc.empty();
  return method;
}

Parsed<Method> read_data(Call& call, std::string_view type) {
  Method method{.type = method_type_of(type)};
  if (method.type == MethodType::none)
    return std::unexpected(
        invalid_param("payment_method_data[type]",
                      "The sandbox does not model the payment method " + std::string(type) + "."));
  if (method.type == MethodType::card) {
    auto card = read_card(call);
    if (!card) return card;
    method = *card;
  }
  if (method.type == MethodType::us_bank_account)
    method.behaviour =
        behaviour_of_account(call.params.text("payment_method_data[us_bank_account][account_number]"));
  if (method.type == MethodType::sepa_debit)
    method.behaviour = behaviour_of_account(call.params.text("payment_method_data[sepa_debit][iban]"));
  method.has_line1 = !call.params.text("payment_method_data[billing_details][address][line1]").empty();
  method.has_postal_code =
      !call.params.text("payment_method_data[billing_details][address][postal_code]").empty();
  return method;
}

// A method lives in the intent it came with: as its present one, or that of one of its charges.
const Method* find_method(const Intent& intent, std::uint16_t ordinal) {
  if (intent.method.type != MethodType::none && intent.method.ordinal == ordinal) return &intent.method;
  const auto at =
      std::ranges::find(intent.charges, ordinal, [](const Charge& charge) { return charge.method.ordinal; });
  return at == intent.charges.end() ? nullptr : &at->method;
}

Parsed<Method> read_known(Call& call, std::string_view text, const Intent* current) {
  if (const std::string_view number = number_of_test_method(text); !number.empty()) {
    Method method = card_of(number);
    method.exp_month = 12;
    method.exp_year = static_cast<std::uint16_t>(year_month_of(call.now).year + 1);
    method.has_cvc = true;
    return method;
  }
  const auto id = parse_id("pm_", text);
  const Intent* source = id ? call.books().find(*id, call.account) : nullptr;
  const Method* method = source != nullptr ? find_method(*source, id->ordinal) : nullptr;
  if (method == nullptr) return std::unexpected(no_such("PaymentMethod", text, "payment_method"));
  if (source != current && !source->reusable)
    return std::unexpected(
        invalid_param("payment_method",
                      "The provided PaymentMethod was previously used with a PaymentIntent without Customer "
                      "attachment, shared with "
                      "a connected account without Customer attachment, or was detached from a Customer. It "
                      "may not be used again. "
                      "To use a PaymentMethod multiple times, you must attach it to a Customer first."));
  Method known = *method;
  if (source != current) known.ordinal = 0;
  return known;
}

}  // namespace

Parsed<std::optional<GivenMethod>> read_payment_method(Call& call, const Intent* current) {
  const std::string_view type = call.params.text("payment_method_data[type]");
  const std::string_view id = call.params.text("payment_method");
  if (!type.empty()) {
    const auto method = read_data(call, type);
    if (!method) return std::unexpected(method.error());
    return GivenMethod{.method = *method};
  }
  if (!id.empty()) {
    const auto method = read_known(call, id, current);
    if (!method) return std::unexpected(method.error());
    return GivenMethod{.method = *method, .reused = true};
  }
  return std::nullopt;
}

}  // namespace payweir::sandbox::stripe
