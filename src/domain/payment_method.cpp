#include "domain/payment_method.hpp"

namespace payweir {

std::string_view to_string(PaymentMethod method) {
  switch (method) {
    case PaymentMethod::none: return "";
    case PaymentMethod::card: return "card";
    case PaymentMethod::ali_pay_qr: return "ali_pay_qr";
    case PaymentMethod::ali_pay_redirect: return "ali_pay_redirect";
    case PaymentMethod::ali_pay_wap: return "ali_pay_wap";
    case PaymentMethod::ali_pay_app: return "ali_pay_app";
    case PaymentMethod::ali_pay_jsapi: return "ali_pay_jsapi";
    case PaymentMethod::ali_pay_barcode: return "ali_pay_barcode";
    case PaymentMethod::we_chat_pay_qr: return "we_chat_pay_qr";
    case PaymentMethod::we_chat_pay_redirect: return "we_chat_pay_redirect";
    case PaymentMethod::we_chat_pay_app: return "we_chat_pay_app";
    case PaymentMethod::we_chat_pay_jsapi: return "we_chat_pay_jsapi";
    case PaymentMethod::we_chat_pay_barcode: return "we_chat_pay_barcode";
  }
  return "";
}

std::string_view family_of(PaymentMethod method) {
  if (method == PaymentMethod::none) return "";
  return method == PaymentMethod::card ? "card" : "wallet";
}

std::string_view type_of(PaymentMethod method) {
  if (method >= PaymentMethod::we_chat_pay_qr) return "we_chat_pay";
  return method >= PaymentMethod::ali_pay_qr ? "ali_pay" : "";
}

std::optional<PaymentMethod> parse_wallet(std::string_view word) {
  for (auto number = static_cast<std::uint8_t>(PaymentMethod::ali_pay_qr);
       number <= static_cast<std::uint8_t>(PaymentMethod::we_chat_pay_barcode); ++number)
    if (const auto method = static_cast<PaymentMethod>(number); to_string(method) == word) return method;
  return std::nullopt;
}

bool is_barcode(PaymentMethod method) {
  return method == PaymentMethod::ali_pay_barcode || method == PaymentMethod::we_chat_pay_barcode;
}

bool needs_payer_id(PaymentMethod method) {
  return method == PaymentMethod::ali_pay_jsapi || method == PaymentMethod::we_chat_pay_jsapi;
}

}  // namespace payweir
