#pragma once
// Where a day's bill is: alipay.data.dataservice.bill.downloadurl.query, whose answer is an address that is
// good for 30 seconds: https://opendocs.alipay.com/open/02e7ex, the sample of which is on
// dwbillcenter.alipay.com.
#include "connectors/connector.hpp"

namespace payweir::alipay {

// See Connector::begin_statement() and read_statement_answer().
[[nodiscard]] Result<http::Request> ask_for_bill(std::string_view day, const ConnectorContext& context);
[[nodiscard]] Result<StatementSource> read_bill_answer(std::string_view day, const ConnectorContext& context,
                                                       const http::Response& answer);

}  // namespace payweir::alipay
