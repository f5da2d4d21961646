#include "domain/payment_method.hpp"

#include <array>

namespace payweir {
namespace {

struct Names {
  PaymentMethod method;
  std::string_view data;  // of its member in payment_method_data
  std::string_view family;
  std::string_view type;
};

// In the order of their numbers. The words are those of the API.
using enum PaymentMethod;
constexpr auto kNames = std::to_array<Names>({
    {none, "", "", ""},
    {card, "card", "card", ""},
    {ali_pay_qr, "ali_pay_qr", "wallet", "ali_pay"},
    {ali_pay_redirect, "ali_pay_redirect", "wallet", "ali_pay"},
    {ali_pay_wap, "ali_pay_wap", "wallet", "ali_pay"},
    {ali_pay_app, "ali_pay_app", "wallet", "ali_pay"},
    {ali_pay_jsapi, "ali_pay_jsapi", "wallet", "ali_pay"},
    {ali_pay_barcode, "ali_pay_barcode", "wallet", "ali_pay"},
    {we_chat_pay_qr, "we_chat_pay_qr", "wallet", "we_chat_pay"},
    {we_chat_pay_redirect, "we_chat_pay_redirect", "wallet", "we_chat_pay"},
    {we_chat_pay_app, "we_chat_pay_app", "wallet", "we_chat_pay"},
    {we_chat_pay_jsapi, "we_chat_pay_jsapi", "wallet", "we_chat_pay"},
    {we_chat_pay_barcode, "we_chat_pay_barcode", "wallet", "we_chat_pay"},
    {klarna, "klarna_redirect", "pay_later", "klarna"},
    {afterpay_clearpay, "afterpay_clearpay_redirect", "pay_later", "afterpay_clearpay"},
    {affirm, "affirm_redirect", "pay_later", "affirm"},
    {ideal, "ideal", "bank_redirect", "ideal"},
    {eps, "eps", "bank_redirect", "eps"},
    {bancontact_card, "bancontact_card", "bank_redirect", "bancontact_card"},
    {przelewy24, "przelewy24", "bank_redirect", "przelewy24"},
    {ach_bank_transfer, "ach_bank_transfer", "bank_transfer", "ach"},
    {ach_bank_debit, "ach_bank_debit", "bank_debit", "ach"},
    {sepa_bank_debit, "sepa_bank_debit", "bank_debit", "sepa"},
    {classic_reward, "classic", "reward", "classic"},
    {evoucher, "evoucher", "reward", "evoucher"},
});

consteval bool are_in_order() {
  for (std::size_t number = 0; number < kNames.size(); ++number)
    if (kNames[number].method != static_cast<PaymentMethod>(number)) return false;
  return kNames.back().method == kPaymentMethodLast;
}
static_assert(are_in_order());

// A number that a newer version has stored has no name here.
const Names& names_of(PaymentMethod method) {
  const auto number = static_cast<std::size_t>(method);
  return kNames[number < kNames.size() ? number : 0];
}

std::optional<PaymentMethod> parse_between(PaymentMethod first, PaymentMethod last, std::string_view word) {
  for (const Names& names : kNames)
    if (names.method >= first && names.method <= last && names.data == word) return names.method;
  return std::nullopt;
}

}  // namespace

std::string_view to_string(PaymentMethod method) {
  return names_of(method).data;
}

std::string_view family_of(PaymentMethod method) {
  return names_of(method).family;
}

std::string_view type_of(PaymentMethod method) {
  return names_of(method).type;
}

std::optional<PaymentMethod> parse_wallet(std::string_view word) {
  return parse_between(ali_pay_qr, we_chat_pay_barcode, word);
}

std::optional<PaymentMethod> parse_local_method(std::string_view word) {
  return parse_between(klarna, kPaymentMethodLast, word);
}

bool is_wallet(PaymentMethod method) {
  return method >= ali_pay_qr && method <= we_chat_pay_barcode;
}

bool is_barcode(PaymentMethod method) {
  return method == ali_pay_barcode || method == we_chat_pay_barcode;
}

bool needs_payer_id(PaymentMethod method) {
  return method == ali_pay_jsapi || method == we_chat_pay_jsapi;
}

bool is_bank_debit(PaymentMethod method) {
  return method == ach_bank_debit || method == sepa_bank_debit;
}

Duration time_to_pay(PaymentMethod method) {
  if (method == ach_bank_transfer || is_bank_debit(method)) return days(14);
  return {};
}

}  // namespace payweir
