#include "connectors/alipay/notification.hpp"

#include "connectors/alipay/signature.hpp"

namespace payweir::alipay {

Result<GatewayEvent> read_notification(std::string_view body, const Credentials& credentials) {
  const Result<form::Pairs> parameters = verify_notification(body, credentials);
  if (!parameters) return fail(parameters.error());
  const auto value = [&](std::string_view name) { return std::string(value_of(*parameters, name)); };
  GatewayEvent event;
  event.event_id = value("notify_id");
  event.event_type = value("trade_status");
  event.operation_reference = value("out_trade_no");
  event.connector_payment_id = value("trade_no");
  // A refund is told at the same address, and names itself; refund_fee alone is the sum of all.
  if (!value("refund_fee").empty()) {
    event.event_type = "REFUND";
    event.connector_refund_id = value("out_biz_no");
    if (!event.connector_refund_id.empty()) event.operation_reference = event.connector_refund_id;
  }
  if (event.event_id.empty() || event.operation_reference.empty())
    return fail(Code::webhook_malformed_header, "", "the callback names no trade");
  // Of all refunds and states of one trade, each is news once.
  event.event_id += "|" + value("trade_status") + "|" + event.connector_refund_id;
  if (const Result<Money> amount = parse_major(value("total_amount"), Currency::parse("CNY").value()))
    event.amount = *amount;
  return event;
}

}  // namespace payweir::alipay
