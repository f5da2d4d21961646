#include "sandbox/wechatpay/routes.hpp"

#include <array>

#include "sandbox/wechatpay/bill.hpp"
#include "sandbox/wechatpay/certificates.hpp"
#include "sandbox/wechatpay/refunds.hpp"
#include "sandbox/wechatpay/transactions.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

struct Row {
  http::Method method;
  std::string_view before;  // the id, or the whole path when `has_id` is false
  bool has_id;
  std::string_view behind;  // the id
  Operation operation;
  Reply (*handler)(Call& call);
};

using http::Method;
constexpr std::string_view kPay = "/v3/pay/transactions/out-trade-no/";
constexpr std::array kRows = std::to_array<Row>({
    {Method::post, "/v3/pay/transactions/native", false, "", Operation::create, prepay_native},
    {Method::post, "/v3/pay/transactions/jsapi", false, "", Operation::create, prepay_jsapi},
    {Method::post, "/v3/pay/transactions/app", false, "", Operation::create, prepay_app},
    {Method::post, "/v3/pay/transactions/h5", false, "", Operation::create, prepay_h5},
    {Method::post, "/v3/pay/transactions/codepay", false, "", Operation::authorize, pay_by_code},
    {Method::get, kPay, true, "", Operation::query, query_by_out_trade_no},
    {Method::post, kPay, true, "/close", Operation::void_, close_order},
    {Method::post, kPay, true, "/reverse", Operation::void_, reverse_order},
    {Method::get, "/v3/pay/transactions/id/", true, "", Operation::query, query_by_transaction_id},
    {Method::post, "/v3/refund/domestic/refunds", false, "", Operation::refund, create_refund},
    {Method::get, "/v3/refund/domestic/refunds/", true, "", Operation::query, query_refund},
    {Method::get, "/v3/certificates", false, "", Operation::certificates, list_certificates},
    {Method::get, "/v3/bill/tradebill", false, "", Operation::statement, request_trade_bill},
    {Method::get, "/v3/bill/fundflowbill", false, "", Operation::statement, request_fund_flow_bill},
    {Method::get, "/v3/billdownload/file", false, "", Operation::statement, download_bill},
});

}  // namespace

std::optional<Route> find_route(http::Method method, std::string_view path) {
  for (const Row& row : kRows) {
    if (row.method != method || !path.starts_with(row.before)) continue;
    std::string_view id = path.substr(row.before.size());
    if (!row.has_id) {
      if (id.empty()) return Route{row.handler, row.operation, {}};
      continue;
    }
    if (!id.ends_with(row.behind)) continue;
    id.remove_suffix(row.behind.size());
    if (!id.empty() && !id.contains('/')) return Route{row.handler, row.operation, id};
  }
  return std::nullopt;
}

}  // namespace payweir::sandbox::wechatpay
