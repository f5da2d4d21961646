#pragma once
// What the control APIs of all models share: answers in JSON, and the handlers of faults and callbacks.
#include <functional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "sandbox/callback_desk.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/gateway_model.hpp"

namespace payweir::sandbox {

[[nodiscard]] Reaction control_answer(int status, std::string json);
// {"error":{"message":…,"field":…}}
[[nodiscard]] Reaction control_refusal(int status, std::string_view message, std::string_view field = {});
[[nodiscard]] Reaction control_refusal(const Error& error);

// POST plants one, DELETE clears them, GET lists them. `account_of` turns the name that a tester knows an
// account by into the one that faults are asked by.
[[nodiscard]] Reaction serve_faults(FaultPlan& faults, const http::Request& request, json::Value body,
                                    const std::function<std::string(std::string)>& account_of = {});
// POST changes how callbacks go out, GET tells.
[[nodiscard]] Reaction serve_callbacks(CallbackDesk& desk, const http::Request& request, json::Value body);
[[nodiscard]] Reaction release_callbacks(CallbackDesk& desk, Instant now);

}  // namespace payweir::sandbox
