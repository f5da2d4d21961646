#pragma once
// Problem: one error as Stripe words it, and its rendering. https://docs.stripe.com/error-codes and
// specs of API version 2023-08-16, schema `error`, read 2026-11-22.
#include <expected>
#include <string>
#include <string_view>

#include "base/http.hpp"

namespace payweir::sandbox::stripe {

inline constexpr std::string_view kApiVersion = "2023-08-16";

struct Problem {
  int status = 400;
  std::string_view type = "invalid_request_error";
  std::string_view code;  // "" when Stripe gives none
  std::string message;
  std::string param;
};

// A value, or the problem that the caller is answered with.
template <class T>
using Parsed = std::expected<T, Problem>;

[[nodiscard]] Problem missing_param(std::string_view name);
[[nodiscard]] Problem invalid_param(std::string_view name, std::string_view message);
[[nodiscard]] Problem no_such(std::string_view what, std::string_view id, std::string_view param);
[[nodiscard]] Problem no_such_route(std::string_view method, std::string_view path);
[[nodiscard]] Problem books_are_full();
[[nodiscard]] Problem internal_error();

// What an error carries besides its words; "" leaves a member out.
struct ProblemContext {
  std::string_view decline_code;
  std::string_view charge;
  std::string_view payment_intent_json;
  std::string_view payment_method_json;
};
[[nodiscard]] std::string render(const Problem& problem, const ProblemContext& context = {});
// The answer around a body.
[[nodiscard]] http::Response respond(int status, std::string body, std::string_view request_id);

}  // namespace payweir::sandbox::stripe
