#pragma once
// What faults do to requests and answers whatever the gateway: the part of a fault that needs to know
// nothing of a protocol but how it says "error 500" and "too many requests".
#include <functional>
#include <optional>

#include "sandbox/faults.hpp"
#include "sandbox/gateway_model.hpp"

namespace payweir::sandbox {

struct FaultWords {
  std::function<http::Response()> server_error;
  std::function<http::Response()> rate_limited;
  std::function<void(Duration)> hold;  // the request is to be executed so much later, unanswered
};

// What a fault makes of a request before it is executed; nullopt when it is executed all the same. A stored
// 500 is one that a replay would give again: of a gateway without a memory for answers it is a plain one.
[[nodiscard]] std::optional<Reaction> forestall(const Fault& fault, const FaultWords& words);
// How much later the answer comes.
[[nodiscard]] Duration answer_delay(const std::optional<Fault>& fault);
// What a fault makes of the answer to a request that was executed, as far as HTTP goes.
void bend_answer(Reaction& reaction, FaultKind kind, const FaultWords& words);

}  // namespace payweir::sandbox
