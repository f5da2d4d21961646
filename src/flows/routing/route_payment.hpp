#pragma once
// Which gateway account takes a payment: what the request asks for, else the profile's active algorithm over
// what is known of the payment, among the accounts that can take it; the profile's default order where
// neither has its say.
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "flows/directory.hpp"
#include "flows/payment_details.hpp"

namespace payweir::flows {

// A payment that is about to be sent. `details.routing_json` is the request's own algorithm: only accounts
// that it names take the payment then.
struct RoutedPayment {
  const ProfileEntry& profile;
  const Payment& payment;
  const PaymentDetails& details;
  PaymentMethod method = PaymentMethod::card;
  const Card* card = nullptr;          // what it is to be paid with, if it is one
  std::string_view only_account = {};  // mca_…: no other may take it, whatever anybody wishes
};

// What is expected of accounts, one of each, in their order.
using AskEstimates = std::function<std::vector<routing::Estimate>(
    std::span<const std::int64_t> account_keys, const routing::Segment& segment, std::uint32_t draw)>;

// What routing rests on beside the profile and the payment.
struct RoutingMeans {
  AskEstimates estimates;  // empty: nothing is known of any account
  // Accounts with a lower technical success go behind the others, but for what the request itself asks.
  std::int32_t set_back_below_ppm = 0;
  // Of the configuration, for profiles without an active algorithm; null: there are none.
  const routing::CompiledProgram* rules = nullptr;
};

struct Route {
  std::vector<std::shared_ptr<const ConnectorAccount>> accounts;  // best first, never empty
  std::vector<routing::Standing> standings;  // of each, as far as it is known; none when nothing is
  // Why, as it is stored with the payment: at most kRouteReasonMax bytes of JSON.
  std::string reason_json;
};
inline constexpr std::size_t kRouteReasonMax = 200;

// Errors: no_connector_account, capture_method_not_supported.
[[nodiscard]] Result<Route> route_payment(const RoutedPayment& routed, const RoutingMeans& means);

// The reason in words: "rule \"euros\" of routing_…". "" for what has none.
[[nodiscard]] std::string route_in_words(std::string_view reason_json);

}  // namespace payweir::flows
