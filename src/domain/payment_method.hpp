#pragma once
// Payment methods: what the payer pays with, down to the way in which a wallet is asked. The numbers are
// stored and never reused.
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace payweir {

enum class PaymentMethod : std::uint8_t {
  none = 0,
  card = 1,
  ali_pay_qr = 2,        // the payer scans the merchant's code
  ali_pay_redirect = 3,  // Alipay's page on a computer
  ali_pay_wap = 4,       // Alipay's page on a phone, which opens the app
  ali_pay_app = 5,       // the merchant's app hands over to Alipay's
  ali_pay_jsapi = 6,     // inside Alipay: a mini program or a page
  ali_pay_barcode = 7,   // the merchant scans the payer's code
  we_chat_pay_qr = 8,
  we_chat_pay_redirect = 9,  // "H5": a phone's browser, which opens WeChat
  we_chat_pay_app = 10,
  we_chat_pay_jsapi = 11,  // inside WeChat: an official account's page or a mini program
  we_chat_pay_barcode = 12,
  klarna = 13,  // pay later: at the lender's page
  afterpay_clearpay = 14,
  affirm = 15,
  ideal = 16,  // bank redirects: at the page of the payer's bank
  eps = 17,
  bancontact_card = 18,
  przelewy24 = 19,
  ach_bank_transfer = 20,  // the payer sends the money to an account that they are told of
  ach_bank_debit = 21,     // the money is fetched from the payer's account, to which they agreed
  sepa_bank_debit = 22,
  classic_reward = 23,  // vouchers; no connector of this build takes them
  evoucher = 24,
};
inline constexpr PaymentMethod kPaymentMethodLast = PaymentMethod::evoucher;

// The wire's name of its data: "ali_pay_qr", "klarna_redirect".
[[nodiscard]] std::string_view to_string(PaymentMethod method);
// "card", "wallet", "pay_later", "bank_redirect", "bank_transfer", "bank_debit", "reward"; "" for none.
[[nodiscard]] std::string_view family_of(PaymentMethod method);
// "ali_pay", "klarna", "ach"; "" for what has no narrower name.
[[nodiscard]] std::string_view type_of(PaymentMethod method);
// Wallets only, by to_string().
[[nodiscard]] std::optional<PaymentMethod> parse_wallet(std::string_view word);
// What is neither a card nor a wallet, by to_string().
[[nodiscard]] std::optional<PaymentMethod> parse_local_method(std::string_view word);
[[nodiscard]] bool is_wallet(PaymentMethod method);
// Needs what only this payer's wallet shows, for a minute or so.
[[nodiscard]] bool is_barcode(PaymentMethod method);
// Needs the payer's id at the gateway (openid, buyer_open_id).
[[nodiscard]] bool needs_payer_id(PaymentMethod method);
// Needs the payer's bank account, and that they agreed to the debit.
[[nodiscard]] bool is_bank_debit(PaymentMethod method);
// How long the payer needs at least once they were told what to do, however soon the payment would expire: a
// transfer is on its way for days, and small deposits by which an account is verified arrive in one or two.
// Zero: as long as the payment says.
[[nodiscard]] Duration time_to_pay(PaymentMethod method);

}  // namespace payweir
