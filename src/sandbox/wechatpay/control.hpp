#pragma once
// The control API of the model: how a tester registers merchants, plays the payer, plants faults, bends
// callbacks and reads the truth.
#include "base/http.hpp"
#include "sandbox/gateway_model.hpp"
#include "sandbox/wechatpay/call.hpp"

namespace payweir::sandbox::wechatpay {

// POST|GET /merchants · POST /platform_key · POST /scan · POST /balance · POST /bills · POST /probes ·
// POST /dashboard_refund · POST|GET|DELETE /faults · POST|GET /webhooks · POST /webhooks/release ·
// GET /books[?…]
[[nodiscard]] Reaction serve_control(State& state, FaultPlan& faults, const http::Request& request,
                                     Instant now, Draws& draws);

}  // namespace payweir::sandbox::wechatpay
