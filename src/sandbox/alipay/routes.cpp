#include "sandbox/alipay/routes.hpp"

#include <algorithm>
#include <array>

#include "sandbox/alipay/bill.hpp"
#include "sandbox/alipay/refunds.hpp"
#include "sandbox/alipay/trades.hpp"

namespace payweir::sandbox::alipay {
namespace {

constexpr std::array kRows = std::to_array<std::pair<std::string_view, Route>>({
    {"alipay.trade.precreate", {precreate_trade, Operation::create}},
    {"alipay.trade.create", {create_trade, Operation::create}},
    {"alipay.trade.pay", {pay_trade, Operation::authorize}},
    {"alipay.trade.query", {query_trade, Operation::query}},
    {"alipay.trade.cancel", {cancel_trade, Operation::void_}},
    {"alipay.trade.close", {close_trade, Operation::void_}},
    {"alipay.trade.refund", {refund_trade, Operation::refund}},
    {"alipay.trade.fastpay.refund.query", {query_refund, Operation::query}},
    {"alipay.data.dataservice.bill.downloadurl.query", {query_bill, Operation::statement}},
    {"alipay.trade.page.pay", {nullptr, Operation::create, Channel::web}},
    {"alipay.trade.wap.pay", {nullptr, Operation::create, Channel::wap}},
    {"alipay.trade.app.pay", {nullptr, Operation::create, Channel::app}},
});

}  // namespace

std::optional<Route> find_route(std::string_view method) {
  const auto row = std::ranges::find(kRows, method, [](const auto& each) { return each.first; });
  if (row == kRows.end()) return std::nullopt;
  return row->second;
}

}  // namespace payweir::sandbox::alipay
