// The bodies of the payment and refund operations: whatever a client sends is bound, or refused with a 4xx
// that is JSON; what is bound keeps the bounds that flows rely on, and of a card nothing but what may be
// shown leaves the card.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/errors.hpp"
#include "api/native/card.hpp"
#include "api/native/payment_requests.hpp"
#include "api/native/refund_requests.hpp"
#include "base/check.hpp"

namespace {

using namespace payweir;

constexpr Instant kNow{1'795'000'000'000};

void check_refusal(const Error& error) {
  const http::Response response = api::render_error(error);
  check(response.status >= 400 && response.status < 500, "a refused body is not the client's fault");
  check(json::parse(response.body).has_value(), "a refusal is no JSON");
}

void check_amount(std::int64_t minor) {
  check(minor >= 1 && minor <= kAmountMax, "an amount out of range was bound");
}

void check_card(const Card& card) {
  check(api::native::is_card_number(card.number.reveal()), "a card number without its check digit was bound");
  check(card.cvc.size() == 3 || card.cvc.size() == 4, "a CVC of a wrong length was bound");
  check(card.expiry_month >= 1 && card.expiry_month <= 12, "a month that does not exist was bound");
  check(card.expiry_year >= 2026 && card.expiry_year <= 9999, "a year that has passed was bound");
}

void check_json(const std::string& kept, std::size_t bytes_max) {
  if (kept.empty()) return;
  check(kept.size() <= bytes_max, "more was kept than there is room for");
  check(json::parse(kept).has_value(), "what is kept is no JSON");
}

void check_details(const flows::PaymentDetails& details) {
  check(details.return_url.empty() || details.return_url.starts_with("http"), "a browser would run this");
  check(details.card.last4.size() <= 4 && details.card.bin.size() <= 6,
        "more of a card is kept than is shown");
  constexpr std::size_t kBytesMax = 16 << 10;
  for (const std::string* kept :
       {&details.metadata_json, &details.billing_json, &details.shipping_json,
        &details.payment_method_billing_json, &details.browser_info_json, &details.order_details_json})
    check_json(*kept, kBytesMax);
  check(json::parse(details.serialise()).has_value(), "what is stored is no JSON");
}

void check_instrument(const Instrument& instrument) {
  if (const auto* card = std::get_if<Card>(&instrument)) return check_card(*card);
  if (const auto* local = std::get_if<LocalMethod>(&instrument)) {
    check(parse_local_method(to_string(local->method)) == local->method, "a method that is none");
    check(is_bank_debit(local->method) == !local->account_number.empty(), "an account too many or too few");
    return;
  }
  const Wallet& wallet = std::get<Wallet>(instrument);
  check(family_of(wallet.method) == "wallet", "a wallet that is none");
  check(needs_payer_id(wallet.method) == !wallet.payer_id.empty(), "a payer's id too many or too few");
  check(is_barcode(wallet.method) == !wallet.auth_code.empty(), "a payer's code too many or too few");
}

void create(const json::Value& body) {
  const auto bound = api::native::bind_create_payment(body, kNow);
  if (!bound) return check_refusal(bound.error());
  check_amount(bound->amount.minor);
  if (bound->amount_to_capture) check_amount(*bound->amount_to_capture);
  if (bound->instrument) check_instrument(*bound->instrument);
  check_details(*bound->details);
}

void confirm(const json::Value& body) {
  const auto bound = api::native::bind_confirm_payment(body, "pay_1", kNow);
  if (!bound) return check_refusal(bound.error());
  if (bound->instrument) check_instrument(*bound->instrument);
  check_details(*bound->details);
}

void refund(const json::Value& body) {
  const auto bound = api::native::bind_create_refund(body);
  if (!bound) return check_refusal(bound.error());
  check(!bound->payment_id.empty(), "a refund of nothing was bound");
  if (bound->amount_minor) check_amount(*bound->amount_minor);
}

void search(const json::Value& body) {
  const auto bound = api::native::bind_list_payments(body);
  if (!bound) return check_refusal(bound.error());
  check(bound->limit >= 1 && bound->limit <= 100, "a page without bound");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = json::parse({reinterpret_cast<const char*>(data), size});
  if (!document) {
    check_refusal(document.error());
    return 0;
  }
  create(document->root());
  confirm(document->root());
  refund(document->root());
  search(document->root());
  return 0;
}
