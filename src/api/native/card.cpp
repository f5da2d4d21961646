#include "api/native/card.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>
#include <utility>

namespace payweir::api::native {
namespace {

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// 0 when the text is no number of at most four digits, which no month and no year is.
int small_number(std::string_view text) {
  int value = 0;
  if (text.size() > 4 || !all_digits(text)) return 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// A card is good until the last day of its month has ended everywhere, which is twelve hours after UTC.
bool has_expired(int month, int year, Instant now) {
  const auto last_place =
      std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds((now - hours(12)).ms));
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(last_place));
  const int this_year = static_cast<int>(today.year());
  return year < this_year ||
         (year == this_year && month < static_cast<int>(static_cast<unsigned>(today.month())));
}

Secret bind_number(Fields& fields) {
  std::string number = fields.required_text("card_number");
  std::erase_if(number, [](char c) { return c == ' '; });
  if (!is_card_number(number)) fields.report(Code::invalid_card_number, "card_number", "card number invalid");
  return Secret(std::move(number));
}

void bind_expiry(Fields& fields, Card& card, Instant now) {
  card.expiry_month = small_number(fields.required_text("card_exp_month"));
  if (card.expiry_month < 1 || card.expiry_month > 12)
    fields.report(Code::invalid_card, "card_exp_month", "Invalid Expiry Month");
  const std::string year = fields.required_text("card_exp_year");
  card.expiry_year = small_number(year) + (year.size() == 2 ? 2000 : 0);
  const bool has_form = (year.size() == 2 || year.size() == 4) && all_digits(year);
  if (!has_form || has_expired(12, card.expiry_year, now))
    fields.report(Code::invalid_card, "card_exp_year", "Invalid Expiry Year");
  if (has_expired(card.expiry_month, card.expiry_year, now))
    fields.report(Code::invalid_card, "card_exp_month", "Card Expired");
}

Secret bind_cvc(Fields& fields) {
  std::optional<std::string> cvc = fields.optional_text("card_cvc");
  if (!cvc) {
    fields.report(Code::missing_field, "card_cvc", "");
    return {};
  }
  if (cvc->size() < 3 || cvc->size() > 4 || !all_digits(*cvc))
    fields.report(Code::invalid_card, "card_cvc", "Invalid card_cvc length");
  return Secret(std::move(*cvc));
}

}  // namespace

bool is_card_number(std::string_view digits) {
  if (digits.size() < 8 || digits.size() > 19 || !all_digits(digits)) return false;
  int sum = 0;
  bool doubled = false;
  for (std::size_t i = digits.size(); i-- > 0; doubled = !doubled) {
    const int digit = (digits[i] - '0') * (doubled ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 == 0;
}

Card bind_card(Fields fields, Instant now) {
  Card card;
  card.number = bind_number(fields);
  bind_expiry(fields, card, now);
  card.cvc = bind_cvc(fields);
  card.holder_name = fields.text("card_holder_name");
  return card;
}

}  // namespace payweir::api::native
