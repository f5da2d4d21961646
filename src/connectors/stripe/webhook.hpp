#pragma once
// Stripe's callbacks: the Stripe-Signature header and the event behind it.
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "connectors/connector.hpp"

namespace payweir::stripe {

// The oldest signature that is taken, as in Stripe's own libraries. Zero switches the check off.
inline constexpr Duration kWebhookTolerance = seconds(300);

// Verifies `header` over the raw bytes of `body` against any of the secrets. Errors, in this order:
// webhook_missing_header, webhook_malformed_header, webhook_no_v1_signature, webhook_signature_mismatch,
// webhook_timestamp_out_of_tolerance.
[[nodiscard]] Result<void> verify_webhook_signature(std::string_view header, std::string_view body,
                                                    std::span<const Secret> secrets, Instant now,
                                                    Duration tolerance = kWebhookTolerance);

// What a verified body is about. Error: connector_answer_malformed.
[[nodiscard]] Result<GatewayEvent> read_webhook_event(std::string_view body);

}  // namespace payweir::stripe
