#pragma once
// Which gateway account takes a payment: the profile's active algorithm over what is known of the payment,
// among the accounts that can take it; the oldest of these where no algorithm has its say.
#include <memory>
#include <string>
#include <vector>

#include "flows/directory.hpp"
#include "flows/payment_details.hpp"

namespace payweir::flows {

// What the request itself asks for; "" for no wish.
struct RoutingWish {
  std::string_view connector;
  std::string_view account_id;  // mca_…
};

struct Route {
  std::vector<std::shared_ptr<const ConnectorAccount>> accounts;  // best first, never empty
  // Why, as it is stored with the payment: at most kRouteReasonMax bytes of JSON.
  std::string reason_json;
};
inline constexpr std::size_t kRouteReasonMax = 200;

// `card`: what the payment is to be paid with, if it is one. Errors: no_connector_account,
// capture_method_not_supported.
[[nodiscard]] Result<Route> route_payment(const ProfileEntry& profile, const Payment& payment,
                                          const PaymentDetails& details, PaymentMethod method,
                                          const Card* card, RoutingWish wish);

// The reason in words: "rule \"euros\" of routing_…". "" for what has none.
[[nodiscard]] std::string route_in_words(std::string_view reason_json);

}  // namespace payweir::flows
