#pragma once
// The page of the payer's bank: where a challenge (3-D Secure, or any redirect) is approved or declined.
// Self-contained HTML under a strict content security policy; every text from outside is escaped.
#include <optional>
#include <string>
#include <string_view>

#include "base/http.hpp"
#include "sandbox/gateway_model.hpp"
#include "sandbox/stripe/call.hpp"
#include "sandbox/stripe/payment.hpp"

namespace payweir::sandbox::stripe {

// What a payer says, by its word: approve, decline, lapse.
[[nodiscard]] std::optional<ChallengeResult> challenge_result_of(std::string_view decision);

// GET or POST (decision=approve|decline|lapse) of /3ds/{intent id}. A decision sends the payer back to the
// return_url with payment_intent and redirect_status, by 303.
[[nodiscard]] http::Response serve_challenge(State& state, const http::Request& request, std::string_view id,
                                             Instant now, Draws& draws);

// The address with these two parameters added before its fragment.
[[nodiscard]] std::string return_address(std::string_view return_url, std::string_view intent,
                                         std::string_view redirect_status);

}  // namespace payweir::sandbox::stripe
