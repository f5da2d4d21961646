#pragma once
// Every request that the connector sends to Alipay, as values: https://opendocs.alipay.com/apis, version 1.0
// of the gateway, read 2026-11-22. The public parameters go into the query, biz_content into the body.
#include <string>
#include <string_view>

#include "base/http.hpp"
#include "base/result.hpp"
#include "connectors/alipay/credentials.hpp"
#include "connectors/alipay/signature.hpp"

namespace payweir::alipay {

inline constexpr std::string_view kPrecreate = "alipay.trade.precreate";
inline constexpr std::string_view kCreate = "alipay.trade.create";
inline constexpr std::string_view kPay = "alipay.trade.pay";
inline constexpr std::string_view kPagePay = "alipay.trade.page.pay";
inline constexpr std::string_view kWapPay = "alipay.trade.wap.pay";
inline constexpr std::string_view kAppPay = "alipay.trade.app.pay";
inline constexpr std::string_view kQuery = "alipay.trade.query";
inline constexpr std::string_view kCancel = "alipay.trade.cancel";
inline constexpr std::string_view kRefund = "alipay.trade.refund";
inline constexpr std::string_view kRefundQuery = "alipay.trade.fastpay.refund.query";
inline constexpr std::string_view kBillUrl = "alipay.data.dataservice.bill.downloadurl.query";

// The account and the moment that every request is made with.
[[nodiscard]] const Credentials& credentials_of(const ConnectorContext& context);

struct Call {
  std::string_view method;
  std::string biz_content;  // JSON
  std::string notify_url, return_url;
};

// The public parameters, the signed content and its signature; biz_content encrypted where the account
// wants that. `sign` is last.
[[nodiscard]] form::Pairs signed_parameters(const Call& call, const ConnectorContext& context);
// Adds `sign` to parameters that are complete.
void sign(form::Pairs& parameters, const Credentials& credentials);

// A POST to the gateway.
[[nodiscard]] http::Request build_request(const Call& call, const ConnectorContext& context);
// The same as an address for a browser, or as the text that an app hands to Alipay's SDK.
[[nodiscard]] std::string build_page_url(const Call& call, const ConnectorContext& context);
[[nodiscard]] std::string build_order_string(const Call& call, const ConnectorContext& context);

// What an operation asks for: the method and its content. Errors: invalid_value, missing_field.
[[nodiscard]] Result<Call> call_of(const ConnectorRequest& request, const ConnectorContext& context);
[[nodiscard]] Call query_of(const ConnectorRequest& request);
[[nodiscard]] Call cancel_of(const ConnectorRequest& request);

}  // namespace payweir::alipay
