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

std::vector<routing::RetryRule> make_built_in_rules() {
  std::vector<routing::RetryRule> rules;
  for (const Connector* connector : kConnectors)
    for (const routing::BuiltInRetryRule& line : connector->capabilities().retry_rules)
      rules.push_back(to_rule(connector->capabilities().name, line));
  return rules;
}

}  // namespace

std::span<const Connector* const> all_connectors() {
  return kConnectors;
}

const Connector* find_connector(std::string_view name) {
  const auto found = std::ranges::find_if(
      kConnectors, [&](const Connector* connector) { return connector->capabilities().name == name; });
  return found == std::end(kConnectors) ? nullptr : *found;
}

std::span<const routing::RetryRule> built_in_retry_rules() {
  static const std::vector<routing::RetryRule> rules = make_built_in_rules();
  return rules;
}

}  // namespace payweir
