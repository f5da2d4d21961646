#include "api/native/feature_matrix.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/json_writer.hpp"
#include "flows/feature_matrix.hpp"

namespace payweir::api::native {
namespace {

// null: any.
void write_codes(json::Writer& out, std::string_view name, std::span<const std::string_view> codes) {
  if (codes.empty()) {
    out.null_field(name);
    return;
  }
  out.key(name).begin_array();
  for (const std::string_view code : codes)
    out.string(code);
  out.end_array();
}

void write_method(json::Writer& out, const Capabilities& can, PaymentMethod method) {
  out.begin_object().field("payment_method", family_of(method));
  out.field("payment_method_type", method == PaymentMethod::card ? "credit" : type_of(method));
  out.field("payment_method_data", to_string(method));
  out.field("mandates", "not_supported").field("refunds", "supported");
  out.field("partial_refunds", can.partial_refund ? "supported" : "not_supported");
  out.key("supported_capture_methods").begin_array().string("automatic");
  if (can.holds(method)) out.string("manual");
  out.end_array();
  const MethodTerms* terms = can.terms_of(method);
  write_codes(out, "supported_currencies",
              terms && !terms->currencies.empty() ? terms->currencies : can.currencies);
  write_codes(out, "supported_countries", terms ? terms->countries : std::span<const std::string_view>());
  out.end_object();
}

void write_auth_types(json::Writer& out, const Capabilities& can) {
  out.key("auth_types").begin_array();
  for (const AuthType& type : can.auth_types) {
    out.begin_object().field("auth_type", type.name);
    out.key("fields").begin_array();
    for (const CredentialField& field : type.fields) {
      out.begin_object().field("name", field.name).field("description", field.what);
      out.field("required", field.is_required).field("secret", field.is_secret).end_object();
    }
    out.end_array().end_object();
  }
  out.end_array();
}

Task<Result<Reply>> show(RequestContext) {
  json::Writer out(8192);
  const std::vector<const Capabilities*> connectors = flows::list_capabilities();
  out.begin_object().field("connector_count", static_cast<std::int64_t>(connectors.size()));
  out.key("connectors").begin_array();
  for (const Capabilities* each : connectors) {
    const Capabilities& can = *each;
    out.begin_object().field("name", can.name).field("display_name", can.display_name);
    out.field("category", "payment_gateway").field("integration_status", can.maturity);
    out.key("supported_payment_methods").begin_array();
    for (const PaymentMethod method : can.payment_methods)
      write_method(out, can, method);
    out.end_array();
    out.key("supported_webhook_flows").begin_array().string("payments").string("refunds").end_array();
    write_auth_types(out, can);
    out.end_object();
  }
  out.end_array().end_object();
  co_return json_reply(std::move(out).take());
}

constexpr std::array kRoutes = {
    Route{http::Method::get, "/feature_matrix", Access::open, Body::none, "show_feature_matrix", show},
};

}  // namespace

std::span<const Route> feature_matrix_routes() {
  return kRoutes;
}

}  // namespace payweir::api::native
