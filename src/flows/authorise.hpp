#pragma once
// An authorisation on its way: to the first account of its route whose gateway takes calls, and from there,
// when it comes to nothing, on to the next, while the request still holds what is paid with. It never moves
// on from what may have charged: an answer that did not come is first asked about and fenced, and only when
// it is certain that nothing happened, and never will, does another gateway get its turn.
#include <memory>
#include <optional>
#include <vector>

#include "flows/operate.hpp"
#include "flows/routing/gateway_health.hpp"
#include "flows/routing/route_payment.hpp"

namespace payweir::flows {

// Where an attempt goes now, and where else it may go. As the rules were when the payment was confirmed:
// changing them touches nothing that is in flight.
struct Heading {
  std::shared_ptr<const ConnectorAccount> account;
  GatewayHealth::Dispatch passage = GatewayHealth::Dispatch::allowed;
  std::vector<std::shared_ptr<const ConnectorAccount>> others;  // best first
  std::string reason_json;  // why this account, as it is stored with the payment; Route::reason_json
};

// Takes the best account of the route whose breaker lets it go. Error: no_route, when none does.
[[nodiscard]] Result<Heading> set_out(Context& context, Route route);
// Nothing was recorded after all, so nothing goes.
void turn_back(Context& context, const Heading& heading);

// Sends the authorisation that was just recorded for `heading.account`, moves on as long as that is safe and
// of use, and concludes. `profile_tries_max`: attempts of this request at most, the first included.
[[nodiscard]] Task<Result<Answer>> authorise(Context& context, PaymentSnapshot snapshot,
                                             std::optional<Instrument> instrument, Heading heading,
                                             Duration send_by, std::optional<std::int64_t> claim_key,
                                             const Rendering& rendering);

}  // namespace payweir::flows
