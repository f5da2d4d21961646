#pragma once
// Which handler serves which method of the modelled API, and what it is in the switch's words.
#include <optional>
#include <string_view>

#include "sandbox/alipay/call.hpp"

namespace payweir::sandbox::alipay {

struct Route {
  Answer (*handler)(Call& call) = nullptr;  // nullptr: a page for a browser
  Operation operation = Operation::query;
  Channel channel = Channel::qr;  // of the page
};

// "alipay.trade.query"
[[nodiscard]] std::optional<Route> find_route(std::string_view method);

}  // namespace payweir::sandbox::alipay
