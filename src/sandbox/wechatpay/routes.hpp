#pragma once
// Which handler serves which path of the modelled API, and what it is in the switch's words.
#include <optional>
#include <string_view>

#include "base/http.hpp"
#include "sandbox/wechatpay/call.hpp"

namespace payweir::sandbox::wechatpay {

struct Route {
  Reply (*handler)(Call& call) = nullptr;
  Operation operation = Operation::query;
  std::string_view id;  // into the path
};

// `path` without a query: "/v3/pay/transactions/out-trade-no/123/close".
[[nodiscard]] std::optional<Route> find_route(http::Method method, std::string_view path);

}  // namespace payweir::sandbox::wechatpay
