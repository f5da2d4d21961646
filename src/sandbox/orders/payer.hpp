#pragma once
// What the person with the phone decides, and the page on which they do so with a browser.
#include <string>
#include <string_view>

#include "base/http.hpp"
#include "base/result.hpp"
#include "sandbox/orders/order.hpp"

namespace payweir::sandbox::orders {

enum class Decision : std::uint8_t {
  open,     // scanned or opened, and nothing more yet
  approve,  // pays; with too little money when the amount is a magic one
  decline,  // goes away without paying
};

// "open", "approve", "decline". Error: invalid_value, field decision.
[[nodiscard]] Result<Decision> parse_decision(std::string_view text);

// Orders over an amount of fen with these last four digits are not paid: the payer's balance is not enough.
inline constexpr std::int64_t kPoorPayerDigits = 4402;
[[nodiscard]] constexpr bool is_beyond_balance(std::int64_t amount) {
  return amount % 10'000 == kPoorPayerDigits;
}

struct PayerPageWords {
  std::string_view house;     // whose page it is
  std::string_view merchant;  // app_id, mchid
  std::string_view note;      // what went wrong before; "" for nothing
};

// The question, in Chinese and English, as a form that posts decision=approve|decline to the same address.
[[nodiscard]] http::Response render_payer_page(const Order& order, const PayerPageWords& words);
// How the order stands, for a payer who has nothing (more) to decide.
[[nodiscard]] http::Response render_order_notice(const Order& order, std::string_view house, int status);

// "12.34"
[[nodiscard]] std::string format_yuan(std::int64_t fen);

}  // namespace payweir::sandbox::orders
