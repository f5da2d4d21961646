#include "sandbox/orders/order.hpp"

#include <algorithm>
#include <array>

#include "base/form.hpp"

namespace payweir::sandbox::orders {
namespace {

// Indexed by the enums.
constexpr std::array kStateNames =
    std::to_array<std::string_view>({"offered", "waiting", "paying", "paid", "closed", "revoked", "failed"});
constexpr std::array kChannelNames =
    std::to_array<std::string_view>({"qr", "jsapi", "app", "wap", "web", "barcode"});
constexpr std::array kRefundNames =
    std::to_array<std::string_view>({"processing", "succeeded", "abnormal", "closed"});

// The metadata under which a switch names its payment; the first that is there counts.
constexpr std::array kReferenceKeys = std::to_array<std::string_view>({"payment_id", "order_id"});

}  // namespace

OrderRefund* Order::find_refund(std::string_view request_no) {
  const auto at = std::ranges::find(refunds, request_no, &OrderRefund::request_no);
  return at == refunds.end() ? nullptr : &*at;
}

std::string_view to_string(OrderState state) {
  return kStateNames[static_cast<std::size_t>(state)];
}
std::string_view to_string(Channel channel) {
  return kChannelNames[static_cast<std::size_t>(channel)];
}
std::string_view to_string(RefundState state) {
  return kRefundNames[static_cast<std::size_t>(state)];
}

std::string reference_of(std::string_view attach, std::string_view out_trade_no) {
  std::string text(attach);
  if (!text.contains('='))
    if (auto decoded = form::percent_decode(text)) text = *std::move(decoded);
  const auto pairs = form::decode(text);
  if (pairs)
    for (const std::string_view key : kReferenceKeys)
      for (const auto& [name, value] : *pairs)
        if (name == key && !value.empty()) return value;
  return std::string(out_trade_no);
}

}  // namespace payweir::sandbox::orders
