// Every connector of this build. A new gateway adds its include and its line.
#include <algorithm>

#include "connectors/alipay/alipay.hpp"
#include "connectors/connector.hpp"
#include "connectors/stripe/stripe.hpp"
#include "connectors/wechatpay/wechatpay.hpp"

namespace payweir {
namespace {

constexpr Alipay kAlipay;
constexpr Stripe kStripe;
constexpr WechatPay kWechatPay;

constexpr const Connector* kConnectors[] = {
    &kStripe,
    &kAlipay,
    &kWechatPay,
};

}  // namespace

std::span<const Connector* const> all_connectors() {
  return kConnectors;
}

const Connector* find_connector(std::string_view name) {
  const auto found = std::ranges::find_if(
      kConnectors, [&](const Connector* connector) { return connector->capabilities().name == name; });
  return found == std::end(kConnectors) ? nullptr : *found;
}

}  // namespace payweir
