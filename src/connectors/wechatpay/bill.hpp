#pragma once
// Where a day's trade bill is: GET /v3/bill/tradebill, whose answer names file and hash. The file is asked
// for with a signature, and comes without one:
// https://pay.weixin.qq.com/docs/merchant/apis/jsapi-payment/get-trade-bill.html, read 2026-11-22.
#include "connectors/connector.hpp"

namespace payweir::wechatpay {

// See Connector::begin_statement() and read_statement_answer().
[[nodiscard]] Result<http::Request> ask_for_bill(std::string_view day, const ConnectorContext& context);
[[nodiscard]] Result<StatementSource> read_bill_answer(std::string_view day, const ConnectorContext& context,
                                                       const http::Response& answer);

}  // namespace payweir::wechatpay
