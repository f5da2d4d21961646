#pragma once
// Payment methods: what the payer pays with, down to the way in which a wallet is asked. The numbers are
// stored and never reused.
#include <cstdint>
#include <optional>
#include <string_view>

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
};

// "ali_pay_qr": the wire's name of a wallet's data.
[[nodiscard]] std::string_view to_string(PaymentMethod method);
// "card", "wallet"; "" for none.
[[nodiscard]] std::string_view family_of(PaymentMethod method);
// "ali_pay", "we_chat_pay"; "" for what has no narrower name.
[[nodiscard]] std::string_view type_of(PaymentMethod method);
// Wallets only, by to_string().
[[nodiscard]] std::optional<PaymentMethod> parse_wallet(std::string_view word);
// Needs what only this payer's wallet shows, for a minute or so.
[[nodiscard]] bool is_barcode(PaymentMethod method);
// Needs the payer's id at the gateway (openid, buyer_open_id).
[[nodiscard]] bool needs_payer_id(PaymentMethod method);

}  // namespace payweir
