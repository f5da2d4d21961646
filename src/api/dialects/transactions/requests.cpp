#include "api/dialects/transactions/requests.hpp"

#include <utility>

#include "api/dialects/transactions/metadata.hpp"

namespace payweir::api::dialects::transactions {
namespace {

constexpr IntegerRange kExpirySecondsRange{60, 7'890'000};  // a minute to about three months

}  // namespace

Result<Order> bind_create_transaction(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  Order order;
  order.proof_field = "channel_params";
  order.channel = fields.text("channel", 64);
  flows::CreatePayment& command = order.command;
  command.payment_id = bind_required_order_id(fields, "business_order_id");
  if (!fields.has("amount_requested")) fields.report(Code::missing_field, "amount_requested", "");
  const Currency currency = fields.currency("currency").value_or(*Currency::parse("CNY"));
  command.amount = fields.major_amount("amount_requested", currency).value_or(Money{});
  command.session_expiry_s = fields.integer("expires_in", kExpirySecondsRange).value_or(0);
  flows::PaymentDetails& details = command.details.edit();
  details.customer_id = fields.text("user_id", 64);
  details.description = fields.text("description", 1000);
  details.return_url = fields.web_address("return_url");
  details.metadata_json = add_order_type(fields.object_json("metadata", kMetadataBytesMax),
                                         fields.text("business_order_type", 64));
  Fields params = fields.object("channel_params");
  order.proof.payer_id = params.text("open_id", 128);
  order.proof.auth_code = Secret(params.text("auth_code", 64));
  return bound(std::move(order), problem);
}

Result<std::string> bind_refunded_transaction(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  std::string id = fields.text("transaction_id", 64);
  if (id.empty()) id = fields.text("business_order_id", 64);
  if (id.empty()) fields.report(Code::missing_field, "transaction_id", "");
  return bound(std::move(id), problem);
}

Result<flows::CreateRefund> bind_create_refund(const json::Value& body, Currency currency) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::CreateRefund command;
  command.refund_id = bind_order_id(fields, "business_refund_id");
  if (const std::optional<Money> amount = fields.major_amount("refund_amount", currency))
    command.amount_minor = amount->minor;
  command.reason = fields.text("reason");
  return bound(std::move(command), problem);
}

}  // namespace payweir::api::dialects::transactions
