#pragma once
// The handlers of /v1/refunds.
#include "sandbox/stripe/call.hpp"

namespace payweir::sandbox::stripe {

[[nodiscard]] Answer create_refund(Call& call);
[[nodiscard]] Answer retrieve_refund(Call& call, std::string_view id);
// payment_intent=… or charge=… narrows it; newest first.
[[nodiscard]] Answer list_refunds(Call& call);

// The same refund made by a person in the gateway's dashboard. `target` is the id of an intent or a
// charge, of whichever account; no amount is all that is left. Gives the refund as JSON.
[[nodiscard]] Parsed<std::string> refund_in_dashboard(State& state, std::string_view target,
                                                      std::optional<std::int64_t> amount, Instant now,
                                                      Draws& draws);

}  // namespace payweir::sandbox::stripe
