#pragma once
// Which handler serves which path of the modelled API, and what it is in the switch's words.
#include <optional>
#include <string_view>

#include "sandbox/faults.hpp"
#include "sandbox/stripe/call.hpp"

namespace payweir::sandbox::stripe {

struct Route {
  Answer (*handler)(Call& call, std::string_view id) = nullptr;
  Operation operation = Operation::query;
  std::string_view id;  // into the path
};

// `path` without a query: "/v1/payment_intents/pi_1/capture".
[[nodiscard]] std::optional<Route> find_route(http::Method method, std::string_view path);

}  // namespace payweir::sandbox::stripe
