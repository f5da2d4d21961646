#include "sandbox/stripe/problem.hpp"

#include <algorithm>

#include "base/json_writer.hpp"

namespace payweir::sandbox::stripe {

Problem missing_param(std::string_view name) {
  return {.code = "parameter_missing",
          .message = "Missing required param: " + std::string(name) + ".",
          .param = std::string(name)};
}

Problem invalid_param(std::string_view name, std::string_view message) {
  return {.message = std::string(message), .param = std::string(name)};
}

Problem no_such(std::string_view what, std::string_view id, std::string_view param) {
  return {.status = 404,
          .code = "resource_missing",
          .message = "No such " + std::string(what) + ": '" + std::string(id) + "'",
          .param = std::string(param)};
}

Problem no_such_route(std::string_view method, std::string_view path) {
  return {.status = 404,
          .message = "Unrecognized request URL (" + std::string(method) + ": " + std::string(path) +
                     "). Please see https://stripe.com/docs."};
}

Problem books_are_full() {
  return {.status = 503,
          .type = "api_error",
          .message = "The sandbox holds as many objects as it can. Start afresh with POST /control/reset."};
}

Problem internal_error() {
  return {.status = 500, .type = "api_error", .message = "An unknown error occurred."};
}

http::Response respond(int status, std::string body, std::string_view request_id) {
  http::Response response{.status = status, .headers = {}, .body = std::move(body)};
  response.headers.set("Content-Type", "application/json");
  response.headers.set("Request-Id", request_id);
  response.headers.set("Stripe-Version", kApiVersion);
  return response;
}

std::string render(const Problem& problem, const ProblemContext& context) {
  json::Writer out(256 + context.payment_intent_json.size() + context.payment_method_json.size());
  out.begin_object().key("error").begin_object();
  if (!context.charge.empty()) out.field("charge", context.charge);
  if (!problem.code.empty()) {
    out.field("code", problem.code);
    std::string page(problem.code);
    std::ranges::replace(page, '_', '-');
    out.field("doc_url", "https://stripe.com/docs/error-codes/" + page);
  }
  if (!context.decline_code.empty()) out.field("decline_code", context.decline_code);
  out.field("message", problem.message);
  if (!problem.param.empty()) out.field("param", problem.param);
  if (!context.payment_intent_json.empty()) out.raw_field("payment_intent", context.payment_intent_json);
  if (!context.payment_method_json.empty()) out.raw_field("payment_method", context.payment_method_json);
  out.field("type", problem.type).end_object().end_object();
  return std::move(out).take();
}

}  // namespace payweir::sandbox::stripe
