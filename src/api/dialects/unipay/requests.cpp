#include "api/dialects/unipay/requests.hpp"

#include <utility>

#include "base/json_writer.hpp"

namespace payweir::api::dialects::unipay {
namespace {

// What only this dialect knows of an order is kept with the payment's metadata, where the others show it.
std::string bind_metadata(Fields& fields) {
  const std::string body = fields.text("body", kBodyBytesMax);
  const std::string notify_url = fields.web_address("notify_url");
  const std::string extra_params = fields.object_json("extra_params", kExtraParamsBytesMax);
  if (body.empty() && notify_url.empty() && extra_params.empty()) return {};
  json::Writer out;
  out.begin_object();
  if (!body.empty()) out.field("body", body);
  if (!notify_url.empty()) out.field("notify_url", notify_url);
  if (!extra_params.empty()) out.raw_field("extra_params", extra_params);
  out.end_object();
  return std::move(out).take();
}

// The payer's address, where the merchant knows it.
std::string bind_browser(Fields& extra_params) {
  const std::string client_ip = extra_params.text("client_ip", 64);
  if (client_ip.empty()) return {};
  json::Writer out(64);
  out.begin_object().field("ip_address", client_ip).end_object();
  return std::move(out).take();
}

}  // namespace

Result<Order> bind_create(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  Order order;
  order.channel_field = "provider";
  order.proof_field = "extra_params";
  order.channel = fields.required_text("provider", 64);
  order.command.payment_id = bind_required_order_id(fields, "out_trade_no");
  const std::string subject = fields.required_text("subject", kSubjectBytesMax);
  if (!fields.has("amount")) fields.report(Code::missing_field, "amount", "");
  const Currency currency = fields.currency("currency").value_or(*Currency::parse("CNY"));
  order.command.amount = fields.major_amount("amount", currency).value_or(Money{});
  flows::PaymentDetails& details = order.command.details.edit();
  details.description = subject;
  details.return_url = fields.web_address("return_url");
  details.metadata_json = bind_metadata(fields);
  Fields extra_params = fields.object("extra_params");
  order.proof.payer_id = extra_params.text("open_id", 128);
  order.proof.auth_code = Secret(extra_params.text("auth_code", 64));
  details.browser_info_json = bind_browser(extra_params);
  return bound(std::move(order), problem);
}

}  // namespace payweir::api::dialects::unipay
