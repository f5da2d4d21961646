// Prints the route table, a line of JSON each, for check_routes.py.
#include <iostream>

#include "api/routes.hpp"
#include "base/json_writer.hpp"

namespace {

std::string_view to_string(payweir::api::Body body) {
  using enum payweir::api::Body;
  switch (body) {
    case none: return "none";
    case json:
    case json_list:
    case large_json: return "json";
    case optional_json: return "optional_json";
    case raw: return "raw";
  }
  return "none";
}

}  // namespace

int main() {
  for (const payweir::api::Route& route : payweir::api::all_routes()) {
    payweir::json::Writer out;
    out.begin_object().field("method", payweir::http::to_string(route.method));
    out.field("path", route.pattern).field("access", to_string(route.access));
    out.field("body", to_string(route.body)).field("operation_id", route.operation_id).end_object();
    std::cout << std::move(out).take() << '\n';
  }
}
