#include "api/dialects/quickstart/requests.hpp"

#include <utility>

namespace payweir::api::dialects::quickstart {

Result<Order> bind_initiate(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  Order order;
  order.is_paid_on_page = true;
  order.channel = fields.text("channel", 64);
  order.command.payment_id = bind_order_id(fields, "orderId");
  if (!fields.has("amount")) fields.report(Code::missing_field, "amount", "");
  const Currency currency = fields.currency("currency").value_or(*Currency::parse("CNY"));
  order.command.amount = fields.major_amount("amount", currency).value_or(Money{});
  flows::PaymentDetails& details = order.command.details.edit();
  details.description = fields.text("description", 1000);
  details.return_url = fields.web_address("returnUrl");
  details.customer_id = fields.text("customerId", 64);
  details.email = fields.email("email");
  return bound(std::move(order), problem);
}

Result<std::string> bind_refunded_order(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  std::string id = fields.required_text("orderId", 64);
  return bound(std::move(id), problem);
}

Result<flows::CreateRefund> bind_refund(const json::Value& body, Currency currency) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::CreateRefund command;
  command.refund_id = bind_order_id(fields, "refundId");
  if (const std::optional<Money> amount = fields.major_amount("amount", currency))
    command.amount_minor = amount->minor;
  command.reason = fields.text("reason");
  return bound(std::move(command), problem);
}

}  // namespace payweir::api::dialects::quickstart
