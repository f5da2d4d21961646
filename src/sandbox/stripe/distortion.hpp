#pragma once
// What a fault makes of an answer after the request was executed: the books stay true, the answer lies.
#include "sandbox/faults.hpp"
#include "sandbox/gateway_model.hpp"
#include "sandbox/stripe/call.hpp"

namespace payweir::sandbox::stripe {

void distort(Reaction& reaction, FaultKind kind, const Recipe& recipe, const State& state, Draws& draws);

}  // namespace payweir::sandbox::stripe
