#include "sandbox/wire_faults.hpp"

#include <algorithm>

namespace payweir::sandbox {
namespace {

constexpr Duration kSlowByDefault = seconds(2), kLateByDefault = seconds(30);

http::Response web_page(int status, std::string_view text) {
  http::Response response{.status = status};
  response.headers.set("Content-Type", "text/html");
  response.body = "<html><body><h1>" + std::string(text) + "</h1></body></html>";
  return response;
}

}  // namespace

std::optional<Reaction> forestall(const Fault& fault, const FaultWords& words) {
  switch (fault.kind) {
    case FaultKind::down: return Reaction{.response = web_page(503, "503 Service Unavailable")};
    case FaultKind::error_500_before:
    case FaultKind::stored_500_before: return Reaction{.response = words.server_error()};
    case FaultKind::silent_before: return Reaction{};
    case FaultKind::closed_before: return Reaction{.response = http::Response{}, .wire = Wire::closed};
    case FaultKind::rate_limited: return Reaction{.response = words.rate_limited()};
    case FaultKind::late:
      words.hold(fault.delay > Duration{} ? fault.delay : kLateByDefault);
      return Reaction{};
    case FaultKind::slow:
    case FaultKind::silent:
    case FaultKind::closed:
    case FaultKind::error_500_after:
    case FaultKind::stored_500:
    case FaultKind::garbage:
    case FaultKind::truncated:
    case FaultKind::dribble:
    case FaultKind::wrong_amount:
    case FaultKind::wrong_currency:
    case FaultKind::someone_elses_answer:
    case FaultKind::double_charge: return std::nullopt;
  }
  return std::nullopt;
}

Duration answer_delay(const std::optional<Fault>& fault) {
  if (!fault) return {};
  return fault->kind == FaultKind::slow && fault->delay == Duration{} ? kSlowByDefault : fault->delay;
}

void bend_answer(Reaction& reaction, FaultKind kind, const FaultWords& words) {
  switch (kind) {
    case FaultKind::silent: reaction.response.reset(); break;
    case FaultKind::closed: reaction.wire = Wire::closed; break;
    case FaultKind::truncated: reaction.wire = Wire::truncated; break;
    case FaultKind::dribble: reaction.wire = Wire::dribble; break;
    case FaultKind::error_500_after:
    case FaultKind::stored_500: reaction.response = words.server_error(); break;
    case FaultKind::garbage: reaction.response = web_page(200, "It works!"); break;
    case FaultKind::slow:
    case FaultKind::late:
    case FaultKind::down:
    case FaultKind::silent_before:
    case FaultKind::closed_before:
    case FaultKind::error_500_before:
    case FaultKind::stored_500_before:
    case FaultKind::rate_limited:
    case FaultKind::wrong_amount:
    case FaultKind::wrong_currency:
    case FaultKind::someone_elses_answer:
    case FaultKind::double_charge: break;  // have had their effect
  }
}

}  // namespace payweir::sandbox
