#include "sandbox/control_kit.hpp"

#include <utility>

#include "base/json_writer.hpp"

namespace payweir::sandbox {

Reaction control_answer(int status, std::string json) {
  Reaction reaction{.response = http::Response{.status = status, .headers = {}, .body = std::move(json)}};
  reaction.response->headers.set("Content-Type", "application/json");
  return reaction;
}

Reaction control_refusal(int status, std::string_view message, std::string_view field) {
  json::Writer out;
  out.begin_object().key("error").begin_object().field("message", message).text_or_null("field", field);
  out.end_object().end_object();
  return control_answer(status, std::move(out).take());
}

Reaction control_refusal(const Error& error) {
  return control_refusal(400, error.detail, error.field);
}

Reaction serve_faults(FaultPlan& faults, const http::Request& request, json::Value body,
                      const std::function<std::string(std::string)>& account_of) {
  if (request.method == http::Method::del) faults.clear();
  if (request.method == http::Method::post) {
    auto fault = read_fault(body);
    if (!fault) return control_refusal(fault.error());
    if (account_of) fault->account = account_of(std::move(fault->account));
    if (const auto planted = faults.plant(*std::move(fault)); !planted)
      return control_refusal(planted.error());
  }
  return control_answer(200, render_faults(faults));
}

Reaction serve_callbacks(CallbackDesk& desk, const http::Request& request, json::Value body) {
  if (request.method == http::Method::post) {
    const auto behaviour = read_callback_behaviour(body);
    if (!behaviour) return control_refusal(behaviour.error());
    desk.set_behaviour(*behaviour);
  }
  const CallbackBehaviour& behaviour = desk.behaviour();
  json::Writer out;
  out.begin_object().field("mode", to_string(behaviour.mode)).field("copies", behaviour.copies);
  out.field("delay_ms", behaviour.delay.ms);
  out.field("held", static_cast<std::int64_t>(desk.held_count()));
  out.field("dropped", desk.dropped_count()).end_object();
  return control_answer(200, std::move(out).take());
}

Reaction release_callbacks(CallbackDesk& desk, Instant now) {
  std::vector<Callback> callbacks = desk.release(now);
  json::Writer out;
  out.begin_object().field("released", static_cast<std::int64_t>(callbacks.size())).end_object();
  Reaction reaction = control_answer(200, std::move(out).take());
  reaction.callbacks = std::move(callbacks);
  return reaction;
}

}  // namespace payweir::sandbox
