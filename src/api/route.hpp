#pragma once
// Route: one operation of the API as data, so that the router serves from the same table that tests hold
// against openapi/payweir.yaml; and RequestContext, what its handler gets.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/errors.hpp"
#include "api/reply.hpp"
#include "base/form.hpp"
#include "base/http.hpp"
#include "base/json_reader.hpp"
#include "flows/payments.hpp"

namespace payweir::api {

// Whose key opens a route. `open` asks for none; merchant_or_sandbox for none where the switch is a sandbox:
// who sends none there is the sandbox's merchant.
enum class Access : std::uint8_t {
  open,
  admin,
  merchant,
  admin_or_merchant,
  merchant_or_publishable,
  merchant_or_sandbox
};

[[nodiscard]] bool admits(Access access, flows::Role role);
[[nodiscard]] std::string_view to_string(Access access);

enum class Body : std::uint8_t {
  none,           // not looked at
  json,           // a JSON object, or the request is refused
  optional_json,  // as json, but may be empty, which reads as {}
  large_json,     // as json, but as deep and with as many members as a routing algorithm may have
  json_list,      // a JSON array of that size
  raw,            // any bytes of any type: what a gateway or a browser sends
};

struct RequestContext {
  flows::Context& flows;
  http::Request request;  // its body is wiped once it is parsed; a raw one is left
  std::vector<std::pair<std::string_view, std::string>> params;  // of the path, percent-decoded
  form::Pairs query;
  flows::Principal principal;  // of an open route: nobody's
  flows::Key key;              // of a POST that sent Idempotency-Key
  json::Document document;

  // Requires: `name` stands in the route's pattern.
  [[nodiscard]] const std::string& param(std::string_view name) const;
  // The first value of that name, "" when there is none.
  [[nodiscard]] std::string_view query_value(std::string_view name) const;
  [[nodiscard]] json::Value body() const { return document.root(); }
};

using Handler = Task<Result<Reply>> (*)(RequestContext request);

// How an API is spoken beside its routes.
struct Dialect {
  http::Response (*render_error)(const Error& error) = api::render_error;
  std::string_view key_header = "api-key";  // api-key is read, too, where this one is not sent
};
inline constexpr Dialect kNative;

struct Route {
  http::Method method;
  std::string_view pattern;  // "/payments/{payment_id}/capture"
  Access access;
  Body body;
  std::string_view operation_id;  // as in the OpenAPI document
  Handler handler;
  const Dialect* dialect = &kNative;
};

}  // namespace payweir::api
